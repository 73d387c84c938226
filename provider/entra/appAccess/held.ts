/** What an app holds, in words that a person and a declaration can be held against. Pure. */
import { directoryRoleTemplates } from "../wellKnown";
import type { AppRoleAssignment, RoleAssignment, ServicePrincipal } from "../graph/client";
import type { AppAccessInputs } from "./contract";

/** One thing that the app holds. */
export interface Held {
  /** `Microsoft Graph: Mail.Read`, or `role Global Administrator (whole tenant)`. */
  readonly name: string;
  /** By which a declaration is recognised: the same text as {@link declaredKeys} gives for it. */
  readonly key: string;
  readonly assignment:
    | ({ readonly kind: "permission" } & Pick<AppRoleAssignment, "id" | "principalId">)
    | ({ readonly kind: "role" } & Pick<RoleAssignment, "id">);
}

/** What an app role assignment without a role stands for. */
const defaultAccessId = "00000000-0000-0000-0000-000000000000";

/** @param api the API's service principal; undefined when it is gone */
export function heldPermission(assignment: AppRoleAssignment, api: ServicePrincipal | undefined): Held {
  const { id, principalId, appRoleId, resourceId, resourceDisplayName } = assignment;
  const role = api?.appRoles.find((offered) => offered.id.toLowerCase() === appRoleId.toLowerCase());
  const value = text(role?.value) ?? text(role?.displayName);
  const unnamed = appRoleId === defaultAccessId ? "default access" : `app role ${appRoleId}`;
  return {
    name: `${text(api?.displayName) ?? text(resourceDisplayName) ?? resourceId}: ${value ?? unnamed}`,
    key: permissionKey(api?.appId ?? resourceId, text(role?.value) ?? appRoleId),
    assignment: { kind: "permission", id, principalId },
  };
}

/** @param name the role's name; its id when it has none any more */
export function heldRole(assignment: RoleAssignment, name: string): Held {
  const { id, roleDefinitionId, directoryScopeId, appScopeId } = assignment;
  const scope = text(directoryScopeId) ?? `app scope ${text(appScopeId) ?? "(unknown)"}`;
  return {
    name: `role ${name} (${scope === "/" ? "whole tenant" : scope})`,
    key: roleKey(roleDefinitionId, scope),
    assignment: { kind: "role", id },
  };
}

/** The name of a built-in role that this package knows. */
export function wellKnownRoleName(templateId: string): string | undefined {
  return Object.entries(directoryRoleTemplates).find(([, id]) => id === templateId.toLowerCase())?.[0];
}

/** Everything that a declaration allows. */
export function declaredKeys({
  permissions,
  directoryRoles,
}: Pick<AppAccessInputs, "permissions" | "directoryRoles">): ReadonlySet<string> {
  return new Set([
    ...permissions.map(({ api, permission }) => permissionKey(api, permission)),
    ...directoryRoles.map(({ role, scope }) => roleKey(role, scope)),
  ]);
}

/** What is held and not allowed, in the order of its names. */
export function beyond(held: readonly Held[], allowed: ReadonlySet<string>): readonly Held[] {
  return held.filter(({ key }) => !allowed.has(key)).sort((a, b) => (a.name < b.name ? -1 : 1));
}

// Values of permissions are told apart by case, ids are not.
function permissionKey(apiClientId: string, value: string): string {
  return `permission ${apiClientId.toLowerCase()} ${value}`;
}

function roleKey(templateId: string, scope: string): string {
  return `role ${templateId} ${scope}`.toLowerCase();
}

function text(value: string | null | undefined): string | undefined {
  return value === null || value === undefined || value === "" ? undefined : value;
}
