/** What the probe asks by reading alone, in this order. */
import { randomUUID } from "node:crypto";
import { text } from "./answer";
import { NotAsked } from "./notAsked";
import { batch, cmdlet, get, query } from "./requests";
import type { Look, Seen } from "./seen";

const users = { RecipientTypeDetails: "UserMailbox" } as const;
const paged = { Prefer: "odata.maxpagesize=2" } as const;
const longAgo = "2000-01-01T00:00:00Z";
const farAhead = "2999-01-01T00:00:00Z";

/** A cmdlet, a parameter and an object that nobody has. */
export const strangeCmdlet = "Get-M365AuditProbeNothing";
export const strangeParameter = "M365AuditProbeNothing";

function filtered(filter: string): Look {
  return () => get(`Mailbox?${query({ $filter: filter, $select: "Guid", $top: "1" })}`);
}

function opath(filter: string): Look {
  return () => cmdlet("Get-Mailbox", { Filter: filter, ResultSize: 1 }, { select: "Guid" });
}

function anchored(anchorOf: (seen: Seen) => string): Look {
  return (seen) =>
    cmdlet(
      "Get-Mailbox",
      { Identity: seen.names.guid },
      { select: "Guid", anchor: anchorOf(seen), headers: { "parameter-based-routing": "true" } },
    );
}

function linkOf(seen: Seen, name: string): string {
  const link = seen.answer(name).nextLink;
  if (link === undefined) throw new NotAsked("there was no link to a next page");
  return link;
}

/** The organization's own name, by which the path may name the tenant. */
function domainOf(seen: Seen): string {
  const [organization] = seen.rows("organization");
  const name = text(organization?.["Name"]) ?? "";
  if (!/^[\w-]+(?:\.[\w-]+)+$/.test(name)) throw new NotAsked("the organization's name is no domain");
  return name;
}

const organizationRead = { name: "Get-OrganizationConfig", parameters: {} } as const;

function readings(seen: Seen, count: number, url = seen.address("InvokeCommand")) {
  const anchor = systemAnchor(seen);
  return Array.from({ length: count }, () => ({ ...organizationRead, url, anchor }));
}

function systemAnchor({ tenantId }: Seen): string {
  return `APP:SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}@${tenantId}`;
}

/** Asked first: what else is asked needs a mailbox or two. */
export const mailboxes: Look = () => cmdlet("Get-Mailbox", { ...users, ResultSize: 4 });

