/** Every cmdlet of the sandbox, by name. */
import { getBypass, setBypass } from "./bypass";
import type { Cmdlet } from "./cmdlet";
import { getGroup } from "./group";
import { getMailbox, setMailbox } from "./mailbox";
import {
  getManagementRoleAssignment,
  newManagementRoleAssignment,
  removeManagementRoleAssignment,
} from "./managementRoleAssignment";
import { getManagementScope, newManagementScope, removeManagementScope, setManagementScope } from "./managementScope";
import {
  enableOrganizationCustomization,
  getAdminAuditLogConfig,
  getOrganizationConfig,
  setAdminAuditLogConfig,
  setOrganizationConfig,
} from "./organization";
import {
  getServicePrincipal,
  newServicePrincipal,
  removeServicePrincipal,
  setServicePrincipal,
} from "./servicePrincipal";
import { testServicePrincipalAuthorization } from "./testServicePrincipalAuthorization";

export const cmdlets: readonly Cmdlet[] = [
  getMailbox,
  setMailbox,
  getBypass,
  setBypass,
  getOrganizationConfig,
  setOrganizationConfig,
  getAdminAuditLogConfig,
  setAdminAuditLogConfig,
  enableOrganizationCustomization,
  getGroup,
  getServicePrincipal,
  newServicePrincipal,
  setServicePrincipal,
  removeServicePrincipal,
  getManagementScope,
  newManagementScope,
  setManagementScope,
  removeManagementScope,
  getManagementRoleAssignment,
  newManagementRoleAssignment,
  removeManagementRoleAssignment,
  testServicePrincipalAuthorization,
];

const byName = new Map(cmdlets.map((cmdlet) => [cmdlet.name.toLowerCase(), cmdlet]));

/** A cmdlet by name, in any letter case. */
export function findCmdlet(name: string): Cmdlet | undefined {
  return byName.get(name.toLowerCase());
}

export type { Cmdlet, CmdletCall, CmdletResult } from "./cmdlet";
