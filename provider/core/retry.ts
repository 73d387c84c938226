/** Bounded retries with an injected clock. */
import { M365AuditError, type Throttled, type Unavailable } from "./errors";
import { AskedWaits, wait, type Waiting } from "./wait";

export interface RetryPolicy {
  /** How often the operation is run at most, the first time included. */
  readonly attempts: number;
  /** No new attempt starts later than this many milliseconds after the first, waits that the other side asked for not counted. */
  readonly deadlineMs: number;
  /** The first pause in milliseconds; it doubles with each attempt. */
  readonly baseMs: number;
  /** No pause is longer, unless the other side asks for more. */
  readonly capMs: number;
}

/** What Microsoft's own module does: five tries, two seconds and doubling (facts: office-docs-powershell, the EXO module). */
export const patient: RetryPolicy = { attempts: 6, deadlineMs: 10 * 60_000, baseMs: 2_000, capMs: 60_000 };

export interface RetryOptions extends Waiting {
  readonly policy?: RetryPolicy | undefined;
  /** Spreads the pauses; `Math.random` unless given. Must give 0 to 1. */
  readonly random?: (() => number) | undefined;
  /** Which errors are worth another try. Default: `Throttled` and `Unavailable`. */
  readonly retryable?: (error: unknown) => boolean;
  /** What is waited for, for the line of progress. Default: the error's own words. */
  readonly why?: (error: unknown) => string;
}

/** Throttled or not well: the two states that pass by themselves. */
export function isTransient(error: unknown): error is Throttled | Unavailable {
  return error instanceof M365AuditError && (error.tag === "Throttled" || error.tag === "Unavailable");
}

/**
 * Runs `operation` until it succeeds, fails for good, or the bounds are reached; then throws the last error as it came.
 * A pause asked for by the other side (`retryAfterMs`) is honoured as {@link AskedWaits} has it; else it is exponential with up to half
 * of it random.
 *
 * @throws WaitTooLong when the other side asks for a longer pause than is allowed; the signal's reason when it is aborted
 */
export async function retry<T>(operation: (attempt: number) => Promise<T>, options: RetryOptions): Promise<T> {
  const { clock, policy = patient, signal, random = Math.random, retryable = isTransient, why = words } = options;
  const started = clock.now();
  const asked = new AskedWaits(options.settings);
  for (let attempt = 1; ; attempt += 1) {
    signal?.throwIfAborted();
    try {
      return await operation(attempt);
    } catch (error) {
      if (!retryable(error) || attempt >= policy.attempts) throw error;
      const granted = isTransient(error) ? asked.grant(error) : undefined;
      const exponential = Math.min(policy.capMs, policy.baseMs * 2 ** (attempt - 1)) * (1 - random() / 2);
      const pause = granted ?? exponential;
      const left = policy.deadlineMs + asked.grantedMs - (clock.now() - started);
      if (pause > left) throw error;
      await wait(pause, why(error), options);
    }
  }
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
