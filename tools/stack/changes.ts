/** Reads the engine's events into the changes that a person cares about: resource by resource, property by property. */
import { isDeepStrictEqual } from "node:util";
import type { DiagnosticEvent, EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation";

export interface PropertyChange {
  /** Property path below the resource's inputs, for example `collectNonOwnerMailboxAuditData`. */
  readonly path: string;
  /** Undefined when the property is new. */
  readonly from: unknown;
  /** Undefined when the property goes away. */
  readonly to: unknown;
}

export type Operation = "create" | "import" | "update" | "replace" | "delete" | "read";

export interface ResourceChange {
  readonly operation: Operation;
  /** Pulumi type token. */
  readonly type: string;
  /** Logical name in the program. */
  readonly name: string;
  readonly urn: string;
  /** For updates and replacements; empty for creations and deletions, where everything comes or goes. */
  readonly properties: readonly PropertyChange[];
}

const operations: Readonly<Record<string, Operation>> = {
  create: "create",
  import: "import",
  "import-replacement": "import",
  update: "update",
  replace: "replace",
  delete: "delete",
  read: "read",
  "read-replacement": "read",
};

/** One resource's planned or finished change; undefined for steps that change nothing (`same`, `refresh`, …). */
export function resourceChange(metadata: StepEventMetadata): ResourceChange | undefined {
  const operation = operations[metadata.op];
  if (
    operation === undefined ||
    metadata.type === "pulumi:pulumi:Stack" ||
    metadata.type.startsWith("pulumi:providers:")
  ) {
    return undefined;
  }
  const compare = operation === "update" || operation === "replace";
  return {
    operation,
    type: metadata.type,
    name: nameOf(metadata.urn),
    urn: metadata.urn,
    properties: compare ? differences(metadata.old?.inputs ?? {}, metadata.new?.inputs ?? {}) : [],
  };
}

/** The changes that an operation planned or made, in the engine's order. */
export function changesOf(events: readonly EngineEvent[]): ResourceChange[] {
  return events.flatMap(({ resourcePreEvent }) => {
    const change = resourcePreEvent === undefined ? undefined : resourceChange(resourcePreEvent.metadata);
    return change === undefined ? [] : [change];
  });
}

/** The last part of a URN, which is the resource's logical name. */
export function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

const told = new Set<string>(["info", "warning", "error"]);

/**
 * What a provider or the engine says to a person, a line each, without the engine's colour marks. Debug messages are left out:
 * the engine puts whole resources into them, with their secrets.
 */
export function diagnosticLines(event: DiagnosticEvent | undefined): string[] {
  if (event === undefined || !told.has(event.severity)) return [];
  return event.message
    .replace(/<\{%[^%]*%\}>/g, "")
    .split("\n")
    .filter((line) => line.trim() !== "");
}

const hidden = new Set(["__provider", "__defaults", "__urn"]);

function differences(from: unknown, to: unknown, path = ""): PropertyChange[] {
  if (isDeepStrictEqual(from, to)) return [];
  if (areRecords(from) && areRecords(to)) {
    const indices = [...Array(Math.max(from.length, to.length)).keys()];
    return indices.flatMap((index) => differences(from[index], to[index], `${path}[${String(index)}]`));
  }
  if (!isRecord(from) || !isRecord(to)) return [{ path, from, to }];
  return [...new Set([...Object.keys(from), ...Object.keys(to)])]
    .filter((key) => !hidden.has(key))
    .flatMap((key) => differences(from[key], to[key], path === "" ? key : `${path}.${key}`));
}

/** A list of objects is compared one by one; a list of plain values is one value. */
function areRecords(value: unknown): value is readonly Record<string, unknown>[] {
  return Array.isArray(value) && value.length > 0 && value.every(isRecord);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
