/** From zod schemas to the types of a package schema. Nested objects and enumerations get names and are listed once. */
import { isDeepStrictEqual } from "node:util";
import type { z } from "zod";
import { marksOf } from "../../provider/core/contract";
import type { Comments } from "./comments";
import type { ComplexTypeSpec, Primitive, Properties, PropertySpec, TypeSpec } from "./packageSpec";

/** Where a schema stands: in which folder of the package, and the name that it has when it has no `typeName`. */
export interface Place {
  readonly folder: string;
  readonly name: string;
  /** Shown in problems: `onesecure:Source.sourceGroup`. */
  readonly path: string;
}

/** What a program passes, or what comes out. A property with a default is optional only in the first. */
export type Side = "input" | "output";

/** Names that every Pulumi resource has for itself. */
const reserved = new Set(["id", "urn", "pulumi"]);

/** Collects the named types, and every problem, so that one run tells them all. */
export class TypeTable {
  readonly #types = new Map<string, ComplexTypeSpec>();
  readonly #tokens = new Map<z.core.$ZodType, string>();
  readonly problems: string[] = [];

  constructor(readonly packageName: string) {}

  /** The named types by token, in order. */
  get types(): Readonly<Record<string, ComplexTypeSpec>> {
    return sorted(Object.fromEntries(this.#types));
  }

  /** The properties of an object schema. */
  properties(schema: z.ZodObject, comments: Comments, place: Place, side: Side): Properties {
    const properties: Record<string, PropertySpec> = {};
    const required: string[] = [];
    const shape: Readonly<Record<string, z.ZodType>> = schema.shape;
    for (const [name, property] of Object.entries(shape)) {
      const at = { folder: place.folder, name: place.name + pascal(name), path: `${place.path}.${name}` };
      properties[name] = this.#property(property, comments.of(name), at, side);
      if (!isOptional(property, side)) required.push(name);
      if (reserved.has(name)) this.problems.push(`${at.path}: Pulumi keeps the name "${name}" for itself`);
    }
    return { properties: sorted(properties), required: required.sort() };
  }

  #property(schema: z.ZodType, { comment, within }: ReturnType<Comments["of"]>, at: Place, side: Side): PropertySpec {
    if (comment.text === "") this.problems.push(`${at.path}: no doc comment`);
    const type = this.#type(schema, within, at, side);
    const marks = marksOf(schema);
    const fallback = side === "input" ? defaultOf(schema) : undefined;
    // A schema can state only a primitive default; any other is told in words, unless the comment does.
    const silent = fallback === undefined || isPrimitive(fallback) || /\bdefault:/i.test(comment.text);
    const told = silent ? "" : `\n\nDefault: \`${JSON.stringify(fallback)}\`.`;
    return {
      ...type,
      description: comment.text + told,
      ...(isPrimitive(fallback) ? { default: fallback } : {}),
      ...(marks.plain === true && side === "input" ? { plain: true } : {}),
      ...(marks.secret === true ? { secret: true } : {}),
      ...(marks.replaces === true ? { replaceOnChanges: true } : {}),
      ...(comment.deprecated === undefined ? {} : { deprecationMessage: comment.deprecated }),
    };
  }

  #type(schema: z.core.$ZodType, comments: Comments, at: Place, side: Side): TypeSpec {
    const { def } = (schema as z.core.$ZodTypes)._zod;
    switch (def.type) {
      case "string":
      case "template_literal":
        return { type: "string" };
      case "number":
        return { type: isInteger(schema) ? "integer" : "number" };
      case "boolean":
        return { type: "boolean" };
      case "unknown":
      case "any":
        return { $ref: "pulumi.json#/Any" };
      case "array":
        return { type: "array", items: this.#type(def.element, comments.elements, at, side) };
      case "record":
        return { type: "object", additionalProperties: this.#type(def.valueType, comments.elements, at, side) };
      case "enum":
        return this.#enumeration(schema, Object.values(def.entries), at);
      case "literal":
        return this.#literal(schema, def.values, at);
      case "object":
        return this.#named(schema, at, (place) => ({
          type: "object",
          ...this.properties(schema as z.ZodObject, comments, place, side),
        }));
      case "union":
        return { oneOf: def.options.map((option) => this.#type(option, withinOption(comments, option), at, side)) };
      case "optional":
      case "nullable":
      case "default":
      case "prefault":
      case "nonoptional":
      case "readonly":
      case "catch":
        return this.#type(def.innerType, comments, at, side);
      case "pipe":
        return this.#type(side === "input" ? def.in : def.out, comments, at, side);
      default:
        this.problems.push(`${at.path}: a package schema cannot express zod's "${def.type}"`);
        return { $ref: "pulumi.json#/Any" };
    }
  }

  #literal(schema: z.core.$ZodType, values: readonly unknown[], at: Place): TypeSpec {
    if (values.every((value) => typeof value === "boolean")) return { type: "boolean" };
    return this.#enumeration(schema, values as (string | number)[], at);
  }

  #enumeration(schema: z.core.$ZodType, values: readonly (string | number)[], at: Place): TypeSpec {
    return this.#named(schema, at, () => ({
      type: values.every((value) => typeof value === "number") ? "number" : "string",
      enum: values.map((value) => ({ name: pascal(String(value)), value })),
    }));
  }

  /** The same zod schema is the same type wherever it stands; a name that stands for two different types is a problem. */
  #named(schema: z.core.$ZodType, at: Place, build: (place: Place) => ComplexTypeSpec): TypeSpec {
    const known = this.#tokens.get(schema);
    if (known !== undefined) return { $ref: `#/types/${known}` };
    const name = (schema as z.ZodType).meta()?.typeName ?? at.name;
    const token = `${this.packageName}:${at.folder}:${name}`;
    this.#tokens.set(schema, token);
    const spec = build({ ...at, name });
    const other = this.#types.get(token);
    if (other !== undefined && !isDeepStrictEqual(other, spec)) {
      this.problems.push(`${at.path}: another type is called ${token} (choose one with .meta({ typeName }))`);
    }
    this.#types.set(token, spec);
    return { $ref: `#/types/${token}` };
  }
}

/** The object with its keys in order, so that the same contracts always give the same text. */
export function sorted<T>(object: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The comments within one option of a union, told from the others by a property that has one value. */
function withinOption(comments: Comments, option: z.core.$ZodType): Comments {
  const { def } = (option as z.core.$ZodTypes)._zod;
  if (def.type !== "object") return comments;
  return Object.entries(def.shape).reduce((at, [name, property]) => {
    const { def: held } = (property as z.core.$ZodTypes)._zod;
    return held.type === "literal" && held.values.length === 1 ? at.where(name, held.values[0]) : at;
  }, comments);
}

function isOptional(schema: z.ZodType, side: Side): boolean {
  // zod says "defaulted" of what may be left out and is then filled in.
  return side === "input" ? schema._zod.optin !== undefined : schema._zod.optout === "optional";
}

function isInteger(schema: z.core.$ZodType): boolean {
  return (schema as z.ZodNumber).format?.includes("int") === true;
}

function isPrimitive(value: unknown): value is Primitive {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

/** What is taken when nothing is given. Undefined when nothing is. */
function defaultOf(schema: z.core.$ZodType): unknown {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type === "default" || def.type === "prefault") return def.defaultValue;
  return "innerType" in def ? defaultOf(def.innerType) : undefined;
}

/** `sourceGroup` → `SourceGroup`; `Exchange.ManageAsApp` → `ExchangeManageAsApp`. */
function pascal(text: string): string {
  return text
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
}
