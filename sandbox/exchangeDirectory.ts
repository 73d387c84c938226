/** What Exchange Online knows of the tenant's directory: groups that have an address, service principals and administrative units. */
import type { Directory, Group } from "./entra/directory";
import { groupKind, membersOf, transitiveMembersOf, type GroupKind } from "./entra/groups";
import { mayRead, type ApplicationDirectory, type ExchangeGroup } from "./exchange/applicationAccess";
import { distinguishedName } from "./exchange/directory";
import type { Container } from "./nowprivacy/crawl";
import type { SandboxTenant } from "./tenants";
import { seededGuid } from "./world";

/** `RecipientTypeDetails` of each kind. A security group without an address is not Exchange's to show. */
const typeOf: Readonly<Record<GroupKind, string | undefined>> = {
  distributionList: "MailUniversalDistributionGroup",
  mailEnabledSecurity: "MailUniversalSecurityGroup",
  microsoft365: "GroupMailbox",
  security: undefined,
};

/** Exchange's view of a directory, always as it is now. */
export function exchangeDirectory(directory: Directory): Required<ApplicationDirectory> {
  return {
    knowsServicePrincipal: (appId, objectId) =>
      directory.servicePrincipalByAppId(appId)?.id === objectId.trim().toLowerCase(),
    findGroup: (identity) => {
      const group = groupBy(directory, identity);
      return group === undefined ? undefined : shownBy(directory, group);
    },
    groupMembers: (name) => {
      const group = groupBy(directory, name);
      return group === undefined ? [] : userNames(directory, group);
    },
    hasUnit: (unit) => directory.administrativeUnits.has(unit.toLowerCase()),
    unitHas: (unit, objectId) =>
      directory.administrativeUnits.get(unit.toLowerCase())?.members.has(objectId.toLowerCase()) === true,
  };
}

/** Principal names of the users who are members of a group themselves. */
function userNames(directory: Directory, group: Group): string[] {
  return membersOf(directory, group).flatMap((member) =>
    member.type === "user" ? [member.object.userPrincipalName] : [],
  );
}

/** Principal names of the users who are in a group, directly or through groups in it. None when there is no group of that address. */
export function groupMembers({ directory }: SandboxTenant, email: string): string[] {
  const group = groupBy(directory, email);
  if (group === undefined) return [];
  return transitiveMembersOf(directory, group).flatMap((member) =>
    member.type === "user" ? [member.object.userPrincipalName] : [],
  );
}

/** Whether Exchange's own role assignments let an app read a mailbox or calendar. */
export function readsByExchange(
  { exchange }: SandboxTenant,
  applicationId: string,
  { kind, owner }: Pick<Container, "kind" | "owner">,
): boolean {
  if (kind !== "mailbox" && kind !== "calendar") return false;
  return mayRead(exchange, applicationId, owner, kind === "mailbox" ? "Mail.Read" : "Calendars.Read");
}

/** By any id, name or address, in any letter case. */
function groupBy(directory: Directory, identity: string): Group | undefined {
  const wanted = identity.trim().toLowerCase();
  return [...directory.groups.values()].find((group) => {
    const shown = shownBy(directory, group);
    if (shown === undefined) return false;
    const addresses = group.proxyAddresses.map((address) => address.slice(address.indexOf(":") + 1));
    const names = [group.id, shown.guid, shown.name, group.displayName, shown.distinguishedName, ...addresses];
    return names.some((name) => name.toLowerCase() === wanted);
  });
}

function shownBy({ organization, world }: Directory, group: Group): ExchangeGroup | undefined {
  const recipientTypeDetails = typeOf[groupKind(group)];
  if (recipientTypeDetails === undefined || group.mail === null) return undefined;
  return {
    guid: seededGuid(world.seed, group.id, "exchange"),
    name: group.mailNickname,
    distinguishedName: distinguishedName(group.mailNickname, organization.initialDomain),
    primarySmtpAddress: group.mail,
    recipientTypeDetails,
  };
}
