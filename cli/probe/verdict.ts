/** How a question is decided. */
import { NotAsked } from "./notAsked";
import type { Seen } from "./seen";

/** What came of one belief. `saw` is written without anything that says whose tenant it is. */
export type Verdict =
  | { readonly outcome: "held" }
  | { readonly outcome: "did not hold"; readonly saw: string }
  | { readonly outcome: "not asked"; readonly why: string };

/**
 * Undefined when the belief holds, else in a few words what was seen in its place.
 * @throws NotAsked when the answers decide nothing
 */
export type Judge = (seen: Seen) => string | undefined;

export function decide(judge: Judge, seen: Seen): Verdict {
  try {
    const saw = judge(seen);
    return saw === undefined ? { outcome: "held" } : { outcome: "did not hold", saw };
  } catch (error) {
    if (error instanceof NotAsked) return { outcome: "not asked", why: error.message };
    throw error;
  }
}

/** Held when the condition is true. */
export function unless(condition: boolean, saw: string): string | undefined {
  return condition ? undefined : saw;
}
