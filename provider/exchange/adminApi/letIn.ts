/** The bounded wait for access to Exchange Online that was only just granted. */
import { AccessRefused } from "../../core/errors";
import { accessLimitMs, type AccessWait, untilAccess } from "../../identity/access";
import { describeAccess, lacksAppRole } from "./access";
import type { AdminApi } from "./client";

/** Milliseconds before access is proven anew after it was lost again. */
const betweenMs = 5_000;

/**
 * Does `work` once access is given: refusals are waited for (see {@link untilAccess}) until the limit is reached.
 *
 * @param changed whether access is proven first, with several new tokens. Say so when it may only just have been granted: for a new
 *   policy, another app or another credential. Where nothing changed, nothing is asked that `work` does not ask.
 * @throws DeadlineExceeded with what is still missing; any error but a refusal at once
 */
export async function onceLetIn<T>(
  api: AdminApi,
  work: () => Promise<T>,
  wait: AccessWait,
  changed: boolean,
): Promise<T> {
  const { clock, settings, signal } = wait;
  const deadline = clock.now() + accessLimitMs(settings);
  for (let isToBeProven = changed; ; isToBeProven = true) {
    if (isToBeProven) await proveAccess(api, wait, Math.max(0, deadline - clock.now()));
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof AccessRefused) || clock.now() >= deadline) throw error;
      // Let in just now and refused again: one of Exchange's servers knows less than the others.
      if (isToBeProven) await clock.sleep(betweenMs, signal);
    }
  }
}

/** Waits until several new tokens in a row hold the app role and Exchange answers them. */
function proveAccess(api: AdminApi, wait: AccessWait, limitMs: number): Promise<unknown> {
  const { tenantId, tokens } = api;
  const doing = { operation: "reading the organization settings of tenant", subject: tenantId };
  const prove = () => api.run({ name: "Get-OrganizationConfig", select: ["AuditDisabled"] }, doing);
  return untilAccess(
    { tokens, lacks: lacksAppRole, refused: describeAccess, prove },
    wait,
    {
      operation: "waiting for",
      subject: `Exchange Online of tenant ${tenantId} to let us in`,
      next:
        "Grant what is missing. Where it is granted already, run again later: Entra and Exchange can take an hour to follow; " +
        "m365audit:accessTimeoutSeconds says how long to wait.",
    },
    limitMs,
  );
}
