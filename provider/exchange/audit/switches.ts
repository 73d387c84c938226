/** The organization's switches that defeat every mailbox's own settings. */
import { Rejected } from "../../core/errors";
import type { AdminApi, CmdletAnswer, Doing } from "../adminApi/client";

export interface Switches {
  /** Nothing in the organization is audited, whatever the mailboxes say (`Get-OrganizationConfig`.AuditDisabled). */
  readonly auditDisabled: boolean;
  /** Some settings cannot be changed before `Enable-OrganizationCustomization` has run. */
  readonly isDehydrated: boolean;
  /** The unified audit log takes records in (`Get-AdminAuditLogConfig`.UnifiedAuditLogIngestionEnabled). */
  readonly unifiedAuditLog: boolean;
}

/** The switches, and what time it was there. */
export interface SwitchReading {
  readonly switches: Switches;
  /** RFC 3339 in UTC, to the second; undefined when the server did not say. */
  readonly serverTime: string | undefined;
}

/** @throws Rejected when Exchange does not say how a switch stands */
export async function readSwitches(api: AdminApi): Promise<SwitchReading> {
  const organization: Doing = { operation: "reading the organization settings of tenant", subject: api.tenantId };
  const auditLog: Doing = { operation: "reading the audit log settings of tenant", subject: api.tenantId };
  const [config, log] = await Promise.all([
    api.run({ name: "Get-OrganizationConfig", select: ["AuditDisabled", "IsDehydrated"] }, organization),
    api.run({ name: "Get-AdminAuditLogConfig", select: ["UnifiedAuditLogIngestionEnabled"] }, auditLog),
  ]);
  return {
    switches: {
      auditDisabled: flag(config, "AuditDisabled", organization),
      isDehydrated: flag(config, "IsDehydrated", organization),
      unifiedAuditLog: flag(log, "UnifiedAuditLogIngestionEnabled", auditLog),
    },
    serverTime: config.serverTime,
  };
}

function flag({ rows }: CmdletAnswer, name: string, doing: Doing): boolean {
  const value = rows[0]?.[name];
  if (typeof value === "boolean") return value;
  throw new Rejected({
    ...doing,
    happened: `the answer has no ${name}`,
    next: "An unknown switch is not taken for a good one. Check that the connection's role may read it (Security Reader may not).",
  });
}
