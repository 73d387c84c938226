/**
 * One request to the Exchange Online admin API: headers, token, redirects, and answers that are errors as tagged errors.
 *
 * The API is what the ExchangeOnlineManagement module talks to; Microsoft publishes no contract of it. Headers and their effect
 * are as seen in that module, CIPP-API and ScubaGear.
 */
import { randomUUID } from "node:crypto";
import type { Clock } from "../../core/clock";
import { AccessRefused, Rejected, Unavailable } from "../../core/errors";
import { type Http, parseJson } from "../../core/http";
import { retry } from "../../core/retry";
import type { Cmdlet } from "./cmdlet";
import { anchorOf } from "./cmdlet";
import { errorOf } from "./errors";
import { redirectTarget } from "./hosts";
import type { HeldToken, Tokens } from "../../identity/token";

export interface TransportOptions {
  /** For example `https://outlook.office365.com`. */
  readonly endpoint: string;
  readonly tenantId: string;
  readonly tokens: Tokens;
  readonly http: Http;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  /** Spreads the pauses; `Math.random` unless given. */
  readonly random?: (() => number) | undefined;
  /** What the token's holder still lacks, for error messages. */
  readonly lacking?: (() => string | undefined) | undefined;
}

/** By what a request finds its server. */
export interface Routing {
  /** `X-AnchorMailbox`. */
  readonly anchor: string;
  /** The anchor names a mailbox that the command is about. */
  readonly anchorIsParameter?: boolean;
  readonly cmdletName?: string;
}

export interface AdminRequest extends Routing {
  readonly method: "GET" | "POST";
  /** Absolute, or relative to the tenant's root (`InvokeCommand`, `Mailbox?…`). */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What is sent as JSON. A batch repeats the token in its body, so it may be made from the token that is used. */
  readonly body?: (token: HeldToken) => unknown;
  /** Milliseconds; the server itself gives up after 15 minutes. Default 960,000, as the module has it. */
  readonly timeoutMs?: number;
  readonly operation: string;
  readonly subject: string;
  /** The same for every try of one request. */
  readonly requestId?: string;
}

export interface AdminAnswer {
  /** Parsed JSON. */
  readonly json: Readonly<Record<string, unknown>>;
  header(name: string): string | undefined;
  /** Where the answer came from, after redirects. */
  readonly url: URL;
  /** The token that was accepted. */
  readonly token: HeldToken;
}

const moduleTimeoutMs = 960_000;
const maximumRedirects = 3;

export class Transport {
  readonly clock: Clock;
  readonly tokens: Tokens;
  readonly tenantId: string;
  readonly signal: AbortSignal | undefined;
  readonly random: () => number;
  readonly endpoint: URL;
  readonly #http: Http;
  readonly #lacking: () => string | undefined;
  readonly #connectionId = randomUUID();
  #origin: string;

  constructor(options: TransportOptions) {
    this.clock = options.clock;
    this.tokens = options.tokens;
    this.tenantId = options.tenantId;
    this.signal = options.signal;
    this.random = options.random ?? Math.random;
    this.endpoint = new URL(options.endpoint);
    this.#http = options.http;
    this.#lacking = options.lacking ?? (() => undefined);
    this.#origin = this.endpoint.origin;
  }

  /** The tenant's root, without a slash at the end. */
  get root(): string {
    const path = this.endpoint.pathname.replace(/\/+$/, "");
    return `${this.#origin}${path}/adminapi/beta/${this.tenantId}`;
  }

