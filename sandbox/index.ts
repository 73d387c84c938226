/**
 * A Microsoft 365 tenant (or several) and the products that audit it, on this machine: Entra ID and Microsoft Graph, the Exchange
 * admin API and 1Secure behind one HTTPS origin on loopback. Nothing outside this machine is reached, and nothing can reach in.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { machineClock, movableClock } from "./clock";
import { createControl, type SandboxControl } from "./control";
import { createAccessTokens } from "./entra/accessTokens";
import { concurrentWrites } from "./entra/concurrentWrites";
import { createExternalIssuer } from "./entra/externalIssuer";
import type { ReplicationOptions } from "./entra/replication";
import { noRequests } from "./counters";
import type { BehaviourChange } from "./exchange/behaviour";
import { createExchangeConditions } from "./exchange/conditions";
import type { ExchangeFaults } from "./exchange/faultOptions";
import type { ExchangeLoad } from "./exchange/load";
import { groupMembers, readsByExchange } from "./exchangeDirectory";
import { microsoft365Of } from "./nowprivacy/microsoft365";
import { NowPrivacyStore } from "./nowprivacy/store";
import { acceptanceOf } from "./onesecure/acceptance";
import { watchConnections } from "./onesecure/connections";
import { createOneSecureStore } from "./onesecure/store";
import { seedTenant, type TenantOptions } from "./seedTenant";
import { serve } from "./server";
import { tenantList, type Deployer } from "./tenants";
import { createLoopbackTls } from "./tls";
import { createWorld, seededSecret, type SandboxClock } from "./world";

export type { SandboxControl } from "./control";
export type { DelayRange, ReplicationDelay, ReplicationOptions } from "./entra/replication";
export type { BehaviourChange, ExchangeBehaviour } from "./exchange/behaviour";
export type { ExchangeFaults } from "./exchange/faultOptions";
export type { ExchangeLoad } from "./exchange/load";
export type { TenantOptions } from "./seedTenant";
export type { Deployer } from "./tenants";

/** The seed that the repository's stack files count on: their tenant ids are made from it. */
export const defaultSeed = "m365audit";

/** The security group that NOW Privacy has from the start. */
export const defaultSecurityGroup = "Privacy team";

export const defaultTenants: readonly TenantOptions[] = [
  { initialDomain: "contoso.onmicrosoft.com" },
  { initialDomain: "fabrikam.onmicrosoft.com" },
];

export interface SandboxOptions {
  /** TCP port; 0 (the default) takes any that is free. */
  readonly port?: number;
  /** All ids, names and secrets are made from it. Default {@link defaultSeed}. */
  readonly seed?: string;
  /** Default {@link defaultTenants}. */
  readonly tenants?: readonly TenantOptions[];
  /** What the sandbox's time is counted from until it is moved by {@link SandboxControl.travelTo}. Default: the machine's clock. */
  readonly clock?: SandboxClock;
  /** By which clients date their assertions. Default: the machine's clock. */
  readonly wallClock?: SandboxClock;
  /** How long what is written to Entra takes to be seen by all. Default: no time. */
  readonly replication?: ReplicationOptions | undefined;
  /** Milliseconds that a write to an application takes: of two that overlap, the second is refused with 409. Default 0: none overlap. */
  readonly writeLatencyMs?: number | undefined;
  /** How long the Exchange admin API takes, and how much it takes on. Default: no time, and everything. */
  readonly exchangeLoad?: ExchangeLoad | undefined;
  /** What goes wrong by chance in the Exchange admin API. Default: nothing. */
  readonly exchangeFaults?: ExchangeFaults | undefined;
  /** Where the Exchange admin API of every tenant is to behave differently; a tenant's own option goes before. */
  readonly exchangeBehaviour?: BehaviourChange | undefined;
}

/** A tenant as someone who uses the sandbox needs to know it. */
export interface TenantInfo {
  readonly id: string;
  readonly initialDomain: string;
  readonly displayName: string;
  readonly deployer: Deployer;
}

export interface Sandbox {
  /** `https://localhost:PORT`, no slash at the end. */
  readonly origin: string;
  /** PEM file with the certificate authority to trust. */
  readonly caFile: string;
  readonly tenants: readonly TenantInfo[];
  /** Environment for programs that are to work on this tenant: a Pulumi engine with its plugins, or our own clients. */
  environment(tenant: TenantInfo): Record<string, string>;
  readonly control: SandboxControl;
  /** Ends all connections and removes the files. */
  close(): Promise<void>;
}

