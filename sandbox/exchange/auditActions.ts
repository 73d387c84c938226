/**
 * Which mailbox actions may be audited for which logon type, and which are by default. The sandbox has its own table, so that a
 * mistake in the provider's one shows.
 *
 * Source: {@link https://learn.microsoft.com/purview/audit-mailboxes}; the defaults are those of Microsoft's own field script.
 */
import type { LogonType, RecipientType } from "./model";
import { logonTypes } from "./model";

interface AuditAction {
  readonly name: string;
  /** Logon types (A, D, O) whose list may hold the action; a star after one puts it on the default list. */
  readonly allowed: string;
}

/** In the order in which reading a mailbox shows them. */
const actions: readonly AuditAction[] = [
  { name: "Update", allowed: "A*D*O*" },
  { name: "Copy", allowed: "A" },
  { name: "Move", allowed: "ADO" },
  { name: "MoveToDeletedItems", allowed: "A*D*O*" },
  { name: "SoftDelete", allowed: "A*D*O*" },
  { name: "HardDelete", allowed: "A*D*O*" },
  { name: "FolderBind", allowed: "AD" },
  { name: "SendAs", allowed: "A*D*" },
  { name: "SendOnBehalf", allowed: "A*D*" },
  { name: "MessageBind", allowed: "A" },
  { name: "Create", allowed: "A*D*O" },
  { name: "MailboxLogin", allowed: "O" },
  { name: "UpdateFolderPermissions", allowed: "A*D*O*" },
  { name: "UpdateInboxRules", allowed: "A*D*O*" },
  { name: "UpdateCalendarDelegation", allowed: "A*O*" },
  { name: "RecordDelete", allowed: "ADO" },
  { name: "ApplyRecord", allowed: "A*D*O*" },
  { name: "MailItemsAccessed", allowed: "A*D*O*" },
  { name: "Send", allowed: "A*O*" },
  { name: "SearchQueryInitiated", allowed: "O" },
  // Set by production scripts for all three; Microsoft's page has none of them on a default list.
  { name: "AttachmentAccess", allowed: "ADO" },
  { name: "AddFolderPermissions", allowed: "ADO" },
  { name: "ModifyFolderPermissions", allowed: "ADO" },
  { name: "RemoveFolderPermissions", allowed: "ADO" },
  { name: "UpdateComplianceTag", allowed: "ADO" },
  { name: "PriorityCleanupDelete", allowed: "ADO" },
  { name: "ApplyPriorityCleanup", allowed: "ADO" },
  { name: "PreservedMailItemProactively", allowed: "ADO" },
];

/** Accepted but pointless, as Microsoft's page says: `UpdateFolderPermissions` covers them. */
export const folderPermissionActions: readonly string[] = [
  "AddFolderPermissions",
  "ModifyFolderPermissions",
  "RemoveFolderPermissions",
];

const order = new Map(actions.map(({ name }, index) => [name, index]));
const byLowerCase = new Map([["none", "None"], ...actions.map(({ name }) => [name.toLowerCase(), name] as const)]);

/** Every name that the cmdlets know, `None` first. */
export const auditActionNames: readonly string[] = ["None", ...actions.map(({ name }) => name)];

/** The action's own spelling, or undefined when there is no such action. `None` counts as one. */
export function auditActionNamed(name: string): string | undefined {
  return byLowerCase.get(name.trim().toLowerCase());
}

function listFor(logonType: LogonType, mark: "" | "*"): readonly string[] {
  const letter = logonType.charAt(0);
  return Object.freeze(actions.filter(({ allowed }) => allowed.includes(letter + mark)).map(({ name }) => name));
}

function forEachLogonType<T>(of: (logonType: LogonType) => T): Readonly<Record<LogonType, T>> {
  return Object.freeze({ Admin: of("Admin"), Delegate: of("Delegate"), Owner: of("Owner") });
}

/** What a list may hold. */
export const supportedActions = forEachLogonType((logonType) => listFor(logonType, ""));

const mailboxDefaults = forEachLogonType((logonType) => listFor(logonType, "*"));

const groupNonOwner = Object.freeze([
  "Update",
  "MoveToDeletedItems",
  "SoftDelete",
  "HardDelete",
  "SendAs",
  "SendOnBehalf",
  "Create",
]);
const groupDefaults: Readonly<Record<LogonType, readonly string[]>> = Object.freeze({
  Admin: groupNonOwner,
  Delegate: groupNonOwner,
  Owner: Object.freeze(["Update", "MoveToDeletedItems", "SoftDelete", "HardDelete"]),
});

/** The list that Microsoft manages for a logon type. Group mailboxes have a shorter one that nobody can change. */
export function defaultActions(recipientType: RecipientType, logonType: LogonType): readonly string[] {
  return (recipientType === "GroupMailbox" ? groupDefaults : mailboxDefaults)[logonType];
}

/** Whether auditing on by default covers mailboxes of the type. Resource and discovery mailboxes are left out. */
export function isAuditedByDefault(recipientType: RecipientType): boolean {
  return !["RoomMailbox", "EquipmentMailbox", "DiscoveryMailbox"].includes(recipientType);
}

/** Without doubles, in the order in which reading a mailbox shows them. */
export function inOrder(names: Iterable<string>): string[] {
  return [...new Set(names)].sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
}

/** Without doubles, in the order Admin, Delegate, Owner. */
export function logonTypesInOrder(set: Iterable<LogonType>): LogonType[] {
  const there = new Set(set);
  return logonTypes.filter((logonType) => there.has(logonType));
}
