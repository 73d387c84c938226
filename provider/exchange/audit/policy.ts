/** Resolves what is declared to the rule that each mailbox is held against. Pure. */
import {
  type Baseline,
  defaultRecipientTypes,
  type LogonType,
  logonTypes,
  type Match,
  netwrixNonOwner,
} from "../auditActions";

/** The declared properties that decide the rule, as far as they are given. */
export interface PolicySettings {
  readonly baseline?: Baseline | undefined;
  readonly match?: Match | undefined;
  readonly recipientTypes?: readonly string[] | undefined;
  readonly include?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
  readonly filter?: string | undefined;
  readonly auditAdmin?: readonly string[] | undefined;
  readonly auditDelegate?: readonly string[] | undefined;
  readonly auditOwner?: readonly string[] | undefined;
}

/** The rule. Lists are sorted, without duplicates and without `None`. */
export interface AuditPolicy {
  readonly recipientTypes: readonly string[];
  /** Names of the only mailboxes that the rule is about, in lower case; undefined for every mailbox. */
  readonly include: readonly string[] | undefined;
  /** Names of mailboxes that the rule is not about, in lower case. */
  readonly exclude: readonly string[];
  /** The text of a filter that the mailboxes have to pass. */
  readonly filter: string | undefined;
  readonly match: Match;
  /** Every logon type's list is to be Microsoft's to keep. */
  readonly microsoftManaged: boolean;
  /** The actions to record for each logon type; a logon type without an entry is left alone. */
  readonly lists: Readonly<Partial<Record<LogonType, readonly string[]>>>;
}

/** A list as it is compared: sorted, each action once, `None` (nothing) left out. */
export function actionSet(actions: readonly string[]): readonly string[] {
  return [...new Set(actions)].filter((action) => action !== "None").sort();
}

/** The rule for what is declared. */
export function auditPolicy(settings: PolicySettings): AuditPolicy {
  const { baseline = "netwrixNonOwner", match = "atLeast", recipientTypes = defaultRecipientTypes } = settings;
  return {
    recipientTypes: [...new Set(recipientTypes)].sort(),
    include: settings.include === undefined ? undefined : nameSet(settings.include),
    exclude: nameSet(settings.exclude ?? []),
    filter: settings.filter?.trim(),
    match,
    microsoftManaged: baseline === "microsoftManaged",
    lists: listsOf(baseline, settings),
  };
}

/** Names as they are compared: in lower case, sorted, each once. */
export function nameSet(names: readonly string[]): readonly string[] {
  return [...new Set(names.map((name) => name.trim().toLowerCase()))].sort();
}

function listsOf(baseline: Baseline, settings: PolicySettings): AuditPolicy["lists"] {
  if (baseline === "microsoftManaged") return {};
  const given: Partial<Record<LogonType, readonly string[] | undefined>> =
    baseline === "netwrixNonOwner"
      ? netwrixNonOwner
      : { Admin: settings.auditAdmin, Delegate: settings.auditDelegate, Owner: settings.auditOwner };
  const lists: Partial<Record<LogonType, readonly string[]>> = {};
  for (const type of logonTypes) {
    const list = given[type];
    if (list !== undefined) lists[type] = actionSet(list);
  }
  return lists;
}
