/**
 * The parts of a Pulumi package schema that this package uses
 * ({@link https://www.pulumi.com/docs/iac/guides/building-extending/packages/schema/}).
 */

/** A value's type: a primitive, a list, a map, one of several, or a named type (`#/types/<token>`). */
export interface TypeSpec {
  readonly type?: "string" | "integer" | "number" | "boolean" | "array" | "object";
  readonly items?: TypeSpec;
  readonly additionalProperties?: TypeSpec;
  readonly oneOf?: readonly TypeSpec[];
  readonly $ref?: string;
  /** Cannot be an Output. */
  readonly plain?: true;
}

export type Primitive = string | number | boolean;

export interface PropertySpec extends TypeSpec {
  readonly description: string;
  readonly default?: Primitive;
  readonly defaultInfo?: { readonly environment: readonly string[] };
  readonly secret?: true;
  readonly replaceOnChanges?: true;
  readonly deprecationMessage?: string;
}

/** The properties of an object, a resource or the configuration, and which of them are always there. */
export interface Properties {
  readonly properties: Readonly<Record<string, PropertySpec>>;
  readonly required: readonly string[];
}

export interface ObjectTypeSpec extends Properties {
  readonly type: "object";
}

export interface EnumTypeSpec {
  readonly type: "string" | "number";
  readonly enum: readonly { readonly name: string; readonly value: string | number }[];
}

export type ComplexTypeSpec = ObjectTypeSpec | EnumTypeSpec;

export interface ResourceSpec extends Properties {
  readonly description: string;
  readonly isComponent?: true;
  readonly inputProperties: Readonly<Record<string, PropertySpec>>;
  readonly requiredInputs: readonly string[];
}

export interface PackageSpec {
  readonly name: string;
  readonly displayName: string;
  readonly version: string;
  readonly description: string;
  readonly keywords: readonly string[];
  readonly license: string;
  readonly publisher: string;
  readonly meta: { readonly moduleFormat: string };
  readonly language: Readonly<Record<string, object>>;
  readonly config: { readonly variables: Readonly<Record<string, PropertySpec>> };
  readonly provider: {
    readonly description: string;
    readonly inputProperties: Readonly<Record<string, PropertySpec>>;
  };
  readonly types: Readonly<Record<string, ComplexTypeSpec>>;
  readonly resources: Readonly<Record<string, ResourceSpec>>;
}
