/** Runs one step, so that it can be run again after any interruption. */
import { M365AuditError, NotFound, Rejected } from "../../core/errors";
import type { Context } from "../../core/kind";
import { retry } from "../../core/retry";
import type { AdminApi, Doing } from "../adminApi/client";
import type { Cmdlet } from "../adminApi/cmdlet";
import { isCmdletFailure } from "../adminApi/errors";
import type { Step } from "./steps";

/** A service principal that was just made in Entra ID takes a while to be known to Exchange; in the field, tries every 20 seconds were enough. */
const untilKnown = { attempts: 20, deadlineMs: 5 * 60_000, baseMs: 5_000, capMs: 20_000 };

/**
 * @param isStillOpen looks again whether the step is still to be done
 * @throws Rejected when the organization has never been customized; whatever else Exchange refuses with
 */
export async function perform(
  ctx: Context,
  api: AdminApi,
  step: Step,
  clientId: string,
  isStillOpen: () => Promise<boolean>,
): Promise<void> {
  const doing = { operation: step.doing, subject: `app ${clientId}` };
  try {
    await run(ctx, api, step.cmdlet, doing);
  } catch (error) {
    if (step.otherwise !== undefined && isSameScope(error))
      return perform(ctx, api, other(step), clientId, isStillOpen);
    if (step.cmdlet.name.startsWith("Remove-") && error instanceof NotFound) return;
    if (isDehydrated(error)) throw notCustomized(error);
    // An answer that was lost on its way, or another copy of the directory: it may be there by now.
    if (!alreadyExists(error) || (await isStillOpen())) throw error;
  }
}

function other({ otherwise, ...step }: Step): Step {
  return otherwise === undefined ? step : { ...step, cmdlet: otherwise };
}

function run(ctx: Context, api: AdminApi, cmdlet: Cmdlet, doing: Doing): Promise<unknown> {
  return retry(() => api.run(cmdlet, doing), {
    ...ctx,
    policy: untilKnown,
    retryable: isUnknownPrincipal,
    why: () => `${doing.operation} ${doing.subject}: Exchange has not heard of it yet`,
  });
}

/** What clients look for in the message while Entra's new service principal has not reached Exchange. */
function isUnknownPrincipal(error: unknown): boolean {
  return error instanceof M365AuditError && /AADServicePrincipalNotFound/i.test(error.facts.happened);
}

/** What clients look for in the message when another scope has the same filter. */
function isSameScope(error: unknown): boolean {
  return error instanceof Rejected && /same\b[^.]*\b(?:RecipientFilter|management scope)/i.test(error.facts.happened);
}

function alreadyExists(error: unknown): boolean {
  return (
    isCmdletFailure(error, /AlreadyExists/i) ||
    (error instanceof Rejected && /already exists/i.test(error.facts.happened))
  );
}

function isDehydrated(error: unknown): error is M365AuditError {
  return isCmdletFailure(error, /InvalidOperationInDehydratedContext/i);
}

function notCustomized({ facts }: M365AuditError): Rejected {
  return new Rejected({
    ...facts,
    next:
      "Run Enable-OrganizationCustomization once, by hand or by exchange.MailboxAuditPolicy, which does it; it takes 30 minutes to 48 " +
      "hours to be in force.",
  });
}
