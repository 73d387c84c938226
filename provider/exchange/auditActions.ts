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

/**
 * How an action stands for a logon type. `default`: Microsoft records it where nobody has pinned the list. `optional`: it may be
 * recorded. `reported`: Microsoft's table does not have it, but scripts that are in use set it; whether it is a default is not known.
 * Of an action that the table has, a logon type without a standing is one for which `Set-Mailbox` refuses it.
 */
type Standing = "default" | "optional" | "reported";

interface Action {
  readonly Admin?: Standing;
  readonly Delegate?: Standing;
  readonly Owner?: Standing;
  /** What else is known of it. */
  readonly note?: string;
}

const everywhere = { Admin: "reported", Delegate: "reported", Owner: "reported" } as const;
const coveredByUpdate = "Exchange accepts it, but UpdateFolderPermissions already covers it";
const onlyInScripts = "scripts set it, but Microsoft's table of actions does not list it";

/**
 * The actions that are known, a row each. Microsoft adds to them, so a name that stands here nowhere is for Exchange to judge.
 * The defaults are the lists of Microsoft's own repair script (o365soa/Scripts, Configure-MailboxAuditLogging.ps1, version 3.0.1).
 */
const actions = {
  AddFolderPermissions: { ...everywhere, note: coveredByUpdate },
  ApplyPriorityCleanup: { ...everywhere, note: onlyInScripts },
  ApplyRecord: { Admin: "default", Delegate: "default", Owner: "default" },
  AttachmentAccess: { ...everywhere, note: onlyInScripts },
  Copy: { Admin: "optional" },
  Create: { Admin: "default", Delegate: "default", Owner: "optional" },
  FolderBind: { Admin: "optional", Delegate: "optional" },
  HardDelete: { Admin: "default", Delegate: "default", Owner: "default" },
  MailboxLogin: { Owner: "optional" },
  MailItemsAccessed: { Admin: "default", Delegate: "default", Owner: "default" },
  MessageBind: { Admin: "optional", note: "refused for mailboxes that have the capability M365Auditing" },
  ModifyFolderPermissions: { ...everywhere, note: coveredByUpdate },
  Move: { Admin: "optional", Delegate: "optional", Owner: "optional" },
  MoveToDeletedItems: { Admin: "default", Delegate: "default", Owner: "default" },
  None: { Admin: "optional", Delegate: "optional", Owner: "optional", note: "stands alone and means: nothing" },
  PreservedMailItemProactively: { ...everywhere, note: onlyInScripts },
  PriorityCleanupDelete: { ...everywhere, note: onlyInScripts },
  RecordDelete: { Admin: "optional", Delegate: "optional", Owner: "optional" },
  RemoveFolderPermissions: { ...everywhere, note: coveredByUpdate },
  SearchQueryInitiated: { Owner: "optional", note: "needs a licence" },
  Send: { Admin: "default", Owner: "default" },
  SendAs: { Admin: "default", Delegate: "default" },
  SendOnBehalf: { Admin: "default", Delegate: "default" },
  SoftDelete: { Admin: "default", Delegate: "default", Owner: "default" },
  Update: { Admin: "default", Delegate: "default", Owner: "default" },
  UpdateCalendarDelegation: { Admin: "default", Owner: "default" },
  UpdateComplianceTag: { ...everywhere, note: onlyInScripts },
  UpdateFolderPermissions: { Admin: "default", Delegate: "default", Owner: "default" },
  UpdateInboxRules: { Admin: "default", Delegate: "default", Owner: "default" },
} as const satisfies Readonly<Record<string, Action>>;

type Actions = typeof actions;
/** The names of the actions that have a standing for a logon type. */
type KnownAction<T extends LogonType> = { [N in keyof Actions]: T extends keyof Actions[N] ? N : never }[keyof Actions];

/** What Exchange is known to record for the logon type Admin. */
export type AdminAction = KnownAction<"Admin">;
/** What Exchange is known to record for the logon type Delegate. */
export type DelegateAction = KnownAction<"Delegate">;
/** What Exchange is known to record for the logon type Owner. */
export type OwnerAction = KnownAction<"Owner">;

function named<T extends LogonType>(logonType: T, standings?: readonly Standing[]): readonly KnownAction<T>[] {
  const known: readonly (readonly [string, Action])[] = Object.entries(actions);
  return known.flatMap(([name, { [logonType]: standing }]) =>
    standing !== undefined && (standings?.includes(standing) ?? true) ? [name as KnownAction<T>] : [],
  );
}

/** The names that are known for each logon type, in the order of the alphabet. */
export const actionsOf = { Admin: named("Admin"), Delegate: named("Delegate"), Owner: named("Owner") } as const;
export const { Admin: adminActions, Delegate: delegateActions, Owner: ownerActions } = actionsOf;

/** What Microsoft records where nobody has pinned a list. */
export const microsoftDefaults = {
  Admin: named("Admin", ["default"]),
  Delegate: named("Delegate", ["default"]),
  Owner: named("Owner", ["default"]),
} as const;

/** The logon types for which an action is known; none for a name that is not known at all. */
export function logonTypesOf(action: string): readonly LogonType[] {
  return logonTypes.filter((type) => (actionsOf[type] as readonly string[]).includes(action));
}

/** What is to be said of an action that Microsoft's table does not have for any logon type; undefined for one that it has. */
export function doubtAbout(action: string): string | undefined {
  const known: Action | undefined = Object.hasOwn(actions, action) ? actions[action as keyof Actions] : undefined;
  if (known === undefined) return "it is not known here, so it is for Exchange to judge";
  return known.Admin === "reported" ? known.note : undefined;
}

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
