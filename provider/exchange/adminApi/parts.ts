/**
 * A list without pages, for where links to next pages are no good: an app whose organization is named by a custom domain gets none that
 * works, and others were seen to be refused at once. The list comes in one answer; where that is cut short or too large, in parts by the
 * alias, which every mailbox has and which Exchange filters by (`-like` with a wildcard at the end).
 */
import { AccessRefused, M365AuditError, Rejected, Throttled, Unavailable } from "../../core/errors";
import { factsOf, isCutShort, nextLinkOf, rowsOf } from "./pages";
import type { AdminRequest, Transport } from "./transport";

/** How a list is asked for. */
export interface ListSource {
  /** Page 1. */
  readonly paged: AdminRequest;
  /** All of it, without a page size. */
  readonly whole: AdminRequest;
  /** What of it passes a filter in OPATH, without a page size; undefined for a list that cannot be filtered. */
  readonly part?: (filter: string) => AdminRequest;
}

/** What most aliases are made of. Any other character is in the part for the rest. */
const characters = Array.from("abcdefghijklmnopqrstuvwxyz0123456789.-_");
/** No more requests than this are spent on parts: enough for a million mailboxes where an answer has no more than 1,000. */
const maximumParts = 4_000;
/** Aliases that have so many characters in common are not told apart by the next ones either. */
const longestPrefix = 8;

/**
 * The whole list, in as many pieces as it takes; nothing of it is given before the first answer is known to be whole.
 *
 * @param refusal why it does not come in pages
 * @throws Rejected when there is no other way left; what the service says when it refuses
 */
export async function* withoutPages(
  transport: Transport,
  { whole, part }: ListSource,
  refusal: M365AuditError,
): AsyncGenerator<readonly unknown[], void> {
  const all = await inOneAnswer(transport, whole);
  if (!(all instanceof CutShort)) {
    yield all;
    return;
  }
  const ways = `its pages are refused (${refusal.facts.happened}), and in one answer ${all.reason}`;
  if (part === undefined) {
    throw new Rejected({
      ...factsOf(whole),
      happened: `the list cannot be had whole: ${ways}`,
      next: "It cannot be filtered, so there are no parts of it to ask for. Run again later.",
      cause: refusal,
    });
  }
  let left = maximumParts;
  for (const open = partsOf(""); ;) {
    const next = open.shift();
    if (next === undefined) return;
    const rows =
      left > 0 ? await inOneAnswer(transport, part(next.filter)) : new CutShort("no more parts are asked for");
    left -= 1;
    if (!(rows instanceof CutShort)) yield rows;
    else if (left > 0 && next.prefix !== undefined && next.prefix.length < longestPrefix)
      open.unshift(...partsOf(next.prefix));
    else {
      const happened = `the list cannot be had whole: ${ways}, and so is the part ${next.filter}: ${rows.reason}`;
      throw new Rejected({ ...factsOf(whole), happened, next: "Run again later.", cause: refusal });
    }
  }
}

interface Part {
  readonly filter: string;
  /** What the aliases begin with; undefined for what begins otherwise, which is not shared out further. */
  readonly prefix?: string;
}

/** Together they are all aliases that begin with `prefix`, whatever they go on with. */
function partsOf(prefix: string): Part[] {
  const longer = characters.map((character) => prefix + character);
  const begins = (start: string): string => `Alias -like '${start}*'`;
  const others = `-not (${longer.map(begins).join(" -or ")})`;
  return [
    ...longer.map((start) => ({ filter: begins(start), prefix: start })),
    { filter: prefix === "" ? others : `${begins(prefix)} -and ${others}` },
  ];
}

class CutShort {
  constructor(readonly reason: string) {}
}

async function inOneAnswer(transport: Transport, request: AdminRequest): Promise<readonly unknown[] | CutShort> {
  try {
    const answer = await transport.sendPatiently(request);
    if (isCutShort(answer)) return new CutShort("there are more results than were given");
    return nextLinkOf(answer) === undefined ? rowsOf(answer, request) : new CutShort("it has a next page all the same");
  } catch (error) {
    if (isTooMuch(error)) return new CutShort(error.facts.happened);
    throw error;
  }
}

/** Whether less may be had where this could not: the answer is too large, or takes too long. */
function isTooMuch(error: unknown): error is M365AuditError {
  if (!(error instanceof M365AuditError) || error instanceof AccessRefused || error instanceof Throttled) return false;
  if (error instanceof Unavailable || error.status === 413) return true;
  // Refused here, not by the service: it is larger than answers may be.
  return error instanceof Rejected && error.status === undefined;
}
