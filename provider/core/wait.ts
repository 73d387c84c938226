/** Waits that a person is told of, and how long the other side may make us wait. */
import type { Clock } from "./clock";
import { type M365AuditError, type Throttled, type Unavailable, WaitTooLong } from "./errors";
import type { Settings } from "./kind";
import { wholeNumber } from "./settings";

/** What a wait needs of the world. A kind's context has all of it. */
export interface Waiting {
  readonly clock: Clock;
  readonly settings?: Settings | undefined;
  readonly signal?: AbortSignal | undefined;
  /** A line of progress for the person who is watching. */
  report(line: string): void;
}

/** Milliseconds: a longer wait is told of as it begins. */
const quietMs = 5_000;

/**
 * Waits, and says so first when it is for more than five seconds.
 *
 * @param why what is waited for, in words
 * @param then what comes after it: "Trying again"
 * @throws the signal's reason when it is aborted
 */
export async function wait(ms: number, why: string, world: Waiting, then = "Trying again"): Promise<void> {
  if (ms > quietMs) world.report(`${why.replace(/[.\s]+$/, "")}. ${then} in ${duration(ms)}.`);
  await world.clock.sleep(ms, world.signal);
}

/** How many of the longest waits may come one after another. Graph has been seen to ask for 315 s three times in a row. */
const longestWaits = 3;

/**
 * The waits that the other side asks for (`Retry-After`), for one thing that is tried again and again: each is granted up to the setting
 * `retryAfterLimitSeconds` (10 minutes unless set), all of them together up to three times as much.
 */
export class AskedWaits {
  readonly #limitMs: number;
  #grantedMs = 0;

  /** @throws InvalidInput when the setting is no number of seconds */
  constructor(settings?: Settings) {
    this.#limitMs = 1000 * wholeNumber(settings, "retryAfterLimitSeconds", { fallback: 600, least: 0, most: 86_400 });
  }

  /** Milliseconds that have been granted so far. */
  get grantedMs(): number {
    return this.#grantedMs;
  }

  /**
   * How long to wait because the other side asks for it, in milliseconds; undefined when it does not say.
   * @throws WaitTooLong when that is beyond the limit
   */
  grant(error: Throttled | Unavailable): number | undefined {
    const asked = error.retryAfterMs;
    if (asked === undefined) return undefined;
    if (asked > this.#limitMs) throw this.#refusal(error, asked, `no wait longer than ${duration(this.#limitMs)}`);
    const inAll = this.#limitMs * longestWaits;
    if (this.#grantedMs + asked > inAll) {
      const sofar = `after ${duration(this.#grantedMs)} of such waits, and no more than ${duration(inAll)} in all`;
      throw this.#refusal(error, asked, sofar);
    }
    this.#grantedMs += asked;
    return asked;
  }

  #refusal(error: M365AuditError, askedMs: number, allowed: string): WaitTooLong {
    const { operation, subject, happened, status } = error.facts;
    return new WaitTooLong(
      {
        operation,
        subject,
        happened: `${happened.replace(/[.\s]+$/, "")}. The other side asks to wait for ${duration(askedMs)}; allowed: ${allowed}`,
        next: "Run again later; m365audit:retryAfterLimitSeconds says how long to wait.",
        ...(status === undefined ? {} : { status }),
        cause: error,
      },
      askedMs,
    );
  }
}

/** `90000` → `1 min 30 s`. */
export function duration(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  const rest = seconds % 60;
  if (minutes === 0) return `${String(rest)} s`;
  return rest === 0 ? `${String(minutes)} min` : `${String(minutes)} min ${String(rest)} s`;
}
