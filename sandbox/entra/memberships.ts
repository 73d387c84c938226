/**
 * What a service principal belongs to, and the delegated permissions that it was granted: none, since the sandbox has no signed-in users.
 * {@link https://learn.microsoft.com/graph/api/serviceprincipal-list-memberof}.
 */
import type { FastifyRequest } from "fastify";
import type { Directory, DirectoryObject } from "./directory";
import { renderDirectoryObject } from "./directoryObjects";
import type { GraphScope } from "./graphScope";
import { collection, type Query } from "./odata";
import { readApplications } from "./permissions";
import { findServicePrincipal } from "./servicePrincipals";

type Of = FastifyRequest<{ Params: { id: string }; Querystring: Query }>;

export function registerMemberships({ app, version, root, caller }: GraphScope): void {
  // No group of the sandbox is in another one, so that both lists are the same.
  for (const list of ["memberOf", "transitiveMemberOf"]) {
    app.get(`/servicePrincipals/:id/${list}`, async (request: Of) => {
      const { directory } = await caller(request, readApplications);
      const { id } = findServicePrincipal(directory, request.params.id);
      const shown = groupsOf(directory, id).map((found) => renderDirectoryObject(found, directory, version));
      return collection(
        { root: root(), path: `servicePrincipals/${id}/${list}`, set: "directoryObjects" },
        request.query,
        shown,
      );
    });
  }

  app.get("/servicePrincipals/:id/oauth2PermissionGrants", async (request: Of) => {
    const { directory } = await caller(request, readApplications);
    const { id } = findServicePrincipal(directory, request.params.id);
    const path = `servicePrincipals/${id}/oauth2PermissionGrants`;
    return collection({ root: root(), path, set: "oauth2PermissionGrants" }, request.query, []);
  });
}

/** Directory roles that it holds in the whole tenant, and administrative units that it is in. */
function groupsOf(directory: Directory, id: string): DirectoryObject[] {
  const held = new Set(
    directory
      .rolesOf(id)
      .filter(({ directoryScopeId }) => directoryScopeId === "/")
      .map(({ roleDefinitionId }) => roleDefinitionId),
  );
  const roles = [...directory.directoryRoles.values()].filter(({ roleTemplateId }) => held.has(roleTemplateId));
  const units = [...directory.administrativeUnits.values()].filter(({ members }) => members.has(id));
  return [
    ...roles.map((object) => ({ type: "directoryRole" as const, object })),
    ...units.map((object) => ({ type: "administrativeUnit" as const, object })),
  ];
}
