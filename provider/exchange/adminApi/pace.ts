/**
 * How many requests are under way at once, how fast they follow one another, and how long all of them hold still when the other side
 * throttles. What Exchange takes on is not published and changes by the hour, so it is found by trying: a little more after each
 * request that went well, a part of it after one that did not (additive increase, multiplicative decrease).
 */
import type { Clock } from "../../core/clock";

/** What became of one request, as far as it says something about the pace. */
export type Outcome = "takenOn" | { readonly throttled: true; readonly retryAfterMs: number | undefined };

/** Gives the place back, with what became of the request if one was sent. To be called once. */
export type Leave = (outcome?: Outcome) => void;

/** Decides when a request may be sent. */
export interface Pace {
  /** How many requests there are under way at most. */
  readonly ceiling: number;
  /** Resolves when a request may be sent; rejects with the signal's reason when aborted. */
  enter(signal?: AbortSignal): Promise<Leave>;
}

export interface PaceOptions {
  readonly clock: Clock;
  /** How many requests there are under way at most. */
  readonly ceiling: number;
  /** Spreads the pauses that the other side gives no length for; `Math.random` unless given. */
  readonly random?: (() => number) | undefined;
  /** Told when everyone begins to hold still, and for how many milliseconds. */
  readonly onHold?: ((ms: number) => void) | undefined;
}

/** The pause after a refusal that does not say how long to wait: milliseconds, doubling while nothing gets through. */
const firstPauseMs = 2_000;
const longestPauseMs = 60_000;

/** What is left of the speed after a refusal, and how many requests have to go well until that much is added to it once more. */
const slowdown = 0.75;
const requestsToDouble = 20;

/** Requests a millisecond: no slower than one in two seconds, since a service may refuse for reasons that no pace does away with. */
const slowest = 1 / 2_000;

/**
 * Begins at the ceiling and at full speed, since what is refused was not done and costs a pause only. A refusal counts once for all
 * requests that were sent before it was known: it halves their number, holds everyone back for as long as it asks, and from then on
 * requests follow one another no faster than they were carried out since the refusal before. A service with a budget of changes a
 * minute is so found out after a few refusals, and asked for little more than it gives.
 */
export function adaptivePace(options: PaceOptions): Pace {
  const { clock, ceiling, random = Math.random, onHold } = options;
  const waiting = new Set<() => void>();
  let width = ceiling;
  let underway = 0;
  let holdUntil = 0;
  /** Counts the decreases. A request that was sent before the last one tells nothing new. */
  let decreases = 0;
  let fruitless = 0;
  /** Requests a millisecond; without limit until there was a refusal. */
  let speed = Infinity;
  let speedup = 0;
  let nextStart = 0;
  let measuredFrom = clock.now();
  let takenOn = 0;
  /** Whole requests; a sum of ninths is a hair less than one. */
  const places = (): number => Math.floor(width + 1e-6);

  function wentWell(): void {
    fruitless = 0;
    takenOn += 1;
    width = Math.min(ceiling, width + 1 / places());
    speed += speedup;
  }

  function wasThrottled(sentAfter: number, retryAfterMs: number | undefined): void {
    if (retryAfterMs !== undefined) hold(retryAfterMs);
    if (sentAfter !== decreases) return;
    decreases += 1;
    width = Math.max(1, places() / 2);
    slowDown();
    if (retryAfterMs !== undefined) return;
    const pause = Math.min(longestPauseMs, firstPauseMs * 2 ** fruitless) * (1 - random() / 2);
    fruitless += 1;
    hold(pause);
  }

  function slowDown(): void {
    const now = clock.now();
    const elapsed = now - measuredFrom;
    if (takenOn > 0 && elapsed > 0) speed = Math.min(speed, takenOn / elapsed);
    if (speed < Infinity) {
      speed = Math.max(slowest, speed * slowdown);
      speedup = speed / requestsToDouble;
    }
    measuredFrom = now;
    takenOn = 0;
  }

  function hold(ms: number): void {
    const until = clock.now() + ms;
    if (until <= holdUntil) return;
    holdUntil = until;
    onHold?.(ms);
  }

  return {
    ceiling,
    async enter(signal) {
      for (;;) {
        signal?.throwIfAborted();
        const wait = Math.max(holdUntil, nextStart) - clock.now();
        if (underway >= places()) await turn(waiting, signal);
        else if (wait > 0) await clock.sleep(wait, signal);
        else break;
      }
      underway += 1;
      if (speed < Infinity) nextStart = Math.max(nextStart, clock.now()) + 1 / speed;
      const sentAfter = decreases;
      return (outcome) => {
        underway -= 1;
        if (outcome === "takenOn") wentWell();
        else if (outcome !== undefined) wasThrottled(sentAfter, outcome.retryAfterMs);
        for (const wake of [...waiting]) wake();
      };
    },
  };
}

/** Resolves when someone has left. */
function turn(waiting: Set<() => void>, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      waiting.delete(wake);
      signal?.removeEventListener("abort", abort);
    };
    const wake = (): void => {
      end();
      resolve();
    };
    const abort = (): void => {
      end();
      reject(signal?.reason as Error);
    };
    waiting.add(wake);
    signal?.addEventListener("abort", abort, { once: true });
  });
}
