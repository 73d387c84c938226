/** The time of a sandbox: it runs on, and can be moved, so that a test can walk through the years that a certificate lives. */

/** A clock in milliseconds since the Unix epoch. */
export interface SandboxClock {
  now(): number;
}

/** The machine's own clock. */
export const machineClock: SandboxClock = { now: () => Date.now() };

/** A clock that can be set and then runs on from there. */
export interface MovableClock extends SandboxClock {
  /** @param when milliseconds since the Unix epoch, before or after the present */
  travelTo(when: number): void;
}

/** A clock that shows the other one's time until it is moved, and then keeps its distance to it. */
export function movableClock(base: SandboxClock): MovableClock {
  let offset = 0;
  return {
    now: () => base.now() + offset,
    travelTo: (when) => {
      offset = when - base.now();
    },
  };
}

/**
 * An instant in milliseconds since the Unix epoch.
 * @throws RangeError for a text that is no date and time
 */
export function instant(when: Date | string): number {
  const milliseconds = typeof when === "string" ? Date.parse(when) : when.getTime();
  if (Number.isNaN(milliseconds)) {
    throw new RangeError(`'${String(when)}' is no date and time; 2027-05-01T00:00:00Z would be one.`);
  }
  return milliseconds;
}
