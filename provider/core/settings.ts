/** Where the settings of a stack come from. */
import { InvalidInput } from "./errors";
import type { Settings } from "./kind";

/**
 * Settings from the stack's configuration, else from the environment: `onesecureEndpoint` is `m365audit:onesecureEndpoint`, then
 * `M365AUDIT_ONESECURE_ENDPOINT`. An empty text counts as not set.
 *
 * @param configured a value of the stack's configuration by its full key
 */
export function settingsFrom(
  configured: (key: string) => unknown,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Settings {
  return {
    get(name) {
      const values = [configured(`m365audit:${name}`), environment[environmentVariable(name)]];
      const value = values.find((candidate) => candidate !== undefined && candidate !== null && candidate !== "");
      return value === undefined || typeof value === "string" ? value : JSON.stringify(value);
    },
    configured,
  };
}

/**
 * The time in place of now, from the setting `asOf`, in milliseconds since the Unix epoch.
 * @throws InvalidInput when it is no time
 */
export function asOf(settings: Settings): number | undefined {
  const given = settings.get("asOf");
  if (given === undefined) return undefined;
  const time = Date.parse(given);
  if (!Number.isNaN(time)) return time;
  const message = `${JSON.stringify(given)} was given; allowed: a time in RFC 3339 such as 2028-09-01T00:00:00Z`;
  throw new InvalidInput("the stack's configuration", [{ path: "m365audit:asOf", message }]);
}

/**
 * A setting that is a whole number.
 * @throws InvalidInput when it is none, or not between the bounds
 */
export function wholeNumber(
  settings: Settings | undefined,
  name: string,
  { fallback, least, most }: { readonly fallback: number; readonly least: number; readonly most: number },
): number {
  const given = settings?.get(name);
  if (given === undefined) return fallback;
  const number = /^\d{1,9}$/.test(given) ? Number(given) : NaN;
  if (number >= least && number <= most) return number;
  const message = `${JSON.stringify(given)} was given; allowed: a whole number from ${String(least)} to ${String(most)}, such as ${String(fallback)}`;
  throw new InvalidInput("the stack's configuration", [{ path: `m365audit:${name}`, message }]);
}

/** `onesecureEndpoint` → `M365AUDIT_ONESECURE_ENDPOINT`. */
export function environmentVariable(setting: string): string {
  return `M365AUDIT_${setting.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}
