/** How Graph shows entities and collections: `$select`, `$filter`, `$top` with `@odata.nextLink`, and `@odata.context`. */
import type { JsonObject } from "../json";
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
}

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
  return { "@odata.context": `${place.root}/$metadata#${set}/$entity`, ...pick(value, names) };
}

/** A page of a collection after `$filter`. */
export function collection(place: Place, query: Query, values: readonly JsonObject[]): JsonObject {
  if (query["$search"] !== undefined) throw new GraphError(400, "Request_UnsupportedQuery", "Unsupported Query.");
  const filter = option(query, "$filter");
  const matching = filter === undefined ? values : values.filter(parseFilter(filter));
  const size = pageSize(option(query, "$top"));
  const start = Number(option(query, "$skiptoken") ?? 0);
  if (!Number.isSafeInteger(start) || start < 0) {
    throw new GraphError(
      400,
      "Directory_ExpiredPageToken",
      "The specified page token value has expired and can no longer be included in your request.",
    );
  }
  const names = selection(query);
  const page = matching.slice(start, start + size).map((value) => pick(value, names));
  const more = start + size < matching.length;
  return {
    "@odata.context": `${place.root}/$metadata#${place.set}${names === undefined ? "" : `(${names.join(",")})`}`,
    ...(option(query, "$count") === "true" ? { "@odata.count": matching.length } : {}),
    ...(more ? { "@odata.nextLink": nextLink(place, query, start + size) } : {}),
    value: page,
  };
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
