/**
 * The operator's side of the sandbox: reads everything back for assertions, and changes things behind the back of whoever manages
 * them. The same functions are served over HTTP by `controlRoutes.ts`.
 */
import { assignedRoleValue } from "./entra/appRoleAssignments";
import type { ServicePrincipal } from "./entra/directory";
import { roleNames } from "./entra/roleManagement";
import { servicePrincipalName } from "./entra/servicePrincipals";
import { noRequests, type RequestCounters } from "./counters";
import type { ExchangeConditions } from "./exchange/conditions";
import type { ExchangeFaults } from "./exchange/faults";
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
  OneSecureSnapshot,
  Organization,
  Source,
  SourceTampering,
} from "./onesecure/model";
import type { OneSecureStore } from "./onesecure/store";
import type { SandboxTenant, Tenants } from "./tenants";
import type { SandboxWorld } from "./world";

/** There is no such thing in the sandbox. */
export class NoSuchThing extends Error {
  override readonly name = "NoSuchThing";
}

export interface TenantSummary {
  readonly id: string;
  readonly initialDomain: string;
  readonly displayName: string;
  readonly mailboxes: number;
}

/** A certificate or client secret: never its value. */
export interface CredentialSummary {
  readonly keyId: string;
  readonly displayName: string | null;
  readonly startDateTime: string;
  readonly endDateTime: string;
}

export interface ApplicationSummary {
  readonly objectId: string;
  readonly clientId: string;
  readonly displayName: string;
  readonly owners: readonly string[];
  readonly certificates: readonly (CredentialSummary & { readonly thumbprint: string })[];
  readonly clientSecrets: readonly CredentialSummary[];
}

/** Admin consent to one application permission. */
export interface Consent {
  readonly id: string;
  readonly clientId: string;
  readonly api: string;
  /** The permission's value, for example `Exchange.ManageAsApp`. */
  readonly permission: string;
}

export interface HeldRole {
  readonly id: string;
  readonly clientId: string;
  readonly role: string;
  readonly directoryScopeId: string | null;
}

