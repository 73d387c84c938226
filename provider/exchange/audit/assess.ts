/** Holds a mailbox against the rule. Pure: the whole of what is changed in a tenant is decided here. */
import { type LogonType, logonTypes, type Match, microsoftDefaults } from "../auditActions";
import { listProperty, type Mailbox } from "./mailbox";
import type { AuditPolicy } from "./policy";
import { actionSet } from "./policy";

/** Audit properties of a mailbox, in the order in which they are set. */
export const auditProperties = [
  "auditEnabled",
  "defaultAuditSet",
  "auditAdmin",
  "auditDelegate",
  "auditOwner",
] as const;
export type AuditProperty = (typeof auditProperties)[number];

/** The property that holds a logon type's list. */
export const propertyOf = {
  Admin: "auditAdmin",
  Delegate: "auditDelegate",
  Owner: "auditOwner",
} as const satisfies Record<LogonType, AuditProperty>;

/** A list that has to change. */
interface ListDifference {
  readonly property: (typeof propertyOf)[LogonType];
  readonly from: readonly string[];
  readonly to: readonly string[];
  /** What is sent adds to the list in place of giving it anew. */
  readonly adds: boolean;
}

/** One property of one mailbox that has to change. */
export type Difference =
  | { readonly property: "auditEnabled"; readonly from: boolean; readonly to: true }
  | { readonly property: "defaultAuditSet"; readonly from: readonly LogonType[]; readonly to: readonly LogonType[] }
  | ListDifference;

/** A mailbox that is not as the rule wants it. */
export interface Correction {
  readonly mailbox: Mailbox;
  /** At least one, in the order of {@link auditProperties}. */
  readonly differences: readonly Difference[];
}

/** Parameters of a `Set-Mailbox`, without the identity. */
export type SetMailboxParameters = Readonly<Record<string, boolean | readonly string[] | Addition>>;

/** Adds to a list and takes nothing away, as the admin API writes it. */
export interface Addition {
  readonly "@odata.type": "#Exchange.GenericHashTable";
  readonly Add: readonly string[];
}

/** What has to change so that the mailbox is as the rule wants it; undefined when it already is. */
export function assess(policy: AuditPolicy, mailbox: Mailbox): Correction | undefined {
  const differences: Difference[] = [];
  if (!mailbox.auditEnabled) differences.push({ property: "auditEnabled", from: false, to: true });
  const lists = policy.microsoftManaged
    ? assessManaged(policy, mailbox, differences)
    : logonTypes.flatMap((type) => listDifference(policy, mailbox, type, policy.lists[type]));
  differences.push(...lists);
  return differences.length === 0 ? undefined : { mailbox, differences };
}

/**
 * Under `exactly` each logon type is handed back to Microsoft. Under `atLeast` one whose list holds more than Microsoft's default
 * stays pinned, because handing it back would switch that off; what it lacks of the default is added.
 */
function assessManaged(policy: AuditPolicy, mailbox: Mailbox, differences: Difference[]): readonly Difference[] {
  const pinned = logonTypes.filter((type) => !mailbox.defaultAuditSet.includes(type));
  const keep = policy.match === "exactly" ? [] : pinned.filter((type) => hasExtras(mailbox, type));
  if (keep.length < pinned.length) {
    const to = logonTypes.filter((type) => !keep.includes(type));
    differences.push({ property: "defaultAuditSet", from: mailbox.defaultAuditSet, to });
  }
  return keep.flatMap((type) => listDifference(policy, mailbox, type, microsoftDefaults[type]));
}

function hasExtras(mailbox: Mailbox, type: LogonType): boolean {
  const defaults: readonly string[] = microsoftDefaults[type];
  return mailbox.lists[type].some((action) => !defaults.includes(action));
}

/**
 * Under `atLeast` a pinned list is added to: that leaves alone what someone else adds meanwhile, and a list with an action that
 * Exchange takes no more for this mailbox (MessageBind, once it has the capability M365Auditing) would be refused as a whole. A list
 * that is Microsoft's to keep, or that is nothing but None, is given whole, because what adding to one does is documented nowhere.
 */
