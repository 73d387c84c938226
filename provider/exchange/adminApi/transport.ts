/**
 * One request to the Exchange Online admin API: headers, token, redirects, and answers that are errors as tagged errors.
 *
 * The API is what the ExchangeOnlineManagement module talks to; Microsoft publishes no contract of it. Headers and their effect
 * are as seen in that module, CIPP-API and ScubaGear.
 */
import { randomUUID } from "node:crypto";
import { AccessRefused, Rejected, Unavailable } from "../../core/errors";
import { type Http, type HttpRequest, parseJson } from "../../core/http";
import { retry } from "../../core/retry";
import type { Waiting } from "../../core/wait";
import type { Cmdlet } from "./cmdlet";
import { anchorOf } from "./cmdlet";
import { errorOf, errorsBesides } from "./errors";
import { redirectTarget } from "./hosts";
import type { HeldToken, Tokens } from "../../identity/token";

export interface TransportOptions extends Waiting {
  /** For example `https://outlook.office365.com`. */
  readonly endpoint: string;
  readonly tenantId: string;
  readonly tokens: Tokens;
  readonly http: Http;
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
  /** What is sent as JSON. */
  readonly body?: unknown;
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
}

const moduleTimeoutMs = 960_000;
const maximumRedirects = 3;

export class Transport {
  readonly tokens: Tokens;
  readonly tenantId: string;
  /** Its clock, and who is told of waits. */
  readonly world: Waiting;
  readonly random: () => number;
  readonly endpoint: URL;
  readonly #http: Http;
  readonly #lacking: () => string | undefined;
  readonly #connectionId = randomUUID();
  #root: string;
  /** Put together once for each token, which is long. */
  #authorization: { readonly token: HeldToken; readonly value: string } | undefined;

  constructor(options: TransportOptions) {
    const { clock, settings, signal } = options;
    this.world = { clock, settings, signal, report: (line) => options.report(line) };
    this.tokens = options.tokens;
    this.tenantId = options.tenantId;
    this.random = options.random ?? Math.random;
    this.endpoint = new URL(options.endpoint);
    this.#http = options.http;
    this.#lacking = options.lacking ?? (() => undefined);
    this.#root = this.#rootAt(this.endpoint.origin);
  }

  /** The tenant's root, without a slash at the end. */
  get root(): string {
    return this.#root;
  }

  #rootAt(origin: string): string {
    const path = this.endpoint.pathname.replace(/\/+$/, "");
    return `${origin}${path}/adminapi/beta/${this.tenantId}`;
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
  sendPatiently(request: AdminRequest): Promise<AdminAnswer> {
    const requestId = randomUUID();
    return retry(() => this.send({ ...request, requestId }), {
      ...this.world,
      random: this.random,
      why: (error) => `Exchange Online: ${error instanceof Error ? error.message : String(error)}`,
    });
  }

  /** They carry the token: never log them. */
  #headers(token: HeldToken, requestId: string, request: AdminRequest): NonNullable<HttpRequest["headers"]> {
    if (this.#authorization?.token !== token) this.#authorization = { token, value: `Bearer ${token.value}` };
    const headers = {
      Authorization: this.#authorization.value,
      Accept: "application/json",
      "Content-Type": "application/json",
      "X-AnchorMailbox": request.anchor,
      "X-ResponseFormat": "json",
      "connection-id": this.#connectionId,
      "client-request-id": requestId,
      "parameter-based-routing": request.anchorIsParameter === true ? "true" : undefined,
      "X-CmdletName": request.cmdletName,
    };
    return request.headers === undefined ? headers : { ...headers, ...request.headers };
  }

  /** Names what the identity lacks in an error about refused access. */
  #refused(error: AccessRefused): AccessRefused {
    const next = this.#lacking();
    return next === undefined || error.facts.next !== undefined ? error : new AccessRefused({ ...error.facts, next });
  }

  async #sendWith(token: HeldToken, requestId: string, request: AdminRequest): Promise<AdminAnswer> {
    const { method, body, operation, subject, timeoutMs = moduleTimeoutMs } = request;
    let url = URL.canParse(request.url) ? request.url : `${this.root}/${request.url}`;
    for (let hop = 0; ; hop += 1) {
      const { status, header, text } = await this.#http.send({
        method,
        url,
        headers: this.#headers(token, requestId, request),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        timeoutMs,
        signal: this.world.signal,
        operation,
        subject,
      });
      // What is given back must not hold on to the text: a page of a listing is a megabyte.
      if (status >= 300 && status < 400) {
        url = this.#follow(url, header("location"), hop, { operation, subject, status });
        continue;
      }
      if (status < 200 || status >= 300) {
        const error = errorOf({ status, header, body: text }, this.world.clock, { operation, subject });
        if (!(error instanceof AccessRefused)) throw error;
        if (status === 401) throw new TokenRefused(this.#refused(error), claimsChallenge(header("www-authenticate")));
        throw this.#refused(error);
      }
      const json = parseJson(text);
      if (typeof json !== "object" || json === null) {
        throw new Unavailable({ operation, subject, status, happened: "the answer is no JSON" });
      }
      const answer = json as Readonly<Record<string, unknown>>;
      const besides = errorsBesides(answer);
      // The cmdlet's own errors may come with a status that says success.
      if (besides !== undefined)
        throw errorOf({ status, header, body: besides }, this.world.clock, { operation, subject });
      const answeredAt = url;
      return {
        json: answer,
        header,
        get url() {
          return new URL(answeredAt);
        },
      };
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
    this.#root = this.#rootAt(target.origin);
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

/**
 * The request that runs one cmdlet.
 *
 * @param anchor leads to the server of what the cmdlet is about; without one the cmdlet's usual one is taken
 */
export function invokeRequest(
  cmdlet: Cmdlet,
  tenantId: string,
  { operation, subject }: { operation: string; subject: string },
  anchor?: string,
): AdminRequest {
  const { name, parameters = {}, select } = cmdlet;
  return {
    method: "POST",
    url: select === undefined ? "InvokeCommand" : `InvokeCommand?$select=${select.join(",")}`,
    anchor: anchor ?? anchorOf(cmdlet, tenantId),
    anchorIsParameter: anchor !== undefined,
    cmdletName: name,
    // Parameters are `{}` where there are none, never null.
    body: { CmdletInput: { CmdletName: name, Parameters: parameters } },
    operation,
    subject,
  };
}
