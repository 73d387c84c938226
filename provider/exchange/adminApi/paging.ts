/**
 * Listings of any length, page by page, so that memory stays flat.
 *
 * A next link names the server that holds the cursor; a page that lands elsewhere, comes late or fails leaves a hole that nobody
 * would notice. So any failure of a page makes the whole listing start again from page 1, a bounded number of times; what was
 * given out before is void then. Only a request that was not taken on at all (429) is repeated in place. A listing whose pages are
 * refused twice is taken without pages.
 */
import { M365AuditError, NotFound, Rejected, Unavailable } from "../../core/errors";
import { isTransient } from "../../core/retry";
import { AskedWaits, wait } from "../../core/wait";
import { GuidSet } from "./guidSet";
import { CircularList, firstPauseMs, pages } from "./pages";
import { type ListSource, withoutPages } from "./parts";
import type { Transport } from "./transport";

/** `restart`: forget every page so far, the listing begins anew. */
export type ListingEvent<T> =
  { readonly kind: "page"; readonly rows: readonly T[] } | { readonly kind: "restart"; readonly reason: string };

/** How often a listing is begun at most. */
const maximumRuns = 5;

/**
 * A row that comes twice (by its `Guid`) is given once.
 *
 * @throws AccessRefused and WaitTooLong at once; Rejected when page 1 is refused as wrong, or the links lead round in a circle for the second time; else
 *   what failed the last of the runs
 */
export async function* listing(transport: Transport, source: ListSource): AsyncGenerator<ListingEvent<unknown>, void> {
  const { world, random } = transport;
  const asked = new AskedWaits(world.settings);
  let refusals = 0;
  let circles = 0;
  for (let run = 1; ; run += 1) {
    let page = 0;
    const once = eachOnce();
    try {
      for await (const rows of pages(transport, source.paged, asked)) {
        page += 1;
        yield { kind: "page", rows: once(rows) };
      }
      return;
    } catch (error) {
      if (!(error instanceof M365AuditError)) throw error;
      const isCircle = error instanceof CircularList;
      const isRefused = !isCircle && isRefusedPage(error, page);
      circles += isCircle ? 1 : 0;
      refusals += isRefused ? 1 : 0;
      if (refusals === 2) {
        yield { kind: "restart", reason: `${error.message}. It is taken without pages now` };
        yield* inPieces(withoutPages(transport, source, error));
        return;
      }
      const passes = isRefused || isTransient(error) || (isCircle && circles === 1);
      if (run >= maximumRuns || !passes) throw error;
      const granted = isTransient(error) ? asked.grant(error) : undefined;
      await wait(granted ?? firstPauseMs * 2 ** (run - 1) * (1 - random() / 2), error.message, world);
      yield { kind: "restart", reason: error.message };
    }
  }
}

async function* inPieces(pieces: AsyncIterable<readonly unknown[]>): AsyncGenerator<ListingEvent<unknown>, void> {
  const once = eachOnce();
  for await (const rows of pieces) yield { kind: "page", rows: once(rows) };
}

/** Collects a listing that is known to be small. */
export async function collect(events: AsyncIterable<ListingEvent<unknown>>): Promise<readonly unknown[]> {
  let rows: unknown[] = [];
  for await (const event of events) {
    if (event.kind === "restart") rows = [];
    else rows.push(...event.rows);
  }
  return rows;
}

/**
 * A link that was good for one page and is refused for the next has expired or landed on another server. Its exception type is
 * `System.Exception` as well as `ODataServiceException`, and its text has changed before; so any refusal of a later page counts.
 */
function isRefusedPage(error: M365AuditError, pagesBefore: number): boolean {
  if (pagesBefore === 0) return false;
  if (error instanceof Unavailable) return /pagination request|skip-?token/i.test(error.facts.happened);
  return (error instanceof Rejected || error instanceof NotFound) && error.status !== undefined;
}

/** Leaves out rows whose `Guid` was there before. */
function eachOnce(): (rows: readonly unknown[]) => readonly unknown[] {
  const seen = new GuidSet();
  return (rows) =>
    rows.filter((row) => {
      const guid: unknown = typeof row === "object" && row !== null && "Guid" in row ? row.Guid : undefined;
      return typeof guid !== "string" || seen.add(guid);
    });
}