function listDifference(
  { match }: AuditPolicy,
  mailbox: Mailbox,
  type: LogonType,
  wanted: readonly string[] | undefined,
): readonly Difference[] {
  if (wanted === undefined) return [];
  const from = mailbox.lists[type];
  const isManaged = mailbox.defaultAuditSet.includes(type);
  const last = judged.get(from);
  if (last?.wanted === wanted && last.type === type && last.match === match && last.isManaged === isManaged)
    return last.differences;
  const differences = judgedList(match, type, from, wanted, isManaged);
  judged.set(from, { match, type, wanted, isManaged, differences });
  return differences;
}

/** What was made of a list last: mailboxes share their lists, so there are few of them. */
const judged = new WeakMap<
  readonly string[],
  {
    readonly match: Match;
    readonly type: LogonType;
    readonly wanted: readonly string[];
    readonly isManaged: boolean;
    readonly differences: readonly Difference[];
  }
>();

function judgedList(
  match: Match,
  type: LogonType,
  from: readonly string[],
  wanted: readonly string[],
  isManaged: boolean,
): readonly Difference[] {
  const lacking = wanted.some((action) => !from.includes(action));
  const surplus = match === "exactly" && from.some((action) => !wanted.includes(action));
  if (!lacking && !surplus) return [];
  const to = match === "exactly" ? actionSet(wanted) : actionSet([...from, ...wanted]);
  const adds = match === "atLeast" && from.length > 0 && !isManaged;
  return [{ property: propertyOf[type], from, to, adds }];
}

/**
 * The commands that make the differences go away, in the order in which they have to run. `DefaultAuditSet` and lists go in two:
 * whether one command may carry both is not documented, and Microsoft's own script uses two. Auditing is switched on with each,
 * because what reading shows of that switch cannot be relied on.
 */
export function commandsFor(differences: readonly Difference[]): readonly SetMailboxParameters[] {
  const managed = differences.find((difference) => difference.property === "defaultAuditSet");
  const lists: Record<string, readonly string[] | Addition> = {};
  for (const type of logonTypes) {
    const list = differences.find((difference) => difference.property === propertyOf[type]);
    if (list?.property === propertyOf[type]) lists[listProperty[type]] = listParameter(list);
  }
  const commands: SetMailboxParameters[] = [];
  if (managed !== undefined) commands.push({ AuditEnabled: true, DefaultAuditSet: managed.to });
  if (Object.keys(lists).length > 0) commands.push({ AuditEnabled: true, ...lists });
  return commands.length === 0 ? [{ AuditEnabled: true }] : commands;
}

function listParameter({ from, to, adds }: ListDifference): readonly string[] | Addition {
  if (adds) return { "@odata.type": "#Exchange.GenericHashTable", Add: to.filter((action) => !from.includes(action)) };
  return to.length === 0 ? ["None"] : to;
}

/** The mailbox as it is once the differences are gone: a pinned list leaves the managed set, a managed one is Microsoft's. */
export function corrected({ mailbox, differences }: Correction): Mailbox {
  let { auditEnabled, defaultAuditSet } = mailbox;
  const lists: Record<LogonType, readonly string[]> = { ...mailbox.lists };
  for (const difference of differences) {
    if (difference.property === "auditEnabled") auditEnabled = true;
    else if (difference.property === "defaultAuditSet") {
      for (const type of difference.to) {
        if (!defaultAuditSet.includes(type)) lists[type] = microsoftDefaults[type];
      }
      defaultAuditSet = difference.to;
    } else {
      const type = logonTypes.find((candidate) => propertyOf[candidate] === difference.property);
      if (type === undefined) continue;
      lists[type] = difference.to;
      defaultAuditSet = defaultAuditSet.filter((managed) => managed !== type);
    }
  }
  return { ...mailbox, auditEnabled, defaultAuditSet, lists };
}

/** What is wrong with a mailbox, in words, for samples: `ada@contoso.com: auditDelegate lacks Move, Update`. */
export function describeCorrection({ mailbox, differences }: Correction): string {
  return `${mailbox.address}: ${differences.map((difference) => describeDifference(difference)).join("; ")}`;
}

function describeDifference({ property, from, to }: Difference): string {
  if (property === "auditEnabled") return "auditEnabled is off";
  const lacking = to.filter((item) => !(from as readonly string[]).includes(item));
  const surplus = from.filter((item) => !(to as readonly string[]).includes(item));
  const parts = [
    ...(lacking.length > 0 ? [`lacks ${lacking.join(", ")}`] : []),
    ...(surplus.length > 0 ? [`has ${surplus.join(", ")} too`] : []),
  ];
  return `${property} ${parts.join(" and ")}`;
}
