/** The tenants of one sandbox: each has a directory (Entra) and an Exchange organization. */
import type { Directory } from "./entra/directory";
import type { MailboxPeople } from "./entra/users";
import type { ExchangeOrganization } from "./exchange/organization";

/** An application that was there from the start, with the permissions that deploying needs. */
export interface Deployer {
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface SandboxTenant {
  readonly tenantId: string;
  /** For example `contoso.onmicrosoft.com`. */
  readonly initialDomain: string;
  readonly displayName: string;
  readonly deployer: Deployer;
  readonly directory: Directory;
  readonly exchange: ExchangeOrganization;
  readonly people: MailboxPeople;
}

export interface Tenants {
  readonly all: readonly SandboxTenant[];
  /** A tenant by its id or its initial domain, in any case. */
  byName(name: string): SandboxTenant | undefined;
}

export function tenantList(all: readonly SandboxTenant[]): Tenants {
  return {
    all,
    byName: (name) => {
      const wanted = name.toLowerCase();
      return all.find(({ tenantId, initialDomain }) => tenantId === wanted || initialDomain === wanted);
    },
  };
}
