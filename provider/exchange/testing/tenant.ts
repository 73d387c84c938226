/** A tenant for tests: the sandbox's Exchange Online behind real HTTP on loopback, with tokens that say what they grant. */
import Fastify, { type FastifyInstance, type FastifyRequest } from "fastify";
import { manualClock } from "../../core/clock";
import { AccessRefused } from "../../core/errors";
import type { Context } from "../../core/kind";
import { directoryRoleTemplates } from "../../entra/wellKnown";
import type { BehaviourChange } from "../../../sandbox/exchange/behaviour";
import type { ExchangeHooks } from "../../../sandbox/exchange/hooks";
import { createOrganization, type ExchangeOrganization } from "../../../sandbox/exchange/organization";
import type { ScopedRole } from "../../../sandbox/exchange/roles";
import { registerExchange } from "../../../sandbox/exchange/routes";
import type { AccessToken, TokenProblem } from "../../../sandbox/model";
import { type AdminApi, openAdminApi } from "../adminApi/client";
import type { AcquireToken } from "../../identity/token";
import type { Connect } from "../audit/connect";
import type { MailboxAuditInputs } from "../mailboxAuditContract";

export const tenantId = "11111111-2222-4333-8444-555555555555";
export const clientId = "aaaaaaaa-2222-4333-8444-555555555555";

/** What an identity holds. Tests change it; tokens issued before keep what they said. */
export interface Grants {
  tid: string;
  roles: string[];
  wids: string[];
  /** The identity platform refuses the identity itself. */
  refused?: boolean;
}

export function fullGrants(): Grants {
  return { tid: tenantId, roles: ["Exchange.ManageAsApp"], wids: [directoryRoleTemplates["Exchange Administrator"]] };
}

/** A request as it came in. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: FastifyRequest["headers"];
  readonly body: unknown;
}

interface TenantOptions {
  readonly mailboxes?: number;
  readonly dehydrated?: boolean;
  readonly behaviour?: BehaviourChange;
}

export class TestTenant {
  readonly organization: ExchangeOrganization;
  readonly hooks: { -readonly [K in keyof ExchangeHooks]: ExchangeHooks[K] } = {};
  readonly grants: { app: Grants; deployer: Grants } = {
    app: fullGrants(),
    deployer: { ...fullGrants(), roles: [], wids: [] },
  };
  readonly clock = manualClock(Date.UTC(2026, 2, 1));
  readonly seen: Seen[] = [];
  readonly reported: string[] = [];
  readonly settings = new Map<string, string>();
  /** Roles for an administrative unit, which are in no token. */
  scopedRoles: readonly ScopedRole[] = [];
  /** Tokens that the API does not accept any more. */
  readonly revoked = new Set<string>();
  /** How many tokens were issued. */
  tokens = 0;
  endpoint = "";
  readonly #app: FastifyInstance = Fastify({ bodyLimit: 10_000_000 });

  constructor(options: TenantOptions = {}) {
    this.organization = createOrganization({
      tenantId,
      initialDomain: "contoso.onmicrosoft.com",
      mailboxes: options.mailboxes ?? 60,
      seed: "exchange",
      now: () => this.clock.now(),
      dehydrated: options.dehydrated ?? false,
      behaviour: options.behaviour,
    });
  }

  static async start(options: TenantOptions = {}): Promise<TestTenant> {
    const tenant = new TestTenant(options);
    await tenant.#start();
    return tenant;
  }

  async stop(): Promise<void> {
    this.#app.server.closeAllConnections();
    await this.#app.close();
  }

  /** A context for kinds: the tenant's clock and settings, lines of progress noted. */
  context(): Context {
    return {
      clock: this.clock,
      settings: { get: (name) => this.settings.get(name) },
      report: (line) => void this.reported.push(line),
    };
  }

  /** Opens connections to this tenant, as `connect` does with the real one. */
  readonly connect: Connect = (ctx, inputs, as) => this.open(as, inputs.tenantId, ctx);

  open(as: "app" | "deployer" = "app", declared = tenantId, ctx = this.context()): Promise<AdminApi> {
    return openAdminApi({
      ...ctx,
      endpoint: this.endpoint,
      tenantId: declared,
      acquireToken: this.acquire(as),
      random: () => 0,
    });
  }

  acquire(as: "app" | "deployer"): AcquireToken {
    return async () => {
      await Promise.resolve();
      const grants = this.grants[as];
      if (grants.refused === true) {
        throw new AccessRefused({
          operation: "signing in as",
          subject: as,
          happened: "AADSTS700016: no such application",
        });
      }
      this.tokens += 1;
      const claims = { tid: grants.tid, appid: clientId, roles: grants.roles, wids: grants.wids, jti: this.tokens };
      const token = ["{}", JSON.stringify(claims), "signature"].map((part) => Buffer.from(part).toString("base64url"));
      return { token: token.join("."), lifetimeMs: 3_600_000 };
    };
  }

  /** Cmdlets by name, as they were called, batch items included. */
  called(name: string): readonly Readonly<Record<string, unknown>>[] {
    return this.seen
      .flatMap(({ body }) => commandsIn(body))
      .flatMap((one) => (one.name === name ? [one.parameters] : []));
  }

  count(part: string): number {
    return this.seen.filter(({ url }) => url.includes(part)).length;
  }

  async #start(): Promise<void> {
    this.#app.addHook("preHandler", (request, _reply, done) => {
      const { method, url, headers, body } = request;
      this.seen.push({ method, url, headers, body: typeof body === "string" ? (JSON.parse(body) as unknown) : body });
      done();
    });
    registerExchange(this.#app, {
      tenants: { find: (id) => (id === tenantId ? this.organization : undefined) },
      authenticate: (request) => Promise.resolve(this.#authenticate(request)),
      world: { now: () => this.clock.now(), newGuid: () => tenantId, issued: () => undefined },
      hooks: this.hooks,
      rolesOf: ({ wids }) => ({ tenantWide: wids, scoped: this.scopedRoles }),
    });
    this.endpoint = await this.#app.listen({ port: 0, host: "127.0.0.1" });
  }

  #authenticate(request: FastifyRequest): AccessToken | TokenProblem {
    const text = request.headers.authorization?.replace(/^Bearer /, "") ?? "";
    if (text === "") return { problem: "missing", message: "no token" };
    if (this.revoked.has(text)) return { problem: "expired", message: "The token has expired." };
    const claims = JSON.parse(Buffer.from(text.split(".")[1] ?? "", "base64url").toString()) as Grants;
    return { tenantId: claims.tid, appId: clientId, objectId: clientId, roles: claims.roles, wids: claims.wids };
  }
}

interface Command {
  readonly name: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

function commandsIn(body: unknown): readonly Command[] {
  const { CmdletInput: input, requests } = (body ?? {}) as {
    CmdletInput?: { CmdletName: string; Parameters: Record<string, unknown> };
    requests?: { body: unknown }[];
  };
  if (requests !== undefined) return requests.flatMap((request) => commandsIn(request.body));
  return input === undefined ? [] : [{ name: input.CmdletName, parameters: input.Parameters }];
}

/** What a program declares, with the connection that tests need. */
export function declared(settings: Partial<MailboxAuditInputs> = {}): MailboxAuditInputs {
  return { tenantId, clientId, certificatePem: "(certificate)", privateKeyPem: "(key)", ...settings };
}
