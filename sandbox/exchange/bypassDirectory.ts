/**
 * The objects that `Get-MailboxAuditBypassAssociation` lists: every mailbox of a person or resource, accounts without a mailbox, and
 * a number of system objects. A tenant with 3 mailboxes was seen to list 242.
 */
import type { MailboxDirectory } from "./directory";
import type { BypassAssociation } from "./model";
import type { Change, Replica } from "./storedMailboxes";
import { indexOfGuid, indexedGuid, isGuid, numberOf } from "./seeded";

const systemObjects = 48;
const accountKinds = ["svc-backup", "svc-archive", "svc-migration", "adm", "guest"];
const salt = { guid: 80, created: 84 };

interface Override {
  readonly bypass: boolean;
  readonly whenChanged: number;
  /** What it was before the service last changed it; undefined when someone else did. */
  readonly before?: { readonly override: Override | undefined; readonly change: Change };
}

/** The rows by position: mailboxes first, then accounts, then system objects. */
export class BypassDirectory {
  readonly #mailboxes: MailboxDirectory;
  readonly #accounts: number;
  readonly #seed: number;
  readonly #domain: string;
  readonly #overrides = new Map<number, Override>();

  constructor(mailboxes: MailboxDirectory, seed: string, initialDomain: string) {
    this.#mailboxes = mailboxes;
    this.#accounts = 5 + Math.floor(mailboxes.size / 20);
    this.#seed = numberOf(`${seed}|${initialDomain}|bypass`);
    this.#domain = initialDomain;
  }

  /** Positions run from 0 up to this; {@link BypassDirectory.row} tells which of them have a row. */
  get end(): number {
    return this.#mailboxes.size + this.#accounts + systemObjects;
  }

  /** Undefined for a group mailbox, which nobody signs in to. */
  row(position: number, replica?: Replica): BypassAssociation | undefined {
    const { size } = this.#mailboxes;
    if (position < size) {
      if (this.#mailboxes.type(position) === "GroupMailbox") return undefined;
      const { guid, name, distinguishedName, whenCreated } = this.#mailboxes.identity(position);
      return this.#completed(position, { guid, name, distinguishedName, whenCreated }, replica);
    }
    const index = position - size;
    const name = this.#name(index);
    const row = {
      guid: indexedGuid(this.#seed, index, salt.guid),
      name,
      distinguishedName: this.#mailboxes.distinguishedName(name),
      whenCreated: this.#mailboxes.whenCreated(position),
    };
    return this.#completed(position, row, replica);
  }

  /** The position of an account by id, address or name, in any letter case. */
  find(identity: string): number | undefined {
    const mailbox = this.#mailboxes.find(identity);
    if (mailbox !== undefined) return this.row(mailbox) === undefined ? undefined : mailbox;
    const wanted = identity.trim().toLowerCase();
    const index = isGuid(wanted) ? this.#indexOf(wanted) : this.#indexOfName(wanted);
    return index === undefined ? undefined : this.#mailboxes.size + index;
  }

  /** @param change the service's own change, which readers may see late; without one it is as if it had always been so */
  set(position: number, bypass: boolean, whenChanged: number, change?: Change): void {
    const before = change === undefined ? {} : { before: { override: this.#overrides.get(position), change } };
    this.#overrides.set(position, { bypass, whenChanged, ...before });
  }

  #completed(
    position: number,
    row: Omit<BypassAssociation, "auditBypassEnabled" | "whenChanged">,
    replica: Replica | undefined,
  ): BypassAssociation {
    const last = this.#overrides.get(position);
    const before = last?.before;
    const isLate = before !== undefined && replica?.isLate({ part: "bypass", guid: row.guid }, before.change);
    const override = isLate === true ? before.override : last;
    const isSystem = position >= this.#mailboxes.size + this.#accounts;
    const neverSet = isSystem && position % 3 === 0 ? undefined : false;
    return {
      ...row,
      auditBypassEnabled: override === undefined ? neverSet : override.bypass,
      whenChanged: override?.whenChanged ?? row.whenCreated,
    };
  }

  #name(index: number): string {
    if (index < this.#accounts) return `${accountKinds[index % accountKinds.length] ?? "svc"}${String(index)}`;
    return `SystemMailbox{${indexedGuid(this.#seed, index, salt.created).toUpperCase()}}`;
  }

  #indexOf(guid: string): number | undefined {
    const index = indexOfGuid(this.#seed, guid, salt.guid);
    const exists = index < this.#accounts + systemObjects && indexedGuid(this.#seed, index, salt.guid) === guid;
    return exists ? index : undefined;
  }

  #indexOfName(name: string): number | undefined {
    const domain = `@${this.#domain.toLowerCase()}`;
    const bare = name.endsWith(domain) ? name.slice(0, -domain.length) : name;
    for (let index = 0; index < this.#accounts + systemObjects; index++) {
      if (this.#name(index).toLowerCase() === bare) return index;
    }
    return undefined;
  }
}
