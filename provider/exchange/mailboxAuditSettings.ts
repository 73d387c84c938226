/**
 * What can be declared of a mailbox audit policy, as schemas: shared by the resource kind, by its component and by the composite
 * that contains it, so that all three say the same and check the same.
 */
import { z } from "zod";
import {
  adminActions,
  baselines,
  defaultRecipientTypes,
  delegateActions,
  doubtAbout,
  type LogonType,
  logonTypesOf,
  matches,
  ownerActions,
  recipientTypes,
  unsettableRecipientType,
} from "./auditActions";
import { filterProblem } from "./audit/filterParser";
import { intervalMs } from "./audit/interval";
import { engineShape, withEngineRules } from "./engine";

/** A name that no table here has is Exchange's to judge, so any that could be one passes; `T` is for the editor to complete. */
function actionList<const T extends string>(logonType: LogonType, known: readonly T[]) {
  const error = `allowed: the name of an action, in letters and digits; known: ${known.join(", ")}`;
  const action = z
    .union(
      [
        z.string().regex(/^[A-Za-z][A-Za-z0-9]{0,63}$/, error) as unknown as z.ZodType<string & {}, string & {}>,
        z.enum(known).meta({ typeName: `${logonType}Action` }),
      ],
      { error },
    )
    .superRefine((name, issues) => {
      const message = refusal(name, logonType, known);
      if (message !== undefined) issues.addIssue({ code: "custom", message });
    });
  return z
    .array(action)
    .min(1, 'allowed: at least one action, or ["None"] to record nothing')
    .refine((list) => list.length === 1 || !(list as readonly string[]).includes("None"), {
      error: '"None" stands alone: it cannot be combined with other actions',
    });
}

/** Why a name is certain to be wrong; undefined when it is not. */
function refusal(name: string, logonType: LogonType, known: readonly string[]): string | undefined {
  if (known.includes(name)) return undefined;
  const was = `${JSON.stringify(name)} was given`;
  const elsewhere = logonTypesOf(name);
  if (elsewhere.length > 0) {
    const hint = `Exchange records it for ${elsewhere.join(" and ")} but not for ${logonType}`;
    return `${was}; ${hint}; allowed: ${known.join(", ")}, or a name that is not known here`;
  }
  // What Exchange gives back would never be the same, and so be drift for ever.
  const meant = known.find((one) => one.toLowerCase() === name.toLowerCase());
  return meant === undefined ? undefined : `${was}; Exchange spells it ${meant}`;
}

const recipientType = z
  .enum(recipientTypes, {
    error: ({ input }) =>
      input === unsettableRecipientType
        ? `what Exchange audits in group mailboxes is fixed and cannot be set, so leave them out; allowed: ${recipientTypes.join(", ")}`
        : `allowed: ${recipientTypes.join(", ")}`,
  })
  .meta({ typeName: "RecipientType" });

/** How the mailboxes are read. */
export const scans = ["full", "incremental"] as const;

/** A mailbox, by anything that identifies it in a listing. */
const mailboxName = z.string().trim().min(1, "allowed: a user principal name, a primary address or a GUID");

/** How bypass associations are treated that are not allowed. */
export const bypassOthers = ["remove", "report"] as const;

/** What becomes of the mailboxes when the policy is deleted. */
export const onDeletes = ["keep", "restoreDefaults"] as const;

/** An account, by anything that identifies it to Exchange. */
export const bypassAccount = z.string().min(1, "allowed: a GUID, a user principal name, an address or a name");

export const bypassOthersSchema = z.enum(bypassOthers).meta({ typeName: "BypassOthers" });

