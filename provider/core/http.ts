/**
 * HTTP for every client of this package: one pool of connections, the proxies of the environment, a time limit a request, answers as
 * text of a limited size (the other sides answer JSON, plain text, HTML, NUL bytes and nothing at all), and failures of the connection
 * as {@link Unavailable}, which say whether the request had been sent. Whether an answer's status is an error is the client's to say;
 * so is what to retry.
 */
import type { buildConnector } from "undici";
import { isLoopback } from "./address";
import type { Clock } from "./clock";
import { Rejected, Unavailable } from "./errors";
import type { Settings } from "./kind";
import { defaultTimeoutMs, type Outgoing, Passage, TooLarge, TooLate } from "./passage";
import { proxiesIn } from "./proxies";
import { wholeNumber } from "./settings";

export interface HttpRequest extends Outgoing {
  readonly url: string;
  /** For error messages: a verb phrase ("listing mailboxes of"). */
  readonly operation: string;
  /** For error messages: what the request is about. */
  readonly subject: string;
}

export interface HttpAnswer {
  readonly status: number;
  /** A header by its name in any case; several values joined with ", ". It may be kept without keeping the text in memory. */
  readonly header: (name: string) => string | undefined;
  /** The credential that was sent with the request is cut out of it, and of the headers. */
  readonly text: string;
}

export interface Http {
  /**
   * @throws Unavailable when no whole answer came that can be read, with `mayHaveHappened` when the request had been sent; Rejected when
   *   the answer is too large; the signal's reason when it is aborted
   */
  send(request: HttpRequest): Promise<HttpAnswer>;
  /** Ends idle connections. */
  close(): Promise<void>;
}

