/** What one look at a tenant found, and how much of it is recorded. */
import type { Correction } from "./assess";
import { describeCorrection } from "./assess";
import type { Account, BypassFindings } from "./bypass";
import type { Digest } from "./digest";
import { type Carried, checkpointOf } from "./checkpoint";
import { type AuditPolicy, nameSet } from "./policy";
import type { Switches } from "./switches";
import type {
  MailboxAuditDrift,
  MailboxAuditInputs,
  MailboxAuditOutputs,
  MailboxAuditState,
} from "../mailboxAuditContract";

/** What Exchange took and does not show yet. */
export type Accepted = NonNullable<MailboxAuditOutputs["accepted"]>;

/** All that an apply needs; too much to record, since it grows with what is wrong in the tenant. */
export interface Findings {
  /** The rule that the mailboxes were held against. */
  readonly policy: AuditPolicy;
  /** The accounts that were allowed to be on bypass, as {@link allowanceOf} gives them. */
  readonly bypassAllow: readonly string[];
  readonly switches: Switches;
  /** How many mailboxes are in scope; after an incremental scan what the last full one counted. */
  readonly mailboxes: number;
  /** Those of them that are not as the rule wants them. */
  readonly corrections: readonly Correction[];
  /** Those that Exchange has said to have changed and that do not show it yet. */
  readonly notVisibleYet?: readonly Correction[];
  readonly accepted?: Accepted;
  readonly bypass: BypassFindings;
  /** Of a full scan. */
  readonly digest: Digest;
  /** Names in `include` and `exclude` that are of no mailbox. */
  readonly unmatched: readonly string[];
  /** RFC 3339 in UTC. */
  readonly scannedAt: string;
  /** The server's time before the scan, or ours where that is earlier: RFC 3339 in UTC. Undefined when it did not say. */
  readonly watermark: string | undefined;
  /** Set after an incremental scan: what is as the record has it, because it was not looked at. */
  readonly carried?: Carried;
}

/** The allowed accounts as they are compared: sorted, each once, in lower case. */
export function allowanceOf({ bypassAllow = [] }: Pick<MailboxAuditInputs, "bypassAllow">): readonly string[] {
  return nameSet(bypassAllow);
}

/** What is still wrong: after a scan all that was found, after an apply what is left of it. */
export interface Remainder {
  readonly switches: Switches;
  readonly corrections: readonly Correction[];
  readonly disallowed: readonly Account[];
  /** Mailboxes that are changed by Exchange's answer and do not show it yet. */
  readonly notVisibleYet: readonly Correction[];
  readonly accepted: Accepted;
}

/** What a scan found to be wrong. */
export function remainderOf({ switches, corrections, bypass, notVisibleYet = [], accepted = {} }: Findings): Remainder {
  return { switches, corrections, disallowed: bypass.disallowed, notVisibleYet, accepted };
}

/** No more samples than this are recorded of anything. */
export const sampleSize = 20;

export interface Sampled {
  readonly count: number;
  readonly sample: string[];
}

/** The number of things and the first of them in words. */
export function sampled<T>(things: readonly T[], describe: (thing: T) => string): Sampled {
  return { count: things.length, sample: things.slice(0, sampleSize).map((thing) => describe(thing)) };
}

/** The drift that is recorded of what is wrong; properties are only there when something is. */
export function driftOf(
  { switches, corrections, disallowed, accepted }: Remainder,
  { bypassOthers }: Pick<MailboxAuditInputs, "bypassOthers">,
): MailboxAuditDrift {
  return {
    ...(corrections.length > 0 ? { nonCompliant: sampled(corrections, describeCorrection) } : {}),
    ...(disallowed.length > 0 && bypassOthers !== "report"
      ? { bypassed: sampled(disallowed, ({ name }) => name) }
      : {}),
    ...(switches.unifiedAuditLog || accepted.unifiedAuditLog !== undefined ? {} : { unifiedAuditLog: "off" as const }),
    ...(switches.auditDisabled ? { organizationAudit: "disabled" as const } : {}),
  };
}

/** What the last apply did. */
export interface Deeds {
  readonly changed: number;
  readonly failed: Sampled;
  /** Mailboxes that were gone when they were to be changed. */
  readonly gone?: number;
}

/** What is recorded. */
export function stateOf(
  inputs: MailboxAuditInputs,
  findings: Findings,
  remainder: Remainder,
  deeds: Deeds,
  digest: Digest = findings.digest,
): MailboxAuditState {
  const { bypass, scannedAt, carried } = findings;
  const { corrections, notVisibleYet, accepted } = remainder;
  const mailboxes = Math.max(0, findings.mailboxes - (deeds.gone ?? 0));
  const removed = new Set(bypass.disallowed.filter((account) => !remainder.disallowed.includes(account)));
  const unmatched = carried === undefined ? sampled(findings.unmatched, (name) => name) : carried.unmatched;
  const checkpoint = checkpointOf(inputs, findings.watermark, [...corrections, ...notVisibleYet]);
  const outputs: MailboxAuditOutputs = {
    mailboxes,
    // Mailboxes that came after the last full scan are in no count yet, but may be found wrong.
    compliant: Math.max(0, mailboxes - corrections.length - notVisibleYet.length),
    changed: deeds.changed,
    failed: deeds.failed,
    ...(Object.keys(accepted).length === 0 ? {} : { accepted }),
    bypassedAccounts: carried?.bypassedAccounts ?? {
      ...sampled(
        bypass.bypassed.filter((account) => !removed.has(account)),
        ({ name }) => name,
      ),
      unknown: bypass.unknown,
      scannedAt,
    },
    ...(unmatched === undefined || unmatched.count === 0 ? {} : { unmatched }),
    scannedAt,
    fullScanAt: carried?.fullScanAt ?? scannedAt,
    digest: carried?.digest ?? digest.toString(),
    ...(checkpoint === undefined ? {} : { checkpoint }),
  };
  return { ...inputs, ...outputs, ...driftOf(remainder, inputs) };
}
