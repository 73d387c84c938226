/** Who the mailboxes of a seeded organization are. Everything is worked out from the index; nothing is stored. */
import type { MailboxIdentity, RecipientType } from "./model";
import { indexOfGuid, indexedGuid, isGuid, mixed, numberOf } from "./seeded";

const givenNames =
  "Adele Alex Amira Anders Beatriz Bruno Carla Chidi Diego Ebba Elif Emil Farah Grady Hana Henrietta Irvin Isaiah Joni Kwame Lee Lidia Lynne Mateo Megan Miriam Nestor Noor Oskar Patti Pradeep Raul Sana Tove Yuki Zoe".split(
    " ",
  );
const surnames =
  "Adeyemi Archie Bowen Cardoso Dahl Eriksen Farouk Gruber Haddad Ivanova Jensen Kaplan Langer Mueller Nakamura Okafor Petrov Quist Robbins Sato Thomsen Ulrich Vance Wilber Xu Yilmaz Zhang".split(
    " ",
  );
const departments =
  "Accounts Careers Contracts Facilities Helpdesk Info Legal Orders Payroll Press Sales Support".split(" ");
const places = "Amber Birch Cobalt Dune Ember Fjord Garnet Harbour Indigo Juniper Karst Lagoon".split(" ");
const things = "Beamer Camera Laptop Phone Projector Van".split(" ");

/** Of 200 mailboxes: how many are of which type. */
const mix: readonly (readonly [RecipientType, number])[] = [
  ["UserMailbox", 156],
  ["SharedMailbox", 22],
  ["RoomMailbox", 10],
  ["EquipmentMailbox", 5],
  ["GroupMailbox", 6],
  ["LinkedMailbox", 1],
];
const typeOfSlot: readonly RecipientType[] = mix.flatMap(([type, count]) => Array<RecipientType>(count).fill(type));

const salt = {
  guid: 10,
  exchangeGuid: 20,
  objectId: 30,
  given: 40,
  surname: 41,
  word: 42,
  created: 43,
  plan: 44,
  signIn: 45,
};
const discoveryName = "DiscoverySearchMailbox{D919BA05-46A6-415f-80AD-7E09334BB852}";
const discoveryAlias = "DiscoverySearchMailbox";
/** The seeded mailboxes were made in the eight years before this moment. */
const lastCreated = Date.UTC(2024, 6, 1);
const eightYears = 8 * 365 * 24 * 3600;

export interface DirectoryOptions {
  readonly seed: string;
  readonly size: number;
  readonly initialDomain: string;
}

/** The mailboxes of an organization by position. A mailbox never changes place and is never removed. */
export class MailboxDirectory {
  readonly size: number;
  readonly #seed: number;
  readonly #domain: string;
  /** The one discovery mailbox, in tenants that are large enough to have one. */
  readonly #discovery: number | undefined;

  constructor(options: DirectoryOptions) {
    this.size = options.size;
    this.#seed = numberOf(`${options.seed}|${options.initialDomain}`);
    this.#domain = options.initialDomain;
    this.#discovery = options.size >= 20 ? options.size - 1 : undefined;
  }

