/**
 * The state of one tenant's directory: what exists and what disappears with what. It knows no HTTP; the route files check requests
 * and render answers.
 */
import type { KeyObject } from "node:crypto";
import type { JsonObject } from "../json";
import type { SandboxWorld } from "../world";

/** An uploaded certificate. Times are RFC 3339 texts, as they were given. */
export interface KeyCredential {
  readonly keyId: string;
  readonly type: string;
  readonly usage: string;
  readonly displayName: string | null;
  readonly startDateTime: string;
  readonly endDateTime: string;
  /** SHA-1 thumbprint, upper-case hexadecimal, unless the client named another. */
  readonly customKeyIdentifier: string;
  /** Base64 of what was uploaded. */
  readonly key: string;
  /** SHA-1 thumbprint, lower-case hexadecimal. */
  readonly sha1: string;
  /** SHA-256 thumbprint, lower-case hexadecimal. */
  readonly sha256: string;
  readonly publicKey: KeyObject;
}

/** A client secret. The text itself is not kept. */
export interface PasswordCredential {
  readonly keyId: string;
  readonly displayName: string | null;
  readonly hint: string;
  readonly startDateTime: string;
  readonly endDateTime: string;
  /** SHA-256 of the secret's text, hexadecimal. */
  readonly sha256: string;
}

/** A workload outside Entra that may get tokens for the application by assertions of its own issuer. */
export interface FederatedIdentityCredential {
  readonly id: string;
  readonly name: string;
  readonly issuer: string;
  readonly subject: string;
  readonly audiences: readonly string[];
  readonly description: string | null;
}

export interface Application {
  readonly id: string;
  readonly appId: string;
  readonly createdDateTime: string;
  /** Everything that a PATCH may change except credentials, in Graph's own shape. */
  readonly properties: JsonObject;
  keyCredentials: readonly KeyCredential[];
  passwordCredentials: readonly PasswordCredential[];
  federatedIdentityCredentials: readonly FederatedIdentityCredential[];
  readonly owners: Set<string>;
  /** It was there when the sandbox started. */
  readonly seeded: boolean;
  deletedDateTime?: string;
}

export interface ServicePrincipal {
  readonly id: string;
  readonly appId: string;
  /** The tenant that publishes the application. */
  readonly appOwnerOrganizationId: string;
  readonly createdDateTime: string;
  readonly properties: JsonObject;
  passwordCredentials: readonly PasswordCredential[];
  readonly owners: Set<string>;
  readonly seeded: boolean;
  deletedDateTime?: string;
}

export interface AppRoleAssignment {
  readonly id: string;
  readonly appRoleId: string;
  readonly principalId: string;
  readonly resourceId: string;
  readonly createdDateTime: string;
}

export interface DirectoryRole {
  readonly id: string;
  readonly roleTemplateId: string;
}

export interface DirectoryRoleAssignment {
  readonly id: string;
  readonly principalId: string;
  readonly roleDefinitionId: string;
  /** `/` for the whole tenant, `/administrativeUnits/{id}` for a part of it. Null when the scope is an app's. */
  readonly directoryScopeId: string | null;
  readonly appScopeId: string | null;
}

/** A part of the tenant that a role can be limited to. */
export interface AdministrativeUnit {
  readonly id: string;
  displayName: string;
  description: string | null;
  readonly visibility: string | null;
  /** Object ids. */
  readonly members: Set<string>;
}

/** A person, or what a shared, room or equipment mailbox signs in as. */
export interface User {
  readonly id: string;
  readonly displayName: string;
  readonly userPrincipalName: string;
  readonly mail: string;
  readonly mailNickname: string;
  /** With their type: `SMTP:` before the primary address, `smtp:` before the others. */
  readonly proxyAddresses: readonly string[];
  /** May sign in. Mailboxes of no person may not. */
  readonly accountEnabled: boolean;
  /** Ids of products. */
  readonly assignedLicenses: readonly string[];
  readonly createdDateTime: string;
}

