/**
 * The operator's side of the sandbox: reads everything back for assertions, and changes things behind the back of whoever manages
 * them. The same functions are served over HTTP by `controlRoutes.ts`.
 */
import { randomUUID } from "node:crypto";
import { instant, type MovableClock } from "./clock";
import { noRequests, type RequestCounters } from "./counters";
import { directoryControl, type DirectoryControl } from "./directoryControl";
import {
  directoryState,
  entraControl,
  type DirectoryState,
  type EntraControl,
  type EntraControlDependencies,
} from "./entraControl";
import { applicationAccessOf } from "./exchange/applicationAccess";
import type { BehaviourChange, ExchangeBehaviour } from "./exchange/behaviour";
import type { ExchangeConditions } from "./exchange/conditions";
import type { ExchangeFaults } from "./exchange/faultOptions";
import type { ExchangeLoad } from "./exchange/load";
import type {
  BypassAssociation,
  ExchangeCounters,
  Mailbox,
  MailboxAuditSettings,
  OrganizationSwitches,
  RecipientType,
} from "./exchange/model";
import type {
  Connector,
  ConnectorTampering,
  Credential,
  CredentialTampering,
  NewCredential,
  NewSource,
  OneSecureSnapshot,
  Organization,
  Source,
  SourceTampering,
} from "./onesecure/model";
import type { Connection, Connections, Outage } from "./onesecure/connections";
import type { OneSecureStore } from "./onesecure/store";
import { NoSuchThing } from "./noSuchThing";
import { nowPrivacyControl, type NowPrivacyControl } from "./nowprivacy/control";
import type { NowPrivacyStore } from "./nowprivacy/store";
import type { SandboxTenant, Tenants } from "./tenants";
import type { SandboxWorld } from "./world";

export type { DirectoryState, EntraConditions, EntraControl } from "./entraControl";
export { NoSuchThing } from "./noSuchThing";

export interface TenantSummary {
  readonly id: string;
  readonly initialDomain: string;
  readonly displayName: string;
  readonly mailboxes: number;
}

export interface TenantState extends TenantSummary {
  readonly directory: DirectoryState;
  readonly organization: OrganizationSwitches;
  /** User principal names or names of accounts whose actions are not audited. */
  readonly bypassed: readonly string[];
}

export interface Counters extends RequestCounters {
  /** By tenant id. */
  readonly tenants: Readonly<Record<string, ExchangeCounters>>;
}

/** Everything that takes a tenant takes its id or its initial domain, and throws {@link NoSuchThing} when there is none. */
export interface SandboxControl extends EntraControl, DirectoryControl, NowPrivacyControl {
  /** The time in the sandbox. */
  now(): Date;
  /**
   * Sets the sandbox's time, which goes on running from there.
   * @throws RangeError for a text that is no date and time
   */
  travelTo(when: Date | string): void;
  tenants(): TenantSummary[];
  tenant(tenant: string): TenantState;
  /** One mailbox by user principal name or any other of its names. */
  mailbox(tenant: string, identity: string): Mailbox;
  /** All mailboxes, or only those whose audited actions are not all managed by Microsoft. */
  mailboxes(tenant: string, which?: "all" | "customised"): Mailbox[];
  bypassAssociations(tenant: string): BypassAssociation[];
  oneSecure(): OneSecureSnapshot;
  /** Whether Entra accepts what each source signs in with, now. */
  oneSecureConnections(): readonly Connection[];
  /** Every time since the start in which Entra did not hold what a source signs in with. */
  oneSecureOutages(): readonly Outage[];
  counters(): Counters;
  resetCounters(): void;
  /** Every secret that was issued so far, for tests that look for them where they must not be. */
  issuedSecrets(): string[];

