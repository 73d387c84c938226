/** Observing a mailbox audit policy: a scan, and what to say when the app's own access has been taken away. */
import { AccessRefused, M365AuditError } from "../../core/errors";
import type { Context, Reference } from "../../core/kind";
import type { AdminApi } from "../adminApi/client";
import { onceLetIn } from "../adminApi/letIn";
import { mailboxAuditContract, type MailboxAuditInputs, type MailboxAuditState } from "../mailboxAuditContract";
import { withAccepted } from "./accepted";
import { type Connect, isUnusableCredential, withConnection } from "./connect";
import { type Deeds, type Findings, remainderOf, stateOf } from "./findings";
import { isAboutSignInOnly, type MailboxAuditObservation, planMailboxAudit } from "./plan";
import { scan } from "./scan";

/** The id of a tenant's policy. */
export function idOf({ tenantId }: Pick<MailboxAuditInputs, "tenantId">): string {
  return `${tenantId.toLowerCase()}/mailboxAudit`;
}

/**
 * Before an apply, refused access is waited for (it may only just have been granted) and then an error; with another app or another
 * credential, access is proven before anything else is done. On a refresh, refusal is told as drift, so that a preview shows it and the
 * next up repairs it: with the setting `exchangeObserver` = `deployer` the identity that deploys reads in the app's place; without it,
 * or when that is refused too, what was recorded stands with `unreadable`.
 */
export async function observeMailboxAudit(
  ctx: Context,
  reference: Reference<MailboxAuditInputs>,
  connect: Connect,
): Promise<MailboxAuditObservation> {
  const { last } = reference;
  if (reference.purpose !== "refresh" || reference.id === undefined) return observeForApply(ctx, reference, connect);
  const own = await attempt(ctx, reference, connect, "app");
  if (!(own instanceof M365AuditError)) return observation(reference, own);
  if (ctx.settings.get("exchangeObserver") !== "deployer") {
    const hint = ' To see the mailboxes in previews even then, set m365audit:exchangeObserver to "deployer".';
    return unreadable(reference, last, `${why(own)}${hint}`);
  }
  const others = await attempt(ctx, reference, connect, "deployer");
  if (!(others instanceof M365AuditError)) return observation(reference, others);
  return unreadable(reference, last, `${why(own)} The deploying identity is refused as well: ${others.message}.`);
}

async function observeForApply(
  ctx: Context,
  reference: Reference<MailboxAuditInputs>,
  connect: Connect,
): Promise<MailboxAuditObservation> {
  const { inputs, last } = reference;
  const recorded = (last ?? {}) as Partial<MailboxAuditState>;
  const isOther = hasOtherAccess(inputs, recorded);
  if (isOther && inputs.keyless === true) {
    ctx.report(
      "keyless: nobody has shown yet that the Exchange admin API takes tokens of federated credentials; with a certificate it does",
    );
  }
  return withConnection(connect(ctx, inputs, "app"), async (api) => {
    // Without a digest no scan was recorded, and there is nothing that could stand.
    if (recorded.digest !== undefined) {
      const known = { id: idOf(inputs), state: recorded as MailboxAuditState };
      if (isAboutSignInOnly(planMailboxAudit(inputs, known))) {
        return onceLetIn(api, () => Promise.resolve(known), ctx, isOther);
      }
    }
    return observation(reference, await onceLetIn(api, () => look(ctx, api, inputs, last), ctx, isOther));
  });
}

/** Whether what lets the policy in is not what let it in when the record was made, or did not let it in then. */
function hasOtherAccess(inputs: MailboxAuditInputs, recorded: Partial<MailboxAuditState>): boolean {
  return (
    recorded.unreadable !== undefined ||
    inputs.clientId.toLowerCase() !== recorded.clientId?.toLowerCase() ||
    inputs.certificatePem !== recorded.certificatePem ||
    (inputs.keyless ?? false) !== (recorded.keyless ?? false)
  );
}

/** A scan, without what was accepted lately and may not show yet. */
async function look(
  ctx: Context,
  api: AdminApi,
  inputs: MailboxAuditInputs,
  last: Readonly<Record<string, unknown>> | undefined,
): Promise<Findings> {
  const { accepted } = (last ?? {}) as Partial<MailboxAuditState>;
  return withAccepted(await scan(ctx, api, inputs, last), accepted, ctx.clock.now());
}

/** What was found, or why it could not be looked at: access was refused, or the app's credential is of no use here. */
async function attempt(
  ctx: Context,
  { inputs, last }: Reference<MailboxAuditInputs>,
  connect: Connect,
  as: "app" | "deployer",
): Promise<Findings | M365AuditError> {
  try {
    return await withConnection(connect(ctx, inputs, as), (api) => look(ctx, api, inputs, last));
  } catch (error) {
    if (error instanceof AccessRefused || isUnusableCredential(error)) return error;
    throw error;
  }
}

function why(error: M365AuditError): string {
  const sentence = error.message.endsWith(".") ? error.message : `${error.message}.`;
  return `${sentence} The next up grants again what the program declares, and applies the policy.`;
}

function observation(reference: Reference<MailboxAuditInputs>, findings: Findings): MailboxAuditObservation {
  const state = stateOf(recordedInputs(reference), findings, remainderOf(findings), deedsOf(reference.last));
  return { id: idOf(reference.inputs), state, detail: findings };
}

function unreadable(
  { id, inputs }: Reference<MailboxAuditInputs>,
  last: Readonly<Record<string, unknown>> | undefined,
  reason: string,
): MailboxAuditObservation {
  const state = { ...inputs, ...last, unreadable: reason } as unknown as MailboxAuditState;
  return { id: id ?? idOf(inputs), state };
}

/** What was declared when the record was made; what is declared now where there is no record. */
function recordedInputs({ inputs, last }: Reference<MailboxAuditInputs>): MailboxAuditInputs {
  if (last?.["tenantId"] === undefined) return inputs;
  const names = Object.keys(mailboxAuditContract.inputs.shape);
  const entries = names.filter((name) => last[name] !== undefined).map((name) => [name, last[name]] as const);
  return Object.fromEntries(entries) as unknown as MailboxAuditInputs;
}

function deedsOf(last: Readonly<Record<string, unknown>> | undefined): Deeds {
  const recorded = (last ?? {}) as Partial<MailboxAuditState>;
  return { changed: recorded.changed ?? 0, failed: recorded.failed ?? { count: 0, sample: [] } };
}