/** What a tenant's directory holds that was not there at the start. */
export interface DirectoryState {
  readonly applications: readonly ApplicationSummary[];
  readonly servicePrincipals: readonly {
    readonly objectId: string;
    readonly clientId: string;
    readonly displayName: string;
  }[];
  readonly consents: readonly Consent[];
  readonly roles: readonly HeldRole[];
  /** Object ids that were deleted and can still be restored. */
  readonly deletedItems: readonly string[];
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
export interface SandboxControl {
  tenants(): TenantSummary[];
  tenant(tenant: string): TenantState;
  /** One mailbox by user principal name or any other of its names. */
  mailbox(tenant: string, identity: string): Mailbox;
  /** All mailboxes, or only those whose audited actions are not all managed by Microsoft. */
  mailboxes(tenant: string, which?: "all" | "customised"): Mailbox[];
  bypassAssociations(tenant: string): BypassAssociation[];
  oneSecure(): OneSecureSnapshot;
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
  patchCredential(id: string, patch: CredentialTampering): Credential;
  patchSource(id: string, patch: SourceTampering): Source;
  patchConnector(id: string, patch: ConnectorTampering): Connector;
  /** Takes away an application's consent to a permission, by the permission's value. */
  removeConsent(tenant: string, clientId: string, permission: string): void;
  /** Takes away a directory role, by its name or template id. */
  removeRole(tenant: string, clientId: string, role: string): void;
  /** What the admin API of every tenant has to cope with; undefined for nothing. Starts its budgets and its faults anew. */
  setExchangeLoad(load: ExchangeLoad | undefined): void;
  setExchangeFaults(faults: ExchangeFaults | undefined): void;
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

export interface ControlDependencies {
  readonly tenants: Tenants;
  readonly store: OneSecureStore;
  readonly world: SandboxWorld;
  readonly requests: RequestCounters;
  readonly conditions: ExchangeConditions;
}

export function createControl({ tenants, store, world, requests, conditions }: ControlDependencies): SandboxControl {
  const of = (name: string): SandboxTenant => {
    const found = tenants.byName(name);
    if (found === undefined) throw new NoSuchThing(`The sandbox has no tenant '${name}'.`);
    return found;
  };
  return {
    tenants: () => tenants.all.map(summary),
    tenant: (tenant) => tenantState(of(tenant)),
    mailbox: (tenant, identity) => mailbox(of(tenant), identity),
    mailboxes: (tenant, which = "all") =>
      [...of(tenant).exchange.each()].filter(({ defaultAuditSet }) => which === "all" || defaultAuditSet.length < 3),
    bypassAssociations: (tenant) => [...of(tenant).exchange.eachBypass()],
    oneSecure: () => store.snapshot(),
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
    patchCredential: (id, patch) => store.patchCredential(id, patch),
    patchSource: (id, patch) => store.patchSource(id, patch),
    patchConnector: (id, patch) => store.patchConnector(id, patch),
    removeConsent: (tenant, clientId, permission) => {
      removeConsent(of(tenant), clientId, permission);
    },
    removeRole: (tenant, clientId, role) => {
      removeRole(of(tenant), clientId, role);
    },
    setExchangeLoad: (load) => {
      conditions.setLoad(load);
    },
    setExchangeFaults: (faults) => {
      conditions.setFaults(faults);
    },
    exchangeConditions: () => ({ load: conditions.load, faults: conditions.faults }),
  };
}

function summary({ tenantId, initialDomain, displayName, exchange }: SandboxTenant): TenantSummary {
  return { id: tenantId, initialDomain, displayName, mailboxes: exchange.mailboxCount };
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

function directoryState({ directory }: SandboxTenant): DirectoryState {
  const added = [...directory.servicePrincipals.values()].filter(({ seeded }) => !seeded);
  const clientIds = new Map(added.map(({ id, appId }) => [id, appId]));
  return {
    applications: [...directory.applications.values()]
      .filter(({ seeded }) => !seeded)
      .map(({ id, appId, properties, owners, keyCredentials, passwordCredentials }) => ({
        objectId: id,
        clientId: appId,
        displayName: String(properties["displayName"]),
        owners: [...owners],
        certificates: keyCredentials.map((one) => ({ ...credentialSummary(one), thumbprint: one.sha1.toUpperCase() })),
        clientSecrets: passwordCredentials.map(credentialSummary),
      })),
    servicePrincipals: added.map((principal) => ({
      objectId: principal.id,
      clientId: principal.appId,
      displayName: servicePrincipalName(principal, directory),
    })),
    consents: [...directory.appRoleAssignments.values()].flatMap((assignment) => {
      const clientId = clientIds.get(assignment.principalId);
      const api = directory.servicePrincipals.get(assignment.resourceId);
      if (clientId === undefined || api === undefined) return [];
      const permission = assignedRoleValue(assignment, directory) ?? assignment.appRoleId;
      return [{ id: assignment.id, clientId, api: servicePrincipalName(api, directory), permission }];
    }),
    roles: [...directory.roleAssignments.values()].flatMap(
      ({ id, principalId, roleDefinitionId, directoryScopeId }) => {
        const clientId = clientIds.get(principalId);
        if (clientId === undefined) return [];
        return [{ id, clientId, role: roleNames.get(roleDefinitionId) ?? roleDefinitionId, directoryScopeId }];
      },
    ),
    deletedItems: [...directory.deleted.keys()],
  };
}

function credentialSummary({ keyId, displayName, startDateTime, endDateTime }: CredentialSummary): CredentialSummary {
  return { keyId, displayName, startDateTime, endDateTime };
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
    if (recipientTypes === undefined ? type === "GroupMailbox" : !recipientTypes.includes(type)) continue;
    seen++;
    if (Math.floor(seen * share) === changed) continue;
    exchange.setMailboxAudit(glance.mailbox().guid, audit, whenChanged);
    changed++;
  }
  return changed;
}

function principalOf({ directory, initialDomain }: SandboxTenant, clientId: string): ServicePrincipal {
  const principal = directory.servicePrincipalByAppId(clientId);
  if (principal === undefined)
    throw new NoSuchThing(`${initialDomain} has no service principal of application '${clientId}'.`);
  return principal;
}

function removeConsent(tenant: SandboxTenant, clientId: string, permission: string): void {
  const { directory } = tenant;
  const held = directory
    .assignmentsOf(principalOf(tenant, clientId).id)
    .filter((assignment) => assignedRoleValue(assignment, directory) === permission);
  if (held.length === 0) throw new NoSuchThing(`Application '${clientId}' has no consent to '${permission}'.`);
  for (const { id } of held) directory.appRoleAssignments.delete(id);
}

function removeRole(tenant: SandboxTenant, clientId: string, role: string): void {
  const { id: principalId } = principalOf(tenant, clientId);
  const { roleAssignments } = tenant.directory;
  const held = [...roleAssignments.values()].filter(
    (one) =>
      one.principalId === principalId &&
      (one.roleDefinitionId === role || roleNames.get(one.roleDefinitionId) === role),
  );
  if (held.length === 0) throw new NoSuchThing(`Application '${clientId}' does not hold the role '${role}'.`);
  for (const { id } of held) roleAssignments.delete(id);
}
