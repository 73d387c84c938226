/**
 * How many batches are under way at once, and how long all of them hold still when the other side throttles. What Exchange takes
 * on is not published and changes by the hour, so it is found by trying: a little more after each batch that went well, half of it
 * after one that did not (additive increase, multiplicative decrease).
 */
import type { Clock } from "../../core/clock";

/** What became of one batch. */
export interface BatchReport {
  /** Commands that were carried out. */
  readonly done: number;
  /** Commands that were refused for now; the longest pause asked for, in milliseconds, where one was. */
  readonly throttled: number;
  readonly retryAfterMs: number | undefined;
}

/** Gives the place back, with what became of the batch if one was sent. To be called once. */
export type Leave = (report?: BatchReport) => void;

/** Decides when a batch may be sent. */
export interface Pace {
  /** How many batches there are under way at most. */
  readonly ceiling: number;
  /** Resolves when a batch may be sent; rejects with the signal's reason when aborted. */
  enter(signal?: AbortSignal): Promise<Leave>;
}

export interface PaceOptions {
  readonly clock: Clock;
  /** How many batches there are under way at most. */
  readonly ceiling: number;
  /** Spreads the pauses that the other side gives no length for; `Math.random` unless given. */
  readonly random?: () => number;
}

/** The pause after a refusal that does not say how long to wait: milliseconds, doubling while nothing gets through. */
const firstPauseMs = 2_000;
const longestPauseMs = 60_000;

/**
 * Begins at the ceiling, since what is refused was not done and costs a pause only. A refusal halves the number, once for all
 * batches that were sent before it was known, and holds back every batch for as long as it asks; each round that goes well makes
 * room for one more.
 */
export function adaptivePace(options: PaceOptions): Pace {
  const { clock, ceiling, random = Math.random } = options;
  const waiting = new Set<() => void>();
  let width = ceiling;
  let underway = 0;
  let holdUntil = 0;
  /** Counts the decreases. A batch that was sent before the last one tells nothing new. */
  let decreases = 0;
  let fruitless = 0;
  /** Whole batches; a sum of ninths is a hair less than one. */
  const places = (): number => Math.floor(width + 1e-6);

  function took(wasRefused: boolean, sentAfter: number, retryAfterMs: number | undefined): void {
    if (!wasRefused) {
      fruitless = 0;
      width = Math.min(ceiling, width + 1 / places());
      return;
    }
    if (retryAfterMs !== undefined) holdUntil = Math.max(holdUntil, clock.now() + retryAfterMs);
    if (sentAfter !== decreases) return;
    decreases += 1;
    width = Math.max(1, places() / 2);
    if (retryAfterMs !== undefined) return;
    const pause = Math.min(longestPauseMs, firstPauseMs * 2 ** fruitless) * (1 - random() / 2);
    fruitless += 1;
    holdUntil = Math.max(holdUntil, clock.now() + pause);
  }

  return {
    ceiling,
    async enter(signal) {
      for (;;) {
        signal?.throwIfAborted();
        const wait = holdUntil - clock.now();
        if (wait > 0) await clock.sleep(wait, signal);
        else if (underway >= places()) await turn(waiting, signal);
        else break;
      }
      underway += 1;
      const sentAfter = decreases;
      return (report) => {
        underway -= 1;
        if (report !== undefined) took(report.throttled > 0, sentAfter, report.retryAfterMs);
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
