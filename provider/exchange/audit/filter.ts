/**
 * Filters over mailboxes, as people know them from Exchange (OPATH: `Alias -like 'svc*' -and HiddenFromAddressListsEnabled -eq $true`)
 * or from OData (`Alias eq 'svc1'`). Both become one tree, which is sent to the server as OData or applied to rows here.
 */

export type Comparison = "eq" | "ne" | "gt" | "ge" | "lt" | "le" | "like" | "notlike";

export type Filter =
  | { readonly kind: "and" | "or"; readonly of: readonly Filter[] }
  | { readonly kind: "not"; readonly of: Filter }
  | {
      readonly kind: "compare";
      /** As it was written; Exchange takes any letter case. */
      readonly property: string;
      readonly comparison: Comparison;
      readonly value: string | boolean;
    };

type Row = Readonly<Record<string, unknown>>;

/** Whether the server can apply the filter: what its OData makes of wildcards is not known, so those are applied here. */
export function isForServer(filter: Filter): boolean {
  if (filter.kind === "compare") return filter.comparison !== "like" && filter.comparison !== "notlike";
  return filter.kind === "not" ? isForServer(filter.of) : filter.of.every(isForServer);
}

/**
 * The filter as the `Mailbox` resource's `$filter` takes it; undefined where it is not known how that does: Microsoft's published metadata
 * types times as text, and what it makes of one, with quotes or without, is documented nowhere.
 */
export function toOData(filter: Filter): string | undefined {
  switch (filter.kind) {
    case "and":
    case "or": {
      const parts = filter.of.map((one) => toOData(one));
      return parts.includes(undefined) ? undefined : parts.map((part) => `(${part ?? ""})`).join(` ${filter.kind} `);
    }
    case "not": {
      const inner = toOData(filter.of);
      return inner === undefined ? undefined : `not (${inner})`;
    }
    default:
      if (isTime(filter.property)) return undefined;
      return `${filter.property} ${filter.comparison} ${literal(filter.property, filter.value)}`;
  }
}

/** An equality of texts. */
export function equals(property: string, value: string): Filter {
  return { kind: "compare", property, comparison: "eq", value };
}

/** The properties that a filter compares, in the letter case in which they were written. */
export function propertiesOf(filter: Filter): readonly string[] {
  if (filter.kind === "compare") return [filter.property];
  return filter.kind === "not" ? propertiesOf(filter.of) : filter.of.flatMap((one) => propertiesOf(one));
}

/** Whether a row of a listing passes. Of a property with several values, one that is equal will do. */
export function passes(filter: Filter, row: Row): boolean {
  switch (filter.kind) {
    case "and":
      return filter.of.every((one) => passes(one, row));
    case "or":
      return filter.of.some((one) => passes(one, row));
    case "not":
      return !passes(filter.of, row);
    default:
      return compares(valuesOf(row, filter.property), filter.comparison, filter.value);
  }
}

/** Properties that hold a time. */
export function isTime(property: string): boolean {
  return /^When[A-Z]/i.test(property);
}

/** A time as Exchange keeps it: ISO 8601 in UTC, to the second. */
export function wholeSecond(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d{3}Z$/, "Z");
}

function literal(property: string, value: string | boolean): string {
  // Ids have a type of their own in OData, and are no texts.
  if (typeof value === "boolean" || /Guid$/i.test(property)) return String(value);
  return `'${value.replaceAll("'", "''")}'`;
}

function valuesOf(row: Row, property: string): readonly string[] {
  const name = Object.keys(row).find((key) => key.toLowerCase() === property.toLowerCase());
  const value = name === undefined ? undefined : row[name];
  if (Array.isArray(value)) return value.map((item) => String(item).toLowerCase());
  return typeof value === "string" || typeof value === "boolean" || typeof value === "number"
    ? [String(value).toLowerCase()]
    : [""];
}

function compares(values: readonly string[], comparison: Comparison, value: string | boolean): boolean {
  const wanted = String(value).toLowerCase();
  switch (comparison) {
    case "eq":
      return values.some((one) => sameOrLess(one, wanted) === 0);
    case "ne":
      return values.every((one) => sameOrLess(one, wanted) !== 0);
    case "like":
      return values.some((one) => wildcard(wanted).test(one));
    case "notlike":
      return !values.some((one) => wildcard(wanted).test(one));
    case "gt":
      return values.some((one) => sameOrLess(one, wanted) > 0);
    case "ge":
      return values.some((one) => sameOrLess(one, wanted) >= 0);
    case "lt":
      return values.some((one) => sameOrLess(one, wanted) < 0);
    default:
      return values.some((one) => sameOrLess(one, wanted) <= 0);
  }
}

/** Negative, zero or positive. Times are compared as times: they come with and without fractions of a second. */
function sameOrLess(one: string, other: string): number {
  const times = [one, other].map((text) =>
    /^\d{4}-\d{2}-\d{2}t/.test(text) ? Date.parse(text.toUpperCase()) : Number.NaN,
  );
  const [a, b] = times as [number, number];
  if (!Number.isNaN(a) && !Number.isNaN(b)) return a - b;
  return one < other ? -1 : Number(one > other);
}

function wildcard(pattern: string): RegExp {
  return new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", "[\\s\\S]*")}$`);
}
