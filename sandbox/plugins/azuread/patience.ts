/** How long, and how often, the stand-in asks again while Entra has not caught up. */

/**
 * The official plugin asks every one to five seconds for up to a quarter of an hour. Here one poll stands for that, and the
 * ratio is kept: what the official plugin would wait for, the stand-in waits for too, only faster.
 */
export interface Patience {
  /** Milliseconds between two looks at something that is awaited; all other pauses are in proportion. */
  readonly poll: number;
}

const defaultPoll = 20;
/** Polls after which the wait is over. */
const polls = 1500;

/**
 * `M365AUDIT_SANDBOX_POLL_MS`, or 20 milliseconds.
 *
 * @throws Error when the setting is not a positive number.
 */
export function patienceOf(environment: Readonly<Record<string, string | undefined>>): Patience {
  const setting = environment["M365AUDIT_SANDBOX_POLL_MS"];
  if (setting === undefined || setting === "") return { poll: defaultPoll };
  const poll = Number(setting);
  if (!(poll > 0 && Number.isFinite(poll)))
    throw new Error("M365AUDIT_SANDBOX_POLL_MS is not a positive number of milliseconds.");
  return { poll };
}

/** Milliseconds of pauses, in all, after which one request or one wait is given up. */
export function longestWait({ poll }: Patience): number {
  return poll * polls;
}

/** The pause before a request is sent again: twice as long each time, from two and a half polls to fifty. */
export function retryPause({ poll }: Patience, attempt: number): number {
  return Math.min(poll * 2.5 * 2 ** (attempt - 1), poll * 50);
}

/** `Retry-After` is in real seconds, and obeyed up to as many as this in milliseconds. */
export const longestAskedPause = 5_000;
