/** A tenant for tests: the sandbox's Microsoft Graph behind real HTTP on loopback, with tokens that say what they grant. */
import Fastify, { type FastifyInstance, type FastifyReply } from "fastify";
import { manualClock } from "../../core/clock";
import type { Context } from "../../core/kind";
import { requireStackTenant } from "../../core/tenant";
import type { AcquireToken } from "../../identity/token";
import { noRequests } from "../../../sandbox/counters";
import { concurrentWrites } from "../../../sandbox/entra/concurrentWrites";
import { newApplicationProperties, newServicePrincipalProperties } from "../../../sandbox/entra/properties";
import { registerGraph } from "../../../sandbox/entra/graph";
import { keysAsSegments } from "../../../sandbox/entra/odata";
import { seedTenant } from "../../../sandbox/seedTenant";
import { type SandboxTenant, tenantList } from "../../../sandbox/tenants";
import { createWorld, graphTime, type SandboxWorld } from "../../../sandbox/world";
import { type GraphClient, openGraph } from "../graph/client";
import type { ConnectGraph } from "../graph/connect";
import { directoryRoleTemplates, type WellKnownApi } from "../wellKnown";

/** What the deploying identity's token says. Tests change it; tokens issued before keep what they said. */
export interface Grants {
  tid: string;
  roles: string[];
}

/** An answer in place of Graph's own, for one request. */
export interface Fault {
  /** Of which requests: a part of `METHOD /path`. Default: the next one. */
  readonly of?: string;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: none. */
  readonly body?: unknown;
}

/** The least with which everything here can be read and removed. */
export const enough = [
  "Application.Read.All",
  "RoleManagement.Read.Directory",
  "AppRoleAssignment.ReadWrite.All",
  "RoleManagement.ReadWrite.Directory",
];

export class GraphTenant {
  readonly clock = manualClock(Date.UTC(2026, 10, 23));
  readonly world: SandboxWorld = createWorld("graph", this.clock, this.clock);
  readonly tenant: SandboxTenant = seedTenant({ initialDomain: "contoso.onmicrosoft.com", mailboxes: 5 }, this.world);
  readonly id = this.tenant.tenantId;
  readonly grants: Grants = { tid: this.id, roles: [...enough] };
  /** Each request as it came: `GET /v1.0/…`, decoded. */
  readonly seen: string[] = [];
  readonly reported: string[] = [];
  readonly settings = new Map<string, string>();
  readonly faults: Fault[] = [];
  /** Tokens that Graph does not accept any more. */
  readonly revoked = new Set<string>();
  /** The tokens that were issued, in order. */
  readonly tokens: string[] = [];
  endpoint = "";
  readonly #app: FastifyInstance = Fastify({ rewriteUrl: ({ url = "/" }) => keysAsSegments(url) });

