/**
 * Adoption: an object that was there already is taken over, and given back as it was when the resource is removed. What it was is
 * recorded once, before the first change, and kept from then on.
 */
import type { z } from "zod";
import { type Gone, M365AuditError, type Observation, PartiallyApplied, gone } from "../core";

/** What is recorded of an adoption. */
export interface Adoption<B> {
  readonly adopted: boolean;
  readonly before?: B | undefined;
}

/** What only the run that takes something over knows. */
export interface AdoptionDetail {
  /** This run takes the object over; nothing of that is recorded yet. */
  readonly adopting: boolean;
}

export const notAdopted = { adopted: false } as const;

/** The adoption that was recorded last. State of before there was adoption has none. */
export function recordedAdoption<B>(
  before: z.ZodType<B>,
  last: Readonly<Record<string, unknown>> | undefined,
): Adoption<B> {
  if (last?.["adopted"] !== true) return notAdopted;
  const parsed = before.safeParse(last["before"]);
  return parsed.success ? { adopted: true, before: parsed.data } : { adopted: true };
}

interface Switched {
  readonly adoptExisting: boolean;
}

/** With the switch off where there is none: what was recorded before there was such a switch. */
export function withSwitch<T extends Switched>(properties: T): T {
  return Object.assign({ adoptExisting: false }, properties);
}

/** The same for what is observed, which in a `diff` is what was recorded. */
export function observedWithSwitch<S extends Switched, D>(
  observed: Observation<S, D> | Gone,
): Observation<S, D> | Gone {
  return observed === gone ? gone : { ...observed, state: withSwitch(observed.state) };
}

/**
 * Does the first changes to an object that this run takes over. When they fail, what the object was before is recorded all the
 * same: it may have been changed although the answer did not come, and the next run could not tell any more.
 *
 * @throws PartiallyApplied with the object as it was observed
 */
export async function takingOver<S extends object, D extends AdoptionDetail, R>(
  observed: Observation<S, D>,
  work: () => Promise<R>,
): Promise<R> {
  try {
    return await work();
  } catch (error) {
    if (observed.detail?.adopting !== true) throw error;
    const why = error instanceof Error ? error.message : String(error);
    const facts =
      error instanceof M365AuditError
        ? error.facts
        : { operation: "changing", subject: observed.id, happened: why, cause: error };
    const state = Object.fromEntries(Object.entries(observed.state));
    throw new PartiallyApplied(facts, observed.id, state, [why]);
  }
}
