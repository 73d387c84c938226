/** Makes many changes, and looks at what was made: at a sample of it and, where one of the sample is not as it was set, at all of it. */
import { M365AuditError } from "../../core/errors";
import type { Context } from "../../core/kind";
import type { AdminApi } from "../adminApi/client";
import { eachOf, type Many } from "./eachOf";

/** How many are looked at where all seems well; all of them when there are no more. */
const sampleSize = 20;

/** What became of a change: Exchange says that it was made, or what it was about is there no more. */
export type Fate = "set" | "gone";

export interface Changes<T, S> {
  readonly items: readonly T[];
  readonly change: Pick<Many<T, Fate>, "what" | "cmdlet" | "work" | "tolerated">;
  readonly look: Pick<Many<T, S>, "what" | "cmdlet" | "work">;
  readonly isAsSet: (sight: S) => boolean;
  /** Told once of each of which something is known, also when the run breaks off. */
  readonly onEnd: (item: T, end: End<S>) => void;
}

export type End<S> =
  | { readonly kind: "seen"; readonly sight: S }
  /** Exchange's answer was success and nothing else, and what was looked at of the others was as it was set. */
  | { readonly kind: "unseen" }
  | { readonly kind: "gone" }
  | { readonly kind: "failed"; readonly error: M365AuditError };

/** @throws what ends the run as a whole (see {@link eachOf}) */
export async function changeAll<T, S>(
  ctx: Context,
  api: AdminApi,
  { items, change, look, isAsSet, onEnd }: Changes<T, S>,
): Promise<void> {
  const unseen = new Set<T>();
  let differing = 0;
  const lookAt = (some: readonly T[]): Promise<void> =>
    eachOf(ctx, api, {
      ...look,
      items: some,
      onEnd: (item, end) => {
        unseen.delete(item);
        if (end instanceof M365AuditError) {
          onEnd(item, { kind: "failed", error: end });
          return;
        }
        if (!isAsSet(end)) differing += 1;
        onEnd(item, { kind: "seen", sight: end });
      },
    });
  try {
    await eachOf(ctx, api, {
      ...change,
      items,
      onEnd: (item, end) => {
        if (end === "set") unseen.add(item);
        else onEnd(item, end === "gone" ? { kind: "gone" } : { kind: "failed", error: end });
      },
    });
    await lookAt(spread([...unseen]));
    if (differing > 0 && unseen.size > 0) {
      ctx.report("a change that was answered with success does not show: all of them are read back");
      await lookAt([...unseen]);
    }
  } finally {
    // What was set is set, also when it could not be looked at any more; not so once such answers were seen to be wrong.
    if (differing === 0) for (const item of unseen) onEnd(item, { kind: "unseen" });
  }
}

/** Evenly from first to last. */
function spread<T>(items: readonly T[]): readonly T[] {
  if (items.length <= sampleSize) return items;
  return Array.from({ length: sampleSize }, (_, index) => Math.floor((index * items.length) / sampleSize)).flatMap(
    (at) => items.slice(at, at + 1),
  );
}
