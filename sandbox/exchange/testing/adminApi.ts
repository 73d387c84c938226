/** An admin API for tests: real requests through Fastify, with tokens that say of themselves what they grant. */
import type { FastifyInstance } from "fastify";
import Fastify from "fastify";
import { directoryRoleTemplates } from "../../../provider/entra/wellKnown";
import type { AccessToken, Authenticate, World } from "../../model";
import type { BehaviourChange } from "../behaviour";
import type { ExchangeHooks } from "../hooks";
import type { Mailbox } from "../model";
import type { ExchangeOrganization } from "../organization";
import { createOrganization } from "../organization";
import { registerExchange } from "../routes";
import { systemServer } from "../routing";

export const tenantId = "11111111-2222-4333-8444-555555555555";
export const otherTenantId = "99999999-2222-4333-8444-555555555555";
export const domain = "contoso.onmicrosoft.com";
export const customDomain = "contoso.example";
export const exchangeAdministrator = directoryRoleTemplates["Exchange Administrator"];

/** The `Authorization` of an app with both grants; what is given replaces part of it. */
export function bearer(grants: Partial<AccessToken> = {}): string {
  const token: AccessToken = {
    tenantId,
    appId: "aaaaaaaa-2222-4333-8444-555555555555",
    objectId: "bbbbbbbb-2222-4333-8444-555555555555",
    roles: ["Exchange.ManageAsApp"],
    wids: [exchangeAdministrator],
    ...grants,
  };
  return `Bearer ${Buffer.from(JSON.stringify(token)).toString("base64url")}`;
}

const authenticate: Authenticate = async (request) => {
  const text = request.headers.authorization?.replace(/^Bearer /, "");
  if (text === undefined) return { problem: "missing", message: "no token" };
  if (text === "expired") return { problem: "expired", message: "The token has expired." };
  return JSON.parse(Buffer.from(text, "base64url").toString()) as AccessToken;
};

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  // The tests say what they expect of it.
  readonly body: Record<string, unknown>;
}

export interface Row {
  readonly [property: string]: unknown;
  readonly Guid: string;
  readonly Name: string;
  readonly AuditAdmin: readonly string[];
  readonly AuditDelegate: readonly string[];
  readonly DefaultAuditSet: readonly string[];
}

const running: FastifyInstance[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map(async (app) => app.close()));
});

type Headers = Readonly<Record<string, string>>;

export class TestApi {
  readonly organization: ExchangeOrganization;
  readonly hooks: { -readonly [K in keyof ExchangeHooks]: ExchangeHooks[K] } = {};
  /** Milliseconds since the Unix epoch; tests set it. */
  now = Date.UTC(2026, 2, 1);
  readonly #app: FastifyInstance = Fastify({ forceCloseConnections: true });
  #origin: Promise<string> | undefined;

  constructor(options: { mailboxes?: number; dehydrated?: boolean; behaviour?: BehaviourChange } = {}) {
    const world: World = { now: () => this.now, newGuid: () => tenantId, issued: () => undefined };
    this.organization = createOrganization({
      tenantId,
      initialDomain: domain,
      mailboxes: options.mailboxes ?? 200,
      seed: "test",
      now: () => this.now,
      dehydrated: options.dehydrated ?? false,
      otherDomains: [customDomain],
      behaviour: options.behaviour,
    });
    const tenants = { find: (name: string) => (this.organization.isNamed(name) ? this.organization : undefined) };
    registerExchange(this.#app, { tenants, authenticate, world, hooks: this.hooks });
    running.push(this.#app);
  }

  /** Scheme, host and port. */
  async origin(): Promise<string> {
    this.#origin ??= this.#app.listen({ port: 0, host: "127.0.0.1" });
    return this.#origin;
  }

  async request(method: "GET" | "POST", url: string, headers: Headers, payload?: object | string): Promise<Answer> {
    const isRaw = typeof payload === "string";
    const answer = await fetch(new URL(url, await this.origin()), {
      method,
      headers: payload === undefined ? headers : { "content-type": "application/json", ...headers },
      ...(payload === undefined ? {} : { body: isRaw ? payload : JSON.stringify(payload) }),
    });
    const text = await answer.text();
    const isJson = answer.headers.get("content-type")?.startsWith("application/json") ?? false;
    const body = (isJson ? JSON.parse(text) : {}) as Record<string, unknown>;
    return { status: answer.status, headers: Object.fromEntries(answer.headers), text, body };
  }

  /** One cmdlet by `InvokeCommand`. */
  async invoke(
    cmdlet: string,
    parameters: object = {},
    options: { readonly headers?: Headers; readonly query?: string; readonly url?: string } = {},
  ): Promise<Answer> {
    const { headers, query = "", url = `/adminapi/beta/${tenantId}/InvokeCommand${query}` } = options;
    const payload = { CmdletInput: { CmdletName: cmdlet, Parameters: parameters } };
    return this.request("POST", url, { authorization: bearer(), ...headers }, payload);
  }

  /** A cmdlet that changes a mailbox or an account, sent to the server that hosts it. */
  async change(
    cmdlet: string,
    parameters: { readonly Identity: string } & Readonly<Record<string, unknown>>,
  ): Promise<Answer> {
    const mailbox = this.organization.mailbox(parameters.Identity);
    const headers = mailbox === undefined ? {} : { "x-anchormailbox": `UPN:${mailbox.userPrincipalName}` };
    return this.invoke(cmdlet, parameters, { headers });
  }

  /** People's mailboxes that are on the server of the system mailbox, or on others. */
  users(count: number, where: "withSystemMailbox" | "elsewhere" = "withSystemMailbox"): readonly Mailbox[] {
    const found = [...this.organization.each()].filter(
      ({ guid, recipientTypeDetails }) =>
        recipientTypeDetails === "UserMailbox" &&
        (this.organization.hostOf(guid) === systemServer) === (where === "withSystemMailbox"),
    );
    if (found.length < count) throw new Error(`there are only ${String(found.length)} mailboxes ${where}`);
    return found.slice(0, count);
  }

  async get(resource: string, headers: Headers = {}): Promise<Answer> {
    const url = resource.startsWith("http") ? resource : `/adminapi/beta/${tenantId}/${resource}`;
    return this.request("GET", url, { authorization: bearer(), ...headers });
  }

  /** The mailbox as a reader sees it. */
  async read(identity: string): Promise<Row> {
    const [row] = rows(await this.invoke("Get-Mailbox", { Identity: identity }));
    if (row === undefined) throw new Error(`no mailbox ${identity}`);
    return row;
  }
}

export function rows({ body }: Pick<Answer, "body">): Row[] {
  return body.value as Row[];
}

export function warnings({ body }: Pick<Answer, "body">): string[] {
  return body["@adminapi.warnings"] as string[];
}

/** The exception type and text of a failure, from the inner exception. */
export function failure({ body }: Pick<Answer, "body">): { type: string; text: string } {
  const { error } = body as { error: { innererror: { internalexception: { type: string; message: string } } } };
  const { type, message } = error.innererror.internalexception;
  return { type: type.slice(type.lastIndexOf(".") + 1), text: message };
}
