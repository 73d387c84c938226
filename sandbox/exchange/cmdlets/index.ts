/** Every cmdlet of the sandbox, by name. */
import { getBypass, setBypass } from "./bypass";
import type { Cmdlet } from "./cmdlet";
import { getMailbox, setMailbox } from "./mailbox";
import {
  enableOrganizationCustomization,
  getAdminAuditLogConfig,
  getOrganizationConfig,
  setAdminAuditLogConfig,
  setOrganizationConfig,
} from "./organization";

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
];

const byName = new Map(cmdlets.map((cmdlet) => [cmdlet.name.toLowerCase(), cmdlet]));

/** A cmdlet by name, in any letter case. */
export function findCmdlet(name: string): Cmdlet | undefined {
  return byName.get(name.toLowerCase());
}

export type { Cmdlet, CmdletCall, CmdletResult } from "./cmdlet";
