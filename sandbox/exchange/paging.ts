/**
 * Pages of a list. The token of a next page is opaque; it names the back end that made it, so it is only good with the same anchor
 * mailbox and the same request, and for half an hour.
 */
import { createHash } from "node:crypto";
import type { ExchangeBehaviour } from "./behaviour";
import { expiredPage } from "./errors";

const lifetime = 30 * 60 * 1000;

/** What a page was asked for with. */
export interface PageRequest {
  /** How many rows at most. */
  readonly size: number;
  /** All that must be the same for the next page, such as the cmdlet with its parameters. */
  readonly query: string;
  /** `X-AnchorMailbox`. */
  readonly anchor: string;
  readonly token: string | undefined;
  /** Whether no next page is good, because of how the organization is named. */
  readonly cannotContinue: boolean;
  readonly behaviour: Pick<ExchangeBehaviour, "expiredPageType" | "pageNeedsSameAnchor">;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

export interface Page<T> {
  readonly rows: readonly T[];
  /** Undefined on the last page. */
  readonly nextToken: string | undefined;
  /** Whether rows were left out because the caller asked for no more in all. */
  readonly isCutShort: boolean;
}

interface Position {
  /** The next place in the list to look at. */
  readonly at: number;
  /** How many rows may still be given; -1 for any number. */
  readonly left: number;
}

/**
 * One page. `limit` is how many rows are wanted in all, over all pages; `rowAt` gives undefined for a place that doesn't
 * belong to the list.
 */
export function page<T>(
  request: PageRequest,
  limit: number,
  end: number,
  rowAt: (position: number) => T | undefined,
): Page<T> {
  const start = request.token === undefined ? { at: 0, left: limit === Infinity ? -1 : limit } : resumed(request);
  const size = start.left === -1 ? request.size : Math.min(request.size, start.left);
  const rows: T[] = [];
  let at = start.at;
  for (; at < end && rows.length < size; at++) {
    const row = rowAt(at);
    if (row !== undefined) rows.push(row);
  }
  while (at < end && rowAt(at) === undefined) at++;
  const hasMore = at < end;
  const left = start.left === -1 ? -1 : start.left - rows.length;
  return {
    rows,
    nextToken: hasMore && left !== 0 ? token(request, { at, left }) : undefined,
    isCutShort: hasMore && left === 0,
  };
}

function token(request: PageRequest, position: Position): string {
  const claims = Buffer.from(JSON.stringify([position.at, position.left, request.now])).toString("base64url");
  return `${claims}.${seal(claims, request)}`;
}

function resumed(request: PageRequest): Position {
  const [claims = "", given] = (request.token ?? "").split(".");
  const { expiredPageType } = request.behaviour;
  if (request.cannotContinue || given !== seal(claims, request)) throw expiredPage(expiredPageType);
  const [at = 0, left = 0, issued = 0] = JSON.parse(Buffer.from(claims, "base64url").toString()) as number[];
  if (request.now - issued > lifetime) throw expiredPage(expiredPageType);
  return { at, left };
}

function seal(claims: string, { anchor, query, behaviour }: PageRequest): string {
  return createHash("sha256")
    .update(JSON.stringify([claims, behaviour.pageNeedsSameAnchor ? anchor.toLowerCase() : "", query]))
    .digest("base64url");
}

/** `Prefer: odata.maxpagesize=500` as a number from 1 to 1000, or the default, which may be without limit. */
export function preferredPageSize(prefer: string | undefined, byDefault: number): number {
  const wanted = /odata\.maxpagesize\s*=\s*(\d+)/i.exec(prefer ?? "")?.[1];
  return wanted === undefined ? byDefault : Math.min(1000, Math.max(1, Number(wanted)));
}
