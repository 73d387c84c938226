/** A cmdlet call, and the mailbox by which the request finds its server. */

export interface Cmdlet {
  /** For example `Set-Mailbox`. */
  readonly name: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** `X-AnchorMailbox` when the default will not do. */
  readonly anchor?: string;
  /** Properties to give back. */
  readonly select?: readonly string[];
}

/** Cmdlets that run on the server of another system mailbox than the rest (CIPP-API, pnp/cli-microsoft365 issue 4677). */
const auditLogCmdlets = ["Get-AdminAuditLogConfig", "Set-AdminAuditLogConfig"];

/** The organization's system mailbox: the anchor of everything that is about no mailbox in particular. */
export function organizationAnchor(tenantId: string): string {
  return `APP:SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}@${tenantId}`;
}

/** A mailbox by its id, which stays the same when its address changes. */
export function mailboxAnchor(mailboxGuid: string, tenantId: string): string {
  return `MBX:${mailboxGuid}@${tenantId}`;
}

/** The anchor of a cmdlet call. */
export function anchorOf(cmdlet: Cmdlet, tenantId: string): string {
  if (cmdlet.anchor !== undefined) return cmdlet.anchor;
  if (auditLogCmdlets.includes(cmdlet.name))
    return `APP:SystemMailbox{8cc370d3-822a-4ab8-a926-bb94bd0641a9}@${tenantId}`;
  return organizationAnchor(tenantId);
}
