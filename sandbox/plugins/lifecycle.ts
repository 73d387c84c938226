/**
 * The part of a resource's life that is the same for all types: checking inputs, comparing, and foreseeing.
 *
 * It follows what the Pulumi Terraform bridge does for the official plugins:
 * {@link https://github.com/pulumi/pulumi-terraform-bridge} (`pkg/tfbridge`: defaults, `ExtractInputsFromOutputs`, previews).
 */
import type { Failure, Plugin, Property, ResourceType } from "./resource";
import { compare, isZero, type DiffKind } from "./compare";
import {
  holdsSecret,
  holdsUnknown,
  isList,
  isMap,
  plainMap,
  reveal,
  Secret,
  UNKNOWN,
  type PlainMap,
  type Value,
  type ValueMap,
} from "./values";

type Where = Plugin<unknown>["defaultsIn"];
type Type = Pick<ResourceType<unknown>, "properties" | "idInOutputs"> & {
  validate?(inputs: PlainMap): readonly Failure[];
};

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** Completes the program's inputs with defaults and says what is wrong with them. */
export function check(type: Type, where: Where, news: ValueMap): { inputs: ValueMap; failures: readonly Failure[] } {
  const given = Object.fromEntries(
    Object.entries(news).filter(([name, value]) => value !== null && name !== "__defaults"),
  );
  const failures: Failure[] = [];
  for (const name of Object.keys(given)) {
    if (type.properties[name]?.input === undefined)
      failures.push({ property: name, reason: `"${name}" is not an input` });
  }
  const inputs: Record<string, Value> = { ...given };
  const defaults: string[] = [];
  for (const [name, property] of Object.entries(type.properties)) {
    const value = given[name];
    if (value === undefined) {
      if (property.input === "required")
        failures.push({ property: name, reason: `Missing required property "${name}"` });
      if (property.default !== undefined && where === "inputs") {
        inputs[name] = property.default;
        defaults.push(name);
      }
      continue;
    }
    const reason = problem(property, reveal(value));
    if (reason !== undefined) failures.push({ property: name, reason: `"${name}" ${reason}` });
    if (property.blocks === true && where === "inputs") inputs[name] = withNestedDefaults(value);
  }
  if (failures.length === 0 && type.validate !== undefined && !holdsUnknown(given)) {
    failures.push(...type.validate(plainMap(given)));
  }
  if (where === "inputs") inputs["__defaults"] = defaults.sort();
  return { inputs, failures };
}

function problem(property: Property, value: Value): string | undefined {
  if (value === UNKNOWN) return undefined;
  const items = isList(value) ? value : [value];
  for (const item of items) {
    if (item === UNKNOWN) continue;
    if (property.oneOf !== undefined && !property.oneOf.some((allowed) => allowed === item)) {
      return `must be one of ${property.oneOf.join(", ")}`;
    }
    if (property.guid === true && !(typeof item === "string" && guid.test(item))) return "must be a GUID";
    if (
      property.time === true &&
      !(typeof item === "string" && rfc3339.test(item) && !Number.isNaN(Date.parse(item)))
    ) {
      return "must be a time in RFC 3339, for example 2030-01-31T12:00:00Z";
    }
  }
  return undefined;
}

function withNestedDefaults(value: Value): Value {
  if (value instanceof Secret) return new Secret(withNestedDefaults(value.value));
  if (isList(value)) return value.map(withNestedDefaults);
  return isMap(value) ? { ...value, __defaults: [] } : value;
}

/** How the program's inputs differ from the recorded state. */
export interface Difference {
  /** Property path → what happens there; with `Replace` where it needs a new resource. */
  readonly detailed: Readonly<Record<string, { readonly kind: DiffKind; readonly replaces: boolean }>>;
  /** Names of the properties that need a new resource. */
  readonly replaces: readonly string[];
  /** Names of the properties that differ. */
  readonly changed: readonly string[];
}

