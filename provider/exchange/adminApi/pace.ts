/** How many batches are under way at once, and how long all of them hold still when the other side throttles. */
import type { Clock } from "../../core/clock";

/** What became of one batch. */
export interface BatchReport {
  /** Commands that were carried out. */
  readonly done: number;
  /** Commands that were refused for now; the longest pause asked for, in milliseconds, where one was. */
  readonly throttled: number;
  readonly retryAfterMs: number | undefined;
}

/** Decides when a batch may be sent. Workers `enter` before they take commands and `leave` with what became of them. */
export interface Pace {
  /** How many workers there are at most. */
  readonly width: number;
  enter(signal?: AbortSignal): Promise<void>;
  leave(report: BatchReport): void;
}

/** A fixed number of batches at once; a throttled answer holds all of them back for as long as it asks. */
export function fixedPace(width: number, clock: Clock): Pace {
  let holdUntil = 0;
  return {
    width,
    async enter(signal) {
      for (let wait = holdUntil - clock.now(); wait > 0; wait = holdUntil - clock.now())
        await clock.sleep(wait, signal);
    },
    leave({ throttled, retryAfterMs }) {
      if (throttled > 0 && retryAfterMs !== undefined) holdUntil = Math.max(holdUntil, clock.now() + retryAfterMs);
    },
  };
}
