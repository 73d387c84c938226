/** The properties of a mailbox as they go over the wire, and the property sets that group them. */
import type { ExchangeBehaviour } from "./behaviour";
import { badRequest } from "./errors";
import type { Mailbox } from "./model";
import type { MailboxGlance } from "./storedMailboxes";
import { isGuid } from "./seeded";

/** `date`: milliseconds since the Unix epoch inside, ISO 8601 outside. */
type WireType = "string" | "boolean" | "guid" | "date" | "strings";

export interface WireProperty<T> {
  readonly name: string;
  readonly type: WireType;
  /** Undefined: the property is left out. */
  value(object: T): string | boolean | number | readonly string[] | undefined;
}

export interface MailboxProperty extends WireProperty<Mailbox> {
  /** What a filter compares; undefined for a property that can't be filtered by. */
  readonly filtered: ((mailbox: MailboxGlance) => string | boolean | number | readonly string[]) | undefined;
}

type Value = string | boolean | number | readonly string[] | undefined;

function filterable(
  name: string,
  type: WireType,
  value: (mailbox: Mailbox) => Exclude<Value, undefined>,
): MailboxProperty {
  return { name, type, value, filtered: (glance) => value(glance.mailbox()) };
}

function quick(
  name: string,
  type: WireType,
  value: (mailbox: Mailbox) => Value,
  filtered: NonNullable<MailboxProperty["filtered"]>,
): MailboxProperty {
  return { name, type, value, filtered };
}

function unfilterable(name: string, type: WireType, value: (mailbox: Mailbox) => Value): MailboxProperty {
  return { name, type, value, filtered: undefined };
}

const organizationName = (mailbox: Mailbox): string => /OU=([^,]+),/.exec(mailbox.distinguishedName)?.[1] ?? "";
const isResource = (mailbox: Mailbox): boolean => /^(?:Room|Equipment)/.test(mailbox.recipientTypeDetails);

/** All that `Get-Mailbox` shows, in that order. */
export const mailboxProperties: readonly MailboxProperty[] = [
  filterable("ExchangeGuid", "guid", (mailbox) => mailbox.exchangeGuid),
  filterable("ExternalDirectoryObjectId", "string", (mailbox) => mailbox.externalDirectoryObjectId),
  filterable("UserPrincipalName", "string", (mailbox) => mailbox.userPrincipalName),
  filterable("IsResource", "boolean", isResource),
  quick(
    "AuditEnabled",
    "boolean",
    (mailbox) => mailbox.auditEnabled,
    (glance) => glance.explicitAuditEnabled,
  ),
  unfilterable("AuditLogAgeLimit", "string", (mailbox) => timeSpan(mailbox.auditLogAgeLimitDays)),
  unfilterable("AuditAdmin", "strings", (mailbox) => mailbox.auditAdmin),
  unfilterable("AuditDelegate", "strings", (mailbox) => mailbox.auditDelegate),
  unfilterable("AuditOwner", "strings", (mailbox) => mailbox.auditOwner),
  unfilterable("DefaultAuditSet", "strings", (mailbox) => mailbox.defaultAuditSet),
  quick(
    "PersistedCapabilities",
    "strings",
    (mailbox) => mailbox.persistedCapabilities,
    (glance) => glance.persistedCapabilities,
  ),
  quick(
    "Alias",
    "string",
    (mailbox) => mailbox.alias,
    (glance) => glance.alias,
  ),
  filterable("DisplayName", "string", (mailbox) => mailbox.displayName),
  filterable("EmailAddresses", "strings", (mailbox) => [`SMTP:${mailbox.primarySmtpAddress}`]),
  filterable("PrimarySmtpAddress", "string", (mailbox) => mailbox.primarySmtpAddress),
  filterable("RecipientType", "string", (mailbox) =>
    mailbox.recipientTypeDetails === "GroupMailbox" ? "MailUniversalDistributionGroup" : "UserMailbox",
  ),
  quick(
    "RecipientTypeDetails",
    "string",
    (mailbox) => mailbox.recipientTypeDetails,
    (glance) => glance.recipientTypeDetails,
  ),
  unfilterable("Identity", "string", (mailbox) => mailbox.name),
  filterable("Id", "string", (mailbox) => mailbox.name),
  unfilterable("ExchangeVersion", "string", () => "0.20 (15.0.0.0)"),
  filterable("Name", "string", (mailbox) => mailbox.name),
  filterable("DistinguishedName", "string", (mailbox) => mailbox.distinguishedName),
  quick(
    "WhenChanged",
    "date",
    (mailbox) => mailbox.whenChanged,
    (glance) => glance.whenChanged,
  ),
  quick(
    "WhenCreated",
    "date",
    (mailbox) => mailbox.whenCreated,
    (glance) => glance.whenCreated,
  ),
  quick(
    "WhenChangedUTC",
    "date",
    (mailbox) => mailbox.whenChanged,
    (glance) => glance.whenChanged,
  ),
  quick(
    "WhenCreatedUTC",
    "date",
    (mailbox) => mailbox.whenCreated,
    (glance) => glance.whenCreated,
  ),
  unfilterable("ExchangeObjectId", "string", (mailbox) => mailbox.guid),
  unfilterable("OrganizationId", "string", (mailbox) => {
    const name = organizationName(mailbox);
    return `EURPR04A001.PROD.OUTLOOK.COM/Microsoft Exchange Hosted Organizations/${name} - EURPR04A001.PROD.OUTLOOK.COM/ConfigurationUnits/${name}/Configuration`;
  }),
  filterable("Guid", "guid", (mailbox) => mailbox.guid),
];

