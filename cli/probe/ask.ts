/** One request at a time, and the answer as it came: no retries, no errors made of it. What was sent and said is kept redacted. */
import { randomUUID } from "node:crypto";
import type { Clock } from "../../provider/core/clock";
import { M365AuditError } from "../../provider/core/errors";
import { type Http, type HttpAnswer, retryAfterMs } from "../../provider/core/http";
import { redirectTarget } from "../../provider/exchange/adminApi/hosts";
import type { Tokens } from "../../provider/identity/token";
import { RawAnswer } from "./answer";
import { NotAsked } from "./notAsked";
import { headerNames, type RedactedBody, type Redactor } from "./redact/redactor";

export interface ProbeRequest {
  readonly method: "GET" | "POST";
  /** What comes behind the tenant in the path, or a whole address that the service gave. */
  readonly path: string;
  /** In place of `adminapi/beta`. */
  readonly root?: string;
  /** In place of the tenant's id. */
  readonly tenant?: string;
  /** `X-AnchorMailbox`; the organization's system mailbox unless given. */
  readonly anchor?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A batch repeats the token for each of its items. */
  readonly body?: (authorization: string) => object;
  readonly withoutToken?: boolean;
}

/** A request and its answer, as they are written down. */
export interface Exchange {
  readonly name: string;
  readonly request: {
    readonly method: string;
    readonly address: string;
    readonly anchor: string;
    readonly body: unknown;
  };
  readonly answer:
    | { readonly status: number; readonly headers: Readonly<Record<string, unknown>>; readonly body: RedactedBody }
    | { readonly lost: string };
}

interface AskerOptions {
  readonly http: Http;
  readonly tokens: Tokens;
  /** For example `https://outlook.office365.com`. */
  readonly endpoint: string;
  readonly tenantId: string;
  readonly clock: Clock;
  readonly redactor: Redactor;
}

/** Milliseconds that the service may ask to be left alone for; for more, what was to be asked stays unasked. */
const patience = 60_000;
/** Longer than any command of the probe was seen to take, in milliseconds. */
const timeoutMs = 120_000;

export class Asker {
  readonly exchanges: Exchange[] = [];
  readonly tenantId: string;
  readonly #options: AskerOptions;
  #origin: string;

  constructor(options: AskerOptions) {
    this.#options = options;
    this.tenantId = options.tenantId;
    this.#origin = new URL(options.endpoint).origin;
  }

  /** The organization's system mailbox. */
  get organizationAnchor(): string {
    return `APP:SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}@${this.tenantId}`;
  }

  /** The address of what comes behind the tenant in the path. */
  address(
    path: string,
    { root = "adminapi/beta", tenant = this.tenantId }: Pick<ProbeRequest, "root" | "tenant"> = {},
  ): string {
    return URL.canParse(path) ? path : `${this.#origin}/${root}/${tenant}/${path}`;
  }

  /** @throws NotAsked when no answer came, or none that says anything of the question */
  async ask(name: string, request: ProbeRequest): Promise<RawAnswer> {
    const { clock } = this.#options;
    const answer = await this.#once(name, request);
    if (answer.status !== 429) return answer;
    const wait = retryAfterMs(answer.header("retry-after"), clock) ?? 10_000;
    if (wait > patience) throw new NotAsked(`the service asked to wait for ${String(Math.ceil(wait / 1000))} s`);
    await clock.sleep(wait);
    const again = await this.#once(name, request);
    if (again.status === 429) throw new NotAsked("the service asked to wait, twice");
    return again;
  }

  async #once(name: string, request: ProbeRequest): Promise<RawAnswer> {
    const { redactor, tokens } = this.#options;
    const authorization = await bearer(tokens);
    const anchor = request.anchor ?? this.organizationAnchor;
    const address = this.address(request.path, request);
    const body = request.body?.(authorization);
    const shown = {
      method: request.method,
      address: redactor.address(address),
      anchor: shownAnchor(anchor, redactor),
      body: redactor.json(body ?? null),
    };
    try {
      const answer = await this.#send(address, { ...request, anchor }, authorization, body);
      const headers = Object.fromEntries(
        headerNames.flatMap((header) => {
          const value = answer.header(header);
          return value === undefined ? [] : [[header, value] as const];
        }),
      );
      this.exchanges.push({
        name,
        request: shown,
        answer: { status: answer.status, headers: redactor.headers(headers), body: redactor.body(answer.text) },
      });
      return new RawAnswer(answer);
    } catch (error) {
      if (!(error instanceof M365AuditError)) throw error;
      const lost = redactor.sentence(error.facts.happened);
      this.exchanges.push({ name, request: shown, answer: { lost } });
      throw new NotAsked(`no answer came: ${lost}`);
    }
  }

  async #send(
    address: string,
    request: ProbeRequest & { readonly anchor: string },
    authorization: string,
    body: object | undefined,
  ): Promise<HttpAnswer> {
    const { http, endpoint } = this.#options;
    let url = address;
    for (let hop = 0; ; hop += 1) {
      const answer = await http.send({
        method: request.method,
        url,
        headers: {
          ...(request.withoutToken === true ? {} : { Authorization: authorization }),
          Accept: "application/json",
          "Content-Type": "application/json",
          "X-AnchorMailbox": request.anchor,
          "X-ResponseFormat": "json",
          "client-request-id": randomUUID(),
          ...request.headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        timeoutMs,
        operation: "asking",
        subject: "Exchange Online",
      });
      if (answer.status < 300 || answer.status >= 400) return answer;
      const target = redirectTarget(new URL(endpoint), url, answer.header("location"));
      if (target === undefined || hop >= 3) return answer;
      this.#origin = target.origin;
      url = target.href;
    }
  }
}

async function bearer(tokens: Tokens): Promise<string> {
  try {
    return `Bearer ${(await tokens.current()).value}`;
  } catch (error) {
    if (error instanceof M365AuditError) throw new NotAsked(`there was no new token (${error.tag})`);
    throw error;
  }
}

/** `UPN:<address-1>`: what kind of anchor it was, not whose. */
function shownAnchor(anchor: string, redactor: Redactor): string {
  const [, kind = "", value = ""] = /^(\w+:)?(.*)$/.exec(anchor) ?? [];
  const [, system = "", id = "", rest = ""] = /^(SystemMailbox\{)([^}]*)\}@(.*)$/.exec(value) ?? [];
  if (system !== "") return `${kind}${system}${redactor.word(id)}}@${redactor.word(rest)}`;
  const [name = "", tenant] = kind === "MBX:" ? value.split("@") : [value];
  return `${kind}${redactor.word(name)}${tenant === undefined ? "" : `@${redactor.word(tenant)}`}`;
}