/** Properties that need no connection and are the same in kind and component. */
export const auditSettingsShape = {
  /**
   * What is to be recorded: `netwrixNonOwner` (the vendor's lists for Admin and Delegate), `microsoftManaged` (Microsoft's own
   * defaults, kept up to date by Microsoft) or `custom` (the lists below). Default: `netwrixNonOwner`.
   */
  baseline: z.enum(baselines).meta({ typeName: "Baseline" }).default("netwrixNonOwner"),
  /**
   * `atLeast`: the baseline's actions are on and others stay on. `exactly`: the baseline's actions and no others, which with the
   * vendor's lists turns off MailItemsAccessed, UpdateInboxRules and others that Microsoft records by default. Default: `atLeast`.
   */
  match: z.enum(matches).meta({ typeName: "Match" }).default("atLeast"),
  /**
   * Actions to record for the logon type Admin. Only with the baseline `custom`; left out: that list is left alone. A name that is not
   * known here is passed on to Exchange, with a warning.
   */
  auditAdmin: actionList("Admin", adminActions).optional(),
  /**
   * Actions to record for the logon type Delegate. Only with the baseline `custom`; left out: that list is left alone. A name that is not
   * known here is passed on to Exchange, with a warning.
   */
  auditDelegate: actionList("Delegate", delegateActions).optional(),
  /**
   * Actions to record for the logon type Owner. Only with the baseline `custom`; left out: that list is left alone. A name that is not
   * known here is passed on to Exchange, with a warning.
   */
  auditOwner: actionList("Owner", ownerActions).optional(),
  /**
   * Which mailboxes, by `RecipientTypeDetails`. Group mailboxes cannot be taken in: what Exchange audits there is fixed.
   * Default: UserMailbox, SharedMailbox, EquipmentMailbox, LinkedMailbox, RoomMailbox.
   */
  recipientTypes: z
    .array(recipientType)
    .min(1, "allowed: at least one recipient type")
    .default([...defaultRecipientTypes]),
  /**
   * Only these mailboxes, each by user principal name, primary address or GUID (Exchange's or Entra's). They have to be of
   * `recipientTypes` and pass `filter` too. Default: every mailbox.
   */
  include: z.array(mailboxName).min(1, "allowed: at least one mailbox, or leave it out for all of them").optional(),
  /** Never these mailboxes, each by user principal name, primary address or GUID (Exchange's or Entra's). Default: none. */
  exclude: z.array(mailboxName).default([]),
  /**
   * Only mailboxes that pass this filter, in Exchange's own syntax (`CustomAttribute1 -eq 'Finance'`) or OData's
   * (`CustomAttribute1 eq 'Finance'`). The properties are those that Exchange can filter mailboxes by; the audit lists are not among
   * them. Dates are ISO 8601. With `-like`, all mailboxes are listed and the filter is applied here. Default: every mailbox.
   */
  filter: z
    .string()
    .refine((text) => filterProblem(text) === undefined, {
      error: ({ input }) => filterProblem(String(input)) ?? "it is no filter",
    })
    .optional(),
  /**
   * `full`: every look reads every mailbox. `incremental`: between full scans only mailboxes are read that have changed since, and
   * accounts on audit bypass are not listed; the counts are then those of the last full scan. Default: `full`.
   */
  scan: z.enum(scans).meta({ typeName: "MailboxAuditScan" }).default("full"),
  /**
   * How old the last full scan may get with `scan: "incremental"` before the next look is a full one: a number of hours or days,
   * `12h` or `7d`; at least `1h`, at most `90d`. Default: `7d`.
   */
  fullScanEvery: z
    .string()
    .refine(
      (text) => intervalMs(text) !== undefined,
      'allowed: hours or days such as "12h" or "7d", from "1h" to "90d"',
    )
    .optional(),
  /**
   * How many mailboxes may fail to be changed before an update counts as failed. They are listed in `failed` either way, stay in the
   * preview as not compliant, and are tried again by the next update. Default: 0.
   */
  maxFailures: z.int().min(0).default(0),
  /**
   * What becomes of the mailboxes when the policy is deleted. `keep`: auditing stays as it is. `restoreDefaults`: the lists are
   * handed back to Microsoft. Default: `keep`.
   */
  onDelete: z.enum(onDeletes).meta({ typeName: "MailboxAuditOnDelete" }).default("keep"),
};

const listNames = ["auditAdmin", "auditDelegate", "auditOwner"] as const;

/**
 * What is to be said of the actions that are declared and that Microsoft's table of actions does not have, a line each.
 *
 * @param declared the arguments of a policy; what is not known yet may be anything
 */
