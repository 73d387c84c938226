/**
 * Waiting for something that becomes true bit by bit: behind one address stand several copies of the data, some of which know of a
 * change before others. So one good answer proves little, and several in a row are asked for.
 */
import type { Clock } from "./clock";
import { DeadlineExceeded, M365AuditError } from "./errors";
import { duration } from "./wait";

/** What one look gave: what was looked for, or in words what is not there yet. */
export type Look<T> =
  | { readonly seen: T }
  | {
      /** A clause for a person: "the token is without the app role Exchange.ManageAsApp". Never a secret. */
      readonly missing: string;
      /** The error behind it, where there is one. */
      readonly cause?: unknown;
    };

export interface StableOptions {
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  report(line: string): void;
  /** How many looks one after another have to see it. */
  readonly inARow: number;
  /** Milliseconds after which a look that misses is the last. */
  readonly limitMs: number;
  /**
   * What is waited for. In lines of progress: `<operation> <subject>: <what is missing>`; in the final error too, with `next`.
   * For example "waiting for", "Exchange Online to let app … in".
   */
  readonly describe: { readonly operation: string; readonly subject: string; readonly next?: string };
  /** One success is enough when the very first look is one: for when nothing is known to have changed. Default false. */
  readonly firstIsEnough?: boolean;
}

/**
 * Milliseconds: between two looks that see it, after a look that misses something new, and at most: each further miss of the same
 * doubles the pause.
 */
const pauses = { between: 2_000, first: 5_000, longest: 30_000 };

/**
 * Looks until `inARow` looks in a row see it, and gives what the last of them saw. A look that misses starts the count anew. The
 * limit is held against misses alone, so that a run of successes under way at the limit is seen through.
 *
 * @param attempt looks once, past every cache (a new token, a new request); what it throws ends the wait at once
 * @throws DeadlineExceeded when the limit is reached: what is still missing, how long it was waited for, and what to do
 */
export async function untilStable<T>(attempt: (look: number) => Promise<Look<T>>, options: StableOptions): Promise<T> {
  const { clock, signal, describe, inARow, limitMs, firstIsEnough = false } = options;
  const what = `${describe.operation} ${describe.subject}`;
  const started = clock.now();
  let seen = 0;
  let pause = pauses.first;
  let missed: string | undefined;
  for (let look = 1; ; look += 1) {
    signal?.throwIfAborted();
    const found = await attempt(look);
    if ("seen" in found) {
      seen += 1;
      missed = undefined;
      if (seen >= inARow || (look === 1 && firstIsEnough)) return found.seen;
      options.report(`${what}: seen ${String(seen)} of ${String(inARow)} times in a row`);
      await clock.sleep(pauses.between, signal);
      continue;
    }
    seen = 0;
    const waited = clock.now() - started;
    if (waited >= limitMs) throw tooLate(found, describe, waited);
    // Something moved: what is missing now may be there as soon as what was missing before.
    pause = found.missing === missed ? Math.min(pauses.longest, pause * 2) : pauses.first;
    missed = found.missing;
    const next = Math.min(pause, limitMs - waited);
    options.report(
      `${what}: ${found.missing}; waited ${duration(waited)} of at most ${duration(limitMs)}, looking again in ${duration(next)}`,
    );
    await clock.sleep(next, signal);
  }
}

function tooLate(
  { missing, cause }: { readonly missing: string; readonly cause?: unknown },
  { operation, subject, next }: StableOptions["describe"],
  waited: number,
): DeadlineExceeded {
  const status = cause instanceof M365AuditError ? cause.status : undefined;
  return new DeadlineExceeded({
    operation,
    subject,
    happened: `after ${duration(waited)} still: ${missing}`,
    ...(next === undefined ? {} : { next }),
    ...(status === undefined ? {} : { status }),
    ...(cause === undefined ? {} : { cause }),
  });
}
