/**
 * Listings of any length, page by page, so that memory stays flat.
 *
 * A next link names the server that holds the cursor; a page that lands elsewhere, comes late or fails leaves a hole that nobody
 * would notice. So any failure of a page makes the whole listing start again from page 1, a bounded number of times; what was
 * given out before is void then. Only a request that was not taken on at all (429) is repeated in place.
 */
import { AccessRefused, M365AuditError, Rejected, Throttled, Unavailable } from "../../core/errors";
import { isSameSite } from "./hosts";
import type { AdminAnswer, AdminRequest, Transport } from "./transport";

/** `restart`: forget every page so far, the listing begins anew. */
export type ListingEvent<T> =
  { readonly kind: "page"; readonly rows: readonly T[] } | { readonly kind: "restart"; readonly reason: string };

/** How often a listing is begun at most. */
const maximumRuns = 5;
/** A page is asked for again in place for this long (milliseconds) while the other side throttles; links last some minutes. */
const throttledPageMs = 4 * 60_000;
/** The pause before a new start: milliseconds, doubling. */
const firstPauseMs = 2_000;

/**
 * @param first the request of page 1; its method, headers and body are those of every page
 * @throws AccessRefused at once; Rejected when page 1 is refused as wrong; else what failed the last of the runs
 */
export async function* listing(transport: Transport, first: AdminRequest): AsyncGenerator<ListingEvent<unknown>, void> {
  const { clock, signal, random } = transport;
  for (let run = 1; ; run += 1) {
    let page = 0;
    try {
      for await (const rows of pages(transport, first)) {
        page += 1;
        yield { kind: "page", rows };
      }
      return;
    } catch (error) {
      if (run >= maximumRuns || !isWorthANewRun(error, page)) throw error;
      const asked = error instanceof Throttled || error instanceof Unavailable ? error.retryAfterMs : undefined;
      await clock.sleep(asked ?? firstPauseMs * 2 ** (run - 1) * (1 - random() / 2), signal);
      yield { kind: "restart", reason: (error as M365AuditError).message };
    }
  }
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

function isWorthANewRun(error: unknown, pagesBefore: number): boolean {
  if (!(error instanceof M365AuditError) || error instanceof AccessRefused) return false;
  if (error instanceof Throttled || error instanceof Unavailable) return true;
  // A link that was good for one page and is refused for the next has expired or landed on another server.
  return pagesBefore > 0;
}

async function* pages(transport: Transport, first: AdminRequest): AsyncGenerator<readonly unknown[], void> {
  const cookies = new Map<string, string>();
  let request = first;
  for (;;) {
    const answer = await sendWhileThrottled(transport, withCookies(request, cookies));
    remember(cookies, answer.header("set-cookie"));
    const { value } = answer.json;
    const facts = { operation: request.operation, subject: request.subject };
    if (!Array.isArray(value)) throw new Unavailable({ ...facts, happened: "the answer has no list of values" });
    const next = answer.json["@odata.nextLink"];
    if (next === undefined || next === null) {
      refuseTruncation(answer, facts);
      yield value as readonly unknown[];
      return;
    }
    const url = nextUrl(transport, answer, request, next, facts);
    yield value as readonly unknown[];
    request = { ...first, url };
  }
}

interface Facts {
  readonly operation: string;
  readonly subject: string;
}

function nextUrl(
  transport: Transport,
  answer: AdminAnswer,
  request: AdminRequest,
  next: unknown,
  facts: Facts,
): string {
  const link = typeof next === "string" && URL.canParse(next, answer.url.href) ? new URL(next, answer.url) : undefined;
  // The answer's own host is one that the endpoint led to.
  const trusted = link !== undefined && isSameSite(transport.endpoint, link) && sharesHost(transport, answer, link);
  if (!trusted) {
    throw new Rejected({
      ...facts,
      happened: `the link to the next page leads to ${link?.host ?? "nowhere"}, not to ${answer.url.host}`,
      next: "The token was not sent there.",
    });
  }
  if (link.href === request.url)
    throw new Unavailable({ ...facts, happened: "the link to the next page leads to the same page" });
  return link.href;
}

function sharesHost(transport: Transport, answer: AdminAnswer, link: URL): boolean {
  return link.host === answer.url.host || link.host === transport.endpoint.host;
}

/** A cmdlet that cuts its result short says so in a warning only. */
function refuseTruncation(answer: AdminAnswer, facts: Facts): void {
  const warnings = answer.json["@adminapi.warnings"];
  const cut = Array.isArray(warnings) && warnings.some((text) => /more results available/i.test(String(text)));
  if (cut) throw new Rejected({ ...facts, happened: "the list was cut short: there are more results than were given" });
}

async function sendWhileThrottled(transport: Transport, request: AdminRequest): Promise<AdminAnswer> {
  const { clock, signal, random } = transport;
  const deadline = clock.now() + throttledPageMs;
  for (let pause = firstPauseMs; ; pause *= 2) {
    try {
      return await transport.send(request);
    } catch (error) {
      const wait = error instanceof Throttled ? (error.retryAfterMs ?? pause * (1 - random() / 2)) : undefined;
      if (wait === undefined || clock.now() + wait > deadline) throw error;
      await clock.sleep(wait, signal);
    }
  }
}

/** The cookies keep the pages of one listing on one server. */
function withCookies(request: AdminRequest, cookies: ReadonlyMap<string, string>): AdminRequest {
  if (cookies.size === 0) return request;
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  return { ...request, headers: { ...request.headers, Cookie: cookie } };
}

function remember(cookies: Map<string, string>, header: string | undefined): void {
  // Several cookies are joined with ", ", which also stands inside a date; a cookie begins with a name and "=".
  for (const cookie of (header ?? "").split(/,\s*(?=[^;,=\s]+=)/)) {
    const [, name, value] = /^\s*([^;=\s]+)=([^;]*)/.exec(cookie) ?? [];
    if (name !== undefined && value !== undefined) cookies.set(name, value);
  }
}
