/** Owners of applications and service principals: {@link https://learn.microsoft.com/graph/api/application-post-owners}. */
import type { FastifyRequest } from "fastify";
import { findApplication } from "./applications";
import { renderDirectoryObject } from "./directoryObjects";
import { badRequest, resourceNotFound } from "./graphError";
import { noContent, type GraphScope } from "./graphScope";
import { collection, type Query } from "./odata";
import { readApplications, writeApplications } from "./permissions";
import { existingOwner, referencedId } from "./references";
import { findServicePrincipal } from "./servicePrincipals";

type OwnersOf = FastifyRequest<{ Params: { id: string }; Querystring: Query }>;
type Owner = FastifyRequest<{ Params: { id: string; ownerId: string } }>;

export function registerOwners({ app, version, root, caller }: GraphScope): void {
  const kinds = [
    { set: "applications", find: findApplication },
    { set: "servicePrincipals", find: findServicePrincipal },
  ] as const;
  for (const { set, find } of kinds) {
    for (const path of [`/${set}/:id/owners`, `/${set}/:id/owners/$ref`]) {
      app.get(path, async (request: OwnersOf) => {
        const { directory } = await caller(request, readApplications);
        const { id, owners } = find(directory, request.params.id);
        const shown = [...owners].flatMap((owner) => {
          const found = directory.object(owner);
          if (found === undefined) return [];
          return path.endsWith("$ref")
            ? [{ "@odata.id": `${root()}/directoryObjects/${owner}` }]
            : [renderDirectoryObject(found, directory, version)];
        });
        return collection({ root: root(), path: `${set}/${id}/owners`, set: "directoryObjects" }, request.query, shown);
      });
    }

    app.post(`/${set}/:id/owners/$ref`, async (request: OwnersOf, reply) => {
      const { directory, mustManage } = await caller(request, writeApplications);
      const object = find(directory, request.params.id);
      mustManage(object);
      const ownerId = existingOwner(directory, referencedId(request.body));
      if (object.owners.has(ownerId)) {
        throw badRequest(
          "One or more added object references already exist for the following modified properties: 'owners'.",
        );
      }
      object.owners.add(ownerId);
      return noContent(reply);
    });

    app.delete(`/${set}/:id/owners/:ownerId/$ref`, async (request: Owner, reply) => {
      const { directory, mustManage } = await caller(request, writeApplications);
      const object = find(directory, request.params.id);
      mustManage(object);
      if (!object.owners.delete(request.params.ownerId.toLowerCase())) throw resourceNotFound(request.params.ownerId);
      return noContent(reply);
    });
  }
}
