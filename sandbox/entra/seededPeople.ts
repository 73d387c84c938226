/** The domains and groups of a new tenant. Which people are in which group depends only on the seed. */
import type { ExchangeOrganization } from "../exchange/organization";
import { numberOf } from "../exchange/seeded";
import { seededGuid } from "../world";
import type { Directory } from "./directory";
import { addGroup, type NewGroup } from "./groups";

/** How many people the largest of the seeded distribution lists has. */
const listedPeople = 25;

/** The second verified domain of a tenant, in which every mailbox and group has an address too: `contoso.example`. */
export function otherDomain(initialDomain: string): string | undefined {
  const domain = `${label(initialDomain)}.example`;
  return domain === initialDomain ? undefined : domain;
}

/** Adds the second domain, and one that the tenant has not proven to be its own: `contoso-new.example`. */
export function seedDomains({ domains, organization: { initialDomain } }: Directory): void {
  const verified = otherDomain(initialDomain);
  if (verified !== undefined) domains.push({ id: verified, isInitial: false, isVerified: true });
  domains.push({ id: `${label(initialDomain)}-new.example`, isInitial: false, isVerified: false });
}

/** Adds a group of each kind, an empty one, one with another in it, and the groups that the group mailboxes belong to. */
export function seedGroups(directory: Directory, exchange: ExchangeOrganization, createdDateTime: string): void {
  const { world, organization } = directory;
  const people = firstPeople(exchange);
  const add = (group: NewGroup): string => {
    const id = seededGuid(world.seed, organization.initialDomain, "group", group.alias);
    return addGroup(directory, group, createdDateTime, id).id;
  };
  add({ kind: "microsoft365", displayName: "Finance", alias: "finance", members: people.slice(0, 12) });
  const leadership = add({
    kind: "distributionList",
    displayName: "Leadership",
    alias: "leadership",
    members: people.slice(0, 3),
  });
  add({ kind: "distributionList", displayName: "All Staff", alias: "all-staff", members: [...people, leadership] });
  add({ kind: "mailEnabledSecurity", displayName: "Legal Hold", alias: "legal-hold", members: people.slice(2, 5) });
  add({ kind: "distributionList", displayName: "New Joiners", alias: "new-joiners" });
  add({ kind: "security", displayName: "Auditors", alias: "auditors", members: people.slice(1, 2) });
  seedTeams(directory, exchange, createdDateTime);
}

/** User principal names of the first people in the list of mailboxes. */
function firstPeople(exchange: ExchangeOrganization): string[] {
  const found: string[] = [];
  for (let position = 0; position < exchange.mailboxCount && found.length < listedPeople; position++) {
    const glance = exchange.glance(position);
    if (glance.recipientTypeDetails === "UserMailbox") found.push(glance.mailbox().userPrincipalName);
  }
  return found;
}

/** A Microsoft 365 group for each group mailbox, with two to six people of those that come after it in the list. */
function seedTeams(directory: Directory, exchange: ExchangeOrganization, createdDateTime: string): void {
  for (let position = 0; position < exchange.mailboxCount; position++) {
    const glance = exchange.glance(position);
    if (glance.recipientTypeDetails !== "GroupMailbox") continue;
    const { alias, displayName, externalDirectoryObjectId } = glance.mailbox();
    const size = 2 + (numberOf(alias) % 5);
    const members: string[] = [];
    for (let step = 1; step < exchange.mailboxCount && members.length < size; step++) {
      const other = exchange.glance((position + step) % exchange.mailboxCount);
      if (other.recipientTypeDetails === "UserMailbox") members.push(other.mailbox().userPrincipalName);
    }
    const team = { kind: "microsoft365", displayName, alias, members } as const;
    addGroup(directory, team, createdDateTime, externalDirectoryObjectId.toLowerCase());
  }
}

function label(initialDomain: string): string {
  return initialDomain.split(".", 1)[0] ?? initialDomain;
}
