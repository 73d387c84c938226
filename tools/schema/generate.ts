/** Puts the package schema together: structure from the zod contracts at run time, words from their doc comments. */
import type { z } from "zod";
import type { ComponentContract, Contract } from "../../provider/core/contract";
import { environmentVariable } from "../../provider/core/settings";
import type { Comments, Source } from "./comments";
import type { PackageSpec, PropertySpec, ResourceSpec } from "./packageSpec";
import { sorted, TypeTable, type Place } from "./typeTable";

/** What the package offers; the module of {@link Source} exports it under the same names. */
export interface Contracts {
  readonly kinds: Readonly<Record<string, Contract>>;
  readonly components: Readonly<Record<string, ComponentContract>>;
  /** The stack's settings, `<package>:<name>` in its configuration. */
  readonly settings: z.ZodObject;
}

/** What package.json says. */
export interface PackageFacts {
  readonly version: string;
  readonly description: string;
  readonly keywords: readonly string[];
  readonly license: string;
}

const name = "m365audit";

/**
 * The schema, in an order that depends on nothing but names.
 * @throws Error that lists every property without a doc comment, every type that a schema cannot express and every clash of names
 */
export function generateSchema(contracts: Contracts, source: Source, facts: PackageFacts): PackageSpec {
  const table = new TypeTable(name);
  const settings = settingsOf(contracts, source, table.problems);
  const resources: Record<string, ResourceSpec> = {};
  // In order, so that a type that several resources share is always named after the same one.
  for (const [token, contract] of Object.entries(sorted(contracts.kinds))) {
    expectToken(token, contract.token, table);
    resources[token] = kindResource(contract, (part) => source.comments(["kinds", token, part]), table);
  }
  for (const [token, contract] of Object.entries(sorted(contracts.components))) {
    expectToken(token, contract.token, table);
    resources[token] = componentResource(contract, (part) => source.comments(["components", token, part]), table);
  }
  for (const token of Object.keys(table.types)) {
    if (token in resources) table.problems.push(`${token}: both a type and a resource have this name`);
  }
  if (table.problems.length > 0) throw new Error(`schema.json cannot be made:\n  ${table.problems.join("\n  ")}`);
  return {
    name,
    displayName: "Microsoft 365 Audit",
    version: facts.version,
    description: facts.description,
    keywords: facts.keywords,
    license: facts.license,
    publisher: "m365audit",
    meta: { moduleFormat: "(.*)" },
    language: {
      csharp: { respectSchemaVersion: true },
      go: { respectSchemaVersion: true, generateResourceContainerTypes: true },
      java: {},
      nodejs: { respectSchemaVersion: true },
      python: { respectSchemaVersion: true, pyproject: { enabled: true } },
    },
    config: { variables: settings },
    provider: {
      description:
        "The settings of a tenant and of the products that audit it, for resources that do not take the stack's.",
      inputProperties: settings,
    },
    types: table.types,
    resources: sorted(resources),
  };
}

function kindResource(contract: Contract, comments: (part: string) => Comments, table: TypeTable): ResourceSpec {
  const place = placeOf(contract.token);
  const inputs = table.properties(contract.inputs, comments("inputs"), place, "input");
  const recorded = table.properties(contract.inputs, comments("inputs"), place, "output");
  const outputs = table.properties(contract.outputs, comments("outputs"), place, "output");
  const settled =
    contract.settled === undefined
      ? { properties: {}, required: [] }
      : table.properties(contract.settled, comments("settled"), place, "output");
  const drift =
    contract.drift === undefined ? undefined : table.properties(contract.drift, comments("drift"), place, "output");
  return {
    description: contract.description,
    properties: sorted({
      ...recorded.properties,
      ...settled.properties,
      ...outputs.properties,
      ...driftProperties(drift?.properties),
    }),
    // A kind fills in a default when it plans; what it records is what was declared.
    required: [...inputs.required, ...settled.required, ...outputs.required].sort(),
    inputProperties: inputs.properties,
    requiredInputs: inputs.required,
  };
}

/** Drift is never declared and rarely there, so it is among what comes out, and optional. */
function driftProperties(properties: Readonly<Record<string, PropertySpec>> = {}): Record<string, PropertySpec> {
  const note = "Only there when it was found; the next preview shows it going away.";
  return Object.fromEntries(
    Object.entries(properties).map(([name, property]) => [
      name,
      { ...property, description: `${property.description}\n\n${note}` },
    ]),
  );
}

function componentResource(
  contract: ComponentContract,
  comments: (part: string) => Comments,
  table: TypeTable,
): ResourceSpec {
  const place = placeOf(contract.token);
  const args = table.properties(contract.args, comments("args"), place, "input");
  const outputs = table.properties(contract.outputs, comments("outputs"), place, "output");
  return {
    isComponent: true,
    description: contract.description,
    properties: outputs.properties,
    required: outputs.required,
    inputProperties: withoutReplacement(args.properties),
    requiredInputs: args.required,
  };
}

/** A component stays when its children are replaced, so a mark on a property that it hands down does not hold for itself. */
function withoutReplacement(properties: Readonly<Record<string, PropertySpec>>): Record<string, PropertySpec> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, { replaceOnChanges: _, ...property }]) => [name, property]),
  );
}

/**
 * Each setting can also come from the environment, as `M365AUDIT_<NAME>`. Settings are text, so an enumeration is told in words:
 * what Pulumi generates for Go does not compile for a setting that has a type of its own and a default.
 */
function settingsOf({ settings }: Contracts, source: Source, problems: string[]): Record<string, PropertySpec> {
  const table = new TypeTable(name);
  const place = { folder: "config", name: "", path: "settings" };
  const { properties } = table.properties(settings, source.comments(["settings"]), place, "input");
  problems.push(...table.problems);
  return Object.fromEntries(
    Object.entries(properties).map(([setting, { $ref, ...property }]) => {
      const environment = { defaultInfo: { environment: [environmentVariable(setting)] } };
      if ($ref === undefined) return [setting, { ...property, ...environment }];
      const type = table.types[$ref.replace("#/types/", "")];
      const values = type !== undefined && "enum" in type ? type.enum : [];
      if (values.length === 0) problems.push(`settings.${setting}: a setting is one value, not an object`);
      const allowed = values.map(({ value }) => `\`${String(value)}\``).join(", ");
      const description = `${property.description}\n\nAllowed: ${allowed}.`;
      return [setting, { type: "string", ...property, description, ...environment }];
    }),
  );
}

function expectToken(key: string, token: string, table: TypeTable): void {
  if (key !== token) table.problems.push(`${key}: the contract under this token calls itself ${token}`);
  if (!/^m365audit:[a-z]+:[A-Z][A-Za-z0-9]*$/.test(token)) {
    table.problems.push(`${token}: a token is m365audit:<folder>:<Name>`);
  }
}

function placeOf(token: string): Place {
  const [, folder = "", resource = ""] = token.split(":");
  return { folder, name: resource, path: `${folder}:${resource}` };
}