/** A group of any kind: {@link https://learn.microsoft.com/graph/api/resources/groups-overview}. */
export interface Group {
  readonly id: string;
  readonly displayName: string;
  readonly description: string | null;
  readonly mailNickname: string;
  /** Null for a security group without an address. */
  readonly mail: string | null;
  readonly proxyAddresses: readonly string[];
  readonly mailEnabled: boolean;
  readonly securityEnabled: boolean;
  /** `Unified` for a Microsoft 365 group. */
  readonly groupTypes: readonly string[];
  readonly createdDateTime: string;
  /** Object ids of users and groups that are members themselves. */
  readonly members: Set<string>;
}

/** A domain name of the tenant. */
export interface Domain {
  readonly id: string;
  readonly isInitial: boolean;
  /** Whether the tenant has proven that the domain is its own. */
  readonly isVerified: boolean;
}

/** Who is in a tenant. */
export interface People {
  /** In the order in which they are listed. */
  users(): Iterable<User>;
  /** By object id or user principal name, in lower case. */
  user(name: string): User | undefined;
  /** Whether Exchange's own role assignments let an app do something in a user's mailbox, for example `Mail.Read`. */
  lets(appId: string, user: User, permission: string): boolean;
}

export interface Organization {
  readonly tenantId: string;
  readonly initialDomain: string;
  readonly displayName: string;
}

export type DirectoryObject =
  | { readonly type: "application"; readonly object: Application }
  | { readonly type: "servicePrincipal"; readonly object: ServicePrincipal }
  | { readonly type: "user"; readonly object: User }
  | { readonly type: "group"; readonly object: Group }
  | { readonly type: "directoryRole"; readonly object: DirectoryRole }
  | { readonly type: "administrativeUnit"; readonly object: AdministrativeUnit };

export class Directory {
  readonly applications = new Map<string, Application>();
  readonly servicePrincipals = new Map<string, ServicePrincipal>();
  readonly appRoleAssignments = new Map<string, AppRoleAssignment>();
  readonly directoryRoles = new Map<string, DirectoryRole>();
  readonly roleAssignments = new Map<string, DirectoryRoleAssignment>();
  readonly administrativeUnits = new Map<string, AdministrativeUnit>();
  readonly domains: Domain[];
  /** Applications and service principals that were deleted and can still be restored. */
  readonly deleted = new Map<string, DirectoryObject>();
  #groups: Map<string, Group> | undefined;

  /** @param seedGroups puts the groups of the start into {@link groups} */
  constructor(
    readonly organization: Organization,
    readonly world: SandboxWorld,
    readonly people: People,
    private readonly seedGroups: (directory: Directory) => void = () => undefined,
  ) {
    this.domains = [{ id: organization.initialDomain, isInitial: true, isVerified: true }];
  }

  /** By object id. Those of the start are made when someone first asks for groups: a large tenant has thousands. */
  get groups(): Map<string, Group> {
    if (this.#groups === undefined) {
      this.#groups = new Map<string, Group>();
      this.seedGroups(this);
    }
    return this.#groups;
  }

  /** A user by object id or user principal name, in any letter case. */
  user(name: string): User | undefined {
    return this.people.user(name.toLowerCase());
  }

  applicationByAppId(appId: string): Application | undefined {
    return find(this.applications, (application) => application.appId === appId.toLowerCase());
  }

  servicePrincipalByAppId(appId: string): ServicePrincipal | undefined {
    return find(this.servicePrincipals, (principal) => principal.appId === appId.toLowerCase());
  }

  /** Any object by its id. */
  object(id: string): DirectoryObject | undefined {
    const key = id.toLowerCase();
    const application = this.applications.get(key);
    if (application !== undefined) return { type: "application", object: application };
    const principal = this.servicePrincipals.get(key);
    if (principal !== undefined) return { type: "servicePrincipal", object: principal };
    const role = this.directoryRoles.get(key);
    if (role !== undefined) return { type: "directoryRole", object: role };
    const unit = this.administrativeUnits.get(key);
    if (unit !== undefined) return { type: "administrativeUnit", object: unit };
    const group = this.groups.get(key);
    if (group !== undefined) return { type: "group", object: group };
    const user = this.user(key);
    return user?.id === key ? { type: "user", object: user } : undefined;
  }