  /** Sets a mailbox's audit settings as given, without the rules of `Set-Mailbox`. */
  setMailboxAudit(tenant: string, identity: string, audit: Partial<MailboxAuditSettings>): Mailbox;
  /** The same for many mailboxes, group mailboxes left out. Gives back how many they were. */
  setMailboxesAudit(tenant: string, audit: Partial<MailboxAuditSettings>, which?: WhichMailboxes): number;
  setBypass(tenant: string, identity: string, bypass: boolean): BypassAssociation;
  setOrganization(tenant: string, switches: Partial<OrganizationSwitches>): OrganizationSwitches;
  addOneSecureOrganization(name: string): Organization;
  /** Makes credentials as a person does in the product. */
  addOneSecureCredential(credential: NewCredential): Promise<Credential>;
  /** Makes a source as a person does in the product, its connector switched off. */
  addOneSecureSource(source: NewSource): Source;
  /** Whether 1Secure refuses credentials that Entra does not accept at that moment. At first it takes them and only keeps watch. */
  setOneSecureVerifies(verifies: boolean): void;
  patchCredential(id: string, patch: CredentialTampering): Credential;
  patchSource(id: string, patch: SourceTampering): Source;
  patchConnector(id: string, patch: ConnectorTampering): Connector;
  /** What the admin API of every tenant has to cope with; undefined for nothing. Starts its budgets and its faults anew. */
  setExchangeLoad(load: ExchangeLoad | undefined): void;
  setExchangeFaults(faults: ExchangeFaults | undefined): void;
  exchangeBehaviour(tenant: string): ExchangeBehaviour;
  /** Turns some of a tenant's behaviour round, or all of it back with undefined. Throws ZodError for what is none. */
  setExchangeBehaviour(tenant: string, change: BehaviourChange | undefined): ExchangeBehaviour;
  /** Takes a mailbox away, with its account. */
  removeMailbox(tenant: string, identity: string): void;
  /** How long Exchange lets apps wait for what was newly assigned to them (RBAC for Applications), in milliseconds. At first 0. */
  setApplicationAccessDelay(tenant: string, milliseconds: number): void;
  exchangeConditions(): Pick<ExchangeConditions, "load" | "faults">;
}

export interface WhichMailboxes {
  /** Default: every type but `GroupMailbox`. */
  readonly recipientTypes?: readonly RecipientType[] | undefined;
  /** From 0 to 1: so many of them, spread evenly over the list. Default 1. */
  readonly share?: number | undefined;
  /** When they are to have been changed, in milliseconds since the Unix epoch. Default: now. */
  readonly whenChanged?: number | undefined;
}

export interface ControlDependencies extends EntraControlDependencies {
  readonly tenants: Tenants;
  readonly clock: MovableClock;
  readonly store: OneSecureStore;
  readonly connections: Connections;
  readonly nowPrivacy: NowPrivacyStore;
  readonly world: SandboxWorld;
  readonly requests: RequestCounters;
  readonly conditions: ExchangeConditions;
}

