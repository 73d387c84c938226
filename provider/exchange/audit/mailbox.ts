/** A mailbox as the listing gives it. */
import { Rejected } from "../../core/errors";
import { type LogonType, logonTypes } from "../auditActions";
import { actionSet } from "./policy";

/** What is read of each mailbox: just enough to hold it against the rule. */
export interface Mailbox {
  /** Exchange's id, by which the mailbox is addressed in every command. */
  readonly guid: string;
  /** The primary SMTP address, for people; the user principal name where there is none. */
  readonly address: string;
  /** Undefined where there is none. */
  readonly userPrincipalName?: string;
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
 * switch off what is recorded. Equal lists share one array, since a tenant has a handful of different ones.
 *
 * @throws Rejected when a row lacks a property or has one of the wrong type
 */
export function mailboxReader(): (row: unknown) => Mailbox {
  const shared = new Map<string, readonly string[]>();
  const share = (list: readonly string[]): readonly string[] => {
    const key = list.join();
    const known = shared.get(key);
    if (known !== undefined) return known;
    shared.set(key, list);
    return list;
  };
  return (row) => {
    const properties = (typeof row === "object" && row !== null ? row : {}) as Readonly<Record<string, unknown>>;
    const guid = text(properties, "Guid", "a mailbox without id");
    const address = optionalText(properties["PrimarySmtpAddress"]) ?? text(properties, "UserPrincipalName", guid);
    const userPrincipalName = optionalText(properties["UserPrincipalName"]);
    const managed = texts(properties, "DefaultAuditSet", address);
    return {
      guid,
      address,
      ...(userPrincipalName === undefined ? {} : { userPrincipalName }),
      recipientType: text(properties, "RecipientTypeDetails", address),
      auditEnabled: flag(properties, "AuditEnabled", address),
      lists: {
        Admin: share(actionSet(texts(properties, "AuditAdmin", address))),
        Delegate: share(actionSet(texts(properties, "AuditDelegate", address))),
        Owner: share(actionSet(texts(properties, "AuditOwner", address))),
      },
      defaultAuditSet: share(logonTypes.filter((type) => managed.includes(type))) as readonly LogonType[],
    };
  };
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