  /**
   * Sends once, and once more with a new token when the token is refused (401).
   *
   * @throws AccessRefused, Throttled, Unavailable, NotFound or Rejected for any answer that is no success
   */
  async send(request: AdminRequest): Promise<AdminAnswer> {
    const requestId = request.requestId ?? randomUUID();
    const token = await this.tokens.current();
    try {
      return await this.#sendWith(token, requestId, request);
    } catch (error) {
      if (!(error instanceof TokenRefused)) throw error;
      const renewed = await this.tokens.renew(token, error.challenge);
      return this.#sendWith(renewed, requestId, request).catch((second: unknown) => {
        throw second instanceof TokenRefused ? second.reason : second;
      });
    }
  }

  /** {@link send}, again while the other side is throttling or not well. The request must be one that may run twice. */
  sendPatiently(request: AdminRequest, onRetry?: (error: unknown, pauseMs: number) => void): Promise<AdminAnswer> {
    const requestId = randomUUID();
    return retry(() => this.send({ ...request, requestId }), {
      clock: this.clock,
      signal: this.signal,
      random: this.random,
      onRetry: (error, _attempt, pauseMs) => onRetry?.(error, pauseMs),
    });
  }

  /** Headers of a request or of a batch item. They carry the token: never log them. */
  headers(token: HeldToken, { anchor, anchorIsParameter, cmdletName }: Routing): Record<string, string> {
    return {
      Authorization: `Bearer ${token.value}`,
      Accept: "application/json",
      "Content-Type": "application/json",
      "X-AnchorMailbox": anchor,
      "X-ResponseFormat": "json",
      Prefer: "odata.maxpagesize=1000",
      "connection-id": this.#connectionId,
      ...(anchorIsParameter === true ? { "parameter-based-routing": "true" } : {}),
      ...(cmdletName === undefined ? {} : { "X-CmdletName": cmdletName }),
    };
  }

  /** Names what the identity lacks in an error about refused access. */
  refused(error: AccessRefused): AccessRefused {
    const next = this.#lacking();
    return next === undefined || error.facts.next !== undefined ? error : new AccessRefused({ ...error.facts, next });
  }

  async #sendWith(token: HeldToken, requestId: string, request: AdminRequest): Promise<AdminAnswer> {
    const { method, body, operation, subject, timeoutMs = moduleTimeoutMs } = request;
    let url = URL.canParse(request.url) ? request.url : `${this.root}/${request.url}`;
    for (let hop = 0; ; hop += 1) {
      const answer = await this.#http.send({
        method,
        url,
        headers: { ...this.headers(token, request), ...request.headers, "client-request-id": requestId },
        ...(body === undefined ? {} : { body: JSON.stringify(body(token)) }),
        timeoutMs,
        signal: this.signal,
        operation,
        subject,
      });
      // What is given back must not hold on to the text: a page of a listing is a megabyte.
      const { status, header, text } = answer;
      if (status >= 300 && status < 400) {
        url = this.#follow(url, header("location"), hop, { operation, subject, status });
        continue;
      }
      if (status < 200 || status >= 300) {
        const error = errorOf({ status, header, body: text }, this.clock, { operation, subject });
        if (!(error instanceof AccessRefused)) throw error;
        if (status === 401) throw new TokenRefused(this.refused(error), claimsChallenge(header("www-authenticate")));
        throw this.refused(error);
      }
      const json = parseJson(text);
      if (typeof json !== "object" || json === null) {
        throw new Unavailable({ operation, subject, status, happened: "the answer is no JSON" });
      }
      return { json: json as Readonly<Record<string, unknown>>, header, url: new URL(url), token };
    }
  }

  #follow(
    from: string,
    location: string | undefined,
    hop: number,
    facts: { readonly operation: string; readonly subject: string; readonly status: number },
  ): string {
    const target = redirectTarget(this.endpoint, from, location);
    if (target === undefined) {
      throw new Rejected({
        ...facts,
        happened: `redirected to ${location ?? "nowhere"}, which is not on the site of ${this.endpoint.host}`,
        next: "The token was not sent there.",
      });
    }
    if (hop >= maximumRedirects)
      throw new Rejected({ ...facts, happened: `redirected more than ${String(maximumRedirects)} times` });
    this.#origin = target.origin;
    return target.href;
  }
}

/** The token is not accepted; a new one may be. Stays inside this file. */
class TokenRefused extends Error {
  constructor(
    readonly reason: AccessRefused,
    readonly challenge: string | undefined,
  ) {
    super(reason.message);
  }
}

/** The claims challenge of a WWW-Authenticate header (continuous access evaluation), decoded. */
function claimsChallenge(header: string | undefined): string | undefined {
  const encoded = /\bclaims="([^"]+)"/.exec(header ?? "")?.[1];
  return encoded === undefined ? undefined : Buffer.from(encoded, "base64").toString("utf8");
}

/** The request that runs one cmdlet. */
export function invokeRequest(
  cmdlet: Cmdlet,
  tenantId: string,
  facts: { operation: string; subject: string },
): AdminRequest {
  const select = cmdlet.select === undefined ? "" : `?$select=${cmdlet.select.join(",")}`;
  return {
    method: "POST",
    url: `InvokeCommand${select}`,
    anchor: anchorOf(cmdlet, tenantId),
    anchorIsParameter: cmdlet.anchor !== undefined,
    cmdletName: cmdlet.name,
    body: () => commandBody(cmdlet),
    ...facts,
  };
}

/** The body that runs one cmdlet. Parameters are `{}` where there are none, never null. */
export function commandBody({ name, parameters }: Cmdlet): unknown {
  return { CmdletInput: { CmdletName: name, Parameters: parameters ?? {} } };
}