  type(index: number): RecipientType {
    if (index === this.#discovery) return "DiscoveryMailbox";
    // 73 shares no factor with 200, so that small tenants get the mix too.
    return typeOfSlot[(index * 73 + (this.#seed % 150)) % typeOfSlot.length] ?? "UserMailbox";
  }

  guid(index: number): string {
    return indexedGuid(this.#seed, index, salt.guid);
  }

  alias(index: number): string {
    const type = this.type(index);
    if (type === "DiscoveryMailbox") return discoveryAlias;
    return `${this.#words(index, type).join(".").toLowerCase()}${String(index)}`;
  }

  /**
   * What the person signs in with, without the domain. For most it is the name before their address; for one in five it is another, as in
   * tenants where addresses follow names and sign-in names follow staff numbers. How many that are is unknown.
   */
  #signInName(index: number): string {
    const isPerson = this.type(index) === "UserMailbox" || this.type(index) === "LinkedMailbox";
    return isPerson && this.random(index, salt.signIn) % 5 === 0 ? `staff-${String(index)}` : this.alias(index);
  }

  /** Audit Premium comes with a person's licence: about two in five have it. */
  capabilities(index: number): readonly string[] {
    if (this.type(index) !== "UserMailbox") return noPlans;
    return this.random(index, salt.plan) % 5 < 2 ? premiumPlans : standardPlans;
  }

  /** Milliseconds since the Unix epoch, whole seconds. */
  whenCreated(index: number): number {
    return lastCreated - (this.random(index, salt.created) % eightYears) * 1000;
  }

  /** A number for the index that is the same each time, for what else is to be seeded. */
  random(index: number, purpose: number): number {
    return mixed(this.#seed, index, purpose);
  }

  identity(index: number): MailboxIdentity {
    const type = this.type(index);
    const alias = this.alias(index);
    const name = type === "DiscoveryMailbox" ? discoveryName : alias;
    return {
      guid: this.guid(index),
      exchangeGuid: indexedGuid(this.#seed, index, salt.exchangeGuid),
      externalDirectoryObjectId: indexedGuid(this.#seed, index, salt.objectId),
      userPrincipalName: `${this.#signInName(index)}@${this.#domain}`,
      primarySmtpAddress: `${alias}@${this.#domain}`,
      alias,
      name,
      displayName: type === "DiscoveryMailbox" ? "Discovery Search Mailbox" : this.#words(index, type).join(" "),
      distinguishedName: this.distinguishedName(name),
      recipientTypeDetails: type,
      persistedCapabilities: this.capabilities(index),
      whenCreated: this.whenCreated(index),
    };
  }

  distinguishedName(name: string): string {
    return distinguishedName(name, this.#domain);
  }

  /** The position of a mailbox by any of its ids, addresses and names, in any letter case. */
  find(identity: string): number | undefined {
    const wanted = identity.trim().toLowerCase();
    return isGuid(wanted) ? this.#findGuid(wanted) : this.#findName(wanted);
  }

  #findGuid(guid: string): number | undefined {
    for (const kind of [salt.guid, salt.exchangeGuid, salt.objectId]) {
      const index = indexOfGuid(this.#seed, guid, kind);
      if (index < this.size && indexedGuid(this.#seed, index, kind) === guid) return index;
    }
    return undefined;
  }

  #findName(name: string): number | undefined {
    let alias = name;
    const commonName = /^cn=([^,]+),/.exec(name)?.[1];
    if (commonName !== undefined) {
      if (name !== this.distinguishedName(commonName).toLowerCase()) return undefined;
      alias = commonName;
    }
    const domain = `@${this.#domain.toLowerCase()}`;
    const isAddress = alias.endsWith(domain);
    if (isAddress) alias = alias.slice(0, -domain.length);
    if (alias === discoveryAlias.toLowerCase() || alias === discoveryName.toLowerCase()) return this.#discovery;
    const digits = /(\d{1,9})$/.exec(alias)?.[1];
    if (digits === undefined) return undefined;
    const index = Number(digits);
    if (index >= this.size) return undefined;
    return this.alias(index) === alias || (isAddress && this.#signInName(index) === alias) ? index : undefined;
  }

  #words(index: number, type: RecipientType): string[] {
    const pick = (words: readonly string[], purpose: number): string =>
      words[this.random(index, purpose) % words.length] ?? "";
    switch (type) {
      case "SharedMailbox":
        return ["Shared", pick(departments, salt.word)];
      case "GroupMailbox":
        return ["Team", pick(departments, salt.word)];
      case "RoomMailbox":
        return ["Room", pick(places, salt.word)];
      case "EquipmentMailbox":
        return ["Equipment", pick(things, salt.word)];
      default:
        return [pick(givenNames, salt.given), pick(surnames, salt.surname)];
    }
  }
}

/** Where an object of an organization is in Exchange's own directory. */
export function distinguishedName(name: string, initialDomain: string): string {
  return `CN=${name},OU=${initialDomain},OU=Microsoft Exchange Hosted Organizations,DC=EURPR04A001,DC=PROD,DC=OUTLOOK,DC=COM`;
}

const noPlans: readonly string[] = Object.freeze([]);
const standardPlans: readonly string[] = Object.freeze(["BPOS_S_Enterprise"]);
const premiumPlans: readonly string[] = Object.freeze(["BPOS_S_Enterprise", "BPOS_S_EquivioAnalytics", "M365Auditing"]);
