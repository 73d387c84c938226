/** One look at a tenant: its switches, its bypass associations, and the mailboxes in scope held against the rule as they go by. */
import { isDeepStrictEqual } from "node:util";
import { Rejected } from "../../core/errors";
import type { Context } from "../../core/kind";
import type { AdminApi, Doing } from "../adminApi/client";
import type { ListingEvent } from "../adminApi/paging";
import type { MailboxAuditInputs, MailboxAuditState } from "../mailboxAuditContract";
import { assess, type Correction } from "./assess";
import { type BypassFindings, nothingOnBypass, readBypass } from "./bypass";
import { type Resumption, resumption } from "./checkpoint";
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
  let from = typeof resumed === "object" ? resumed : undefined;
  // Asked before anything is listed: what changes from here on is after this time.
  const { switches, serverTime } = await readSwitches(api);
  const listBypass = (): Promise<BypassFindings> => readBypass(api, inputs.bypassAllow ?? []);
  // Side by side: in a listing only one page is under way at a time.
  let [bypass, found] = await Promise.all([
    from?.carried.bypassedAccounts === undefined ? listBypass() : undefined,
    from === undefined ? scanMailboxes(ctx, api, policy) : scanChanged(ctx, api, policy, from),
  ]);
  if (found === undefined) {
    from = undefined;
    bypass ??= await listBypass();
    found = await scanMailboxes(ctx, api, policy);
  }
  if (from === undefined && found.mailboxes === 0) refuseSudden(ctx, api, policy, last);
  return {
    policy,
    bypassAllow: allowanceOf(inputs),
    switches,
    bypass: bypass ?? nothingOnBypass,
    ...found,
    scannedAt: new Date(now).toISOString(),
    // A clock that is ahead would let changes go by.
    watermark: serverTime === undefined ? undefined : new Date(Math.min(Date.parse(serverTime), now)).toISOString(),
    ...(from === undefined ? {} : { mailboxes: from.mailboxes, carried: from.carried }),
  };
}

/** The mailboxes that have changed; undefined when Exchange refuses to tell them from the others. */
async function scanChanged(
  ctx: Context,
  api: AdminApi,
  policy: AuditPolicy,
  { filter }: Resumption,
): Promise<MailboxFindings | undefined> {
  try {
    return await scanMailboxes(ctx, api, policy, filter);
  } catch (error) {
    if (!(error instanceof FilterRefused)) throw error;
    ctx.report(`full scan: Exchange does not list what has changed since the last one: ${error.facts.happened}`);
    return undefined;
  }
}

/** A listing of none, where there were some, is more likely to be wrong than true. */
function refuseSudden(
  { settings }: Context,
  api: AdminApi,
  policy: AuditPolicy,
  last: Readonly<Record<string, unknown>> = {},
): void {
  const { mailboxes = 0 } = last as Partial<MailboxAuditState>;
  if (mailboxes === 0 || settings.get("emptyScope") === "accept" || !hasSameScope(policy, auditPolicy(last))) return;
  throw new Rejected({
    ...listingOf(api),
    happened: `Exchange lists no mailbox in scope, where the last full scan counted ${String(mailboxes)}`,
    next:
      "Nothing was changed. Look whether the mailboxes are there and the app may still see them, and run again. If none is left, " +
      "set M365AUDIT_EMPTY_SCOPE=accept for one run, or declare another scope.",
  });
}

function hasSameScope(one: AuditPolicy, other: AuditPolicy): boolean {
  const scopes = [one, other].map(({ recipientTypes, include, exclude, filter }) => [
    recipientTypes,
    include,
    exclude,
    filter,
  ]);
  return isDeepStrictEqual(scopes[0], scopes[1]);
}

function listingOf({ tenantId }: AdminApi): Doing {
  return { operation: "listing the mailboxes of tenant", subject: tenantId };
}

/** Exchange does not take the filter that a listing was asked for with. */
class FilterRefused extends Rejected {}

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
  const read = mailboxReader();
  const scope = new Scope(policy);
  let found = { mailboxes: 0, corrections: [] as Correction[], digest: new Digest() };
  let told = 0;
  for await (const event of listed(api, scope, only)) {
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

/** @throws FilterRefused when the first page is refused as wrong and had a filter */
async function* listed(
  api: AdminApi,
  scope: Scope,
  only: Filter | undefined,
): AsyncGenerator<ListingEvent<unknown>, void> {
  let hasBegun = false;
  try {
    for await (const event of api.mailboxes(scope.query(only), listingOf(api))) {
      hasBegun = true;
      yield event;
    }
  } catch (error) {
    const isFiltered = only !== undefined || scope.isFilteredByServer;
    if (hasBegun || !isFiltered || !(error instanceof Rejected) || error.status === undefined) throw error;
    const next = "Exchange takes the filter for wrong. Look at the names of its properties and at its values.";
    throw new FilterRefused({
      ...error.facts,
      ...(scope.isFilteredByServer ? { property: "filter", next } : {}),
      cause: error,
    });
  }
}
