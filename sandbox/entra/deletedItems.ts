/** Soft-deleted objects: {@link https://learn.microsoft.com/graph/api/resources/directory}. */
import type { FastifyRequest } from "fastify";
import type { Directory, DirectoryObject } from "./directory";
import { renderDirectoryObject } from "./directoryObjects";
import { badRequest, resourceNotFound } from "./graphError";
import { noContent, type GraphScope } from "./graphScope";
import { collection, entity, type Query } from "./odata";
import { readApplications, writeApplications } from "./permissions";

type List = FastifyRequest<{ Querystring: Query }>;
type ById = FastifyRequest<{ Params: { id: string }; Querystring: Query }>;

export function registerDeletedItems({ app, version, root, caller }: GraphScope): void {
  const place = () => ({ root: root(), path: "directory/deletedItems", set: "directoryObjects" });

  for (const type of ["application", "servicePrincipal"] as const) {
    app.get(`/directory/deletedItems/microsoft.graph.${type}`, async (request: List) => {
      const { directory } = await caller(request, readApplications);
      const shown = [...directory.deleted.values()]
        .filter((entry) => entry.type === type)
        .map((entry) => renderDirectoryObject(entry, directory, version));
      return collection({ ...place(), path: `directory/deletedItems/microsoft.graph.${type}` }, request.query, shown);
    });
  }

  app.get("/directory/deletedItems/:id", async (request: ById) => {
    const { directory } = await caller(request, readApplications);
    const found = findDeleted(directory, request.params.id);
    return entity(place(), request.query, renderDirectoryObject(found, directory, version));
  });

  app.delete("/directory/deletedItems/:id", async (request: ById, reply) => {
    const { directory, mustManage } = await caller(request, writeApplications);
    const found = findDeleted(directory, request.params.id);
    if ("owners" in found.object) mustManage(found.object);
    purge(directory, found);
    return noContent(reply);
  });

  app.post("/directory/deletedItems/:id/restore", async (request: ById) => {
    const { directory, mustManage } = await caller(request, writeApplications);
    const found = findDeleted(directory, request.params.id);
    if ("owners" in found.object) mustManage(found.object);
    if (found.type === "servicePrincipal" && directory.servicePrincipalByAppId(found.object.appId) !== undefined) {
      throw badRequest(
        `The service principal cannot be created, updated, or restored because the service principal name ${found.object.appId} is already in use.`,
      );
    }
    directory.restore(found.object.id);
    return entity(place(), {}, renderDirectoryObject(found, directory, version));
  });
}

function findDeleted(directory: Directory, id: string): DirectoryObject {
  const found = directory.deleted.get(id.toLowerCase());
  if (found === undefined) throw resourceNotFound(id);
  return found;
}

/** Deletes for good. A service principal can't outlive the application that it takes its name from. */
function purge(directory: Directory, found: DirectoryObject): void {
  directory.deleted.delete(found.object.id);
  if (found.type !== "application") return;
  const { appId } = found.object;
  for (const entry of directory.deleted.values()) {
    if (entry.type === "servicePrincipal" && entry.object.appId === appId) directory.deleted.delete(entry.object.id);
  }
  const live = directory.servicePrincipalByAppId(appId);
  if (live !== undefined) directory.servicePrincipals.delete(live.id);
}
