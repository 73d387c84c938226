/** A cmdlet call. */
import { auditLogAnchor, organizationAnchor } from "./anchors";

export interface Cmdlet {
  /** For example `Set-Mailbox`. */
  readonly name: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** Properties to give back. */
  readonly select?: readonly string[];
}

/** The anchor of a cmdlet that is about no mailbox in particular. */
export function anchorOf({ name }: Cmdlet, tenantId: string): string {
  return name.endsWith("-AdminAuditLogConfig") ? auditLogAnchor(tenantId) : organizationAnchor(tenantId);
}
