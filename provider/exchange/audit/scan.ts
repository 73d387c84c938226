/** One look at a tenant: its switches, its bypass associations, and every mailbox in scope held against the rule as it goes by. */
import type { Context } from "../../core/kind";
import type { AdminApi, Doing } from "../adminApi/client";
import type { MailboxAuditInputs } from "../mailboxAuditContract";
import { assess, type Correction, inScope } from "./assess";
import { readBypass } from "./bypass";
import { Digest } from "./digest";
import { allowanceOf, type Findings } from "./findings";
import { mailboxProperties, mailboxReader } from "./mailbox";
import { auditPolicy, type AuditPolicy } from "./policy";
import { readSwitches } from "./switches";

/** Tell how far a listing is every so many mailboxes. */
const reportEvery = 5_000;

interface MailboxFindings {
  readonly mailboxes: number;
  readonly corrections: readonly Correction[];
  readonly digest: Digest;
}

/** @throws an error when anything could not be read: a part of a tenant is never taken for the whole */
export async function scan(ctx: Context, api: AdminApi, inputs: MailboxAuditInputs): Promise<Findings> {
  const policy = auditPolicy(inputs);
  const scannedAt = new Date(ctx.clock.now()).toISOString();
  const switches = await readSwitches(api);
  const bypass = await readBypass(api, inputs.bypassAllow ?? []);
  const mailboxes = await scanMailboxes(ctx, api, policy);
  return { policy, bypassAllow: allowanceOf(inputs), switches, bypass, ...mailboxes, scannedAt };
}

/** Lists the mailboxes in scope. Only corrections are kept, so memory grows with what is wrong and not with the tenant. */
export async function scanMailboxes(ctx: Context, api: AdminApi, policy: AuditPolicy): Promise<MailboxFindings> {
  const doing: Doing = { operation: "listing the mailboxes of tenant", subject: api.tenantId };
  const read = mailboxReader();
  const query = { recipientTypes: policy.recipientTypes, properties: mailboxProperties };
  let found = { mailboxes: 0, corrections: [] as Correction[], digest: new Digest() };
  let told = 0;
  for await (const event of api.mailboxes(query, doing)) {
    if (event.kind === "restart") {
      ctx.report(`the listing of mailboxes begins again: ${event.reason}`);
      found = { mailboxes: 0, corrections: [], digest: new Digest() };
      told = 0;
      continue;
    }
    for (const row of event.rows) {
      const mailbox = read(row);
      if (!inScope(policy, mailbox)) continue;
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
  return found;
}
