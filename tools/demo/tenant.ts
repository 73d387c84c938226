/** What the demo and the end-to-end tests ask of the sandbox's own state: is the tenant audited, what is ours, and how to undo it. */
import type { SandboxControl } from "../../sandbox";

export interface Finding {
  readonly ok: boolean;
  readonly text: string;
}

/** The vendor's lists (seed: "Settings for Non-Owner Mailbox Access Audit"), written out again so that a wrong list is noticed. */
const delegate = [
  "Update",
  "Move",
  "MoveToDeletedItems",
  "SoftDelete",
  "HardDelete",
  "FolderBind",
  "SendAs",
  "SendOnBehalf",
  "Create",
];
const admin = [...delegate, "Copy"];
const inScope = new Set(["UserMailbox", "SharedMailbox", "EquipmentMailbox", "LinkedMailbox", "RoomMailbox"]);

/** Each thing that the declaration promises, and whether the sandbox holds it. */
export function auditedAsDeclared(control: SandboxControl, tenant: string): Finding[] {
  const { directory, organization, bypassed } = control.tenant(tenant);
  const [app] = directory.applications;
  const consents = directory.consents.map(({ permission }) => permission).sort();
  const roles = directory.roles.map(({ role }) => role);
  const mailboxes = control.mailboxes(tenant).filter(({ recipientTypeDetails }) => inScope.has(recipientTypeDetails));
  const covered = mailboxes.filter(
    ({ auditEnabled, auditAdmin, auditDelegate }) =>
      auditEnabled &&
      admin.every((action) => auditAdmin.includes(action)) &&
      delegate.every((action) => auditDelegate.includes(action)),
  );
  const { sources, connectors } = control.oneSecure();
  const [source] = sources;
  const [connector] = connectors;
  const off = (on: boolean): string => (on ? "on" : "OFF");
  return [
    {
      ok: app?.certificates.length === 2 && app.clientSecrets.length === 1,
      text: `Entra: app ${app?.displayName ?? "none"} with ${String(app?.certificates.length ?? 0)} certificates and ${String(app?.clientSecrets.length ?? 0)} client secret`,
    },
    {
      ok: consents.join() === "ActivityFeed.Read,Exchange.ManageAsApp" && roles.join() === "Exchange Administrator",
      text: `Entra: consent to ${consents.join(", ") || "nothing"}; role ${roles.join(", ") || "none"}`,
    },
    {
      ok: covered.length === mailboxes.length,
      text: `Exchange: ${String(covered.length)} of ${String(mailboxes.length)} mailboxes record the vendor's actions`,
    },
    {
      ok: bypassed.length === 0 && !organization.auditDisabled && organization.unifiedAuditLogIngestionEnabled,
      text: `Exchange: ${String(bypassed.length)} accounts on audit bypass, organization audit ${off(!organization.auditDisabled)}, unified audit log ${off(organization.unifiedAuditLogIngestionEnabled)}`,
    },
    {
      ok: source?.crawlSource === true && connector?.enabled === true && connector.collectNonOwnerMailboxAuditData,
      text: `1Secure: crawl ${off(source?.crawlSource === true)}, Exchange Online Activity ${off(connector?.enabled === true)}, non-owner mailbox audit data ${off(connector?.collectNonOwnerMailboxAuditData === true)}`,
    },
  ];
}

/** What the sandbox holds that was not there at the start, by name. Deleted applications stay restorable, as in Entra ID. */
export function ours(control: SandboxControl, tenant: string): string[] {
  const { directory } = control.tenant(tenant);
  const { credentials, sources } = control.oneSecure();
  return [
    ...directory.applications.map(({ displayName }) => `app ${displayName}`),
    ...directory.servicePrincipals.map(({ displayName }) => `service principal ${displayName}`),
    ...directory.consents.map(({ permission }) => `consent to ${permission}`),
    ...directory.roles.map(({ role }) => `role ${role}`),
    ...credentials.map(({ displayName }) => `1Secure credential ${displayName}`),
    ...sources.map(({ sourceGroup }) => `1Secure source ${sourceGroup}`),
  ];
}

/** Undoes one thing in each system. `drift`: what a preview must then say, as `<resource> <property>`. */
export function tamper(control: SandboxControl, tenant: string): { story: string[]; drift: string[] } {
  const users = control.mailboxes(tenant).filter(({ recipientTypeDetails }) => recipientTypeDetails === "UserMailbox");
  const [narrowed, bypassed] = users;
  const [app] = control.tenant(tenant).directory.applications;
  const { sources, connectors } = control.oneSecure();
  const [source] = sources;
  const [connector] = connectors;
  if (!narrowed || !bypassed || !app || !source || !connector) throw new Error("there is nothing to tamper with");
  control.setMailboxAudit(tenant, narrowed.userPrincipalName, { auditDelegate: ["SendAs"] });
  control.setBypass(tenant, bypassed.userPrincipalName, true);
  control.patchSource(source.id, { crawlSource: false });
  control.patchConnector(connector.id, { collectNonOwnerMailboxAuditData: false });
  control.removeConsent(tenant, app.clientId, "Exchange.ManageAsApp");
  return {
    story: [
      `Set-Mailbox ${narrowed.userPrincipalName} -AuditDelegate SendAs`,
      `Set-MailboxAuditBypassAssociation ${bypassed.userPrincipalName} -AuditBypassEnabled $true`,
      `1Secure: Crawl Source of "${source.sourceGroup}" OFF`,
      "1Secure: Collect non-owner mailbox audit data unchecked",
      `Entra: admin consent of ${app.displayName} to Exchange.ManageAsApp removed`,
    ],
    drift: [
      "Exchange MailboxAudit nonCompliant",
      "Exchange MailboxAudit bypassed",
      "1Secure Source crawlSource",
      "1Secure Connector collectNonOwnerMailboxAuditData",
      "create azuread AppRoleAssignment",
      // A new consent is a reason to prove the access again.
      "Entra Preflight evidence",
    ],
  };
}
