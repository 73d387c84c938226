/** Any object by its id: {@link https://learn.microsoft.com/graph/api/resources/directoryobject}. */
import type { FastifyRequest } from "fastify";
import { isObject, type JsonObject } from "../json";
import { renderAdministrativeUnit } from "./administrativeUnits";
import { renderApplication } from "./applications";
import type { Directory, DirectoryObject } from "./directory";
import { badRequest, resourceNotFound } from "./graphError";
import type { GraphScope } from "./graphScope";
import { renderGroup } from "./groups";
import { collection, entity, type Query } from "./odata";
import { readApplications } from "./permissions";
import { renderDirectoryRole } from "./roleManagement";
import { renderServicePrincipal } from "./servicePrincipals";
import { renderUser, shownOfUser } from "./users";

type ById = FastifyRequest<{ Params: { id: string }; Querystring: Query }>;

/** `getByIds` takes this many at most. */
const maximumIds = 1000;

export function registerDirectoryObjects({ app, version, root, caller }: GraphScope): void {
  const place = { path: "directoryObjects", set: "directoryObjects" };

  app.get("/directoryObjects/:id", async (request: ById) => {
    const { directory } = await caller(request, readApplications);
    const found = directory.object(request.params.id);
    if (found === undefined || !sees(directory, found)) throw resourceNotFound(request.params.id);
    return entity({ root: root(), ...place }, request.query, renderDirectoryObject(found, directory, version));
  });

  app.post("/directoryObjects/getByIds", async (request) => {
    const { directory } = await caller(request, readApplications);
    const { ids, types } = isObject(request.body) ? request.body : {};
    if (!Array.isArray(ids) || ids.length === 0 || ids.length > maximumIds) {
      throw badRequest("Invalid value specified for property 'ids'.");
    }
    const wanted: readonly unknown[] = Array.isArray(types) ? types : [];
    const shown = ids.flatMap((id: unknown) => {
      const found = typeof id === "string" ? directory.object(id) : undefined;
      if (found === undefined || !sees(directory, found) || (wanted.length > 0 && !wanted.includes(found.type)))
        return [];
      return [renderDirectoryObject(found, directory, version)];
    });
    return collection({ root: root(), ...place }, { $top: "999" }, shown);
  });
}

function sees({ world }: Directory, { type, object: { id } }: DirectoryObject): boolean {
  if (type === "application") return world.replication.sees("graph", "applications", id);
  return type !== "servicePrincipal" || world.replication.sees("graph", "servicePrincipals", id);
}

/** An object of any type in Graph's shape, with its `@odata.type` first. */
export function renderDirectoryObject(
  found: DirectoryObject,
  directory: Directory,
  version: "v1.0" | "beta",
): JsonObject {
  return { "@odata.type": `#microsoft.graph.${found.type}`, ...body(found, directory, version) };
}

function body(found: DirectoryObject, directory: Directory, version: "v1.0" | "beta"): JsonObject {
  switch (found.type) {
    case "application":
      return renderApplication(found.object, version);
    case "servicePrincipal":
      return renderServicePrincipal(found.object, directory, version);
    case "directoryRole":
      return renderDirectoryRole(found.object);
    case "administrativeUnit":
      return renderAdministrativeUnit(found.object);
    case "user":
      return pickDefaults(renderUser(found.object), shownOfUser);
    case "group":
      return renderGroup(found.object);
  }
}

function pickDefaults(value: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(names.map((name) => [name, value[name]]));
}
