/** The routes of administrative units: {@link https://learn.microsoft.com/graph/api/resources/administrativeunit}. */
import type { FastifyRequest } from "fastify";
import { isObject, text, type JsonObject } from "../json";
import { addAdministrativeUnit, renderAdministrativeUnit } from "./administrativeUnits";
import type { AdministrativeUnit, Directory } from "./directory";
import { renderDirectoryObject } from "./directoryObjects";
import { badRequest, resourceNotFound } from "./graphError";
import { created, noContent, type GraphScope } from "./graphScope";
import { collection, entity, type Query } from "./odata";
import { readAdministrativeUnits, writeAdministrativeUnits } from "./permissions";
import { referencedId } from "./references";

type List = FastifyRequest<{ Querystring: Query }>;
type ById = FastifyRequest<{ Params: { id: string }; Querystring: Query }>;
type Member = FastifyRequest<{ Params: { id: string; memberId: string } }>;

export function registerAdministrativeUnits(graph: GraphScope): void {
  registerUnits(graph);
  registerMembers(graph);
}

function registerUnits(graph: GraphScope): void {
  const { app, root, caller } = graph;
  const path = "directory/administrativeUnits";
  const place = () => ({ root: root(), path, set: path });

  app.get(`/${path}`, async (request: List) => {
    const { directory } = await caller(request, readAdministrativeUnits);
    const all = [...directory.administrativeUnits.values()].map(renderAdministrativeUnit);
    return collection(place(), request.query, all);
  });

  app.post(`/${path}`, async (request, reply) => {
    const { directory } = await caller(request, writeAdministrativeUnits);
    const sent = isObject(request.body) ? request.body : {};
    const unit = addAdministrativeUnit(directory, displayNameOf(sent), text(sent["description"]), sent["visibility"]);
    return created(graph, reply, entity(place(), {}, renderAdministrativeUnit(unit)));
  });

  app.get(`/${path}/:id`, async (request: ById) => {
    const { directory } = await caller(request, readAdministrativeUnits);
    return entity(place(), request.query, renderAdministrativeUnit(find(directory, request.params.id)));
  });

  app.patch(`/${path}/:id`, async (request: ById, reply) => {
    const { directory } = await caller(request, writeAdministrativeUnits);
    const unit = find(directory, request.params.id);
    const sent = isObject(request.body) ? request.body : {};
    if ("displayName" in sent) unit.displayName = displayNameOf(sent);
    if ("description" in sent) unit.description = text(sent["description"]) ?? null;
    return noContent(reply);
  });

  app.delete(`/${path}/:id`, async (request: ById, reply) => {
    const { directory } = await caller(request, writeAdministrativeUnits);
    directory.deleteAdministrativeUnit(find(directory, request.params.id));
    return noContent(reply);
  });
}

function registerMembers({ app, version, root, caller }: GraphScope): void {
  const path = "/directory/administrativeUnits/:id/members";

  app.get(path, async (request: ById) => {
    const { directory } = await caller(request, readAdministrativeUnits);
    const { id, members } = find(directory, request.params.id);
    const shown = [...members].flatMap((member) => {
      const found = directory.object(member);
      return found === undefined ? [] : [renderDirectoryObject(found, directory, version)];
    });
    const place = { root: root(), path: `directory/administrativeUnits/${id}/members`, set: "directoryObjects" };
    return collection(place, request.query, shown);
  });

  app.post(`${path}/$ref`, async (request: ById, reply) => {
    const { directory } = await caller(request, writeAdministrativeUnits);
    const { members } = find(directory, request.params.id);
    const id = referencedId(request.body);
    const type = directory.object(id)?.type;
    if (type === undefined) throw resourceNotFound(id);
    // Users, groups and devices can be members; of those the sandbox has users and groups.
    if (type !== "user" && type !== "group") {
      throw badRequest(`The reference target '${id}' of type '${type}' is invalid for the 'members' reference.`);
    }
    if (members.has(id)) {
      throw badRequest(
        "One or more added object references already exist for the following modified properties: 'members'.",
      );
    }
    members.add(id);
    return noContent(reply);
  });

  app.delete(`${path}/:memberId/$ref`, async (request: Member, reply) => {
    const { directory } = await caller(request, writeAdministrativeUnits);
    const { members } = find(directory, request.params.id);
    if (!members.delete(request.params.memberId.toLowerCase())) throw resourceNotFound(request.params.memberId);
    return noContent(reply);
  });
}

function displayNameOf(sent: JsonObject): string {
  const displayName = text(sent["displayName"]);
  if (displayName === undefined) {
    throw badRequest("A value is required for property 'displayName' of resource 'AdministrativeUnit'.");
  }
  return displayName;
}

function find(directory: Directory, id: string): AdministrativeUnit {
  const found = directory.administrativeUnits.get(id.toLowerCase());
  if (found === undefined) throw resourceNotFound(id);
  return found;
}
