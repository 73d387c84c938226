/**
 * Which apps Exchange Online lets into which mailboxes by itself (RBAC for Applications): pointers to service principals, management
 * scopes, and role assignments. {@link https://learn.microsoft.com/exchange/permissions-exo/application-rbac}
 */
import { parseFilter, type MailboxFilter, type MoreProperties } from "./filter";
import type { Mailbox } from "./model";
import type { ExchangeOrganization } from "./organization";
import type { MailboxGlance } from "./storedMailboxes";
import { indexedGuid, numberOf } from "./seeded";

/** What the application roles let an app do. A row each of Microsoft's table of supported application roles. */
export const applicationRoles: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ...(
    "Mail.Read Mail.ReadBasic Mail.ReadWrite Mail.Send MailboxSettings.Read MailboxSettings.ReadWrite Calendars.Read " +
    "Calendars.ReadWrite Contacts.Read Contacts.ReadWrite EWS.AccessAsApp"
  )
    .split(" ")
    .map((permission): [string, readonly string[]] => [`Application ${permission}`, [permission]]),
  ["Application Mail Full Access", ["Mail.ReadWrite", "Mail.Send"]],
  [
    "Application Exchange Full Access",
    ["Mail.ReadWrite", "Mail.Send", "MailboxSettings.ReadWrite", "Calendars.ReadWrite", "Contacts.ReadWrite"],
  ],
]);

/** Exchange's pointer to a service principal of Entra ID. */
export interface ServicePrincipalPointer {
  readonly appId: string;
  readonly objectId: string;
  readonly displayName: string;
}

export interface ManagementScope {
  readonly guid: string;
  readonly name: string;
  /** OPATH, as it was given. */
  readonly recipientFilter: string;
}

export interface RoleAssignment {
  readonly guid: string;
  readonly name: string;
  readonly role: string;
  /** Client id of the app. */
  readonly appId: string;
  /** Name of the management scope, or id of the administrative unit; neither: every mailbox. */
  readonly scope?: string | undefined;
  readonly unit?: string | undefined;
  /** Milliseconds since the Unix epoch. Default: long ago. */
  readonly madeAt?: number;
}

/** A group as Exchange shows it. */
export interface ExchangeGroup {
  readonly guid: string;
  readonly name: string;
  readonly distinguishedName: string;
  readonly primarySmtpAddress: string;
  /** For example `MailUniversalDistributionGroup`. */
  readonly recipientTypeDetails: string;
}

/** What Exchange asks of the tenant's directory. A part that is left out stays as it is. */
export interface ApplicationDirectory {
  /** Whether Entra ID has the service principal, and Exchange has heard of it. Default: always. */
  knowsServicePrincipal?(appId: string, objectId: string): boolean;
  /** By name, address, GUID or distinguished name. Default: there is no group. */
  findGroup?(identity: string): ExchangeGroup | undefined;
  /** Direct members of the group with this distinguished name, each by any id or address of its mailbox. Default: none. */
  groupMembers?(distinguishedName: string): readonly string[];
  /** Whether there is such an administrative unit. Default: always. */
  hasUnit?(unit: string): boolean;
  /** Whether the user with this object id is in the administrative unit. Default: no one is. */
  unitHas?(unit: string, objectId: string): boolean;
}

const stores = new WeakMap<ExchangeOrganization, ApplicationAccess>();

/** What an organization knows of apps: the same object each time. */
export function applicationAccessOf(organization: ExchangeOrganization): ApplicationAccess {
  const known = stores.get(organization) ?? new ApplicationAccess(organization);
  stores.set(organization, known);
  return known;
}

/**
 * Whether Exchange itself lets an app do something in a mailbox. Consent in Entra ID is not looked at: an app may do what either of the
 * two allows, and the caller puts them together.
 *
 * @param permission `Mail.Read` or `Application Mail.Read`
 */
export function mayRead(
  organization: ExchangeOrganization,
  appId: string,
  mailbox: string,
  permission: string,
): boolean {
  return applicationAccessOf(organization).mayRead(appId, mailbox, permission);
}