export function actionWarnings(
  declared: Readonly<Partial<Record<(typeof listNames)[number], unknown>>>,
): readonly string[] {
  return listNames.flatMap((property) => {
    const list = declared[property];
    return (Array.isArray(list) ? (list as unknown[]) : []).flatMap((name) => {
      const doubt = typeof name === "string" ? doubtAbout(name) : undefined;
      return doubt === undefined ? [] : [`warning: ${property}: ${String(name)} is passed on: ${doubt}`];
    });
  });
}

interface Given {
  readonly baseline?: unknown;
  readonly match?: unknown;
  readonly auditAdmin?: unknown;
  readonly auditDelegate?: unknown;
  readonly auditOwner?: unknown;
  readonly include?: unknown;
  readonly exclude?: unknown;
  readonly scan?: unknown;
  readonly fullScanEvery?: unknown;
}

/**
 * Adds the rules about several properties at once. They run even if single properties are wrong, so that all problems are told
 * together, and wait for properties that are not known yet.
 */
export function withListRules<S extends z.ZodObject>(schema: S): S {
  const always = { when: ({ value }: { value: unknown }): boolean => typeof value === "object" && value !== null };
  let ruled = schema.refine(
    (value) => {
      const given = value as Given;
      return given.baseline !== "custom" || listNames.some((name) => given[name] !== undefined);
    },
    {
      ...always,
      path: ["baseline"],
      params: { dependsOn: [...listNames] },
      error:
        '"custom" was given without a list; allowed: at least one of auditAdmin, auditDelegate, auditOwner with it',
    },
  );
  ruled = ruled.refine(
    (value) => {
      const { scan, fullScanEvery } = value as Given;
      return fullScanEvery === undefined || scan === "incremental";
    },
    {
      ...always,
      path: ["fullScanEvery"],
      params: { dependsOn: ["scan"] },
      error: 'every scan is a full one; allowed: only with scan "incremental"',
    },
  );
  ruled = ruled.refine(
    (value) => {
      const { include, exclude } = value as Given;
      const excluded = new Set(namesIn(exclude));
      return !namesIn(include).some((name) => excluded.has(name));
    },
    {
      ...always,
      path: ["exclude"],
      params: { dependsOn: ["include"] },
      error: "a mailbox was given that is in include too; allowed: mailboxes that are not in include",
    },
  );
  for (const name of listNames) {
    ruled = ruled.refine(
      (value) => {
        const given = value as Given;
        return given[name] === undefined || given.baseline === "custom";
      },
      {
        ...always,
        path: [name],
        params: { dependsOn: ["baseline"] },
        error: 'a list was given with a baseline that has its own; allowed: only with baseline "custom"',
      },
    );
    ruled = ruled.refine(
      (value) => {
        const given = value as Given;
        const list = given[name];
        return !(Array.isArray(list) && list.length === 1 && list[0] === "None" && given.match !== "exactly");
      },
      {
        ...always,
        path: [name],
        params: { dependsOn: ["match"] },
        error: '["None"] asks for nothing with match "atLeast"; allowed: only with match "exactly"',
      },
    );
  }
  return ruled;
}

function namesIn(list: unknown): readonly string[] {
  return Array.isArray(list)
    ? list.flatMap((name) => (typeof name === "string" ? [name.trim().toLowerCase()] : []))
    : [];
}

/** What a mailbox audit policy says, without the connection: for components that contain one. */
export const mailboxAuditSettings = withEngineRules(
  withListRules(
    z.strictObject({
      ...engineShape,
      ...auditSettingsShape,
      /** Accounts whose actions Exchange is told not to record, in any mailbox. */
      bypass: z
        .strictObject({
          /**
           * Accounts that may stay on audit bypass, each by GUID, user principal name, address or name. Default: none.
           */
          allow: z.array(bypassAccount).default([]),
          /**
           * Every other account on bypass: `remove` takes it off, `report` only lists it in `bypassedAccounts`. Default: `remove`.
           */
          others: bypassOthersSchema.default("remove"),
        })
        .meta({ typeName: "MailboxAuditBypass" })
        .optional(),
    }),
  ),
);
