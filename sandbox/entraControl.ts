/** The operator's side of Entra: what is in a directory, how it replicates, and changes behind the back of whoever manages it. */
import { microsoftGraph } from "../provider/entra/wellKnown";
import { addAdministrativeUnit } from "./entra/administrativeUnits";
import { assignedRoleValue } from "./entra/appRoleAssignments";
import type { ConcurrentWrites } from "./entra/concurrentWrites";
import type { FederatedIdentityCredential, ServicePrincipal } from "./entra/directory";
import type { ExternalIssuer, FederatedSubject } from "./entra/externalIssuer";
import type { ReplicationOptions } from "./entra/replication";
import { roleNames } from "./entra/roleManagement";
import { servicePrincipalName } from "./entra/servicePrincipals";
import { NoSuchThing } from "./noSuchThing";
import type { SandboxTenant } from "./tenants";
import { graphTime, type SandboxWorld } from "./world";

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
  readonly federatedCredentials: readonly FederatedIdentityCredential[];
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
  readonly administrativeUnits: readonly {
    readonly id: string;
    readonly displayName: string;
    readonly members: readonly string[];
  }[];
  /** Object ids that were deleted and can still be restored. */
  readonly deletedItems: readonly string[];
}

/** Under what conditions Entra is run. */
export interface EntraConditions {
  /** Undefined while everything that is written is seen at once. */
  readonly replication: ReplicationOptions | undefined;
  /** Milliseconds that a write to an application takes. Writes to the same one that overlap collide: the second gets 409. */
  readonly writeLatencyMs: number;
}

/** Everything that takes a tenant takes its id or its initial domain, and throws {@link NoSuchThing} when there is none. */
export interface EntraControl {
  /** Gives an application consent to a permission of Microsoft Graph, by the permission's value. */
  addConsent(tenant: string, clientId: string, permission: string): void;
  /** Takes away an application's consent to a permission, by the permission's value. */
  removeConsent(tenant: string, clientId: string, permission: string): void;
  /** Takes away a directory role, by its name or template id. */
  removeRole(tenant: string, clientId: string, role: string): void;
  /** How long what is created from now on takes to be seen by all; undefined for no time, also for what is still under way. */
  setReplication(replication: ReplicationOptions | undefined): void;
  /** How long a write to an application takes, in milliseconds. 0, at first: nothing collides. */
  setWriteLatency(milliseconds: number): void;
  entraConditions(): EntraConditions;
  /** A token of the sandbox's own issuer outside Entra, which a federated identity credential may trust: a client assertion. */
  federatedAssertion(about: FederatedSubject): Promise<string>;
  /** The `issuer` that such a credential names. */
  federatedIssuer(): string;
  /**
   * Makes an administrative unit.
   * @param members users by user principal name or object id
   */
  addAdministrativeUnit(tenant: string, displayName: string, members?: readonly string[]): { readonly id: string };
}

export interface EntraControlDependencies {
  readonly world: SandboxWorld;
  readonly writes: ConcurrentWrites;
  readonly issuer: ExternalIssuer;
}

/** @param of finds a tenant by name */
export function entraControl(
  { world, writes, issuer }: EntraControlDependencies,
  of: (tenant: string) => SandboxTenant,
): EntraControl {
  return {
    addConsent: (tenant, clientId, permission) => {
      addConsent(of(tenant), clientId, permission);
    },
    removeConsent: (tenant, clientId, permission) => {
      removeConsent(of(tenant), clientId, permission);
    },
    removeRole: (tenant, clientId, role) => {
      removeRole(of(tenant), clientId, role);
    },
    setReplication: (replication) => {
      world.replication.set(replication);
    },
    setWriteLatency: (milliseconds) => {
      writes.setLatency(milliseconds);
    },
    entraConditions: () => ({ replication: world.replication.options, writeLatencyMs: writes.latencyMs }),
    federatedAssertion: (about) => issuer.sign(about),
    federatedIssuer: () => issuer.url(),
    addAdministrativeUnit: (tenant, displayName, members = []) => {
      const { directory, initialDomain } = of(tenant);
      const users = members.map((name) => {
        const user = directory.user(name.toLowerCase());
        if (user === undefined) throw new NoSuchThing(`${initialDomain} has no user '${name}'.`);
        return user.id;
      });
      const unit = addAdministrativeUnit(directory, displayName);
      for (const id of users) unit.members.add(id);
      return { id: unit.id };
    },
  };
}

/** What a tenant's directory holds that was not there at the start. */
export function directoryState({ directory }: SandboxTenant): DirectoryState {
  const added = [...directory.servicePrincipals.values()].filter(({ seeded }) => !seeded);
  const clientIds = new Map(added.map(({ id, appId }) => [id, appId]));
  return {
    applications: [...directory.applications.values()]
      .filter(({ seeded }) => !seeded)
      .map(({ id, appId, properties, owners, ...credentials }) => ({
        objectId: id,
        clientId: appId,
        displayName: String(properties["displayName"]),
        owners: [...owners],
        certificates: credentials.keyCredentials.map((one) => ({
          ...credentialSummary(one),
          thumbprint: one.sha1.toUpperCase(),
        })),
        clientSecrets: credentials.passwordCredentials.map(credentialSummary),
        federatedCredentials: [...credentials.federatedIdentityCredentials],
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
    administrativeUnits: [...directory.administrativeUnits.values()].map(({ id, displayName, members }) => ({
      id,
      displayName,
      members: [...members],
    })),
    deletedItems: [...directory.deleted.keys()],
  };
}

function credentialSummary({ keyId, displayName, startDateTime, endDateTime }: CredentialSummary): CredentialSummary {
  return { keyId, displayName, startDateTime, endDateTime };
}

function principalOf({ directory, initialDomain }: SandboxTenant, clientId: string): ServicePrincipal {
  const principal = directory.servicePrincipalByAppId(clientId);
  if (principal === undefined)
    throw new NoSuchThing(`${initialDomain} has no service principal of application '${clientId}'.`);
  return principal;
}

function addConsent(tenant: SandboxTenant, clientId: string, permission: string): void {
  const { directory, initialDomain } = tenant;
  const { id: principalId } = principalOf(tenant, clientId);
  const graph = directory.servicePrincipalByAppId(microsoftGraph.appId);
  const role = microsoftGraph.appRoles.find(({ value }) => value === permission);
  if (graph === undefined || role === undefined)
    throw new NoSuchThing(`Microsoft Graph in ${initialDomain} has no permission '${permission}'.`);
  const { world } = directory;
  const id = world.newOpaqueId();
  const createdDateTime = graphTime(world.now());
  directory.appRoleAssignments.set(id, { id, appRoleId: role.id, principalId, resourceId: graph.id, createdDateTime });
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
