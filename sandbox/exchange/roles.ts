/** Who gets in, and which cmdlets a caller's directory roles expose. */
import { directoryRoleTemplates } from "../../provider/entra/wellKnown";

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

/** A role that is held for the recipients of one administrative unit. */
export interface ScopedRole {
  /** Template id of the directory role. */
  readonly roleTemplateId: string;
  /** Whether the unit has the user with this object id, given in lower case. */
  has(objectId: string): boolean;
}

/** Directory roles that Exchange Online lets a caller use. */
export interface HeldRoles {
  /** Template ids of roles that are held in the whole tenant. */
  readonly tenantWide: readonly string[];
  readonly scoped: readonly ScopedRole[];
}

/** Changes to recipients, which a role over some recipients can be enough for. */
const recipientChanges: ReadonlySet<string> = new Set(["Set-Mailbox", "Set-MailboxAuditBypassAssociation"]);

/** Whether any directory role lets an app connect at all. */
export function hasSupportedRole({ tenantWide, scoped }: HeldRoles): boolean {
  return [...tenantWide, ...scoped.map(({ roleTemplateId }) => roleTemplateId)].some((role) =>
    allowedCmdlets.has(role),
  );
}

/**
 * Whether any directory role exposes the cmdlet. That a role which is limited to an administrative unit reads everything and changes
 * recipients only is inferred: it is what a write scope of a management role does.
 */
export function mayCall({ tenantWide, scoped }: HeldRoles, cmdlet: string): boolean {
  if (tenantWide.some((role) => exposes(role, cmdlet))) return true;
  return (
    (reads(cmdlet) || recipientChanges.has(cmdlet)) &&
    scoped.some(({ roleTemplateId }) => exposes(roleTemplateId, cmdlet))
  );
}

/** Whether a caller of the cmdlet may change the recipient with this object id, or with none. */
export function mayChange({ tenantWide, scoped }: HeldRoles, cmdlet: string, objectId: string | undefined): boolean {
  if (tenantWide.some((role) => exposes(role, cmdlet))) return true;
  const id = objectId?.toLowerCase();
  return id !== undefined && scoped.some((role) => exposes(role.roleTemplateId, cmdlet) && role.has(id));
}

function exposes(role: string, cmdlet: string): boolean {
  return allowedCmdlets.get(role)?.(cmdlet) ?? false;
}
