/** The form of a belief about one of Microsoft's services. */

import type { ExchangeBehaviour } from "../exchange/behaviour";

/**
 * How well a belief stands. `doc`: Microsoft documents it. `captured`: it was captured from the live service, or is in what it publishes
 * of itself. `reported`: someone reports it, or working code of others counts on it. `inferred`: it follows from what is known, by our
 * own reasoning. `unknown`: nothing decides it, and we took a side.
 */
export const standings = ["unknown", "inferred", "reported", "captured", "doc"] as const;
export type Standing = (typeof standings)[number];

/** Whether `m365audit probe` asks it: by reading, only with `--write-one`, or not, and why. */
export type Askable = "read" | "write" | { readonly not: string };

export interface Belief {
  /** In kebab case. It never changes: answers are sent with it. */
  readonly id: string;
  /** One sentence. */
  readonly what: string;
  readonly source: string;
  readonly standing: Standing;
  /** Each `file: title of the test`. Those that the probe asks are held by its own tests besides. */
  readonly tests: readonly string[];
  /** What turns it round in the sandbox. */
  readonly behaviour?: readonly (keyof ExchangeBehaviour)[];
  readonly asked: Askable;
}

/** Beliefs of one area, each checked for its form and kept with its own id as a type. */
export function beliefsAbout<const B extends readonly Belief[]>(beliefs: B): B {
  return beliefs;
}
