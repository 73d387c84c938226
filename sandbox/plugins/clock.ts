/** Time for the stand-ins, so that a test or a whole run can move it. */

/** What a stand-in asks of time. */
export interface PluginClock {
  /** Nanoseconds since the Unix epoch: Terraform's tls provider records that much. */
  nanoseconds(): bigint;
  /** Resolves after that many milliseconds. */
  pause(milliseconds: number): Promise<void>;
}

/** A clock that can be put to another time. It goes on from there, and pauses take as long as ever. */
export interface MovableClock extends PluginClock {
  /** @param when milliseconds since the Unix epoch; undefined for the machine's time */
  set(when: number | undefined): void;
}

/**
 * The machine's clock; or, when `M365AUDIT_SANDBOX_NOW` holds a time (RFC 3339), one that starts there and goes on from it.
 *
 * @throws Error when `M365AUDIT_SANDBOX_NOW` is not a time.
 */
export function clockOf(environment: Readonly<Record<string, string | undefined>>): MovableClock {
  const setting = environment["M365AUDIT_SANDBOX_NOW"];
  const first = setting === undefined || setting === "" ? undefined : Date.parse(setting);
  if (Number.isNaN(first)) throw new Error("M365AUDIT_SANDBOX_NOW is not a time in RFC 3339.");
  let start = 0n;
  let started = 0n;
  const set = (when: number | undefined): void => {
    start = BigInt(when ?? Date.now()) * 1_000_000n;
    started = process.hrtime.bigint();
  };
  set(first);
  return {
    set,
    nanoseconds: () => start + (process.hrtime.bigint() - started),
    pause: (milliseconds) =>
      new Promise((resolve) => {
        setTimeout(resolve, milliseconds);
      }),
  };
}

/** As Go's `time.RFC3339Nano` writes an instant in UTC: up to nine digits after the second, without zeros at their end. */
export function rfc3339Nano(nanoseconds: bigint): string {
  const billion = 1_000_000_000n;
  const fraction = (nanoseconds % billion).toString().padStart(9, "0").replace(/0+$/, "");
  const whole = new Date(Number(nanoseconds / billion) * 1000).toISOString().replace(/\.000Z$/, "");
  return `${whole}${fraction === "" ? "" : `.${fraction}`}Z`;
}

/** A time in RFC 3339 without the parts of its last second; the offset stays. */
export function wholeSeconds(time: string): string {
  return time.replace(/\.\d+/, "");
}

/** Milliseconds of a Go duration such as `240h` or `2400h30m`. @throws Error when it is not one. */
export function goDuration(duration: string): number {
  const units: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };
  const parts = [...duration.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)];
  if (parts.length === 0 || parts.map((part) => part[0]).join("") !== duration) {
    throw new Error(`"${duration}" is not a duration such as 240h or 2400h30m`);
  }
  return parts.reduce((sum, part) => sum + Number(part[1]) * (units[part[2] ?? ""] ?? 0), 0);
}
