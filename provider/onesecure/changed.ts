/** From a plan to a request that carries just what changes. */
import type { Change } from "../core";

/** The desired values of those `names` that the plan changes; undefined when it changes none of them. */
export function changedProperties<T extends object>(
  changes: readonly Change[],
  desired: Readonly<T>,
  names: readonly (keyof T & string)[],
): Partial<T> | undefined {
  const changed = names.filter((name) => changes.some(({ path }) => path === name));
  if (changed.length === 0) return undefined;
  return Object.fromEntries(changed.map((name) => [name, desired[name]])) as Partial<T>;
}