  static async start(): Promise<GraphTenant> {
    const tenant = new GraphTenant();
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

  /** Opens connections to this tenant, as `connectGraph` does with the real one. */
  readonly connect: ConnectGraph = async (ctx, { tenantId }) => {
    requireStackTenant(ctx.settings, tenantId, "connecting to Microsoft Graph of tenant");
    return this.open(tenantId);
  };

  open(tenantId = this.id): Promise<GraphClient> {
    return openGraph({
      endpoint: this.endpoint,
      tenantId,
      acquireToken: this.#acquire,
      clock: this.clock,
      random: () => 0,
      report: (line) => void this.reported.push(line),
    });
  }

  /** Adds an application with its service principal. */
  addApp(name: string): { readonly objectId: string; readonly clientId: string; readonly principalId: string } {
    const { directory } = this.tenant;
    const [objectId, clientId, principalId] = [this.world.newGuid(), this.world.newGuid(), this.world.newGuid()];
    const createdDateTime = graphTime(this.world.now());
    directory.applications.set(objectId, {
      id: objectId,
      appId: clientId,
      createdDateTime,
      properties: { ...newApplicationProperties("contoso.onmicrosoft.com"), displayName: name },
      keyCredentials: [],
      passwordCredentials: [],
      federatedIdentityCredentials: [],
      owners: new Set(),
      seeded: false,
    });
    directory.servicePrincipals.set(principalId, {
      id: principalId,
      appId: clientId,
      appOwnerOrganizationId: this.id,
      createdDateTime,
      properties: newServicePrincipalProperties(),
      passwordCredentials: [],
      owners: new Set(),
      seeded: false,
    });
    return { objectId, clientId, principalId };
  }

  /** Consents to a permission of one of Microsoft's APIs; any other value is taken for the role's id. Gives the assignment's id. */
  consent(principalId: string, api: WellKnownApi, permission: string): string {
    const { directory } = this.tenant;
    const resource = directory.servicePrincipalByAppId(api.appId);
    if (resource === undefined) throw new Error(`the tenant has no ${api.displayName}`);
    const appRoleId = api.appRoles.find(({ value }) => value === permission)?.id ?? permission;
    const id = this.world.newOpaqueId();
    const createdDateTime = graphTime(this.world.now());
    directory.appRoleAssignments.set(id, { id, appRoleId, principalId, resourceId: resource.id, createdDateTime });
    return id;
  }

  /** Assigns a directory role, by its name or template id. Gives the assignment's id. */
  assign(principalId: string, role: string, directoryScopeId = "/"): string {
    const id = this.world.newOpaqueId();
    const roleDefinitionId = (directoryRoleTemplates as Readonly<Record<string, string>>)[role] ?? role;
    this.tenant.directory.roleAssignments.set(id, {
      id,
      principalId,
      roleDefinitionId,
      directoryScopeId,
      appScopeId: null,
    });
    return id;
  }

  /** Ids of all that a principal holds. */
  held(principalId: string): string[] {
    const { appRoleAssignments, roleAssignments } = this.tenant.directory;
    return [...appRoleAssignments.values(), ...roleAssignments.values()]
      .filter((assignment) => assignment.principalId === principalId)
      .map(({ id }) => id);
  }

  /** Requests of which this is a part, as {@link seen} has them. */
  requests(part: string): readonly string[] {
    return this.seen.filter((request) => request.includes(part));
  }

  readonly #acquire: AcquireToken = async () => {
    await Promise.resolve();
    const claims = { tid: this.grants.tid, appid: "deployer", roles: this.grants.roles, jti: this.tokens.length };
    const parts = ["{}", JSON.stringify(claims), "signature"].map((part) => Buffer.from(part).toString("base64url"));
    const token = parts.join(".");
    this.tokens.push(token);
    return { token, lifetimeMs: 3_600_000 };
  };

  async #start(): Promise<void> {
    this.#app.addHook("onRequest", async (request, reply) => {
      const line = `${request.method} ${decodeURIComponent(request.url)}`;
      this.seen.push(line);
      const fault = this.faults.find(({ of = "" }) => line.includes(of));
      if (fault === undefined) return undefined;
      this.faults.splice(this.faults.indexOf(fault), 1);
      return answer(reply, fault);
    });
    registerGraph(this.#app, {
      tenants: tenantList([this.tenant]),
      authenticate: (request) => {
        const text = request.headers.authorization?.replace(/^Bearer /, "") ?? "";
        if (text === "" || this.revoked.has(text)) {
          return Promise.resolve({ problem: "expired", message: "Lifetime validation failed, the token is expired." });
        }
        const claims = JSON.parse(Buffer.from(text.split(".")[1] ?? "", "base64url").toString()) as Grants;
        return Promise.resolve({
          tenantId: claims.tid,
          appId: "deployer",
          objectId: "deployer",
          roles: claims.roles,
          wids: [],
        });
      },
      world: this.world,
      origin: () => this.endpoint,
      writes: concurrentWrites(noRequests()),
    });
    this.endpoint = await this.#app.listen({ port: 0, host: "127.0.0.1" });
  }
}

function answer(reply: FastifyReply, { status, headers = {}, body }: Fault): FastifyReply {
  return reply
    .code(status)
    .headers(headers)
    .send(body ?? "");
}
