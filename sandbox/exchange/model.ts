/** The words that the parts of the sandbox's Exchange Online share. */

/** Who acted in the mailbox: an administrator's tool, someone with delegated access, or the owner. */
export const logonTypes = ["Admin", "Delegate", "Owner"] as const;
export type LogonType = (typeof logonTypes)[number];

/** Values of `RecipientTypeDetails` that the sandbox's mailboxes have. */
export const recipientTypes = [
  "UserMailbox",
  "SharedMailbox",
  "RoomMailbox",
  "EquipmentMailbox",
  "LinkedMailbox",
  "GroupMailbox",
  "DiscoveryMailbox",
] as const;
export type RecipientType = (typeof recipientTypes)[number];

/** The audit settings of one mailbox, as reading it shows them. */
export interface MailboxAuditSettings {
  /**
   * What reading shows: always true for mailboxes that auditing on by default covers (user, shared, linked, group) while the
   * organization's `AuditDisabled` is off, whatever was set on the mailbox itself.
   */
  readonly auditEnabled: boolean;
  readonly auditAdmin: readonly string[];
  readonly auditDelegate: readonly string[];
  readonly auditOwner: readonly string[];
  /** Logon types whose list Microsoft manages. Setting a list takes its logon type out. */
  readonly defaultAuditSet: readonly LogonType[];
  /** Days that audit records are kept in the mailbox. */
  readonly auditLogAgeLimitDays: number;
}

/** Who a mailbox is: none of it ever changes in the sandbox. */
export interface MailboxIdentity {
  /** The directory object's id; `exchangeGuid` is the mailbox's own. */
  readonly guid: string;
  readonly exchangeGuid: string;
  /** Object id in Entra ID. */
  readonly externalDirectoryObjectId: string;
  readonly userPrincipalName: string;
  readonly primarySmtpAddress: string;
  readonly alias: string;
  readonly name: string;
  readonly displayName: string;
  readonly distinguishedName: string;
  readonly recipientTypeDetails: RecipientType;
  /** Plans that count for auditing, for example `M365Auditing` (Audit Premium). */
  readonly persistedCapabilities: readonly string[];
  /** Milliseconds since the Unix epoch. */
  readonly whenCreated: number;
}

/** A mailbox as it stands now. A snapshot: it doesn't change when the mailbox does. */
export interface Mailbox extends MailboxIdentity, MailboxAuditSettings {
  /** `AuditEnabled` as set on the mailbox itself: only a server-side filter shows it for mailboxes that are on by default. */
  readonly explicitAuditEnabled: boolean;
  /** Milliseconds since the Unix epoch, whole seconds; moves with each change. */
  readonly whenChanged: number;
}

/** One row of `Get-MailboxAuditBypassAssociation`. */
export interface BypassAssociation {
  readonly guid: string;
  readonly name: string;
  readonly distinguishedName: string;
  /** Undefined on some system objects where it was never set: the wire leaves the property out. */
  readonly auditBypassEnabled: boolean | undefined;
  /** Milliseconds since the Unix epoch. */
  readonly whenCreated: number;
  /** Milliseconds since the Unix epoch, whole seconds. */
  readonly whenChanged: number;
}

/** The switches of the organization that bear on auditing. */
export interface OrganizationSwitches {
  /** `Get-OrganizationConfig`.AuditDisabled: nothing is audited while it is on. */
  readonly auditDisabled: boolean;
  /** `Get-AdminAuditLogConfig`.UnifiedAuditLogIngestionEnabled. */
  readonly unifiedAuditLogIngestionEnabled: boolean;
  /** `Get-OrganizationConfig`.IsDehydrated: some settings can't be changed until `Enable-OrganizationCustomization` has run. */
  readonly isDehydrated: boolean;
}

/** What has been asked of an organization since the counters were last reset. */
export interface ExchangeCounters {
  /** HTTP requests for this tenant that were let in, batches counted once. */
  requests: number;
  batches: number;
  /** Pages of mailboxes or bypass associations that were given out. */
  listPages: number;
  /** Those of them that were pages of mailboxes. */
  mailboxPages: number;
  /** `Get-*` cmdlets that ran, and single mailboxes that were read by OData. */
  cmdletReads: number;
  /** Other cmdlets that ran, whether or not they changed anything. */
  cmdletWrites: number;
  /** Those of them that changed something. */
  changes: number;
  /** Cmdlets that another server would have had to run. */
  misrouted: number;
  /** Cmdlets and requests that were answered with 429 in place of being run; a batch that was refused as a whole counts once. */
  throttled: number;
}
