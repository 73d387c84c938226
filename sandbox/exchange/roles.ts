/** Who gets in, and which cmdlets a caller's directory roles expose. */
import { directoryRoleTemplates } from "../../provider/entra/wellKnown";
import type { AccessToken } from "../model";

/** Not named by the package, but supported for app-only connections like the others. */
const helpdeskAdministrator = "729827e3-9c14-49f7-bb1b-9608f156bbb8";

const reads = (name: string): boolean => name.startsWith("Get-");
const readsButOrganization = (name: string): boolean => reads(name) && name !== "Get-OrganizationConfig";

/**
 * By the template id of a directory role. Supported roles:
 * {@link https://learn.microsoft.com/powershell/exchange/app-only-auth-powershell-v2}. What each exposes is narrower here than
 * in the service where nothing is known.
 */
const allowedCmdlets = new Map<string, (name: string) => boolean>([
  [directoryRoleTemplates["Exchange Administrator"], () => true],
  [directoryRoleTemplates["Global Administrator"], () => true],
  [
    directoryRoleTemplates["Exchange Recipient Administrator"],
    (name) => readsButOrganization(name) || name === "Set-Mailbox",
  ],
  [directoryRoleTemplates["Compliance Administrator"], (name) => reads(name) || name === "Set-AdminAuditLogConfig"],
  [directoryRoleTemplates["Global Reader"], reads],
  [directoryRoleTemplates["Security Reader"], readsButOrganization],
  [directoryRoleTemplates["Security Administrator"], readsButOrganization],
  [helpdeskAdministrator, (name) => name === "Get-Mailbox"],
]);

/** Whether any of the token's directory roles lets an app connect at all. */
export function hasSupportedRole(token: AccessToken): boolean {
  return token.wids.some((role) => allowedCmdlets.has(role));
}

/** Whether any of the token's directory roles exposes the cmdlet. */
export function mayCall(token: AccessToken, cmdlet: string): boolean {
  return token.wids.some((role) => allowedCmdlets.get(role)?.(cmdlet) ?? false);
}
