/** Compares two values and names the paths at which they differ. */
import { isList, isMap, UNKNOWN, type Value } from "./values";

export type DiffKind = "add" | "delete" | "update";

/** Null, the empty string, false, zero, and lists and maps without content: Terraform's SDK takes them all for "not set". */
export function isZero(value: Value): boolean {
  if (value === null || value === "" || value === false || value === 0) return true;
  if (isList(value)) return value.length === 0;
  return isMap(value) && Object.entries(value).every(([name, item]) => name === "__defaults" || isZero(item));
}

/**
 * The paths (`roleIds[1]`, `subject.commonName`) at which `now` differs from `before`, with what happens there.
 * Both must be without secret marks. In a set, the order of elements does not count.
 */
export function compare(
  path: string,
  before: Value,
  now: Value,
  unordered = false,
): readonly (readonly [string, DiffKind])[] {
  if (now === UNKNOWN) return [[path, isZero(before) ? "add" : "update"]];
  if (isZero(before) && isZero(now)) return [];
  if (isZero(before)) return [[path, "add"]];
  if (isZero(now)) return [[path, "delete"]];
  if (isList(before) && isList(now)) {
    return unordered ? compareSets(path, before, now) : compareLists(path, before, now);
  }
  if (isMap(before) && isMap(now)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(now)])].filter((name) => name !== "__defaults");
    return names.flatMap((name) => compare(`${path}.${name}`, before[name] ?? null, now[name] ?? null));
  }
  return before === now ? [] : [[path, "update"]];
}

function compareLists(
  path: string,
  before: readonly Value[],
  now: readonly Value[],
): readonly (readonly [string, DiffKind])[] {
  const length = Math.max(before.length, now.length);
  return Array.from({ length }, (_, index) => index).flatMap((index) => {
    const item = `${path}[${String(index)}]`;
    const was = before[index];
    const is = now[index];
    if (was === undefined) return [[item, "add"] as const];
    if (is === undefined) return [[item, "delete"] as const];
    return compare(item, was, is);
  });
}

function compareSets(
  path: string,
  before: readonly Value[],
  now: readonly Value[],
): readonly (readonly [string, DiffKind])[] {
  const same = (a: Value, b: Value): boolean => compare(path, a, b).length === 0;
  const added = now.flatMap((item, index) =>
    before.some((other) => same(other, item)) ? [] : [[`${path}[${String(index)}]`, "add"] as const],
  );
  const gone = before.flatMap((item, index) =>
    now.some((other) => same(item, other)) ? [] : [[`${path}[${String(index)}]`, "delete"] as const],
  );
  // One element in the place of another shares its path: that is an update.
  const paths = new Map<string, DiffKind>(gone);
  for (const [item, kind] of added) paths.set(item, paths.has(item) ? "update" : kind);
  return [...paths];
}
