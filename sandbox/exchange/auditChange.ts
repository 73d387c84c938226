/** What `Set-Mailbox` does with audit settings. */
import { auditActionNamed, defaultActions, folderPermissionActions, inOrder, supportedActions } from "./auditActions";
import type { AuditState } from "./auditState";
import type { ExchangeBehaviour } from "./behaviour";
import { alreadyAudited, recipientTaskFailure } from "./errors";
import type { LogonType, MailboxIdentity } from "./model";
import { logonTypes } from "./model";

/** Replaces a list, or adds to it and takes from it. Action names have their own spelling; `None` may be among them. */
export type ListChange =
  { readonly replace: readonly string[] } | { readonly add: readonly string[]; readonly remove: readonly string[] };

/** The audit parameters of one `Set-Mailbox` call. What is absent stays. */
export interface AuditChange {
  readonly enabled?: boolean | undefined;
  readonly lists: Partial<Record<LogonType, ListChange>>;
  /** `-DefaultAuditSet`: logon types whose list goes back to Microsoft's. */
  readonly restore: readonly LogonType[];
  readonly ageLimitDays?: number | undefined;
}

type Owner = Pick<MailboxIdentity, "recipientTypeDetails" | "persistedCapabilities" | "displayName">;

/**
 * The settings after a change; equal to `before` in content when nothing changes. What is unknown of it is in {@link ExchangeBehaviour}.
 * Throws the service's error when a value isn't allowed.
 */
export function changedState(
  owner: Owner,
  before: AuditState,
  change: AuditChange,
  behaviour: ExchangeBehaviour,
): AuditState {
  if (owner.recipientTypeDetails === "GroupMailbox" && behaviour.groupMailboxesFixed) refuseForGroup(owner, change);
  if (behaviour.defaultAuditSetWithLists === "refused") refuseBoth(change);
  const lists: Record<LogonType, readonly string[]> = { ...before.lists };
  const managed = new Set<LogonType>(before.managed);
  for (const logonType of change.restore) {
    lists[logonType] = defaultActions(owner.recipientTypeDetails, logonType);
    managed.add(logonType);
  }
  for (const logonType of logonTypes) {
    const listChange = change.lists[logonType];
    if (listChange === undefined) continue;
    const after = changedList(owner, logonType, lists[logonType], listChange, behaviour);
    const isSame = !("replace" in listChange) && sameList(after, lists[logonType]);
    if (isSame && behaviour.unchangedListStaysManaged) continue;
    lists[logonType] = after;
    if (behaviour.listEndsManagedSet) managed.delete(logonType);
  }
  return {
    enabled: change.enabled ?? before.enabled,
    lists,
    managed: [...managed],
    ageLimitDays: change.ageLimitDays ?? before.ageLimitDays,
  };
}

function refuseForGroup(owner: Owner, change: AuditChange): void {
  if (Object.keys(change.lists).length === 0 && change.restore.length === 0) return;
  throw recipientTaskFailure(
    `The audited actions of the group mailbox '${owner.displayName}' are fixed. AuditAdmin, AuditDelegate, AuditOwner and DefaultAuditSet can't be set on it.`,
  );
}

function refuseBoth({ lists, restore }: AuditChange): void {
  if (restore.length === 0 || Object.keys(lists).length === 0) return;
  throw recipientTaskFailure("DefaultAuditSet can't be set together with AuditAdmin, AuditDelegate or AuditOwner.");
}

function changedList(
  owner: Owner,
  logonType: LogonType,
  before: readonly string[],
  change: ListChange,
  { addOfWhatIsThere, folderPermissionActions: pointless }: ExchangeBehaviour,
): readonly string[] {
  const shown = (actions: readonly string[]): readonly string[] =>
    pointless === "shown" ? actions : actions.filter((action) => !folderPermissionActions.includes(action));
  if ("replace" in change) return shown(checked(owner, logonType, change.replace));
  const added = checked(owner, logonType, change.add);
  const there = added.filter((action) => before.includes(action));
  if (addOfWhatIsThere === "error" && there.length > 0) throw alreadyAudited(there);
  return inOrder([...before, ...shown(added)].filter((action) => !change.remove.includes(action)));
}

function checked(owner: Owner, logonType: LogonType, actions: readonly string[]): readonly string[] {
  const supported = supportedActions[logonType];
  if (actions.includes("None")) {
    if (actions.length === 1) return [];
    throw recipientTaskFailure("The audit operation None can't be combined with other audit operations.");
  }
  const hasPremium = owner.persistedCapabilities.includes("M365Auditing");
  for (const action of actions) {
    if (!supported.includes(action)) throw invalidOperation(logonType);
    if (action === "MessageBind" && hasPremium) {
      throw recipientTaskFailure(
        "MessageBind audit operation type is deprecated. Use MailItemsAccessed audit operation type instead.",
      );
    }
    if (action === "SearchQueryInitiated" && !hasPremium) {
      throw recipientTaskFailure(
        `Auditing of ${action} event is only available for users with appropriate license. Please upgrade the license of '${owner.displayName}' to audit it.`,
      );
    }
  }
  return inOrder(actions);
}

function invalidOperation(logonType: LogonType): Error {
  const names = ["None", ...supportedActions[logonType]];
  const last = names.pop() ?? "";
  return recipientTaskFailure(
    `Invalid audit operation specified. Supported audit operations for ${logonType} are ${names.join(", ")} and ${last}.`,
  );
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((action) => b.includes(action));
}

/** Names in their own spelling. `onUnknown` makes the error for a name that no list knows. */
export function actionNames(names: readonly string[], onUnknown: (name: string) => Error): string[] {
  return names.map((name) => {
    const known = auditActionNamed(name);
    if (known === undefined) throw onUnknown(name);
    return known;
  });
}
