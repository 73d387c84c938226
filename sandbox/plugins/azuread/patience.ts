/** How long, and how often, the stand-in asks again while Entra has not caught up. */

/**
 * The official plugin asks every one to five seconds for up to a quarter of an hour. Here one poll stands for that, and the
 * ratio is kept: what the official plugin would wait for, the stand-in waits for too, only faster.
 */
export interface Patience {
  /** Milliseconds between two looks at something that is awaited; all other pauses are in proportion. */
  readonly poll: number;
  /**
   * Milliseconds between two of the five looks at something that is to disappear. The official plugin's are 5 seconds, so that it
   * takes 20 for a password, a certificate, a service principal or an application.
   */
  readonly deletionPoll: number;
  /**
   * Waits for what the official plugin does not wait for: a new application, service principal, consent or entry for an API that the
   * directory does not show at once, and a role that it does not take at once.
   */
  readonly isPatient: boolean;
}

const defaultPoll = 20;
/** Polls after which the wait is over. */
const polls = 1500;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * `M365AUDIT_SANDBOX_POLL_MS`, or 20 milliseconds; `M365AUDIT_SANDBOX_DELETION_POLL_MS`, or as many; and whether
 * `M365AUDIT_SANDBOX_PLUGINS` is `patient` or, as the official plugin, `impatient`.
 *
 * @throws Error when a setting is not what it has to be.
 */
export function patienceOf(environment: Environment): Patience {
  const poll = milliseconds(environment, "M365AUDIT_SANDBOX_POLL_MS") ?? defaultPoll;
  const deletionPoll = milliseconds(environment, "M365AUDIT_SANDBOX_DELETION_POLL_MS") ?? poll;
  const temper = environment["M365AUDIT_SANDBOX_PLUGINS"] ?? "patient";
  if (temper !== "patient" && temper !== "impatient")
    throw new Error("M365AUDIT_SANDBOX_PLUGINS is neither patient nor impatient.");
  return { poll, deletionPoll, isPatient: temper === "patient" };
}

function milliseconds(environment: Environment, name: string): number | undefined {
  const setting = environment[name];
  if (setting === undefined || setting === "") return undefined;
  const given = Number(setting);
  if (!(given > 0 && Number.isFinite(given))) throw new Error(`${name} is not a positive number of milliseconds.`);
  return given;
}

/** Milliseconds of pauses, in all, after which one request or one wait is given up. */
export function longestWait({ poll }: Pick<Patience, "poll">): number {
  return poll * polls;
}

/** The pause before a request is sent again: twice as long each time, from two and a half polls to fifty. */
export function retryPause({ poll }: Patience, attempt: number): number {
  return Math.min(poll * 2.5 * 2 ** (attempt - 1), poll * 50);
}

/** `Retry-After` is in real seconds, and obeyed up to as many as this in milliseconds. */
export const longestAskedPause = 5_000;