export const reads: Readonly<Record<string, Look>> = {
  organization: () => cmdlet("Get-OrganizationConfig", {}, { select: "AuditDisabled,IsDehydrated,Name" }),
  auditLog: () => cmdlet("Get-AdminAuditLogConfig", {}, { select: "UnifiedAuditLogIngestionEnabled" }),

  // Who is let in
  withoutToken: () => cmdlet("Get-OrganizationConfig", {}, { withoutToken: true }),
  moduleFile: () => get("EXOModuleFile?Version=3.9.2", { root: "adminapi/v1.0", headers: { CommandName: "*" } }),

  // Where a request goes
  domainInPath: (seen) => cmdlet("Get-OrganizationConfig", {}, { select: "AuditDisabled", tenant: domainOf(seen) }),
  version1: () => cmdlet("Get-OrganizationConfig", {}, { select: "AuditDisabled", root: "adminapi/v1.0" }),
  otherLetterCase: () => cmdlet("Get-OrganizationConfig", {}, { select: "AuditDisabled", root: "AdminApi/beta" }),
  anchorUpn: anchored(({ names }) => `UPN:${names.userPrincipalName}`),
  anchorSmtp: anchored(({ names }) => `SMTP:${names.primarySmtpAddress}`),
  anchorMailboxGuid: anchored(({ names, tenantId }) => `MBX:${names.exchangeGuid}@${tenantId}`),
  anchorDirectoryGuid: anchored(({ names, tenantId }) => `MBX:${names.guid}@${tenantId}`),
  anchorOrganization: anchored(systemAnchor),

  // Other resources
  metadata: () => get("$metadata", { headers: { Accept: "application/xml" } }),
  banner: () => get("EXOBanner?Version=3.9.2"),
  casMailbox: () => get("CasMailbox?$top=1"),

  // Lists
  selected: ({ names }) => cmdlet("Get-Mailbox", { Identity: names.guid }, { select: "Guid,AuditEnabled" }),
  cutShort: (seen) => {
    seen.needsMoreThan(1);
    return cmdlet("Get-Mailbox", { ...users, ResultSize: 1 }, { select: "Guid" });
  },
  commandPage: (seen) => {
    seen.needsMoreThan(2);
    return cmdlet("Get-Mailbox", { ...users, ResultSize: "Unlimited" }, { select: "Guid", headers: paged });
  },
  commandNextPage: (seen) => ({
    ...cmdlet("Get-Mailbox", { ...users, ResultSize: "Unlimited" }, { headers: paged }),
    path: linkOf(seen, "commandPage"),
  }),
  garbledPage: (seen) => ({
    ...cmdlet("Get-Mailbox", { ...users, ResultSize: "Unlimited" }, { headers: paged }),
    path: linkOf(seen, "commandPage").replace(/(skiptoken=)[^&]*/i, "$1Z2FyYmxlZA%3D%3D"),
  }),
  defaultSize: () => cmdlet("Get-Mailbox", users, { select: "Guid" }),
  beyondDefaultSize: (seen) => {
    if (seen.rows("defaultSize").length < 1000) throw new NotAsked("the tenant has less than 1,000 user mailboxes");
    return cmdlet("Get-Mailbox", { ...users, ResultSize: 1001 }, { select: "Guid" });
  },
  listPage: (seen) => {
    seen.needsMoreThan(2);
    return get("Mailbox?PropertySet=Audit&$select=PersistedCapabilities", { headers: paged });
  },
  listNextPage: (seen) => get(linkOf(seen, "listPage"), { headers: paged }),
  listDefaultSize: () => get("Mailbox?$select=Guid"),
  misspelledPreference: (seen) => {
    seen.needsMoreThan(2);
    return get("Mailbox?$select=Guid&$top=3", { headers: { "X-Prefer": "odata.maxpagesize=1" } });
  },
  one: ({ names }) => get(`Mailbox('${names.guid}')`),
  byType: () => get("Mailbox?PropertySet=Minimum&RecipientTypeDetails=UserMailbox&$top=5"),

  // Filters
  bareDate: filtered(`WhenChangedUTC ge ${longAgo}`),
  quotedDatePast: filtered(`WhenChangedUTC ge '${longAgo}'`),
  quotedDateFuture: filtered(`WhenChangedUTC ge '${farAhead}'`),
  otherDateFuture: filtered("WhenChangedUTC ge '1/1/2999 12:00:00 AM'"),
  opathDatePast: opath(`WhenChangedUTC -ge '${longAgo}'`),
  opathDateFuture: opath(`WhenChangedUTC -ge '${farAhead}'`),
  auditListFilter: filtered("AuditAdmin eq 'Update'"),
  auditEnabledFilter: filtered("AuditEnabled eq true or AuditEnabled eq false"),

  // Bypass
  bypass: () => cmdlet("Get-MailboxAuditBypassAssociation", { ResultSize: 5 }),
  bypassFilter: () => cmdlet("Get-MailboxAuditBypassAssociation", { Filter: "AuditBypassEnabled -eq 'True'" }),

  // Refusals
  nobody: () => cmdlet("Get-Mailbox", { Identity: randomUUID() }),
  strangeCmdlet: () => cmdlet(strangeCmdlet, {}),
  strangeParameter: () => cmdlet("Get-OrganizationConfig", { [strangeParameter]: "x" }),
  nullParameters: () => cmdlet("Get-OrganizationConfig", null),

  // Batches
  eleven: (seen) => batch(readings(seen, 11)),
  mixed: (seen) => {
    const [first, last] = readings(seen, 2);
    const nobody = {
      name: "Get-Mailbox",
      parameters: { Identity: randomUUID() },
      url: seen.address("InvokeCommand"),
    };
    return batch([first, { ...nobody, anchor: systemAnchor(seen) }, last].filter((item) => item !== undefined));
  },
  pathAlone: (seen) => batch(readings(seen, 1, new URL(seen.address("InvokeCommand")).pathname)),
};
