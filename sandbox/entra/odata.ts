/** How Graph shows entities and collections: `$select`, `$filter`, `$top` with `@odata.nextLink`, and `@odata.context`. */
import type { FastifyRequest } from "fastify";
import { text, type JsonObject } from "../json";
import { parseFilter } from "./filter";
import { GraphError } from "./graphError";

/** The query part of a request, decoded (a `+` is a space). */
export type Query = Readonly<Record<string, unknown>>;

/** Where a collection is served. */
export interface Place {
  /** `https://host/v1.0`. */
  readonly root: string;
  /** Path after the root, for the context and the next link: `applications`, `servicePrincipals/{id}/owners`. */
  readonly path: string;
  /** The entity set's name in `@odata.context`: `applications`, `directoryObjects`. */
  readonly set: string;
  /** What `$expand` may ask for, by name, and how it is found for an object. Default: nothing. */
  readonly expandable?: Readonly<Record<string, (value: JsonObject) => unknown>>;
  /** What is shown when nothing is selected. Default: everything. */
  readonly shownByDefault?: readonly string[];
}

/** What directory objects can be sorted by, see {@link https://learn.microsoft.com/graph/aad-advanced-queries}. */
const sortable: ReadonlySet<string> = new Set(["displayName", "userPrincipalName", "createdDateTime", "appId"]);

const maximumPage = 999;
const defaultPage = 100;

/** The value of a query option, given with or without a repeated key; undefined when it is absent. */
export function option(query: Query, name: string): string | undefined {
  const value = query[name];
  if (Array.isArray(value))
    throw new GraphError(400, "BadRequest", `Query option '${name}' was specified more than once.`);
  return typeof value === "string" ? value : undefined;
}

/** The properties named by `$select`; undefined for all. */
export function selection(query: Query): readonly string[] | undefined {
  const names = option(query, "$select")
    ?.split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  return names === undefined || names.length === 0 ? undefined : names;
}

/** One entity, with its context first. */
export function entity(place: Place, query: Query, value: JsonObject): JsonObject {
  const names = selection(query);
  const set = names === undefined ? place.set : `${place.set}(${names.join(",")})`;
  return { "@odata.context": `${place.root}/$metadata#${set}/$entity`, ...shown(place, query, value) };
}

/**
 * A page of a collection after `$filter`.
 * @param sees whether the replica that is read has an object; called once for each that the filter lets through
 */
export function collection(
  place: Place,
  query: Query,
  values: readonly JsonObject[],
  sees: (value: JsonObject) => boolean = () => true,
): JsonObject {
  if (query["$search"] !== undefined) throw new GraphError(400, "Request_UnsupportedQuery", "Unsupported Query.");
  const filter = option(query, "$filter");
  const filtered = filter === undefined ? values : values.filter(parseFilter(filter));
  const matching = ordered(filtered.filter(sees), option(query, "$orderby"));
  const size = pageSize(option(query, "$top"));
  const start = Number(option(query, "$skiptoken") ?? 0);
  if (!Number.isSafeInteger(start) || start < 0) {
    throw new GraphError(
      400,
      "Directory_ExpiredPageToken",
      "The specified page token value has expired and can no longer be included in your request.",
    );
  }
  expansion(place, query);
  const names = selection(query);
  const page = matching.slice(start, start + size).map((value) => shown(place, query, value));
  const more = start + size < matching.length;
  return {
    "@odata.context": `${place.root}/$metadata#${place.set}${names === undefined ? "" : `(${names.join(",")})`}`,
    ...(option(query, "$count") === "true" ? { "@odata.count": matching.length } : {}),
    ...(more ? { "@odata.nextLink": nextLink(place, query, start + size) } : {}),
    value: page,
  };
}

/**
 * What `$expand` names.
 * @throws GraphError 400 for what can't be expanded
 */
function expansion({ expandable = {}, set }: Place, query: Query): readonly string[] {
  const names = (option(query, "$expand") ?? "")
    .replace(/\([^)]*\)/g, "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  const unknown = names.find((name) => !(name in expandable));
  if (unknown !== undefined) {
    throw new GraphError(
      400,
      "BadRequest",
      `Parsing OData Select and Expand failed: Could not find a property named '${unknown}' on type '${set}'.`,
    );
  }
  return names;
}

function expanded(place: Place, query: Query, value: JsonObject): JsonObject {
  const names = expansion(place, query);
  if (names.length === 0) return value;
  return { ...value, ...Object.fromEntries(names.map((name) => [name, place.expandable?.[name]?.(value)])) };
}

