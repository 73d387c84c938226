/** Which mailboxes a policy is about: what the server is asked for, and what is kept of what it gives. */
import type { MailboxFilter, MailboxQuery } from "../adminApi/client";
import { equals, type Filter, isForServer, passes, propertiesOf, toOData } from "./filter";
import { filterOf } from "./filterParser";
import { type Mailbox, mailboxProperties } from "./mailbox";
import { toOpath } from "./opath";
import type { AuditPolicy } from "./policy";

/** No more names than this are asked for by name: beyond, the address of the request gets too long for some servers. */
const mostNames = 20;

type Row = Readonly<Record<string, unknown>>;

/**
 * The scope of one listing. The server is asked for as little as it is known to filter by: recipient types, filters without
 * wildcards, and a few addresses. Everything is checked here as well, so that it does not matter what the server makes of it.
 */
export class Scope {
  readonly #filter: Filter | undefined;
  readonly #include: ReadonlySet<string> | undefined;
  readonly #exclude: ReadonlySet<string>;
  #unseen: Set<string>;

  constructor(private readonly policy: AuditPolicy) {
    this.#filter = policy.filter === undefined ? undefined : filterOf(policy.filter);
    this.#include = policy.include === undefined ? undefined : new Set(policy.include);
    this.#exclude = new Set(policy.exclude);
    this.#unseen = this.#names();
  }

  /** @param more a filter that the mailboxes have to pass besides */
  query(more?: Filter): MailboxQuery {
    const { include, exclude, recipientTypes } = this.policy;
    const hasNames = include !== undefined || exclude.length > 0;
    const isLocal = this.#filter !== undefined && !isForServer(this.#filter);
    const properties = [
      ...mailboxProperties,
      ...(hasNames ? ["ExternalDirectoryObjectId"] : []),
      ...(isLocal ? propertiesOf(this.#filter) : []),
    ];
    const filters = [more, isLocal ? undefined : this.#filter, this.#namesForServer()].flatMap(
      (filter) => filter ?? [],
    );
    return {
      recipientTypes,
      properties: distinct(properties),
      ...(filters.length === 0 ? {} : { filter: inBothLanguages(and(filters)) }),
    };
  }

  /** A new listing begins. */
  restart(): void {
    this.#unseen = this.#names();
  }

  /** Whether the mailbox is one that the policy is about. */
  admits(mailbox: Mailbox, row: Row): boolean {
    if (!this.policy.recipientTypes.includes(mailbox.recipientType)) return false;
    if (this.#include !== undefined || this.#exclude.size > 0) {
      const names = namesOf(mailbox, row);
      for (const name of names) this.#unseen.delete(name);
      if (this.#include !== undefined && !names.some((name) => this.#include?.has(name) === true)) return false;
      if (names.some((name) => this.#exclude.has(name))) return false;
    }
    // A filter that the server has applied is not judged again: it has properties that are not listed.
    return this.#filter === undefined || isForServer(this.#filter) || passes(this.#filter, row);
  }

  /** Whether the server is asked to apply the declared filter. */
  get isFilteredByServer(): boolean {
    return this.#filter !== undefined && isForServer(this.#filter);
  }

  /** The names that were of no mailbox so far. */
  get unmatched(): readonly string[] {
    return [...this.#unseen].sort();
  }

  /** The names to look out for. Excluded ones only when the server gives every mailbox of the types, else they may well be left out. */
  #names(): Set<string> {
    const { include, exclude } = this.policy;
    const isWhole = include === undefined && (this.#filter === undefined || !isForServer(this.#filter));
    return new Set([...(include ?? []), ...(isWhole ? exclude : [])]);
  }

  /** Names are only asked for when all of them are addresses and few; ids have other forms, which are compared here. */
  #namesForServer(): Filter | undefined {
    const { include } = this.policy;
    if (include === undefined || include.length > mostNames || !include.every((name) => name.includes("@")))
      return undefined;
    return or(include.flatMap((name) => [equals("UserPrincipalName", name), equals("PrimarySmtpAddress", name)]));
  }
}

function inBothLanguages(filter: Filter): MailboxFilter {
  const odata = toOData(filter);
  return { opath: toOpath(filter), ...(odata === undefined ? {} : { odata }) };
}

function and(of: readonly Filter[]): Filter {
  const [only, ...others] = of;
  return only !== undefined && others.length === 0 ? only : { kind: "and", of };
}

function or(of: readonly Filter[]): Filter {
  const [only, ...others] = of;
  return only !== undefined && others.length === 0 ? only : { kind: "or", of };
}

function namesOf({ guid, address, userPrincipalName }: Mailbox, row: Row): readonly string[] {
  const objectId = row["ExternalDirectoryObjectId"];
  return [guid, address, userPrincipalName, typeof objectId === "string" ? objectId : undefined].flatMap((name) =>
    name === undefined || name === "" ? [] : [name.toLowerCase()],
  );
}

/** Each once, whatever the letter case. */
function distinct(names: readonly string[]): readonly string[] {
  return [...new Map(names.map((name) => [name.toLowerCase(), name] as const).reverse()).values()].reverse();
}
