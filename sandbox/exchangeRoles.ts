/** What Exchange Online knows of a caller's directory roles: what the token says and, for a part of the tenant, what Entra says. */
import { administrativeUnitScope } from "./entra/directory";
import type { HeldRoles } from "./exchange/roles";
import type { AccessToken } from "./model";
import type { Tenants } from "./tenants";

const none: HeldRoles = { tenantWide: [], scoped: [] };

/**
 * The roles that Exchange Online lets a caller use now. It takes a while to honour a role that a token has just begun to carry. A role
 * that is limited to an administrative unit is in no token; that Exchange finds it and limits the caller to the unit's recipients is
 * inferred, nothing public says how it treats an app with such a role.
 */
export function exchangeRoles(tenants: Tenants, { tenantId, objectId, wids }: AccessToken): HeldRoles {
  const directory = tenants.byName(tenantId)?.directory;
  if (directory === undefined) return none;
  const { replication } = directory.world;
  const held = directory.rolesOf(objectId);
  return {
    tenantWide: wids.filter((role) => {
      const assignment = held.find(
        ({ roleDefinitionId, directoryScopeId }) => roleDefinitionId === role && directoryScopeId === "/",
      );
      return assignment === undefined || replication.sees("exchange", "exchangeAuthorization", assignment.id);
    }),
    scoped: [...directory.administrativeUnits.values()].flatMap(({ id, members }) =>
      held
        .filter(({ directoryScopeId }) => directoryScopeId === administrativeUnitScope(id))
        .filter((assignment) => replication.sees("exchange", "directoryRoleAssignments", assignment.id))
        .map(({ roleDefinitionId }) => ({
          roleTemplateId: roleDefinitionId,
          has: (member: string) => members.has(member),
        })),
    ),
  };
}
