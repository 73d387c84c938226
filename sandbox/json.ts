/** Small helpers for JSON whose shape is not known. */

export type JsonObject = Record<string, unknown>;

/** Whether a value is a JSON object: neither null nor an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value if it is a string that is not empty, else undefined. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A deep copy of JSON data. */
export function copy<T>(value: T): T {
  return structuredClone(value);
}

/**
 * Merges a PATCH into an object the way Graph does: a complex property takes only the fields that were sent, a list and a scalar are
 * replaced whole. Annotations (`@odata.type`) are dropped.
 */
export function mergePatch(target: JsonObject, patch: JsonObject): void {
  for (const [name, value] of Object.entries(patch)) {
    if (name.includes("@")) continue;
    const before = target[name];
    if (isObject(value) && isObject(before)) mergePatch(before, value);
    else if (isObject(value)) mergePatch((target[name] = {}), value);
    else target[name] = copy(value);
  }
}