const byName = new Map(mailboxProperties.map((property) => [property.name.toLowerCase(), property]));

/** A property by name, in any letter case. */
export function findProperty(name: string): MailboxProperty | undefined {
  return byName.get(name.trim().toLowerCase());
}

/**
 * Of the property sets of `Get-EXOMailbox`, those that the sandbox knows all of; the others give only the id that every set has.
 * {@link https://learn.microsoft.com/powershell/exchange/cmdlet-property-sets}
 */
const propertySets: Readonly<Record<string, readonly string[]>> = {
  minimum:
    "Alias DisplayName DistinguishedName EmailAddresses ExchangeVersion ExternalDirectoryObjectId Guid Id Name OrganizationId PrimarySmtpAddress RecipientType RecipientTypeDetails UserPrincipalName".split(
      " ",
    ),
  audit:
    "AuditAdmin AuditDelegate AuditEnabled AuditLogAgeLimit AuditOwner DefaultAuditSet ExternalDirectoryObjectId".split(
      " ",
    ),
  all: mailboxProperties.map(({ name }) => name),
};
const otherSets =
  "addresslist archive custom delivery hold moderation move policy publicfolder quota resource retention scl softdelete statisticsseed".split(
    " ",
  );

/** The properties of the sets and of `$select` together; the minimum set when neither names anything. Throws a 400 for unknown ones. */
export function chosenProperties(
  sets: readonly string[],
  select: readonly string[],
  behaviour: Pick<ExchangeBehaviour, "propertySets" | "auditSetHasDefaultAuditSet">,
): readonly MailboxProperty[] {
  if (sets.length > 0 && !behaviour.propertySets) {
    throw badRequest("The query parameter 'PropertySet' is not supported.");
  }
  const names = new Set(["externaldirectoryobjectid"]);
  for (const set of sets.length === 0 && select.length === 0 ? ["Minimum"] : sets) {
    const known = propertySets[set.trim().toLowerCase()];
    if (known === undefined && !otherSets.includes(set.trim().toLowerCase())) {
      throw badRequest(`The property set '${set}' is not valid for the type 'Exchange.Mailbox'.`);
    }
    for (const name of known ?? []) names.add(name.toLowerCase());
  }
  if (!behaviour.auditSetHasDefaultAuditSet) names.delete("defaultauditset");
  for (const name of select) {
    if (findProperty(name) === undefined) {
      throw badRequest(`Could not find a property named '${name}' on type 'Exchange.Mailbox'.`);
    }
    names.add(name.trim().toLowerCase());
  }
  return mailboxProperties.filter(({ name }) => names.has(name.toLowerCase()));
}

/** `90` → `90.00:00:00`, as .NET writes a time span. */
export function timeSpan(days: number): string {
  const whole = Math.floor(days);
  const seconds = Math.round((days - whole) * 24 * 3600);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, "0");
  return `${String(whole)}.${two(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** ISO 8601 in UTC, whole seconds. */
export function wireDate(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d{3}Z$/, "Z");
}

/** An entity as OData shows it: plain values. */
export function entity<T>(object: T, properties: readonly WireProperty<T>[]): Record<string, unknown> {
  const shown: Record<string, unknown> = {};
  for (const property of properties) {
    const value = wireValue(property, object);
    if (value !== undefined) shown[property.name] = value;
  }
  return shown;
}

/**
 * A row as `InvokeCommand` shows it: collections are announced by `X@odata.type` before them, scalars that aren't text or boolean
 * by `X@data.type` behind them.
 */
export function row<T>(object: T, properties: readonly WireProperty<T>[]): Record<string, unknown> {
  const shown: Record<string, unknown> = {};
  for (const property of properties) {
    const { name, type } = property;
    const value = wireValue(property, object);
    if (value === undefined) continue;
    if (type === "strings") shown[`${name}@odata.type`] = "#Collection(String)";
    shown[name] = value;
    if (type === "guid") shown[`${name}@data.type`] = "System.Guid";
    if (type === "date") shown[`${name}@data.type`] = "System.DateTime";
  }
  return shown;
}

function wireValue<T>(property: WireProperty<T>, object: T): unknown {
  const inner = property.value(object);
  return property.type === "date" && typeof inner === "number" ? wireDate(inner) : inner;
}

/** Base64 of an identity, in UTF-8 or UTF-16 as PowerShell's clients encode it; undefined when it is neither. */
export function decodedIdentity(encoded: string): string | undefined {
  const bytes = Buffer.from(encoded, "base64");
  if (bytes.length === 0) return undefined;
  const text = bytes.toString(bytes.includes(0) ? "utf16le" : "utf8");
  return isGuid(text) || !text.includes("\ufffd") ? text : undefined;
}