/**
 * Starts a sandbox. It listens on 127.0.0.1 and, where the machine has it, on ::1, because `localhost` can mean either.
 * @throws the system's error (`code` EADDRINUSE, EACCES) when the port can't be had
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { port = 0, seed = defaultSeed, wallClock = machineClock } = options;
  const clock = movableClock(options.clock ?? machineClock);
  const world = createWorld(seed, clock, wallClock);
  const behaving = (tenant: TenantOptions): TenantOptions => ({
    ...tenant,
    exchangeBehaviour: { ...options.exchangeBehaviour, ...tenant.exchangeBehaviour },
  });
  const tenants = tenantList((options.tenants ?? defaultTenants).map((tenant) => seedTenant(behaving(tenant), world)));
  const domains = tenants.all.map(({ initialDomain }) => initialDomain);
  if (new Set(domains).size < domains.length)
    throw new RangeError(`Two tenants have the same domain: ${domains.join(", ")}.`);
  const accepts = acceptanceOf(tenants, () => world.now());
  const store = createOneSecureStore(world, accepts);
  const connections = watchConnections(store, accepts, world);
  for (const { displayName } of tenants.all) store.addOrganization(displayName);
  const oneSecureToken = seededSecret(seed, "onesecure");
  world.issued(oneSecureToken);
  const nowPrivacy = new NowPrivacyStore(
    world,
    microsoft365Of(tenants, { now: () => world.now(), members: groupMembers, alsoReads: readsByExchange }),
  );
  nowPrivacy.addSecurityGroup(defaultSecurityGroup);
  const nowPrivacyToken = seededSecret(seed, "nowprivacy");
  world.issued(nowPrivacyToken);

  let origin = "";
  const requests = noRequests();
  const conditions = createExchangeConditions();
  conditions.setLoad(options.exchangeLoad);
  conditions.setFaults(options.exchangeFaults);
  const writes = concurrentWrites(requests);
  writes.setLatency(options.writeLatencyMs ?? 0);
  world.replication.set(options.replication);
  const [tls, tokens] = await Promise.all([createLoopbackTls(), createAccessTokens(world, () => origin)]);
  const issuer = createExternalIssuer(world, () => origin);
  const control = createControl({
    tenants,
    clock,
    store,
    connections,
    nowPrivacy,
    world,
    requests,
    conditions,
    writes,
    issuer,
  });
  const server = await serve({
    tls,
    port,
    tenants,
    tokens,
    world,
    origin: () => origin,
    requests,
    store,
    oneSecureToken,
    nowPrivacy,
    nowPrivacyToken,
    control,
    exchangeHooks: conditions.hooks,
    issuer,
    writes,
    afterGraphWrite: () => {
      connections.checkCredentials();
      nowPrivacy.look();
    },
  });
  origin = `https://localhost:${String(server.port)}`;
  const files = temporaryFiles(tls.caPem);
  return {
    origin,
    caFile: files.caFile,
    tenants: tenants.all.map(({ tenantId, initialDomain, displayName, deployer }) => ({
      id: tenantId,
      initialDomain,
      displayName,
      deployer,
    })),
    environment: ({ id, deployer }) => ({
      ARM_METADATA_HOSTNAME: `localhost:${String(server.port)}`,
      ARM_TENANT_ID: id,
      ARM_CLIENT_ID: deployer.clientId,
      ARM_CLIENT_SECRET: deployer.clientSecret,
      SSL_CERT_FILE: files.caFile,
      NODE_EXTRA_CA_CERTS: files.caFile,
      M365AUDIT_AUTHORITY_HOST: origin,
      M365AUDIT_EXCHANGE_ENDPOINT: origin,
      M365AUDIT_GRAPH_ENDPOINT: origin,
      M365AUDIT_ONESECURE_ENDPOINT: `${origin}/onesecure/v1`,
      M365AUDIT_ONESECURE_TOKEN: oneSecureToken,
      M365AUDIT_NOWPRIVACY_ENDPOINT: `${origin}/nowprivacy/v1`,
      M365AUDIT_NOWPRIVACY_TOKEN: nowPrivacyToken,
    }),
    control,
    close: async () => {
      await server.close();
      files.remove();
    },
  };
}

/** A private folder with the CA, removed on close or, failing that, when the process ends. */
function temporaryFiles(caPem: string): { readonly caFile: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), "m365audit-sandbox-"));
  const caFile = join(folder, "ca.pem");
  writeFileSync(caFile, caPem, { mode: 0o600 });
  const remove = (): void => {
    process.off("exit", remove);
    rmSync(folder, { recursive: true, force: true });
  };
  process.once("exit", remove);
  return { caFile, remove };
}
