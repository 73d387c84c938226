/**
 * A Microsoft 365 tenant (or several) and the products that audit it, on this machine: Entra ID and Microsoft Graph, the Exchange
 * admin API and 1Secure behind one HTTPS origin on loopback. Nothing outside this machine is reached, and nothing can reach in.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createControl, type SandboxControl } from "./control";
import { createAccessTokens } from "./entra/accessTokens";
import { noRequests } from "./counters";
import { createExchangeConditions } from "./exchange/conditions";
import type { ExchangeFaults } from "./exchange/faults";
import type { ExchangeLoad } from "./exchange/load";
import { createOneSecureStore } from "./onesecure/store";
import { seedTenant, type TenantOptions } from "./seedTenant";
import { serve } from "./server";
import { tenantList, type Deployer } from "./tenants";
import { createLoopbackTls } from "./tls";
import { createWorld, seededSecret, type SandboxClock } from "./world";

export type { SandboxControl } from "./control";
export type { ExchangeFaults } from "./exchange/faults";
export type { ExchangeLoad } from "./exchange/load";
export type { TenantOptions } from "./seedTenant";
export type { Deployer } from "./tenants";

/** The seed that the repository's stack files count on: their tenant ids are made from it. */
export const defaultSeed = "m365audit";

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
  /** Default: the system's clock. */
  readonly clock?: SandboxClock;
  /** How long the Exchange admin API takes, and how much it takes on. Default: no time, and everything. */
  readonly exchangeLoad?: ExchangeLoad | undefined;
  /** What goes wrong by chance in the Exchange admin API. Default: nothing. */
  readonly exchangeFaults?: ExchangeFaults | undefined;
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
  const { port = 0, seed = defaultSeed, clock = { now: () => Date.now() } } = options;
  const world = createWorld(seed, clock);
  const tenants = tenantList((options.tenants ?? defaultTenants).map((tenant) => seedTenant(tenant, world)));
  const domains = tenants.all.map(({ initialDomain }) => initialDomain);
  if (new Set(domains).size < domains.length)
    throw new RangeError(`Two tenants have the same domain: ${domains.join(", ")}.`);
  const store = createOneSecureStore(world);
  for (const { displayName } of tenants.all) store.addOrganization(displayName);
  const oneSecureToken = seededSecret(seed, "onesecure");
  world.issued(oneSecureToken);

  let origin = "";
  const requests = noRequests();
  const conditions = createExchangeConditions();
  conditions.setLoad(options.exchangeLoad);
  conditions.setFaults(options.exchangeFaults);
  const control = createControl({ tenants, store, world, requests, conditions });
  const [tls, tokens] = await Promise.all([createLoopbackTls(), createAccessTokens(world, () => origin)]);
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
    control,
    exchangeHooks: conditions.hooks,
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
      M365AUDIT_ONESECURE_ENDPOINT: `${origin}/onesecure/v1`,
      M365AUDIT_ONESECURE_TOKEN: oneSecureToken,
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
