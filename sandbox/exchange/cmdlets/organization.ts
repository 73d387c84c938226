/** The organization's own settings, and the configuration of the audit logs. */
import { cmdletFailure, dehydrated } from "../errors";
import type { ExchangeOrganization } from "../organization";
import type { OrganizationSwitches } from "../model";
import type { WireProperty } from "../properties";
import { auditLogServer } from "../routing";
import type { Cmdlet, CmdletResult } from "./cmdlet";
import { changed, single, unchanged } from "./cmdlet";

const shown = (organization: ExchangeOrganization): OrganizationSwitches =>
  organization.timedSwitches.shown(organization.behaviour);

const organizationProperties: readonly WireProperty<ExchangeOrganization>[] = [
  { name: "AuditDisabled", type: "boolean", value: (organization) => shown(organization).auditDisabled },
  { name: "IsDehydrated", type: "boolean", value: (organization) => shown(organization).isDehydrated },
  { name: "DisplayName", type: "string", value: (organization) => organization.initialDomain },
  { name: "Name", type: "string", value: (organization) => organization.initialDomain },
  { name: "Identity", type: "string", value: (organization) => organization.initialDomain },
  { name: "Id", type: "string", value: (organization) => organization.initialDomain },
  { name: "Guid", type: "guid", value: (organization) => organization.tenantId },
  { name: "IsValid", type: "boolean", value: () => true },
];

const auditConfigProperties: readonly WireProperty<ExchangeOrganization>[] = [
  { name: "AdminAuditLogEnabled", type: "boolean", value: () => true },
  { name: "LogLevel", type: "string", value: () => "Verbose" },
  { name: "TestCmdletLoggingEnabled", type: "boolean", value: () => false },
  { name: "AdminAuditLogAgeLimit", type: "string", value: () => "90.00:00:00" },
  { name: "AdminAuditLogCmdlets", type: "strings", value: () => ["*"] },
  { name: "AdminAuditLogParameters", type: "strings", value: () => ["*"] },
  { name: "AdminAuditLogExcludedCmdlets", type: "strings", value: () => [] },
  {
    name: "UnifiedAuditLogIngestionEnabled",
    type: "boolean",
    value: (organization) => shown(organization).unifiedAuditLogIngestionEnabled,
  },
  { name: "Name", type: "string", value: () => "Admin Audit Log Settings" },
  { name: "Identity", type: "string", value: () => "Admin Audit Log Settings" },
];

export const getOrganizationConfig: Cmdlet = {
  name: "Get-OrganizationConfig",
  parameters: [],
  run: ({ organization }) => single(organization, organizationProperties),
};

export const setOrganizationConfig: Cmdlet = {
  name: "Set-OrganizationConfig",
  parameters: ["AuditDisabled"],
  run({ organization, parameters }) {
    if (!organization.timedSwitches.areOpen) throw dehydrated();
    return switched(organization, parameters.boolean("AuditDisabled"), "auditDisabled", (value) => {
      organization.setAuditDisabled(value);
    });
  },
};

export const getAdminAuditLogConfig: Cmdlet = {
  name: "Get-AdminAuditLogConfig",
  parameters: [],
  run: ({ organization }) => single(organization, auditConfigProperties),
};

export const setAdminAuditLogConfig: Cmdlet = {
  name: "Set-AdminAuditLogConfig",
  parameters: ["UnifiedAuditLogIngestionEnabled"],
  server: ({ behaviour }) => (behaviour.auditLogConfigNeedsItsServer ? auditLogServer : undefined),
  run({ organization, parameters, behaviour }) {
    if (!organization.timedSwitches.areOpen) throw dehydrated();
    const wanted = parameters.boolean("UnifiedAuditLogIngestionEnabled");
    return switched(organization, wanted, "unifiedAuditLogIngestionEnabled", (value) => {
      organization.timedSwitches.switchUnifiedAuditLog(value, behaviour);
    });
  },
};

function switched(
  organization: ExchangeOrganization,
  wanted: boolean | undefined,
  name: "auditDisabled" | "unifiedAuditLogIngestionEnabled",
  set: (value: boolean) => void,
): CmdletResult {
  if (wanted === undefined || wanted === organization.switches()[name]) return unchanged(organization.initialDomain);
  set(wanted);
  return changed;
}

export const enableOrganizationCustomization: Cmdlet = {
  name: "Enable-OrganizationCustomization",
  parameters: [],
  run({ organization, behaviour }) {
    if (!organization.switches().isDehydrated) {
      if (!behaviour.customizationOnlyOnce) return unchanged(organization.initialDomain);
      throw cmdletFailure(
        "System.InvalidOperationException",
        "This operation is not required. Organization is already enabled for customization.",
      );
    }
    organization.timedSwitches.customize(behaviour);
    return changed;
  },
};
