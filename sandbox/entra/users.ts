/** Users as a tenant has them, one for each mailbox, and as Graph shows them: {@link https://learn.microsoft.com/graph/api/resources/user}. */
import { mayRead } from "../exchange/applicationAccess";
import type { Mailbox } from "../exchange/model";
import type { ExchangeOrganization } from "../exchange/organization";
import type { JsonObject } from "../json";
import { graphTime } from "../world";
import type { People, User } from "./directory";

/** Microsoft 365 E3 and E5: {@link https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference}. */
const licences = {
  e3: "05e9a617-0261-4cee-bb44-138d3ef5d965",
  e5: "06ebc4ee-1bb5-47dd-8120-11324bc54e06",
} as const;

/** The people of a tenant are those behind its mailboxes: worked out from each mailbox, so that a tenant of any size needs no list. */
export class MailboxPeople implements People {
  /** Object ids of users whose sign-in is not as their mailbox would have it. */
  readonly #signIn = new Map<string, boolean>();

  /** @param otherDomain a domain in which every mailbox has a second address */
  constructor(
    private readonly exchange: ExchangeOrganization,
    private readonly otherDomain: string | undefined,
  ) {}

  *users(): Iterable<User> {
    for (let position = 0; position < this.exchange.mailboxCount; position++) {
      const glance = this.exchange.glance(position);
      if (glance.exists && glance.recipientTypeDetails !== "GroupMailbox") yield this.#userOf(glance.mailbox());
    }
  }

  user(name: string): User | undefined {
    const mailbox = this.exchange.mailbox(name);
    // A group mailbox is nobody's.
    if (mailbox === undefined || mailbox.recipientTypeDetails === "GroupMailbox") return undefined;
    const user = this.#userOf(mailbox);
    return user.id === name || user.userPrincipalName === name ? user : undefined;
  }

  lets(appId: string, { userPrincipalName }: User, permission: string): boolean {
    return mayRead(this.exchange, appId, userPrincipalName, permission);
  }

  /** Lets a user sign in, or no longer. */
  setAccountEnabled({ id }: User, enabled: boolean): void {
    this.#signIn.set(id, enabled);
  }

  #userOf(mailbox: Mailbox): User {
    const { displayName, alias, recipientTypeDetails, persistedCapabilities } = mailbox;
    const id = mailbox.externalDirectoryObjectId.toLowerCase();
    const isPerson = recipientTypeDetails === "UserMailbox";
    const licence = persistedCapabilities.includes("M365Auditing") ? licences.e5 : licences.e3;
    const mail = mailbox.primarySmtpAddress.toLowerCase();
    return {
      id,
      displayName,
      userPrincipalName: mailbox.userPrincipalName.toLowerCase(),
      mail,
      mailNickname: alias,
      proxyAddresses: addresses(mail, alias, this.otherDomain),
      accountEnabled: this.#signIn.get(id) ?? isPerson,
      assignedLicenses: isPerson ? [licence] : [],
      createdDateTime: graphTime(mailbox.whenCreated),
    };
  }
}

/** The addresses of a mailbox or group, the primary one first. */
export function addresses(primary: string, alias: string, otherDomain: string | undefined): string[] {
  const other = otherDomain === undefined ? [] : [`smtp:${alias.toLowerCase()}@${otherDomain}`];
  return [`SMTP:${primary}`, ...other];
}

/** What Graph gives of a user when nothing is selected. */
export const shownOfUser: readonly string[] = [
  "businessPhones",
  "displayName",
  "givenName",
  "jobTitle",
  "mail",
  "mobilePhone",
  "officeLocation",
  "preferredLanguage",
  "surname",
  "userPrincipalName",
  "id",
];

/** A user with all properties that can be selected here. */
export function renderUser({ assignedLicenses, proxyAddresses, ...user }: User): JsonObject {
  return {
    businessPhones: [],
    givenName: null,
    jobTitle: null,
    mobilePhone: null,
    officeLocation: null,
    preferredLanguage: null,
    surname: null,
    deletedDateTime: null,
    userType: "Member",
    onPremisesSyncEnabled: null,
    ...user,
    proxyAddresses: [...proxyAddresses],
    assignedLicenses: assignedLicenses.map((skuId) => ({ disabledPlans: [], skuId })),
  };
}