function shown(place: Place, query: Query, value: JsonObject): JsonObject {
  return pick(expanded(place, query, value), selection(query) ?? place.shownByDefault);
}

/**
 * A count in plain text, as `…/$count` gives it.
 * @throws GraphError 400 without `ConsistencyLevel: eventual`, see {@link https://learn.microsoft.com/graph/aad-advanced-queries}
 */
export function counted(request: FastifyRequest<{ Querystring: Query }>, values: readonly JsonObject[]): string {
  if (!isEventual(request)) {
    throw new GraphError(400, "Request_BadRequest", "$count is not currently supported.");
  }
  const filter = option(request.query, "$filter");
  return String((filter === undefined ? values : values.filter(parseFilter(filter))).length);
}

/** Whether a request takes an answer of the index, which may be a little behind. */
export function isEventual({ headers }: Pick<FastifyRequest, "headers">): boolean {
  return headers["consistencylevel"] === "eventual";
}

/** 400 for an `$orderby` that is not supported, or not without an advanced query. */
export function unsupportedSort(): GraphError {
  return new GraphError(400, "Request_UnsupportedQuery", "Sorting not supported for current query.");
}

/** Sorted by one property, as `$orderby=displayName desc` asks for it. */
function ordered(values: readonly JsonObject[], by: string | undefined): readonly JsonObject[] {
  if (by === undefined) return values;
  const [, name = "", direction] = /^(\w+)(?:\s+(asc|desc))?$/i.exec(by.trim()) ?? [];
  if (!sortable.has(name)) {
    throw unsupportedSort();
  }
  const sign = direction?.toLowerCase() === "desc" ? -1 : 1;
  const key = (value: JsonObject): string => text(value[name]) ?? "";
  return [...values].sort((a, b) => sign * key(a).localeCompare(key(b)));
}

function pageSize(top: string | undefined): number {
  if (top === undefined) return defaultPage;
  const size = Number(top);
  if (!Number.isSafeInteger(size) || size < 1 || size > maximumPage) {
    throw new GraphError(
      400,
      "Request_UnsupportedQuery",
      `Invalid page size specified: '${top}'. Must be between 1 and 999 inclusive.`,
    );
  }
  return size;
}

function nextLink({ root, path }: Place, query: Query, start: number): string {
  const kept = Object.entries(query).filter(
    (pair): pair is [string, string] => pair[0] !== "$skiptoken" && typeof pair[1] === "string",
  );
  return `${root}/${path}?${new URLSearchParams([...kept, ["$skiptoken", String(start)]]).toString()}`;
}

function pick(value: JsonObject, names: readonly string[] | undefined): JsonObject {
  if (names === undefined) return value;
  const type = value["@odata.type"];
  const picked: JsonObject = type === undefined ? {} : { "@odata.type": type };
  for (const name of names) {
    // `$select` may name a field of a complex property, which Graph answers as that property alone.
    const head = name.split("/", 1)[0] ?? name;
    if (head in value) picked[head] = value[head];
  }
  return picked;
}

/**
 * Rewrites OData's key in brackets to a path segment, so that one route serves both forms:
 * `applications('id')` to `applications/id`, and `applications(appId='…')` to `applications/appId=…`.
 */
export function keysAsSegments(url: string): string {
  const end = url.indexOf("?");
  const path = end === -1 ? url : url.slice(0, end);
  if (!/^\/(?:v1\.0|beta)\//i.test(path) || !/\(|%28/i.test(path)) return url;
  const rewritten = path
    .replace(/%28/gi, "(")
    .replace(/%29/gi, ")")
    .replace(/%27/g, "'")
    .replace(/%3D/gi, "=")
    .replace(/\((?:([A-Za-z]+)=)?'([^'()/]*)'\)/g, (_, name: string | undefined, value: string) =>
      name === undefined ? `/${value}` : `/${name}=${value}`,
    );
  return end === -1 ? rewritten : rewritten + url.slice(end);
}

/** The value of an alternate key in a path segment: of `uniqueName=…` with the name `uniqueName`. */
export function keyedBy(name: string, segment: string): string | undefined {
  const prefix = `${name}=`;
  const isKeyed = segment.toLowerCase().startsWith(prefix.toLowerCase());
  return isKeyed && segment.length > prefix.length ? segment.slice(prefix.length) : undefined;
}

/** Whether a PATCH makes what its alternate key does not find. */
export function createsIfMissing({ headers }: Pick<FastifyRequest, "headers">): boolean {
  return /(?:^|,)\s*create-if-missing\s*(?:,|$)/i.test(String(headers["prefer"] ?? ""));
}
