/**
 * Property values of the Pulumi provider protocol, as the stand-ins handle them: ordinary data in which a part may be
 * marked as secret or not be known yet.
 *
 * On the wire both are signature objects in a `google.protobuf.Struct`; see `codec.ts`.
 */

/** Data without marks, as a resource's own code sees it. */
export type Plain = null | boolean | number | string | readonly Plain[] | PlainMap;
export interface PlainMap {
  readonly [property: string]: Plain;
}

/** Stands for a value that the engine will only know after something has been created. */
export const UNKNOWN: unique symbol = Symbol("unknown");

/** A value that the engine keeps encrypted in the state. */
export class Secret {
  constructor(readonly value: Value) {}
}

export type Value = null | boolean | number | string | readonly Value[] | ValueMap | Secret | typeof UNKNOWN;
export interface ValueMap {
  readonly [property: string]: Value;
}

/** True for an array; keeps readonly element types, which `Array.isArray` loses. */
export function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}

/** True for a map of properties: neither a list, nor a secret, nor unknown. */
export function isMap(value: Value | undefined): value is ValueMap {
  return typeof value === "object" && value !== null && !isList<unknown>(value) && !(value instanceof Secret);
}

/** The value without its secret marks, wherever they are. */
export function reveal(value: Value): Value {
  if (value instanceof Secret) return reveal(value.value);
  if (isMap(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, reveal(item)]));
  if (isList(value)) return value.map(reveal);
  return value;
}

/** True when the value or a part of it is marked as secret. */
export function holdsSecret(value: Value | undefined): boolean {
  if (value instanceof Secret) return true;
  if (isMap(value)) return Object.values(value).some(holdsSecret);
  if (value !== undefined && isList(value)) return value.some(holdsSecret);
  return false;
}

/** True when the value or a part of it is not known yet. */
export function holdsUnknown(value: Value | undefined): boolean {
  if (value === UNKNOWN) return true;
  if (value instanceof Secret) return holdsUnknown(value.value);
  if (isMap(value)) return Object.values(value).some(holdsUnknown);
  if (value !== undefined && isList(value)) return value.some(holdsUnknown);
  return false;
}

/**
 * The properties without any mark.
 *
 * @throws Error when one of them is not known yet: the engine only leaves unknowns in a preview.
 */
export function plainMap(properties: ValueMap): PlainMap {
  for (const [key, value] of Object.entries(properties)) {
    if (holdsUnknown(value)) throw new Error(`The value of "${key}" is not known yet.`);
  }
  return reveal(properties) as PlainMap;
}

/** A string property; undefined when it is absent, null or empty (Terraform does not tell these apart). */
export function text(properties: PlainMap, name: string): string | undefined {
  const value = properties[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A string property that must be there. */
export function requiredText(properties: PlainMap, name: string): string {
  const value = text(properties, name);
  if (value === undefined) throw new Error(`The property "${name}" is missing.`);
  return value;
}

/** A boolean property; false when it is absent. */
export function flag(properties: PlainMap, name: string): boolean {
  return properties[name] === true;
}

/** A value as text, for messages and environments: a string as it is, anything else as JSON. */
export function shown(value: Plain): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** A list of strings; empty when the property is absent. */
export function texts(properties: PlainMap, name: string): readonly string[] {
  const value = properties[name];
  if (value === undefined || !isList(value)) return [];
  return value.filter((item) => typeof item === "string");
}