/** Compares inputs with the state the way Terraform plans: silence about a computed property is no change. */
export function diff(
  type: Type,
  state: ValueMap,
  news: ValueMap,
  ignoreChanges: readonly string[] = [],
  expired: readonly string[] = [],
): Difference {
  const detailed: Record<string, { kind: DiffKind; replaces: boolean }> = {};
  const changed = new Set<string>();
  const replaces = new Set<string>();
  for (const [name, property] of Object.entries(type.properties)) {
    // An output with a default is planned to be that; every other output is only known afterwards.
    if (property.input === undefined && property.default === undefined) continue;
    if (ignoreChanges.some((path) => path === name || path.startsWith(`${name}.`))) continue;
    const wanted = reveal(news[name] ?? property.default ?? null);
    if (wanted === null && property.computed === true) continue;
    const differences = compare(name, reveal(state[name] ?? null), wanted, property.unordered === true);
    for (const [path, kind] of differences) {
      detailed[path] = { kind, replaces: property.replaces === true };
      changed.add(name);
      if (property.replaces === true) replaces.add(name);
    }
  }
  for (const name of expired) {
    detailed[name] = { kind: "update", replaces: true };
    changed.add(name);
    replaces.add(name);
  }
  return { detailed, replaces: [...replaces], changed: [...changed] };
}

/** The outputs as a preview of a creation foresees them. */
export function foreseeCreate(type: Type, inputs: ValueMap): ValueMap {
  const outputs: Record<string, Value> = {};
  for (const [name, property] of Object.entries(type.properties)) {
    const value = inputs[name] ?? property.default;
    if (value !== undefined) outputs[name] = value;
    else if (property.input === undefined || property.computed === true) outputs[name] = UNKNOWN;
  }
  return mark(type, inputs, outputs);
}

/** The outputs as a preview of an update foresees them. */
export function foreseeUpdate(type: Type, state: ValueMap, inputs: ValueMap): ValueMap {
  const outputs: Record<string, Value> = { ...state };
  for (const [name, property] of Object.entries(type.properties)) {
    const value = inputs[name] ?? property.default;
    if (property.derived === true) outputs[name] = UNKNOWN;
    else if (value !== undefined) outputs[name] = value;
    else if (property.input !== undefined && property.computed !== true) outputs[name] = null;
  }
  return mark(type, inputs, outputs);
}

/** Marks as secret what is secret by nature, what came in as a secret, and what derives from a secret. */
export function mark(type: Type, inputs: ValueMap, outputs: ValueMap): ValueMap {
  const anySecret = holdsSecret(inputs);
  return Object.fromEntries(
    Object.entries(outputs).map(([name, value]) => {
      const property = type.properties[name];
      const secret =
        property?.secret === true || holdsSecret(inputs[name]) || (property?.derived === true && anySecret);
      const bare = stripDefaults(reveal(value));
      return [name, secret && bare !== null ? new Secret(bare) : bare];
    }),
  );
}

/** Inputs after a refresh: those that the program had declared, with the values that were found. */
export function refreshedInputs(type: Type, oldInputs: ValueMap, outputs: ValueMap): ValueMap {
  const inputs: Record<string, Value> = {};
  for (const [name, old] of Object.entries(oldInputs)) {
    if (name === "__defaults") continue;
    const found = reveal(outputs[name] ?? null);
    const property = type.properties[name];
    if (compare(name, reveal(old), found, property?.unordered === true).length === 0) inputs[name] = old;
    else if (!isZero(found)) inputs[name] = old instanceof Secret ? new Secret(found) : found;
  }
  const defaults = oldInputs["__defaults"];
  if (defaults !== undefined && isList(defaults)) {
    inputs["__defaults"] = defaults.filter(
      (name) => typeof name === "string" && inputs[name] === type.properties[name]?.default,
    );
  }
  return inputs;
}

/** Inputs that a program would have to declare to get what was found: for an import. */
export function importedInputs(type: Type, where: Where, outputs: ValueMap): ValueMap {
  const inputs: Record<string, Value> = {};
  for (const [name, property] of Object.entries(type.properties)) {
    const found = outputs[name];
    if (property.input === undefined || found === undefined) continue;
    const bare = reveal(found);
    if (isZero(bare) || bare === property.default) continue;
    inputs[name] = property.blocks === true && where === "inputs" ? withNestedDefaults(found) : found;
  }
  if (where === "inputs") inputs["__defaults"] = [];
  return inputs;
}

function stripDefaults(value: Value): Value {
  if (isList(value)) return value.map(stripDefaults);
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== "__defaults")
      .map(([name, item]) => [name, stripDefaults(item)]),
  );
}
