/** References from one directory object to another, as `$ref` bodies and `@odata.bind` lists carry them. */
import { isObject } from "../json";
import type { Directory } from "./directory";
import { badRequest, resourceNotFound } from "./graphError";

/** Owners that a POST names in `owners@odata.bind`. */
export function boundOwners(directory: Directory, body: unknown): string[] {
  const bound = isObject(body) ? body["owners@odata.bind"] : undefined;
  const references: readonly unknown[] = Array.isArray(bound) ? bound : [];
  return references.map((reference) => {
    const id = typeof reference === "string" ? idOf(reference) : undefined;
    if (id === undefined) throw badRequest("Invalid URL format specified in payload.");
    return existingOwner(directory, id);
  });
}

/**
 * The id of a user or service principal.
 * @throws GraphError 404 when there is none, 400 for an object that can own nothing
 */
export function existingOwner(directory: Directory, id: string): string {
  const type = directory.object(id)?.type;
  if (type === undefined) throw resourceNotFound(id);
  if (type !== "user" && type !== "servicePrincipal") {
    throw badRequest(`The reference target '${id}' of type '${type}' is invalid for the 'owners' reference.`);
  }
  return id;
}

/** The object that a `$ref` body points at: the last segment of its `@odata.id`. */
export function referencedId(body: unknown): string {
  const reference = isObject(body) ? body["@odata.id"] : undefined;
  const id = typeof reference === "string" ? idOf(reference) : undefined;
  if (id === undefined) throw badRequest("Invalid URL format specified in payload.");
  return id;
}

/** The object id at the end of a reference URL, `…/directoryObjects/{id}` or `…/users('{id}')`. */
function idOf(reference: string): string | undefined {
  return /([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:'\))?$/i.exec(reference)?.[1]?.toLowerCase();
}