  /** The directory role of a template; activates it when the tenant has not used it yet. */
  activateRole(roleTemplateId: string): DirectoryRole {
    const active = find(this.directoryRoles, (role) => role.roleTemplateId === roleTemplateId);
    if (active !== undefined) return active;
    const role = { id: this.world.newGuid(), roleTemplateId };
    this.directoryRoles.set(role.id, role);
    return role;
  }

  /** Soft-deletes an application, and with it the service principal of this tenant. Its federated credentials are gone for good. */
  deleteApplication(application: Application, when: string): void {
    const principal = this.servicePrincipalByAppId(application.appId);
    if (principal !== undefined) this.deleteServicePrincipal(principal, when);
    this.applications.delete(application.id);
    application.federatedIdentityCredentials = [];
    application.deletedDateTime = when;
    this.deleted.set(application.id, { type: "application", object: application });
    this.disown(application.id);
  }

  /** Soft-deletes a service principal; its app role and directory role assignments are gone at once. */
  deleteServicePrincipal(principal: ServicePrincipal, when: string): void {
    this.servicePrincipals.delete(principal.id);
    principal.deletedDateTime = when;
    this.deleted.set(principal.id, { type: "servicePrincipal", object: principal });
    for (const { id, principalId, resourceId } of this.appRoleAssignments.values()) {
      if (principalId === principal.id || resourceId === principal.id) this.appRoleAssignments.delete(id);
    }
    for (const { id, principalId } of this.roleAssignments.values()) {
      if (principalId === principal.id) this.roleAssignments.delete(id);
    }
    this.disown(principal.id);
    for (const { members } of this.administrativeUnits.values()) members.delete(principal.id);
  }

  /** Brings a deleted object back, without the assignments that it had. False when there is none of that id. */
  restore(id: string): DirectoryObject | undefined {
    const found = this.deleted.get(id.toLowerCase());
    if (found === undefined) return undefined;
    this.deleted.delete(found.object.id);
    if (found.type === "application") {
      delete found.object.deletedDateTime;
      this.applications.set(found.object.id, found.object);
    } else if (found.type === "servicePrincipal") {
      delete found.object.deletedDateTime;
      this.servicePrincipals.set(found.object.id, found.object);
    }
    return found;
  }

  /** App role assignments that a principal holds. */
  assignmentsOf(principalId: string): AppRoleAssignment[] {
    return [...this.appRoleAssignments.values()].filter((assignment) => assignment.principalId === principalId);
  }

  /** App role assignments on the API that a service principal stands for. */
  assignmentsTo(resourceId: string): AppRoleAssignment[] {
    return [...this.appRoleAssignments.values()].filter((assignment) => assignment.resourceId === resourceId);
  }

  /** Directory roles that a principal holds, in the whole tenant or in a part of it. */
  rolesOf(principalId: string): DirectoryRoleAssignment[] {
    return [...this.roleAssignments.values()].filter((assignment) => assignment.principalId === principalId);
  }

  /** Deletes an administrative unit, and the role assignments that were limited to it. */
  deleteAdministrativeUnit({ id }: AdministrativeUnit): void {
    this.administrativeUnits.delete(id);
    for (const assignment of this.roleAssignments.values()) {
      if (assignment.directoryScopeId === administrativeUnitScope(id)) this.roleAssignments.delete(assignment.id);
    }
  }

  private disown(ownerId: string): void {
    for (const { owners } of this.applications.values()) owners.delete(ownerId);
    for (const { owners } of this.servicePrincipals.values()) owners.delete(ownerId);
  }
}

/** The scope of a role assignment that is limited to an administrative unit. */
export function administrativeUnitScope(id: string): string {
  return `/administrativeUnits/${id}`;
}

function find<T>(map: ReadonlyMap<string, T>, matches: (value: T) => boolean): T | undefined {
  for (const value of map.values()) if (matches(value)) return value;
  return undefined;
}
