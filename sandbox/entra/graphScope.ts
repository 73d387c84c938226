/** What the route files of one version of Graph share. */
import type { FastifyInstance, FastifyReply } from "fastify";
import type { JsonObject } from "../json";
import type { SandboxWorld } from "../world";
import type { ConcurrentWrites } from "./concurrentWrites";
import type { IdentifyCaller } from "./permissions";

/** What the route files of one version of Graph are given. */
export interface GraphScope {
  readonly app: FastifyInstance;
  readonly version: "v1.0" | "beta";
  /** `https://localhost:PORT/v1.0` */
  readonly root: () => string;
  readonly world: SandboxWorld;
  readonly caller: IdentifyCaller;
  readonly writes: ConcurrentWrites;
}

/** 201 with the new entity. Graph's `Location` names the object among all directory objects. */
export function created({ root }: GraphScope, reply: FastifyReply, body: JsonObject): FastifyReply {
  const id = typeof body["id"] === "string" ? body["id"] : "";
  return reply.code(201).header("location", `${root()}/directoryObjects/${id}`).send(body);
}

/** 204, which most writes answer. */
export function noContent(reply: FastifyReply): FastifyReply {
  return reply.code(204).send();
}
