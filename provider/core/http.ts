/**
 * HTTP for every client of this package: one pool of connections, a time limit a request, answers as text (the other sides
 * answer JSON, plain text, HTML, NUL bytes and nothing at all), and failures of the connection as {@link Unavailable}.
 * Whether an answer's status is an error is the client's to say; so is what to retry.
 */
import type { Clock } from "./clock";
import { Unavailable } from "./errors";

export interface HttpRequest {
  readonly method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Milliseconds until the answer must be there in full. Default 60,000. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
  /** For error messages: a verb phrase ("listing mailboxes of"). */
  readonly operation: string;
  /** For error messages: what the request is about. */
  readonly subject: string;
}

export interface HttpAnswer {
  readonly status: number;
  /** A header by its name in any case; several values joined with ", ". It may be kept without keeping the text in memory. */
  readonly header: (name: string) => string | undefined;
  readonly text: string;
}

export interface Http {
  /** @throws Unavailable when no whole answer came. */
  send(request: HttpRequest): Promise<HttpAnswer>;
  /** Ends idle connections. */
  close(): Promise<void>;
}

/** @param connections how many requests to one host may be under way at once */
export async function createHttp({ connections = 32 }: { readonly connections?: number } = {}): Promise<Http> {
  // undici takes 60 ms to load, so a program that only declares resources must not pay for it.
  const { Agent, request } = await import("undici");
  const dispatcher = new Agent({ connections, pipelining: 1 });
  return {
    async send({ method, url, headers, body, timeoutMs = 60_000, signal, operation, subject }) {
      const timeout = AbortSignal.timeout(timeoutMs);
      try {
        const answer = await request(url, {
          method,
          dispatcher,
          signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
          ...(headers === undefined ? {} : { headers }),
          ...(body === undefined ? {} : { body }),
        });
        const text = await answer.body.text();
        return {
          status: answer.statusCode,
          header: (name) => {
            const value = answer.headers[name.toLowerCase()];
            return Array.isArray(value) ? value.join(", ") : value;
          },
          text,
        };
      } catch (cause) {
        if (signal?.aborted === true) throw signal.reason;
        const happened = timeout.aborted
          ? `no answer within ${String(timeoutMs / 1000)} s`
          : `the connection to ${new URL(url).host} failed (${causeText(cause)})`;
        throw new Unavailable({ operation, subject, happened, cause });
      }
    },
    close: () => dispatcher.close(),
  };
}

function causeText(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const code = (cause as { code?: unknown }).code;
  return typeof code === "string" ? `${code}: ${cause.message}` : cause.message;
}

/**
 * Milliseconds of a Retry-After header, which is a number of seconds or an HTTP date (RFC 9110, section 10.2.3).
 * Undefined when there is none or it cannot be read.
 */
export function retryAfterMs(value: string | undefined, clock: Clock): number | undefined {
  if (value === undefined || value.trim() === "") return undefined;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - clock.now());
}

/** Parses JSON; undefined for anything that is none (NUL bytes, HTML, plain text, nothing). */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