export interface HttpOptions {
  /** How many requests to one host may be under way at once. */
  readonly connections?: number;
  /** `answerLimitMebibytes` is read. */
  readonly settings?: Settings | undefined;
  /** Where the proxies are named. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

const mebibyte = 1024 * 1024;

/**
 * Opens connections for all clients of a process, so that one goes on with the TLS session of another. The trusted certificates are
 * made ready once: for each connection that would take longer than the rest of its handshake.
 */
let connector: buildConnector.connector | undefined;

/** @throws InvalidInput when the setting `answerLimitMebibytes` is no number, or a proxy of the environment has no address */
export async function createHttp(options: HttpOptions = {}): Promise<Http> {
  const { connections = 32, settings, environment = process.env } = options;
  const limitMiB = wholeNumber(settings, "answerLimitMebibytes", { fallback: 64, least: 1, most: 1024 });
  const proxies = proxiesIn(environment);
  // undici takes 60 ms to load, so a program that only declares resources must not pay for it.
  const { createSecureContext } = await import("node:tls");
  const { Agent, EnvHttpProxyAgent, buildConnector } = await import("undici");
  // undici's own limits would end a request whose answer takes five minutes to begin. The request's own time limit is the only one.
  const pool = { connections, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 };
  connector ??= buildConnector({ secureContext: createSecureContext() });
  const direct = new Agent({ ...pool, connect: connector });
  const proxied = proxies === undefined ? undefined : new EnvHttpProxyAgent({ ...pool, ...proxies });
  const limit = limitMiB * mebibyte;
  const credentials = new Credentials();

  return {
    async send(request) {
      const { url, headers = {}, timeoutMs = defaultTimeoutMs, signal, operation, subject } = request;
      signal?.throwIfAborted();
      const at = new URL(url);
      const passage = new Passage(request, limit);
      try {
        const { status, headers: given, body } = await passage.over(isLoopback(at) ? direct : (proxied ?? direct), at);
        const credential = credentials.in(headers);
        const safe = (text: string): string =>
          credential === undefined ? text : text.replaceAll(credential, "(token)");
        const header = (name: string): string | undefined => {
          const value = given[name.toLowerCase()];
          return value === undefined ? undefined : safe(Array.isArray(value) ? value.join(", ") : value);
        };
        const encoding = given["content-encoding"];
        const plain = encoding === undefined ? body : await decoded(body, encoding, limit);
        return { status, header, text: safe(textOf(plain)) };
      } catch (cause) {
        if (signal?.aborted === true && cause === signal.reason) throw cause;
        if (cause instanceof TooLarge) {
          throw new Rejected({
            operation,
            subject,
            happened: `the answer is larger than ${String(limitMiB)} MiB, and was not read to its end`,
            next: "m365audit:answerLimitMebibytes says how large an answer may be.",
            mayHaveHappened: true,
          });
        }
        const happened =
          cause instanceof Undecodable
            ? `the answer cannot be decoded (${cause.message})`
            : cause instanceof TooLate
              ? `no answer within ${String(timeoutMs / 1000)} s`
              : `the connection to ${at.host} failed (${causeText(cause)})`;
        throw new Unavailable({ operation, subject, happened, mayHaveHappened: passage.wasSent, cause });
      }
    },
    close: async () => {
      await Promise.all([direct.close(), proxied?.close()]);
    },
  };
}

class Undecodable extends Error {}

/** Without the mark that some begin UTF-8 with. */
function textOf(body: Buffer): string {
  const text = body.toString();
  return text.startsWith("\uFEFF") ? text.slice(1) : text;
}

type Decode = (
  body: Buffer,
  options: { readonly maxOutputLength: number },
  done: (error: Error | null, plain: Buffer) => void,
) => void;

/**
 * We ask for no encoding; one that comes all the same is taken off.
 * @throws TooLarge, Undecodable
 */
async function decoded(body: Buffer, encoding: string, limit: number): Promise<Buffer> {
  const name = encoding.trim().toLowerCase();
  if (name === "" || name === "identity") return body;
  const { brotliDecompress, gunzip, inflate } = await import("node:zlib");
  const decoders = new Map<string, Decode>([
    ["gzip", gunzip],
    ["x-gzip", gunzip],
    ["deflate", inflate],
    ["br", brotliDecompress],
  ]);
  const decoder = decoders.get(name);
  if (decoder === undefined) throw new Undecodable(`content-encoding ${JSON.stringify(name)} is not known`);
  return new Promise((resolve, reject) => {
    decoder(body, { maxOutputLength: limit }, (error, plain) => {
      if (error === null) resolve(plain);
      else reject(codeOf(error) === "ERR_BUFFER_TOO_LARGE" ? new TooLarge() : new Undecodable(causeText(error)));
    });
  });
}

/** What the `Authorization` of a request holds besides its scheme, if that is long enough to be told from ordinary words. */
class Credentials {
  #header: string | undefined;
  #credential: string | undefined;

  in(headers: NonNullable<Outgoing["headers"]>): string | undefined {
    const header = authorizationOf(headers);
    // Mostly that of the request before it.
    if (header !== this.#header) {
      this.#header = header;
      const credential = header?.replace(/^\w+\s+/, "").trim() ?? "";
      this.#credential = credential.length < 8 ? undefined : credential;
    }
    return this.#credential;
  }
}

function authorizationOf(headers: NonNullable<Outgoing["headers"]>): string | undefined {
  for (const name in headers) if (name.toLowerCase() === "authorization") return headers[name];
  return undefined;
}

function codeOf(error: unknown): string | undefined {
  const code = (error as { readonly code?: unknown } | null | undefined)?.code;
  return typeof code === "string" ? code : undefined;
}
function causeText(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const code = (cause as { code?: unknown }).code;
  return typeof code === "string" ? `${code}: ${cause.message}` : cause.message;
}

/**
 * Milliseconds of a Retry-After header, which is a number of seconds or an HTTP date (RFC 9110, section 10.2.3). Undefined when there is
 * none, it cannot be read, or it asks for no wait at all, as a date does that is past by our clock: then the wait is our own to choose,
 * and whoever is refused again and again does not ask again at once each time.
 */
export function retryAfterMs(value: string | undefined, clock: Clock): number | undefined {
  if (value === undefined || value.trim() === "") return undefined;
  const seconds = Number(value);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - clock.now();
  return ms > 0 ? ms : undefined;
}

/** Parses JSON; undefined for anything that is none (NUL bytes, HTML, plain text, nothing). */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
