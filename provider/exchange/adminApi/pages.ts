/**
 * One walk through the pages of a list. Each answer has the link to the next; the same request goes there, with the cookies that keep
 * the pages of one list on one server.
 */
import { Rejected, Throttled, Unavailable } from "../../core/errors";
import { type AskedWaits, wait } from "../../core/wait";
import { isSameSite } from "./hosts";
import type { AdminAnswer, AdminRequest, Transport } from "./transport";

/** A page is asked for again in place for this long (milliseconds) while the other side throttles; links last some minutes. */
const throttledPageMs = 4 * 60_000;
/** The first pause (milliseconds) before something is asked for again; they double. */
export const firstPauseMs = 2_000;
/** No list has more pages: five million rows at 1,000 a page. */
const maximumPages = 5_000;

/** The links lead round in a circle, so the list has no end. */
export class CircularList extends Rejected {}

/**
 * @param first the request of page 1; its method, headers and body are those of every page
 * @param asked the waits that the service has asked for so far
 * @throws CircularList; Unavailable for an answer without a list; Rejected when a link leads elsewhere or the list is cut short or has no end
 */
export async function* pages(
  transport: Transport,
  first: AdminRequest,
  asked: AskedWaits,
): AsyncGenerator<readonly unknown[], void> {
  const cookies = new Map<string, string>();
  const seen = new Set<string>();
  let request = first;
  for (let page = 1; ; page += 1) {
    const answer = await sendWhileThrottled(transport, withCookies(request, cookies), asked);
    seen.add(answer.url.href);
    remember(cookies, answer.header("set-cookie"));
    const rows = rowsOf(answer, first);
    const next = nextLinkOf(answer);
    if (next === undefined) {
      if (isCutShort(answer)) {
        throw new Rejected({
          ...factsOf(first),
          happened: "the list was cut short: there are more results than were given",
        });
      }
      yield rows;
      return;
    }
    const url = nextUrl(transport, answer, next, first);
    if (seen.has(url)) {
      const happened = `the link to the page after page ${String(page)} leads back to one that was read already`;
      throw new CircularList({ ...factsOf(first), happened });
    }
    if (page === maximumPages) {
      throw new Rejected({ ...factsOf(first), happened: `after ${String(page)} pages there is still another one` });
    }
    seen.add(url);
    yield rows;
    request = { ...first, url };
  }
}

/** What an error about a listing says was being done. */
export function factsOf({ operation, subject }: AdminRequest): {
  readonly operation: string;
  readonly subject: string;
} {
  return { operation, subject };
}

/** @throws Unavailable when the answer holds none */
export function rowsOf({ json: { value } }: AdminAnswer, request: AdminRequest): readonly unknown[] {
  if (Array.isArray(value)) return value as readonly unknown[];
  throw new Unavailable({ ...factsOf(request), happened: "the answer has no list of values" });
}

/** The link to the page after this one. */
export function nextLinkOf({ json }: AdminAnswer): unknown {
  return json["@odata.nextLink"] ?? undefined;
}

/** A cmdlet that cuts its result short says so in a warning only. */
export function isCutShort({ json }: AdminAnswer): boolean {
  const warnings = json["@adminapi.warnings"];
  return Array.isArray(warnings) && warnings.some((text) => /more results available/i.test(String(text)));
}

function nextUrl(transport: Transport, answer: AdminAnswer, next: unknown, request: AdminRequest): string {
  const link = typeof next === "string" && URL.canParse(next, answer.url.href) ? new URL(next, answer.url) : undefined;
  // The answer's own host is one that the endpoint led to.
  const trusted = link !== undefined && isSameSite(transport.endpoint, link) && sharesHost(transport, answer, link);
  if (!trusted) {
    throw new Rejected({
      ...factsOf(request),
      happened: `the link to the next page leads to ${link?.host ?? "nowhere"}, not to ${answer.url.host}`,
      next: "The token was not sent there.",
    });
  }
  return link.href;
}

function sharesHost(transport: Transport, answer: AdminAnswer, link: URL): boolean {
  return link.host === answer.url.host || link.host === transport.endpoint.host;
}

async function sendWhileThrottled(
  transport: Transport,
  request: AdminRequest,
  asked: AskedWaits,
): Promise<AdminAnswer> {
  const { world, random } = transport;
  const deadline = world.clock.now() + throttledPageMs;
  for (let pause = firstPauseMs; ; pause *= 2) {
    try {
      return await transport.send(request);
    } catch (error) {
      if (!(error instanceof Throttled)) throw error;
      const next = error.retryAfterMs ?? pause * (1 - random() / 2);
      if (world.clock.now() + next > deadline) throw error;
      asked.grant(error);
      await wait(next, error.message, world);
    }
  }
}

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
