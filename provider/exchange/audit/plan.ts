/** The plan of a mailbox audit policy. Pure. */
import { isDeepStrictEqual } from "node:util";
import { propertyMarks } from "../../core/contract";
import { type Change, change, gone, type Gone, type Observation, type Plan } from "../../core/plan";
import { defaultRecipientTypes } from "../auditActions";
import { mailboxAuditContract, type MailboxAuditInputs, type MailboxAuditState } from "../mailboxAuditContract";
import type { AuditProperty, Correction } from "./assess";
import type { Account } from "./bypass";
import { allowanceOf, type Findings } from "./findings";
import { signInNames } from "../signIn";
import { auditPolicy } from "./policy";

export type MailboxAuditObservation = Observation<MailboxAuditState, Findings>;
export type MailboxAuditPlan = Plan<MailboxAuditInputs, MailboxAuditState, Findings>;

/** Property paths, as plans and previews show them. */
export const paths = {
  auditDisabled: "organization.auditDisabled",
  isDehydrated: "organization.isDehydrated",
  unifiedAuditLog: "unifiedAuditLog.ingestionEnabled",
  bypass: ({ name }: Account): string => `bypass[${JSON.stringify(name)}].auditBypassEnabled`,
  mailbox: ({ mailbox }: Correction, property: AuditProperty): string =>
    `mailboxes[${JSON.stringify(mailbox.address)}].${property}`,
};

/** What stands for a property that is left out. */
const defaults: Readonly<Partial<MailboxAuditInputs>> = {
  baseline: "netwrixNonOwner",
  match: "atLeast",
  recipientTypes: [...defaultRecipientTypes],
  exclude: [],
  scan: "full",
  maxFailures: 0,
  bypassAllow: [],
  bypassOthers: "remove",
  onDelete: "keep",
  keyless: false,
};

/**
 * With findings: each declared property that differs from what was recorded, then everything in the tenant that has to change.
 * Without (from what was recorded): the declared properties, and the drift that goes away.
 */
export function planMailboxAudit(
  desired: MailboxAuditInputs,
  observed: MailboxAuditObservation | Gone,
): MailboxAuditPlan {
  const recorded: Readonly<Record<string, unknown>> = observed === gone ? {} : { ...observed.state };
  const declared = declaredChanges(desired, recorded, observed === gone);
  const findings = observed === gone ? undefined : observed.detail;
  const found =
    findings !== undefined && isAbout(findings, desired) ? findingChanges(desired, findings) : driftChanges(recorded);
  return { desired, observed, changes: [...declared, ...found] };
}

/** Findings only say what has to change for the rule that they were made with. */
function isAbout({ policy, bypassAllow }: Findings, desired: MailboxAuditInputs): boolean {
  return isDeepStrictEqual([policy, bypassAllow], [auditPolicy(desired), allowanceOf(desired)]);
}

function declaredChanges(
  desired: MailboxAuditInputs,
  recorded: Readonly<Record<string, unknown>>,
  isNew: boolean,
): readonly Change[] {
  const wanted: Readonly<Record<string, unknown>> = { ...desired };
  const fallback: Readonly<Record<string, unknown>> = isNew ? {} : { ...defaults };
  return [...propertyMarks(mailboxAuditContract.inputs)].flatMap(([name, marks]) => {
    const to = wanted[name] ?? (defaults as Readonly<Record<string, unknown>>)[name];
    const from = recorded[name] ?? fallback[name];
    if (isDeepStrictEqual(comparable(to), comparable(from))) return [];
    // Where a property is left out on one side, a setting may have said the same.
    const replaces = !isNew && marks.replaces === true && from !== undefined && to !== undefined;
    return [change(name, from, to, { replaces, secret: marks.secret === true })];
  });
}

/** Lists are sets: another order is no change. Ids are the same in any letter case. */
function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return [...new Set(value as unknown[])].sort();
  return typeof value === "string" && /^[0-9a-f-]{36}$/i.test(value) ? value.toLowerCase() : value;
}

/** Whether a plan is about signing in and nothing else: no mailbox has to be looked at for it. */
export function isAboutSignInOnly({ changes }: Pick<MailboxAuditPlan, "changes">): boolean {
  return changes.length > 0 && changes.every(({ path }) => (signInNames as readonly string[]).includes(path));
}

function findingChanges(desired: MailboxAuditInputs, findings: Findings): readonly Change[] {
  const { switches, bypass, corrections, accepted = {} } = findings;
  const isLogOff = !switches.unifiedAuditLog && accepted.unifiedAuditLog === undefined;
  const needsCustomization =
    switches.isDehydrated && accepted.customization === undefined && (switches.auditDisabled || isLogOff);
  return [
    ...(needsCustomization ? [change(paths.isDehydrated, true, false)] : []),
    ...(switches.auditDisabled ? [change(paths.auditDisabled, true, false)] : []),
    ...(isLogOff ? [change(paths.unifiedAuditLog, false, true)] : []),
    ...(desired.bypassOthers === "report"
      ? []
      : bypass.disallowed.map((account) => change(paths.bypass(account), true, false))),
    ...corrections.flatMap((correction) =>
      correction.differences.map(({ property, from, to }) => change(paths.mailbox(correction, property), from, to)),
    ),
  ];
}

function driftChanges(recorded: Readonly<Record<string, unknown>>): readonly Change[] {
  return Object.keys(mailboxAuditContract.drift.shape).flatMap((name) =>
    recorded[name] === undefined ? [] : [change(name, recorded[name], undefined)],
  );
}
