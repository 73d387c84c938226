/**
 * `*-ManagementRoleAssignment`, as far as it is about application roles.
 * {@link https://learn.microsoft.com/powershell/module/exchangepowershell/new-managementroleassignment}
 */
import {
  type ApplicationAccess,
  applicationAccessOf,
  applicationRoles,
  type RoleAssignment,
} from "../applicationAccess";
import type { WireProperty } from "../properties";
import { row } from "../properties";
import { cmdletFailure, dehydrated, objectAlreadyExists, objectNotFound, unknownParameters } from "../rbacErrors";
import type { Cmdlet } from "./cmdlet";
import { changed, single } from "./cmdlet";
import { checkedName } from "./managementScope";

/** An app's assignments name it by its client id, and tell an administrative unit in place of a scope. */
const properties: readonly WireProperty<RoleAssignment>[] = [
  { name: "Role", type: "string", value: ({ role }) => role },
  { name: "RoleAssigneeName", type: "string", value: ({ appId }) => appId },
  { name: "RoleAssigneeType", type: "string", value: () => "ServicePrincipal" },
  { name: "AssignmentMethod", type: "string", value: () => "Direct" },
  { name: "RoleAssignmentDelegationType", type: "string", value: () => "Regular" },
  { name: "Enabled", type: "boolean", value: () => true },
  { name: "RecipientWriteScope", type: "string", value: (assignment) => scopeType(assignment, "Organization") },
  { name: "CustomResourceScope", type: "string", value: ({ scope }) => scope ?? "" },
  { name: "CustomRecipientWriteScope", type: "string", value: ({ scope, unit }) => scope ?? unit ?? "" },
  { name: "Name", type: "string", value: ({ name }) => name },
  { name: "Identity", type: "string", value: ({ name }) => name },
  { name: "Guid", type: "guid", value: ({ guid }) => guid },
  { name: "IsValid", type: "boolean", value: () => true },
];

/** What kind of scope an assignment has, in Exchange's words. */
export function scopeType({ scope, unit }: RoleAssignment, everything: string): string {
  if (unit !== undefined) return "AdministrativeUnit";
  return scope === undefined ? everything : "CustomRecipientScope";
}

export const newManagementRoleAssignment: Cmdlet = {
  name: "New-ManagementRoleAssignment",
  parameters: ["Name", "Role", "App", "CustomResourceScope", "RecipientAdministrativeUnitScope", "Delegating"],
  run({ parameters, organization }) {
    if (!organization.timedSwitches.areOpen) throw dehydrated();
    const access = applicationAccessOf(organization);
    const [app, given] = [parameters.required("App"), parameters.required("Role")];
    const pointer = access.pointer(app);
    if (pointer === undefined) throw objectNotFound(app);
    const role = roleNamed(given);
    const { scope, unit } = limits(access, parameters);
    const name = checkedName(parameters.text("Name") ?? freeName(access, `${role}-${pointer.displayName}`));
    if (access.assignment(name) !== undefined) throw objectAlreadyExists("role assignment", name);
    const assignment = { guid: access.newGuid(), name, role, appId: pointer.appId, scope, unit, madeAt: access.now() };
    access.assignments.set(name.toLowerCase(), assignment);
    return single(assignment, properties);
  },
};

export const getManagementRoleAssignment: Cmdlet = {
  name: "Get-ManagementRoleAssignment",
  parameters: ["Identity", "RoleAssignee", "Role", "RoleAssigneeType", "AssignmentMethod", "Delegating", "Enabled"],
  run({ parameters, organization }) {
    const access = applicationAccessOf(organization);
    const [identity, assignee, role] = ["Identity", "RoleAssignee", "Role"].map((name) => parameters.text(name));
    if (identity !== undefined) {
      if (assignee !== undefined) throw unknownParameters(["Identity", "RoleAssignee"]);
      const found = access.assignment(identity);
      if (found === undefined) throw objectNotFound(identity);
      return single(found, properties);
    }
    const pointer = assignee === undefined ? undefined : access.pointer(assignee);
    if (assignee !== undefined && pointer === undefined) throw objectNotFound(assignee);
    const shown = (pointer === undefined ? [...access.assignments.values()] : access.assignmentsOf(pointer)).filter(
      (one) => role === undefined || one.role.toLowerCase() === role.toLowerCase(),
    );
    return { rows: shown.map((one) => row(one, properties)), warnings: [] };
  },
};

export const removeManagementRoleAssignment: Cmdlet = {
  name: "Remove-ManagementRoleAssignment",
  parameters: ["Identity"],
  run({ parameters, organization }) {
    const access = applicationAccessOf(organization);
    const identity = parameters.required("Identity");
    const found = access.assignment(identity);
    if (found === undefined) throw objectNotFound(identity);
    access.assignments.delete(found.name.toLowerCase());
    return changed;
  },
};

function roleNamed(given: string): string {
  const known = [...applicationRoles.keys()].find((role) => role.toLowerCase() === given.toLowerCase());
  if (known !== undefined) return known;
  if (!/^Application /i.test(given)) {
    throw cmdletFailure(
      "System.InvalidOperationException",
      `The role '${given}' isn't an application role. With the App parameter, only application roles can be assigned.`,
    );
  }
  throw objectNotFound(given);
}

function limits(
  access: ApplicationAccess,
  parameters: Parameters<Cmdlet["run"]>[0]["parameters"],
): Pick<RoleAssignment, "scope" | "unit"> {
  const [scopeName, unit] = ["CustomResourceScope", "RecipientAdministrativeUnitScope"].map((name) =>
    parameters.text(name),
  );
  if (scopeName !== undefined && unit !== undefined) {
    throw unknownParameters(["CustomResourceScope", "RecipientAdministrativeUnitScope"]);
  }
  if (unit !== undefined && !access.directory.hasUnit(unit)) throw objectNotFound(unit);
  const scope = scopeName === undefined ? undefined : access.scope(scopeName);
  if (scopeName !== undefined && scope === undefined) throw objectNotFound(scopeName);
  return { scope: scope?.name, unit };
}

/** What Exchange makes up when no name is given: it is cut, and numbered when it is taken. */
function freeName(access: ApplicationAccess, wanted: string): string {
  for (let number = 0; ; number++) {
    const suffix = number === 0 ? "" : `-${String(number)}`;
    const name = `${wanted.slice(0, 64 - suffix.length)}${suffix}`;
    if (access.assignment(name) === undefined) return name;
  }
}
