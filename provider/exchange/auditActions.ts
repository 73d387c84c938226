/**
 * The vocabulary of mailbox auditing: who acts (logon types), what can be recorded of them (actions), which mailboxes there are
 * (recipient types), and the sets of actions that people want (baselines).
 *
 * Sources: the table of actions in {@link https://learn.microsoft.com/purview/audit-mailboxes}, `Set-Mailbox` in
 * {@link https://learn.microsoft.com/powershell/module/exchange/set-mailbox}, and Netwrix' "Settings for Non-Owner Mailbox Access
 * Audit: Using Application".
 */

/**
 * Who acted. `Admin` is a tool that opens mailboxes from outside (eDiscovery, MFCMAPI); an administrator who opens a mailbox with
 * FullAccess counts as `Delegate`, as does everyone else who was let in.
 */
export const logonTypes = ["Admin", "Delegate", "Owner"] as const;
export type LogonType = (typeof logonTypes)[number];

/** What Exchange can record for the logon type Admin. `None` stands alone and means: nothing. */
export const adminActions = [
  "ApplyRecord",
  "Copy",
  "Create",
  "FolderBind",
  "HardDelete",
  "MailItemsAccessed",
  "MessageBind",
  "Move",
  "MoveToDeletedItems",
  "None",
  "RecordDelete",
  "Send",
  "SendAs",
  "SendOnBehalf",
  "SoftDelete",
  "Update",
  "UpdateCalendarDelegation",
  "UpdateFolderPermissions",
  "UpdateInboxRules",
] as const;
export type AdminAction = (typeof adminActions)[number];

/** What Exchange can record for the logon type Delegate. */
export const delegateActions = [
  "ApplyRecord",
  "Create",
  "FolderBind",
  "HardDelete",
  "MailItemsAccessed",
  "Move",
  "MoveToDeletedItems",
  "None",
  "RecordDelete",
  "SendAs",
  "SendOnBehalf",
  "SoftDelete",
  "Update",
  "UpdateFolderPermissions",
  "UpdateInboxRules",
] as const;
export type DelegateAction = (typeof delegateActions)[number];

/** What Exchange can record for the logon type Owner. */
export const ownerActions = [
  "ApplyRecord",
  "Create",
  "HardDelete",
  "MailboxLogin",
  "MailItemsAccessed",
  "Move",
  "MoveToDeletedItems",
  "None",
  "RecordDelete",
  "SearchQueryInitiated",
  "Send",
  "SoftDelete",
  "Update",
  "UpdateCalendarDelegation",
  "UpdateFolderPermissions",
  "UpdateInboxRules",
] as const;
export type OwnerAction = (typeof ownerActions)[number];

/** What may be recorded for each logon type. Any other value is refused by `Set-Mailbox`. */
export const actionsOf = {
  Admin: adminActions,
  Delegate: delegateActions,
  Owner: ownerActions,
} as const satisfies Record<LogonType, readonly string[]>;

/**
 * What Microsoft records where nobody has pinned a list: the lists of its own repair script (o365soa/Scripts,
 * Configure-MailboxAuditLogging.ps1, version 3.0.1).
 */
export const microsoftDefaults = {
  Admin: [
    "ApplyRecord",
    "Create",
    "HardDelete",
    "MailItemsAccessed",
    "MoveToDeletedItems",
    "Send",
    "SendAs",
    "SendOnBehalf",
    "SoftDelete",
    "Update",
    "UpdateCalendarDelegation",
    "UpdateFolderPermissions",
    "UpdateInboxRules",
  ],
  Delegate: [
    "ApplyRecord",
    "Create",
    "HardDelete",
    "MailItemsAccessed",
    "MoveToDeletedItems",
    "SendAs",
    "SendOnBehalf",
    "SoftDelete",
    "Update",
    "UpdateFolderPermissions",
    "UpdateInboxRules",
  ],
  Owner: [
    "ApplyRecord",
    "HardDelete",
    "MailItemsAccessed",
    "MoveToDeletedItems",
    "Send",
    "SoftDelete",
    "Update",
    "UpdateCalendarDelegation",
    "UpdateFolderPermissions",
    "UpdateInboxRules",
  ],
} as const satisfies { [T in LogonType]: readonly (typeof actionsOf)[T][number][] };

/** The actions that 1Secure's report of non-owner access wants on, in the vendor's own order. The owner's list is left alone. */
export const netwrixNonOwner = {
  Admin: [
    "Update",
    "Copy",
    "Move",
    "MoveToDeletedItems",
    "SoftDelete",
    "HardDelete",
    "FolderBind",
    "SendAs",
    "SendOnBehalf",
    "Create",
  ],
  Delegate: [
    "Update",
    "Move",
    "MoveToDeletedItems",
    "SoftDelete",
    "HardDelete",
    "FolderBind",
    "SendAs",
    "SendOnBehalf",
    "Create",
  ],
} as const satisfies { Admin: readonly AdminAction[]; Delegate: readonly DelegateAction[] };

/**
 * What a policy asks for:
 * - `netwrixNonOwner`: the vendor's lists for Admin and Delegate ({@link netwrixNonOwner});
 * - `microsoftManaged`: the lists are Microsoft's to keep (`DefaultAuditSet`), so that actions that Microsoft adds later are
 *   recorded without anyone doing anything;
 * - `custom`: the lists that are given; logon types without one are left alone.
 */
export const baselines = ["netwrixNonOwner", "microsoftManaged", "custom"] as const;
export type Baseline = (typeof baselines)[number];

/**
 * How a mailbox is compared with the baseline. `atLeast` (the default): its actions are on, and whatever else is on stays on.
 * `exactly`: its actions and no others.
 *
 * Why `atLeast` is the default: a mailbox that nobody has touched records Microsoft's list ({@link microsoftDefaults}). Pinning the
 * vendor's list alone, which is what the vendor's own command does, turns off MailItemsAccessed, UpdateInboxRules,
 * UpdateFolderPermissions, ApplyRecord and, for Admin, Send and UpdateCalendarDelegation. Those are the very records by which a
 * taken-over mailbox is investigated.
 */
export const matches = ["atLeast", "exactly"] as const;
export type Match = (typeof matches)[number];

/** Values of `RecipientTypeDetails` whose mailboxes can be given an audit list. */
export const recipientTypes = [
  "UserMailbox",
  "SharedMailbox",
  "EquipmentMailbox",
  "LinkedMailbox",
  "RoomMailbox",
  "LinkedRoomMailbox",
  "SchedulingMailbox",
  "TeamMailbox",
  "LegacyMailbox",
  "DiscoveryMailbox",
] as const;
export type RecipientType = (typeof recipientTypes)[number];

/** The five types that the vendor's command names. */
export const defaultRecipientTypes = [
  "UserMailbox",
  "SharedMailbox",
  "EquipmentMailbox",
  "LinkedMailbox",
  "RoomMailbox",
] as const satisfies readonly RecipientType[];

/** What Exchange audits in a group mailbox is fixed: its lists cannot be set, so a policy cannot take it in. */
export const unsettableRecipientType = "GroupMailbox";
