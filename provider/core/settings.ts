/** Where the settings of a stack come from. */
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
  };
}

/** `onesecureEndpoint` → `M365AUDIT_ONESECURE_ENDPOINT`. */
export function environmentVariable(setting: string): string {
  return `M365AUDIT_${setting.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}
