/** Observing an app's scope. */
import { AccessRefused, InvalidInput, type M365AuditError, NotFound } from "../../core/errors";
import type { Context, Reference } from "../../core/kind";
import { type Gone, gone } from "../../core/plan";
import { type ConnectExchange, withExchange } from "./connect";
import type { ApplicationScopeInputs, ApplicationScopeState } from "./contract";
import { type Findings, look } from "./findings";
import type { ApplicationScopeObservation } from "./plan";
import { idOf, recordedInputs, recordedProof, stateOf } from "./state";
import { excessOf, stepsFor } from "./steps";

/**
 * On a refresh, refused access and a scope whose group or mailbox is no longer there are told as drift, so that the preview goes on and
 * says so; before an apply they are errors.
 *
 * @returns `gone` on a refresh, when nothing of it is left
 */
export async function observeApplicationScope(
  ctx: Context,
  reference: Reference<ApplicationScopeInputs>,
  connect: ConnectExchange,
): Promise<ApplicationScopeObservation | Gone> {
  const { inputs, last } = reference;
  const isRefresh = reference.purpose === "refresh";
  try {
    const findings = await withExchange(connect(ctx, inputs), (api) => look(api, inputs, last));
    if (isRefresh && isNothing(findings)) return gone;
    return observation(reference, findings);
  } catch (error) {
    if (!isRefresh || !isTold(error)) throw error;
    return { id: idOf(inputs), state: unreadable(reference, error) };
  }
}

function isTold(error: unknown): error is M365AuditError {
  return error instanceof AccessRefused || error instanceof NotFound || error instanceof InvalidInput;
}

function isNothing({ pointer, scope, former, assignments }: Findings): boolean {
  return pointer === undefined && scope === undefined && former === undefined && assignments.length === 0;
}

/** The record keeps what was declared when it was made, so that what is declared now shows as a change. */
function observation(
  { inputs, last }: Reference<ApplicationScopeInputs>,
  findings: Findings,
): ApplicationScopeObservation {
  const { made, scope, target } = findings;
  const state = stateOf(recordedInputs(last) ?? inputs, {
    made,
    open: stepsFor(inputs, findings),
    excess: excessOf(inputs, findings),
    recipientFilter: target.kind === "filter" ? scope?.filter : undefined,
    proof: recordedProof(last),
  });
  return { id: idOf(inputs), state, detail: findings };
}

function unreadable(
  { inputs, last }: Reference<ApplicationScopeInputs>,
  { message }: M365AuditError,
): ApplicationScopeState {
  const known = { madeServicePrincipal: false, excessive: { count: 0, sample: [] }, proof: {} };
  return { ...known, ...inputs, ...last, unreadable: message.endsWith(".") ? message : `${message}.` };
}