export function createControl(dependencies: ControlDependencies): SandboxControl {
  const { tenants, clock, store, connections, world, requests, conditions } = dependencies;
  const of = (name: string): SandboxTenant => {
    const found = tenants.byName(name);
    if (found === undefined) throw new NoSuchThing(`The sandbox has no tenant '${name}'.`);
    return found;
  };
  return {
    ...entraControl(dependencies, of),
    ...directoryControl(of),
    ...nowPrivacyControl(dependencies.nowPrivacy),
    now: () => new Date(world.now()),
    travelTo: (when) => {
      clock.travelTo(instant(when));
    },
    tenants: () => tenants.all.map(summary),
    tenant: (tenant) => tenantState(of(tenant)),
    mailbox: (tenant, identity) => mailbox(of(tenant), identity),
    mailboxes: (tenant, which = "all") =>
      [...of(tenant).exchange.each()].filter(({ defaultAuditSet }) => which === "all" || defaultAuditSet.length < 3),
    bypassAssociations: (tenant) => [...of(tenant).exchange.eachBypass()],
    oneSecure: () => store.snapshot(),
    oneSecureConnections: () => connections.connections(),
    oneSecureOutages: () => connections.outages(),
    counters: () => ({
      ...requests,
      tenants: Object.fromEntries(tenants.all.map(({ tenantId, exchange }) => [tenantId, { ...exchange.counters }])),
    }),
    resetCounters: () => {
      Object.assign(requests, noRequests());
      for (const { exchange } of tenants.all) exchange.resetCounters();
    },
    issuedSecrets: () => [...world.issuedSecrets],

    setMailboxAudit: (tenant, identity, audit) => {
      const found = of(tenant);
      return found.exchange.setMailboxAudit(mailbox(found, identity).guid, audit);
    },
    setApplicationAccessDelay: (tenant, milliseconds) => {
      applicationAccessOf(of(tenant).exchange).setDelay(milliseconds);
    },
    setMailboxesAudit: (tenant, audit, which) => setMailboxesAudit(of(tenant), audit, which),
    setBypass: (tenant, identity, bypass) => {
      const { exchange, initialDomain } = of(tenant);
      if (exchange.bypass(identity) === undefined)
        throw new NoSuchThing(`${initialDomain} has no account '${identity}'.`);
      return exchange.setBypass(identity, bypass);
    },
    setOrganization: (tenant, { auditDisabled, unifiedAuditLogIngestionEnabled, isDehydrated }) => {
      const { exchange } = of(tenant);
      if (auditDisabled !== undefined) exchange.setAuditDisabled(auditDisabled);
      if (unifiedAuditLogIngestionEnabled !== undefined) exchange.setUnifiedAuditLog(unifiedAuditLogIngestionEnabled);
      if (isDehydrated !== undefined) exchange.setDehydrated(isDehydrated);
      return exchange.switches();
    },
    addOneSecureOrganization: (name) => store.addOrganization(name),
    addOneSecureCredential: async (credential) => (await store.createCredential(randomUUID(), credential)).object,
    addOneSecureSource: (source) => store.addSource(source),
    setOneSecureVerifies: (verifies) => {
      store.refuseUnaccepted(verifies);
    },
    patchCredential: (id, patch) => store.patchCredential(id, patch),
    patchSource: (id, patch) => store.patchSource(id, patch),
    patchConnector: (id, patch) => store.patchConnector(id, patch),
    setExchangeLoad: (load) => {
      conditions.setLoad(load);
    },
    setExchangeFaults: (faults) => {
      conditions.setFaults(faults);
    },
    exchangeBehaviour: (tenant) => of(tenant).exchange.behaviour,
    setExchangeBehaviour: (tenant, change) => {
      const { exchange } = of(tenant);
      exchange.setBehaviour(change);
      return exchange.behaviour;
    },
    removeMailbox: (tenant, identity) => {
      const found = of(tenant);
      found.exchange.removeMailbox(mailbox(found, identity).guid);
    },
    exchangeConditions: () => ({ load: conditions.load, faults: conditions.faults }),
  };
}

function summary({ tenantId, initialDomain, displayName, exchange }: SandboxTenant): TenantSummary {
  return { id: tenantId, initialDomain, displayName, mailboxes: exchange.mailboxesLeft };
}

function tenantState(tenant: SandboxTenant): TenantState {
  const { exchange } = tenant;
  const bypassed = [...exchange.eachBypass()].filter(({ auditBypassEnabled }) => auditBypassEnabled === true);
  return {
    ...summary(tenant),
    directory: directoryState(tenant),
    organization: exchange.switches(),
    bypassed: bypassed.map(({ name }) => exchange.mailbox(name)?.userPrincipalName ?? name),
  };
}

function mailbox({ exchange, initialDomain }: SandboxTenant, identity: string): Mailbox {
  const found = exchange.mailbox(identity);
  if (found === undefined) throw new NoSuchThing(`${initialDomain} has no mailbox '${identity}'.`);
  return found;
}

function setMailboxesAudit(
  { exchange }: SandboxTenant,
  audit: Partial<MailboxAuditSettings>,
  { recipientTypes, share = 1, whenChanged }: WhichMailboxes = {},
): number {
  let seen = 0;
  let changed = 0;
  for (let position = 0; position < exchange.mailboxCount; position++) {
    const glance = exchange.glance(position);
    const type = glance.recipientTypeDetails;
    if (!glance.exists) continue;
    if (recipientTypes === undefined ? type === "GroupMailbox" : !recipientTypes.includes(type)) continue;
    seen++;
    if (Math.floor(seen * share) === changed) continue;
    exchange.setMailboxAudit(glance.mailbox().guid, audit, whenChanged);
    changed++;
  }
  return changed;
}
