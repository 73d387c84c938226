/**
 * `Test-ServicePrincipalAuthorization`: which assignments an app has, and whether a mailbox is in their scope. It sees what Exchange
 * assigned and nothing that was consented to in Entra ID.
 * {@link https://learn.microsoft.com/powershell/module/exchangepowershell/test-serviceprincipalauthorization}
 */
import { applicationAccessOf, applicationRoles, type RoleAssignment } from "../applicationAccess";
import type { WireProperty } from "../properties";
import { row } from "../properties";
import { objectNotFound } from "../rbacErrors";
import type { Cmdlet } from "./cmdlet";
import { scopeType } from "./managementRoleAssignment";

interface Verdict {
  readonly assignment: RoleAssignment;
  /** `True`, `False`, or `Not Run` where no mailbox was named. */
  readonly inScope: string;
}

const properties: readonly WireProperty<Verdict>[] = [
  { name: "RoleName", type: "string", value: ({ assignment }) => assignment.role },
  {
    name: "GrantedPermissions",
    type: "string",
    value: ({ assignment }) => (applicationRoles.get(assignment.role) ?? []).join(", "),
  },
  {
    name: "AllowedResourceScope",
    type: "string",
    value: ({ assignment: { scope, unit } }) => scope ?? unit ?? "Organization",
  },
  { name: "ScopeType", type: "string", value: ({ assignment }) => scopeType(assignment, "Organization") },
  { name: "InScope", type: "string", value: ({ inScope }) => inScope },
];

export const testServicePrincipalAuthorization: Cmdlet = {
  name: "Test-ServicePrincipalAuthorization",
  parameters: ["Identity", "Resource"],
  run({ parameters, organization }) {
    const access = applicationAccessOf(organization);
    const identity = parameters.required("Identity");
    const pointer = access.pointer(identity);
    if (pointer === undefined) throw objectNotFound(identity);
    const resource = parameters.text("Resource");
    const mailbox = resource === undefined ? undefined : organization.mailbox(resource);
    if (resource !== undefined && mailbox === undefined) throw objectNotFound(resource);
    const verdicts = access.assignmentsOf(pointer).map((assignment) => ({
      assignment,
      inScope: mailbox === undefined ? "Not Run" : access.isInScope(assignment, mailbox) ? "True" : "False",
    }));
    return { rows: verdicts.map((one) => row(one, properties)), warnings: [] };
  },
};
