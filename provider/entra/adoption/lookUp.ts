/** What of a component's objects the tenant has already. Asked for when the program runs, so that a preview can show it. */
import { NotFound } from "../../core/errors";
import type { Context } from "../../core/kind";
import { gone } from "../../core/plan";
import { objectNames } from "../adoption";
import { connectGraph, type ConnectGraph, type GraphTenant, withGraph } from "../graph/connect";

/** Name of the object → its id, in the form in which the azuread provider imports it. */
export type Found = Readonly<Record<string, string>>;

/** A consent to look for. */
export interface GrantQuery {
  /** `/applications/<object id>`. */
  readonly applicationId: string;
  readonly principalObjectId: string;
  readonly apiClientId: string;
  readonly apiObjectId: string;
  /** App role ids by permission. */
  readonly appRoleIds: Readonly<Record<string, string>>;
}

/** What an application asks for of one API, by id. */
export interface AskedFor {
  readonly roleIds: readonly string[];
  readonly scopeIds: readonly string[];
}

export interface ExistingGrant {
  /** {@link objectNames}.apiAccess for the application's entry for the API, and each permission that is consented to. */
  readonly found: Found;
  /** The application's entry for the API as it is; undefined when there is none. */
  readonly askedFor: AskedFor | undefined;
}

/** The consents, and the application's own list, as they are. */
export function existingGrant(
  ctx: Context,
  tenant: GraphTenant,
  query: GrantQuery,
  connect: ConnectGraph = connectGraph,
): Promise<ExistingGrant> {
  const { principalObjectId, apiClientId, apiObjectId, appRoleIds } = query;
  return withGraph(connect(ctx, tenant), async (graph) => {
    const objectId = query.applicationId.replace(/^\/applications\//i, "");
    const [application, assignments] = await Promise.all([
      graph.application({ objectId }),
      heldIfThere(() => graph.appRoleAssignments(principalObjectId)),
    ]);
    const entry =
      application === gone
        ? undefined
        : application.requiredResourceAccess.find(({ resourceAppId }) => sameId(resourceAppId, apiClientId));
    const consents = Object.entries(appRoleIds).flatMap(([permission, appRoleId]): [string, string][] => {
      const held = assignments.find((one) => sameId(one.resourceId, apiObjectId) && sameId(one.appRoleId, appRoleId));
      return held === undefined
        ? []
        : [[permission, `/servicePrincipals/${held.resourceId}/appRoleAssignedTo/${held.id}`]];
    });
    const asked = (type: string): string[] =>
      entry?.resourceAccess.filter((access) => access.type === type).map(({ id }) => id) ?? [];
    return {
      found: {
        ...(entry === undefined
          ? {}
          : { [objectNames.apiAccess]: `/applications/${objectId}/apiAccess/${apiClientId}` }),
        ...Object.fromEntries(consents),
      },
      askedFor: entry && { roleIds: asked("Role"), scopeIds: asked("Scope") },
    };
  });
}

/** A role assignment to look for. */
export interface RoleQuery {
  readonly principalObjectId: string;
  readonly roleTemplateId: string;
  /** `/` for the whole tenant. */
  readonly directoryScopeId: string;
}

/** The role assignment, if the principal holds the role with just that scope. */
export function existingRoleAssignment(
  ctx: Context,
  tenant: GraphTenant,
  { principalObjectId, roleTemplateId, directoryScopeId }: RoleQuery,
  connect: ConnectGraph = connectGraph,
): Promise<Found> {
  return withGraph(connect(ctx, tenant), async (graph) => {
    const held = (await heldIfThere(() => graph.roleAssignments(principalObjectId))).find(
      (one) => sameId(one.roleDefinitionId, roleTemplateId) && sameId(one.directoryScopeId ?? "", directoryScopeId),
    );
    return held === undefined
      ? {}
      : { [objectNames.roleAssignment]: `/roleManagement/directory/roleAssignments/${held.id}` };
  });
}

/** A principal that is not there holds nothing, nor does one that Graph does not know yet because it was only just made. */
async function heldIfThere<T>(ask: () => Promise<T[]>): Promise<T[]> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof NotFound) return [];
    throw error;
  }
}

/** GUIDs, and scopes that hold them, are the same in any letter case. */
function sameId(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
