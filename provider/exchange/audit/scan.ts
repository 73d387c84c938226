/** One look at a tenant: its switches, its bypass associations, and the mailboxes in scope held against the rule as they go by. */
import type { Context } from "../../core/kind";
import type { AdminApi, Doing } from "../adminApi/client";
import type { MailboxAuditInputs } from "../mailboxAuditContract";
import { assess, type Correction } from "./assess";
import { nothingOnBypass, readBypass } from "./bypass";
import { resumption } from "./checkpoint";
import { Digest } from "./digest";
import type { Filter } from "./filter";
import { allowanceOf, type Findings } from "./findings";
import { mailboxReader } from "./mailbox";
import { auditPolicy, type AuditPolicy } from "./policy";
import { Scope } from "./scope";
import { readSwitches } from "./switches";

/** Tell how far a listing is every so many mailboxes. */
const reportEvery = 5_000;

interface MailboxFindings {
  readonly mailboxes: number;
  readonly corrections: readonly Correction[];
  readonly digest: Digest;
  readonly unmatched: readonly string[];
}

/**
 * Every mailbox, or with `scan: "incremental"` those of which the record cannot tell.
 *
 * @param last what was recorded last
 * @throws an error when anything could not be read: a part of a tenant is never taken for the whole
 */
export async function scan(
  ctx: Context,
  api: AdminApi,
  inputs: MailboxAuditInputs,
  last?: Readonly<Record<string, unknown>>,
): Promise<Findings> {
  const policy = auditPolicy(inputs);
  const now = ctx.clock.now();
  const resumed = inputs.scan === "incremental" ? resumption(inputs, last, now) : undefined;
  if (typeof resumed === "string") ctx.report(`full scan: ${resumed}`);
  const from = typeof resumed === "object" ? resumed : undefined;
  // Asked before anything is listed: what changes from here on is after this time.
  const { switches, serverTime } = await readSwitches(api);
  const listsBypass = from?.carried.bypassedAccounts === undefined;
  // Side by side: in a listing only one page is under way at a time.
  const [bypass, found] = await Promise.all([
    listsBypass ? readBypass(api, inputs.bypassAllow ?? []) : nothingOnBypass,
    scanMailboxes(ctx, api, policy, from?.filter),
  ]);
  return {
    policy,
    bypassAllow: allowanceOf(inputs),
    switches,
    bypass,
    ...found,
    scannedAt: new Date(now).toISOString(),
    // A clock that is ahead would let changes go by.
    watermark: serverTime === undefined ? undefined : new Date(Math.min(Date.parse(serverTime), now)).toISOString(),
    ...(from === undefined ? {} : { mailboxes: from.mailboxes, carried: from.carried }),
  };
}

/**
 * Lists the mailboxes in scope. Only corrections are kept, so memory grows with what is wrong and not with the tenant.
 *
 * @param only lists no others than those that pass
 */
export async function scanMailboxes(
  ctx: Context,
  api: AdminApi,
  policy: AuditPolicy,
  only?: Filter,
): Promise<MailboxFindings> {
  const doing: Doing = { operation: "listing the mailboxes of tenant", subject: api.tenantId };
  const read = mailboxReader();
  const scope = new Scope(policy);
  let found = { mailboxes: 0, corrections: [] as Correction[], digest: new Digest() };
  let told = 0;
  for await (const event of api.mailboxes(scope.query(only), doing)) {
    if (event.kind === "restart") {
      ctx.report(`the listing of mailboxes begins again: ${event.reason}`);
      found = { mailboxes: 0, corrections: [], digest: new Digest() };
      scope.restart();
      told = 0;
      continue;
    }
    for (const row of event.rows) {
      const mailbox = read(row);
      if (!scope.admits(mailbox, row as Readonly<Record<string, unknown>>)) continue;
      found.mailboxes += 1;
      found.digest.toggle(mailbox);
      const correction = assess(policy, mailbox);
      if (correction !== undefined) found.corrections.push(correction);
    }
    if (found.mailboxes - told >= reportEvery) {
      told = found.mailboxes;
      ctx.report(`read ${String(found.mailboxes)} mailboxes, ${String(found.corrections.length)} to correct`);
    }
  }
  const unmatched = only === undefined ? scope.unmatched : [];
  if (unmatched.length > 0) {
    const names = unmatched.slice(0, 20).join(", ");
    ctx.report(
      `warning: ${String(unmatched.length)} names in include and exclude are of no mailbox in scope: ${names}`,
    );
  }
  return { ...found, unmatched };
}