export class ApplicationAccess {
  /** By lower-case client id. */
  readonly pointers = new Map<string, ServicePrincipalPointer>();
  /** By lower-case name. */
  readonly scopes = new Map<string, ManagementScope>();
  /** By lower-case name. */
  readonly assignments = new Map<string, RoleAssignment>();
  #directory: Required<ApplicationDirectory> = {
    knowsServicePrincipal: () => true,
    findGroup: () => undefined,
    groupMembers: () => [],
    hasUnit: () => true,
    unitHas: () => false,
  };
  #made = 0;
  #delayMs = 0;

  constructor(private readonly organization: ExchangeOrganization) {}

  get directory(): Required<ApplicationDirectory> {
    return this.#directory;
  }

  /** Replaces those parts of the directory that are given. */
  setDirectory(directory: ApplicationDirectory): void {
    this.#directory = { ...this.#directory, ...directory };
  }

  /** Milliseconds for which requests of apps do not feel a new assignment. `Test-ServicePrincipalAuthorization` does at once. Default: 0. */
  setDelay(milliseconds: number): void {
    this.#delayMs = milliseconds;
  }

  /** The time in the organization, in milliseconds since the Unix epoch. */
  now(): number {
    return this.organization.now();
  }

  newGuid(): string {
    return indexedGuid(numberOf(`${this.organization.tenantId}|applicationAccess`), this.#made++, 90);
  }

  /** By client id, object id or display name, in any letter case. */
  pointer(identity: string): ServicePrincipalPointer | undefined {
    const wanted = identity.trim().toLowerCase();
    return [...this.pointers.values()].find(({ appId, objectId, displayName }) =>
      [appId, objectId, displayName].some((id) => id.toLowerCase() === wanted),
    );
  }

  /** By name, GUID or distinguished name. */
  scope(identity: string): ManagementScope | undefined {
    return byIdentity(this.scopes, identity);
  }

  assignment(identity: string): RoleAssignment | undefined {
    return byIdentity(this.assignments, identity);
  }

  assignmentsOf({ appId }: Pick<ServicePrincipalPointer, "appId">): readonly RoleAssignment[] {
    return [...this.assignments.values()].filter((one) => one.appId.toLowerCase() === appId.toLowerCase());
  }

  /** `MemberOfGroup`, for filters over mailboxes: the distinguished names of the groups that a mailbox is a direct member of. */
  readonly properties: MoreProperties = (name) => {
    if (name.toLowerCase() !== "memberofgroup") return undefined;
    return (operator, value) => {
      const members = new Set(this.#directory.groupMembers(value).flatMap((member) => this.#guidOf(member)));
      return (glance) => members.has(glance.mailbox().guid) === (operator === "eq");
    };
  };

  /** Throws a 400 when the text is no filter. */
  filter(text: string): MailboxFilter {
    return parseFilter(text, "opath", this.organization.behaviour, this.properties);
  }

  isInScope({ scope, unit }: RoleAssignment, mailbox: Mailbox): boolean {
    if (unit !== undefined) return this.#directory.unitHas(unit, mailbox.externalDirectoryObjectId);
    if (scope === undefined) return true;
    const filter = this.scope(scope)?.recipientFilter;
    return filter !== undefined && this.filter(filter)(glanceAt(mailbox));
  }

  mayRead(appId: string, identity: string, permission: string): boolean {
    const mailbox = this.organization.mailbox(identity);
    const pointer = this.pointers.get(appId.toLowerCase());
    if (mailbox === undefined || pointer === undefined) return false;
    const wanted = permission.replace(/^Application /i, "");
    return this.assignmentsOf(pointer).some(
      (assignment) =>
        this.#isFelt(assignment) && grants(assignment.role, wanted) && this.isInScope(assignment, mailbox),
    );
  }

  #isFelt({ madeAt }: RoleAssignment): boolean {
    return madeAt === undefined || this.now() - madeAt >= this.#delayMs;
  }

  #guidOf(identity: string): readonly string[] {
    const guid = this.organization.mailbox(identity)?.guid;
    return guid === undefined ? [] : [guid];
  }
}

/** Who may write may read. */
function grants(role: string, permission: string): boolean {
  const granted = applicationRoles.get(role) ?? [];
  return granted.includes(permission) || granted.includes(permission.replace(/\.Read(?:Basic)?$/, ".ReadWrite"));
}

function byIdentity<T extends { readonly guid: string }>(all: ReadonlyMap<string, T>, identity: string): T | undefined {
  const wanted = identity.trim().toLowerCase();
  const name = /^cn=([^,]+),/.exec(wanted)?.[1] ?? wanted;
  return all.get(name) ?? [...all.values()].find(({ guid }) => guid === wanted);
}

/** A mailbox as a filter looks at it. */
function glanceAt(mailbox: Mailbox): MailboxGlance {
  const { recipientTypeDetails, explicitAuditEnabled, persistedCapabilities, whenChanged, whenCreated, alias } =
    mailbox;
  return {
    ...{ recipientTypeDetails, explicitAuditEnabled, persistedCapabilities, whenChanged, whenCreated, alias },
    exists: true,
    mailbox: () => mailbox,
  };
}
