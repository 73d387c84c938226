/** 1Secure's configuration API, as `provider/onesecure/openapi.yaml` says. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { World } from "../model";
import { checked, connectorChange, credentialChange, newCredential, newSource, sourceChange } from "./bodies";
import type { Connector, FieldProblem } from "./model";
import { OneSecureProblem, invalid, notFound } from "./problems";
import type { OneSecureStore } from "./store";

/** Where faults come in. */
export interface OneSecureHooks {
  /** Runs before an authorized request is worked on: may wait, and ends the request when it returns a problem. */
  readonly beforeRequest?:
    | ((request: { readonly method: string; readonly path: string }) => Promise<OneSecureProblem | undefined>)
    | undefined;
}

export interface OneSecureDependencies {
  readonly store: OneSecureStore;
  /** The bearer token that callers must give. */
  readonly token: string;
  readonly world: World;
  readonly prefix: "/onesecure/v1";
  readonly hooks?: OneSecureHooks;
}

interface ById {
  Params: { id: string };
}
interface ByType {
  Params: { id: string; type: string };
}
interface Filtered {
  Querystring: Record<string, string | undefined>;
}

/** Mounts the API below its prefix. */
export function registerOneSecure(app: FastifyInstance, deps: OneSecureDependencies): void {
  void app.register(
    (api, _options, done) => {
      answerWithProblems(api);
      admitCallers(api, deps);
      organizations(api, deps.store);
      credentials(api, deps.store);
      sources(api, deps.store);
      connectors(api, deps.store);
      done();
    },
    { prefix: deps.prefix },
  );
}

function organizations(api: FastifyInstance, store: OneSecureStore): void {
  api.get<Filtered>("/organizations", ({ query: { name } }) => ({
    value: store.organizations().filter((organization) => name === undefined || organization.name === name),
  }));
  api.get<ById>("/organizations/:id", ({ params }) => store.organization(params.id));
}

function credentials(api: FastifyInstance, store: OneSecureStore): void {
  api.get<Filtered>("/credentials", ({ query }) => ({ value: store.credentials(query.organization) }));
  api.post("/credentials", async (request, reply) => {
    const key = idempotencyKey(request);
    const { object, isNew } = await store.createCredential(key, checked(newCredential, request.body));
    return reply.code(isNew ? 201 : 200).send(object);
  });
  api.get<ById>("/credentials/:id", ({ params }) => store.credential(params.id));
  api.patch<ById>("/credentials/:id", (request) => {
    store.credential(request.params.id);
    return store.updateCredential(request.params.id, given(checked(credentialChange, merge(request))));
  });
  api.delete<ById>("/credentials/:id", async ({ params }, reply) => {
    store.deleteCredential(params.id);
    return reply.code(204).send();
  });
}

function sources(api: FastifyInstance, store: OneSecureStore): void {
  api.get<Filtered>("/sources", ({ query: { organization, tenantId, type } }) => ({
    value: store.sources({ organization, tenantId, type }),
  }));
  api.post("/sources", async (request, reply) => {
    const key = idempotencyKey(request);
    const { object, isNew } = store.createSource(key, checked(newSource, request.body));
    return reply.code(isNew ? 201 : 200).send(object);
  });
  api.get<ById>("/sources/:id", ({ params }) => store.source(params.id));
  api.patch<ById>("/sources/:id", (request) => {
    store.source(request.params.id);
    return store.updateSource(request.params.id, given(checked(sourceChange, merge(request))));
  });
  api.delete<ById>("/sources/:id", async ({ params }, reply) => {
    store.deleteSource(params.id);
    return reply.code(204).send();
  });
}

function connectors(api: FastifyInstance, store: OneSecureStore): void {
  const connector = (id: string, type: string): Connector => {
    const one = store.connectors(id).find((candidate) => candidate.type === type);
    if (one === undefined) throw notFound("connector", type);
    return one;
  };
  api.get<ById>("/sources/:id/connectors", ({ params }) => ({ value: store.connectors(params.id) }));
  api.get<ByType>("/sources/:id/connectors/:type", ({ params }) => connector(params.id, params.type));
  api.patch<ByType>("/sources/:id/connectors/:type", (request) => {
    const { id, type } = request.params;
    connector(id, type);
    return store.updateConnector(id, given(checked(connectorChange, merge(request))));
  });
}

/** A change without the properties that are absent. */
function given<T extends object>(change: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

function merge(request: FastifyRequest): unknown {
  if (/^application\/merge-patch\+json\b/i.test(request.headers["content-type"] ?? "")) return request.body;
  throw new OneSecureProblem(415, "unsupportedMediaType", "Unsupported media type", {
    detail: "A PATCH takes application/merge-patch+json.",
  });
}

function idempotencyKey(request: FastifyRequest): string {
  const key = request.headers["idempotency-key"];
  if (typeof key === "string" && key.length >= 16 && key.length <= 200) return key;
  const problem: FieldProblem = { pointer: "", detail: "The header Idempotency-Key must have 16 to 200 characters." };
  throw invalid([problem]);
}

function admitCallers(api: FastifyInstance, { token, hooks }: OneSecureDependencies): void {
  api.addHook("onRequest", async (request, reply) => {
    if (request.headers.authorization !== `Bearer ${token}`) {
      reply.header("www-authenticate", "Bearer");
      throw new OneSecureProblem(401, "unauthorized", "Unauthorized", {
        detail: "The request carries no bearer token, or one that isn't known.",
      });
    }
    const problem = await hooks?.beforeRequest?.({ method: request.method, path: request.url });
    if (problem !== undefined) throw problem;
  });
}

function answerWithProblems(api: FastifyInstance): void {
  const parse = (_request: FastifyRequest, body: string | Buffer): unknown => {
    try {
      return JSON.parse(body.toString()) as unknown;
    } catch {
      throw new OneSecureProblem(400, "malformed", "Malformed request", { detail: "The body is no JSON." });
    }
  };
  api.removeAllContentTypeParsers();
  api.addContentTypeParser(
    ["application/json", "application/merge-patch+json"],
    { parseAs: "string" },
    async (request: FastifyRequest, body: string | Buffer) => Promise.resolve(parse(request, body)),
  );
  api.setErrorHandler(async (error, _request, reply) => sendProblem(reply, asProblem(error)));
  api.setNotFoundHandler(async (request, reply) =>
    sendProblem(
      reply,
      new OneSecureProblem(404, "notFound", "Not found", { detail: `There is no ${request.method} ${request.url}.` }),
    ),
  );
}

function asProblem(error: unknown): OneSecureProblem {
  if (error instanceof OneSecureProblem) return error;
  const status = typeof error === "object" && error !== null && "statusCode" in error ? Number(error.statusCode) : 500;
  if (status === 415) return new OneSecureProblem(415, "unsupportedMediaType", "Unsupported media type");
  if (status < 500) return new OneSecureProblem(status, "malformed", "Malformed request");
  return new OneSecureProblem(500, "internal", "Internal error", {
    detail: error instanceof Error ? error.message : String(error),
  });
}

async function sendProblem(reply: FastifyReply, { problem }: OneSecureProblem): Promise<FastifyReply> {
  return reply.code(problem.status).type("application/problem+json").send(JSON.stringify(problem));
}
