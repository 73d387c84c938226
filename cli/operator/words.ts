/** How names, values and commands are told to a person. */
import { shellWord } from "../../provider/operator/clientSecretStep";
import { nameOf } from "../../provider/operator/place";

export { nameOf };

/** The type of a resource, out of its URN: without those of its parents. */
export function typeOf(urn: string): string {
  const types = urn.split("::")[2] ?? "";
  return types.slice(types.lastIndexOf("$") + 1);
}

/** `pulumi-nodejs:dynamic/m365audit/onesecure:Source` → `m365audit:onesecure:Source`; undefined for a type that is none of ours. */
export function tokenOf(urn: string): string | undefined {
  const [, folder, name] = /^pulumi-nodejs:dynamic\/m365audit\/([^:]+):(.+)$/.exec(typeOf(urn)) ?? [];
  return folder === undefined || name === undefined ? undefined : `m365audit:${folder}:${name}`;
}

/**
 * By which name each of the resources is called on a command line: its own, where no other resource has it and it cannot be taken for
 * an option, else its URN.
 *
 * @param all the URNs of everything that has a name there
 */
export function callNames(urns: readonly string[], all: readonly string[]): ReadonlyMap<string, string> {
  const owners = new Map<string, Set<string>>();
  for (const urn of [...all, ...urns]) {
    const name = nameOf(urn);
    owners.set(name, (owners.get(name) ?? new Set()).add(urn));
  }
  return new Map(
    urns.map((urn) => {
      const name = nameOf(urn);
      const isClear = owners.get(name)?.size === 1 && !/^-|^urn:|^$/.test(name);
      return [urn, isClear ? name : urn];
    }),
  );
}

/** The arguments as a POSIX shell takes them. */
export function commandLine(parts: readonly string[]): string {
  return parts.map(shellWord).join(" ");
}

/** A value on a line of the terminal: no control character of it gets there. */
export function plain(value: unknown): string {
  const text = typeof value === "string" && /^[^\p{C}\p{Zl}\p{Zp}]+$/u.test(value) ? value : JSON.stringify(value);
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** A field in which nothing stands, as it is told and typed. */
export const isEmpty = "(empty)";
