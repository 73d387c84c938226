/** Bounded retries with an injected clock. */
import type { Clock } from "./clock";
import type { Throttled, Unavailable } from "./errors";
import { M365AuditError } from "./errors";

export interface RetryPolicy {
  /** How often the operation is run at most, the first time included. */
  readonly attempts: number;
  /** No new attempt starts later than this many milliseconds after the first. */
  readonly deadlineMs: number;
  /** The first pause in milliseconds; it doubles with each attempt. */
  readonly baseMs: number;
  /** No pause is longer, unless the other side asks for more. */
  readonly capMs: number;
}

/** What Microsoft's own module does: five tries, two seconds and doubling (facts: office-docs-powershell, the EXO module). */
export const patient: RetryPolicy = { attempts: 6, deadlineMs: 10 * 60_000, baseMs: 2_000, capMs: 60_000 };

export interface RetryOptions {
  readonly clock: Clock;
  readonly policy?: RetryPolicy;
  readonly signal?: AbortSignal | undefined;
  /** Spreads the pauses; `Math.random` unless given. Must give 0 to 1. */
  readonly random?: () => number;
  /** Which errors are worth another try. Default: `Throttled` and `Unavailable`. */
  readonly retryable?: (error: unknown) => boolean;
  /** Told before each pause. */
  readonly onRetry?: (error: unknown, attempt: number, pauseMs: number) => void;
}

/** Throttled or not well: the two states that pass by themselves. */
export function isTransient(error: unknown): error is Throttled | Unavailable {
  return error instanceof M365AuditError && (error.tag === "Throttled" || error.tag === "Unavailable");
}

/**
 * Runs `operation` until it succeeds, fails for good, or the bounds are reached; then throws the last error as it came.
 * A pause asked for by the other side (`retryAfterMs`) is honoured in full; else it is exponential with up to half of it random.
 */
export async function retry<T>(operation: (attempt: number) => Promise<T>, options: RetryOptions): Promise<T> {
  const { clock, policy = patient, signal, random = Math.random, retryable = isTransient, onRetry } = options;
  const started = clock.now();
  for (let attempt = 1; ; attempt += 1) {
    signal?.throwIfAborted();
    try {
      return await operation(attempt);
    } catch (error) {
      if (!retryable(error) || attempt >= policy.attempts) throw error;
      const exponential = Math.min(policy.capMs, policy.baseMs * 2 ** (attempt - 1)) * (1 - random() / 2);
      const asked = isTransient(error) ? error.retryAfterMs : undefined;
      const pause = asked ?? exponential;
      if (clock.now() + pause - started > policy.deadlineMs) throw error;
      onRetry?.(error, attempt, pause);
      await clock.sleep(pause, signal);
    }
  }
}
