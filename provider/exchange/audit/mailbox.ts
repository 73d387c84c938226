/** A mailbox as the listing gives it. */
import { Rejected } from "../../core/errors";
import { type LogonType, logonTypes } from "../auditActions";
import { actionSet } from "./policy";

/** What is read of each mailbox: just enough to hold it against the rule. */
export interface Mailbox {
  /** The directory's id, by which the mailbox is named in every command. */
  readonly guid: string;
  /** The mailbox's own id, by which a request can be anchored to it. Undefined where the listing gives none. */
  readonly exchangeGuid?: string | undefined;
  /** The primary SMTP address, for people; the user principal name where there is none. */
  readonly address: string;
  /** Undefined where there is none. */
  readonly userPrincipalName?: string | undefined;
  readonly recipientType: string;
  readonly auditEnabled: boolean;
  /** The actions recorded for each logon type: sorted, without `None`. */
  readonly lists: Readonly<Record<LogonType, readonly string[]>>;
  /** The logon types whose list is Microsoft's to keep, in the order of {@link logonTypes}. */
  readonly defaultAuditSet: readonly LogonType[];
}

/** The properties to ask the listing for. */
export const mailboxProperties = [
  "Guid",
  "ExchangeGuid",
  "UserPrincipalName",
  "PrimarySmtpAddress",
  "RecipientTypeDetails",
  "AuditEnabled",
  "AuditAdmin",
  "AuditDelegate",
  "AuditOwner",
  "DefaultAuditSet",
] as const;

/** Name of the property that holds a logon type's list, on the wire. */
export const listProperty = { Admin: "AuditAdmin", Delegate: "AuditDelegate", Owner: "AuditOwner" } as const;

/**
 * Makes a reader of listing rows. A row without one of the audit properties is an error: taken for an empty list it would make us
 * switch off what is recorded. Equal lists share one array, since a tenant has a handful of different ones: each is sorted once.
 *
 * @throws Rejected when a row lacks a property or has one of the wrong type
 */
export function mailboxReader(): (row: unknown) => Mailbox {
  const admin = shared(actionSet);
  const delegate = shared(actionSet);
  const owner = shared(actionSet);
  const managedSet = shared((list) => logonTypes.filter((type) => list.includes(type)));
  return (row) => {
    const properties = (typeof row === "object" && row !== null ? row : {}) as Readonly<Record<string, unknown>>;
    const guid = text(properties, "Guid", "a mailbox without id");
    const address = optionalText(properties["PrimarySmtpAddress"]) ?? text(properties, "UserPrincipalName", guid);
    const userPrincipalName = optionalText(properties["UserPrincipalName"]);
    const exchangeGuid = optionalText(properties["ExchangeGuid"]);
    return {
      guid,
      exchangeGuid,
      address,
      userPrincipalName,
      recipientType: text(properties, "RecipientTypeDetails", address),
      auditEnabled: flag(properties, "AuditEnabled", address),
      lists: {
        Admin: admin(texts(properties, "AuditAdmin", address)),
        Delegate: delegate(texts(properties, "AuditDelegate", address)),
        Owner: owner(texts(properties, "AuditOwner", address)),
      },
      defaultAuditSet: managedSet(texts(properties, "DefaultAuditSet", address)),
    };
  };
}

/** What is made of a list is made once for all lists that read the same, and one array where it comes out the same. */
function shared<T extends string>(
  make: (list: readonly string[]) => readonly T[],
): (list: readonly string[]) => readonly T[] {
  const known = new Map<string, readonly T[]>();
  let last: { readonly list: readonly string[]; readonly made: readonly T[] } | undefined;
  const lookedUp = (list: readonly string[]): readonly T[] => {
    const key = list.join();
    const found = known.get(key);
    if (found !== undefined) return found;
    const made = make(list);
    const kept = known.get(made.join()) ?? made;
    known.set(made.join(), kept);
    known.set(key, kept);
    return kept;
  };
  return (list) => {
    // Mostly a list reads as that of the mailbox before it.
    if (last === undefined || !isSame(list, last.list)) last = { list, made: lookedUp(list) };
    return last.made;
  };
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((item, index) => item === other[index]);
}

type Properties = Readonly<Record<string, unknown>>;

function optionalText(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function text(properties: Properties, name: string, mailbox: string): string {
  return optionalText(properties[name]) ?? lacks(name, mailbox);
}

function flag(properties: Properties, name: string, mailbox: string): boolean {
  const value = properties[name];
  return typeof value === "boolean" ? value : lacks(name, mailbox);
}

function texts(properties: Properties, name: string, mailbox: string): readonly string[] {
  const value = properties[name];
  if (!Array.isArray(value) || !value.every((item) => typeof item === "string")) return lacks(name, mailbox);
  return value;
}

function lacks(name: string, mailbox: string): never {
  throw new Rejected({
    operation: "reading the audit settings of",
    subject: mailbox,
    happened: `the listing of mailboxes gives no usable ${name}`,
    next: "Nothing was changed: an unknown setting is not taken for an empty one. Check that the connection's role may read it.",
  });
}
