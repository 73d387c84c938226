/**
 * Plans: the list of changes that turn what is there into what is wanted. Everything here is pure. Preview, drift report, apply
 * and the run-sheet for a person all read the same list.
 */
import { isDeepStrictEqual } from "node:util";
import type { Contract } from "./contract";
import { propertyMarks } from "./contract";

/** The other side has no such object. */
export const gone = Symbol.for("m365audit.gone");
export type Gone = typeof gone;

/** What is there now. */
export interface Observation<S, D = unknown> {
  readonly id: string;
  /** What is recorded: inputs as observed, outputs, and drift. Its size does not depend on the tenant's. */
  readonly state: S;
  /** What only this run needs to act (for example each mailbox that differs). Never recorded. */
  readonly detail?: D;
}

/** One property that has to change. */
export interface Change {
  /** Property path, for example `crawlSource` or `mailboxes["ada@contoso.com"].auditDelegate`. */
  readonly path: string;
  /** Undefined when it is not there yet. */
  readonly from: unknown;
  /** Undefined when it is to go away. */
  readonly to: unknown;
  /** The change makes a new object in place of the old one. */
  readonly replaces: boolean;
  /** Neither `from` nor `to` may be shown. */
  readonly secret: boolean;
}

export interface Plan<I, S, D = unknown> {
  readonly desired: I;
  readonly observed: Observation<S, D> | Gone;
  /** In the order in which they are to be done. Empty: nothing to do. */
  readonly changes: readonly Change[];
}

/** A change with the marks at their usual value. */
export function change(path: string, from: unknown, to: unknown, marks: Partial<Change> = {}): Change {
  return { path, from, to, replaces: false, secret: false, ...marks };
}

/**
 * The plan of a kind whose properties stand one for one in the observed state: each declared property that differs, then each
 * drift property that is present.
 */
export function planProperties<I extends object, S extends object, D = unknown>(
  contract: Contract,
  desired: I,
  observed: Observation<S, D> | Gone,
): Plan<I, S, D> {
  const wanted = desired as Record<string, unknown>;
  const found = (observed === gone ? {} : observed.state) as Record<string, unknown>;
  const changes: Change[] = [];
  const properties = [contract.inputs, ...(contract.settled === undefined ? [] : [contract.settled])];
  for (const [name, marks] of properties.flatMap((schema) => [...propertyMarks(schema)])) {
    if (isDeepStrictEqual(wanted[name], found[name])) continue;
    changes.push(
      change(name, found[name], wanted[name], {
        replaces: observed !== gone && marks.replaces === true,
        secret: marks.secret === true,
      }),
    );
  }
  for (const name of Object.keys(contract.drift?.shape ?? {})) {
    if (found[name] !== undefined) changes.push(change(name, found[name], undefined));
  }
  return { desired, observed, changes };
}
