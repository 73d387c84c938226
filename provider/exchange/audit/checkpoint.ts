/**
 * From where a scan may go on in place of reading every mailbox again.
 *
 * After a scan, the record holds the server's time at which it began (the watermark) and the few mailboxes that are still wrong. The
 * next scan lists the mailboxes that have changed since the watermark, and those few. What is in neither was right and has not changed.
 * That a change of audit settings moves `WhenChangedUTC` is how Exchange keeps objects, but Microsoft states it nowhere for these
 * settings; so every mailbox is read again at least every `fullScanEvery`.
 */
import { createHash } from "node:crypto";
import type { MailboxAuditInputs, MailboxAuditOutputs, MailboxAuditState } from "../mailboxAuditContract";
import type { Correction } from "./assess";
import { equals, type Filter, wholeSecond } from "./filter";
import { defaultFullScanEvery, intervalMs } from "./interval";
import { auditPolicy, nameSet } from "./policy";

/** What an incremental scan does not look at: it is as the record has it. */
export interface Carried {
  readonly digest: string;
  readonly fullScanAt: string;
  readonly unmatched: MailboxAuditOutputs["unmatched"];
  /** Undefined when the associations have to be listed all the same. */
  readonly bypassedAccounts: MailboxAuditOutputs["bypassedAccounts"];
}

/** What is known of a tenant without looking, and which mailboxes to look at. */
export interface Resumption {
  /** Mailboxes that changed, and those that were wrong. */
  readonly filter: Filter;
  readonly mailboxes: number;
  readonly carried: Carried;
}

/**
 * Milliseconds by which a listing reaches back before the watermark. `WhenChangedUTC` is in whole seconds and is set by each directory
 * server as the change arrives there, so servers differ by the time that replication takes.
 */
const overlapMs = 15 * 60_000;

/** No more mailboxes than this are remembered as wrong; with more of them, the next scan is a full one. */
const mostOpen = 20;

type Last = Readonly<Record<string, unknown>> | undefined;

/** How to go on from what was recorded, or in words why every mailbox has to be read. */
export function resumption(inputs: MailboxAuditInputs, last: Last, now: number): Resumption | string {
  const recorded = (last ?? {}) as Partial<MailboxAuditState>;
  const { checkpoint, mailboxes, fullScanAt, digest, bypassedAccounts } = recorded;
  if (fullScanAt === undefined || mailboxes === undefined || digest === undefined) return "there was none yet";
  if (checkpoint === undefined) return "the record does not hold all that was wrong";
  if (checkpoint.policy !== identify(inputs)) return "the policy has changed";
  const age = now - Date.parse(fullScanAt);
  const every = intervalMs(inputs.fullScanEvery ?? defaultFullScanEvery) ?? 0;
  // A time that is no time or lies ahead says nothing, and comes out as due.
  if (!(age >= 0 && age < every)) return `the last one was at ${fullScanAt}`;
  const watermark = Date.parse(checkpoint.watermark);
  if (Number.isNaN(watermark)) return "the record has no time to go on from";
  const changed: Filter = {
    kind: "compare",
    property: "WhenChangedUTC",
    comparison: "ge",
    value: wholeSecond(watermark - overlapMs),
  };
  const open = checkpoint.open.map((name) => equals("UserPrincipalName", name));
  const wasDrift = recorded.bypassed !== undefined;
  return {
    filter: open.length === 0 ? changed : { kind: "or", of: [changed, ...open] },
    mailboxes,
    carried: {
      digest,
      fullScanAt,
      unmatched: recorded.unmatched,
      // Accounts that are to be taken off bypass have to be looked up again.
      bypassedAccounts: wasDrift ? undefined : bypassedAccounts,
    },
  };
}

/**
 * What to record for the next scan; undefined when that has to be a full one.
 *
 * @param watermark the server's time before the scan, if it said it
 * @param wrong what the scan found, or what an apply has left of it
 */
export function checkpointOf(
  inputs: MailboxAuditInputs,
  watermark: string | undefined,
  wrong: readonly Correction[],
): MailboxAuditState["checkpoint"] {
  if (inputs.scan !== "incremental" || watermark === undefined || wrong.length > mostOpen) return undefined;
  const open = wrong.flatMap(({ mailbox }) => mailbox.userPrincipalName ?? []);
  return open.length < wrong.length ? undefined : { watermark, policy: identify(inputs), open };
}

/** Identifies everything of what is declared that decides what is found to be wrong. */
function identify(inputs: MailboxAuditInputs): string {
  const { tenantId, bypassAllow = [], bypassOthers = "remove" } = inputs;
  const text = JSON.stringify([tenantId.toLowerCase(), auditPolicy(inputs), nameSet(bypassAllow), bypassOthers]);
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
