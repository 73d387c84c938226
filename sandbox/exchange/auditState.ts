/** The audit settings of mailboxes as stored: what was set on the mailbox itself, shared between all mailboxes that are alike. */
import { defaultActions, inOrder, logonTypesInOrder } from "./auditActions";
import type { MailboxDirectory } from "./directory";
import type { LogonType, RecipientType } from "./model";
import { logonTypes } from "./model";

/** Immutable; mailboxes with the same settings share one object. */
export interface AuditState {
  /** `AuditEnabled` as set on the mailbox itself. */
  readonly enabled: boolean;
  readonly lists: Readonly<Record<LogonType, readonly string[]>>;
  /** `DefaultAuditSet`. */
  readonly managed: readonly LogonType[];
  readonly ageLimitDays: number;
}

const shared = new Map<string, AuditState>();
const sharedLists = new Map<string, readonly string[]>();

function sharedList(actions: readonly string[]): readonly string[] {
  const list = inOrder(actions);
  const key = list.join();
  const known = sharedLists.get(key) ?? Object.freeze(list);
  sharedLists.set(key, known);
  return known;
}

/** The one object that all mailboxes with these settings share: equal settings are the same object. */
export function sharedState(state: AuditState): AuditState {
  const key = JSON.stringify([
    state.enabled,
    ...logonTypes.map((logonType) => inOrder(state.lists[logonType])),
    logonTypesInOrder(state.managed),
    state.ageLimitDays,
  ]);
  const known = shared.get(key);
  if (known !== undefined) return known;
  const list = (logonType: LogonType): readonly string[] => sharedList(state.lists[logonType]);
  const fresh = Object.freeze({
    enabled: state.enabled,
    lists: Object.freeze({ Admin: list("Admin"), Delegate: list("Delegate"), Owner: list("Owner") }),
    managed: Object.freeze(logonTypesInOrder(state.managed)),
    ageLimitDays: state.ageLimitDays,
  });
  shared.set(key, fresh);
  return fresh;
}

/** Settings that nobody has touched. */
export function untouched(type: RecipientType, enabled: boolean): AuditState {
  const list = (logonType: LogonType): readonly string[] => defaultActions(type, logonType);
  return {
    enabled,
    lists: { Admin: list("Admin"), Delegate: list("Delegate"), Owner: list("Owner") },
    managed: logonTypes,
    ageLimitDays: 90,
  };
}

/** A way in which settings were customised before the story begins, and how many of 100 mailboxes were. */
interface Past {
  readonly share: number;
  readonly lists: Partial<Record<LogonType, readonly string[]>>;
}

const preset = ["Update", "MoveToDeletedItems", "SoftDelete", "HardDelete", "SendAs", "Create"];
const pasts: readonly Past[] = [
  // Someone found the delegates' records too many.
  { share: 8, lists: { Delegate: ["Update", "SoftDelete", "HardDelete", "SendAs"] } },
  // An audit tool of the years before auditing was on by default.
  { share: 7, lists: { Admin: [...preset, "Copy", "FolderBind"], Delegate: [...preset, "FolderBind"] } },
  // More than the default: these are to be kept under an "at least" policy.
  { share: 6, lists: { Delegate: [...defaultActions("UserMailbox", "Delegate"), "Move", "FolderBind"] } },
  {
    share: 3,
    lists: {
      Admin: [...defaultActions("UserMailbox", "Admin"), "Move", "Copy", "FolderBind"],
      Delegate: [...defaultActions("UserMailbox", "Delegate"), "Move"],
      Owner: [...defaultActions("UserMailbox", "Owner"), "MailboxLogin", "Move"],
    },
  },
  // An investigation of long ago.
  { share: 2, lists: { Admin: ["HardDelete"], Delegate: ["HardDelete"], Owner: ["MailboxLogin"] } },
];

const purpose = { past: 60, enabled: 61, changed: 62 };

const seeded = new Map<string, AuditState>();

/** The settings that a seeded mailbox starts with; shared, as {@link sharedState} says. */
export function seededState(directory: MailboxDirectory, index: number): AuditState {
  const type = directory.type(index);
  const isResource = type === "RoomMailbox" || type === "EquipmentMailbox";
  const enabled = directory.random(index, purpose.enabled) % 100 < (isResource ? 15 : 55);
  const percentile = isResource ? 100 : directory.random(index, purpose.past) % 100;
  const key = `${type} ${String(enabled)} ${String(percentile)}`;
  const known = seeded.get(key) ?? sharedState(startOf(type, enabled, percentile));
  seeded.set(key, known);
  return known;
}

function startOf(type: RecipientType, enabled: boolean, percentile: number): AuditState {
  if (type === "GroupMailbox") return untouched(type, true);
  if (type === "DiscoveryMailbox") return untouched(type, false);
  const past = pastOf(percentile);
  if (past === undefined) return untouched(type, enabled);
  const start = untouched(type, true);
  return {
    ...start,
    lists: { ...start.lists, ...past.lists },
    managed: logonTypes.filter((logonType) => past.lists[logonType] === undefined),
  };
}

function pastOf(percentile: number): Past | undefined {
  let upTo = 0;
  return pasts.find(({ share }) => percentile < (upTo += share));
}

/** When a seeded mailbox was last changed: within its life, milliseconds since the Unix epoch, whole seconds. */
export function seededWhenChanged(directory: MailboxDirectory, index: number): number {
  return directory.whenCreated(index) + (directory.random(index, purpose.changed) % (90 * 24 * 3600)) * 1000;
}
