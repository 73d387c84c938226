/** What the demo shows: steps, progress, changes property by property, and the table at the end. */
import { styleText } from "node:util";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import Table from "cli-table3";
import type { Operation, PropertyChange, ResourceChange } from "../stack/changes";
import { diagnosticLines, nameOf, resourceChange } from "../stack/changes";

type Style = Parameters<typeof styleText>[0];

const color = process.stdout.isTTY && process.env["NO_COLOR"] === undefined;
const paint = (style: Style, text: string): string => (color ? styleText(style, text) : text);
const signs: Readonly<Record<Operation, readonly [string, Style]>> = {
  create: ["+", "green"],
  import: ["=", "cyan"],
  update: ["~", "yellow"],
  replace: ["±", "yellow"],
  delete: ["-", "red"],
  read: [">", "cyan"],
};

export function say(line = ""): void {
  process.stdout.write(`${line}\n`);
}

export function heading(text: string): void {
  say();
  say(paint("bold", text));
}

export function good(line: string): void {
  say(`  ${paint("green", "✓")} ${line}`);
}

export function bad(line: string): void {
  say(`  ${paint("red", "✗")} ${line}`);
}

export function note(line: string): void {
  say(`  ${paint("dim", line)}`);
}

const systems: Readonly<Record<string, string>> = {
  entra: "Entra",
  exchange: "Exchange",
  onesecure: "1Secure",
  nowprivacy: "NOW Privacy",
};

/** A resource as a person would name it: `azuread ApplicationRegistration`, `1Secure Source`. */
export function resourceTitle(type: string): string {
  const dynamic = /^pulumi-nodejs:dynamic\/m365audit\/(\w+):(\w+)$/.exec(type);
  const [system = type, , kind = ""] = type.split(":");
  if (dynamic !== null) return `${systems[dynamic[1] ?? ""] ?? "m365audit"} ${dynamic[2] ?? ""}`;
  return system === "m365audit" ? `m365audit ${kind} (component)` : `${system} ${kind}`;
}

/** `<resource> <property>` for each property that a preview wants to change; a resource alone where it is to be made again. */
export function driftOf(changes: readonly ResourceChange[]): string[] {
  return changes.flatMap(({ type, operation, properties }) =>
    properties.length === 0
      ? [`${operation} ${resourceTitle(type)}`]
      : properties.map(({ path }) => `${resourceTitle(type)} ${path}`),
  );
}

/** One line a resource, and under an update one line a property. */
export function showChanges(changes: readonly ResourceChange[]): void {
  for (const { operation, type, name, properties } of changes) {
    const [sign, style] = signs[operation];
    say(`  ${paint(style, `${sign} ${resourceTitle(type)}`)} ${paint("dim", name)}`);
    for (const property of properties) for (const line of propertyLines(property)) say(`      ${line}`);
  }
}

function propertyLines({ path, from, to }: PropertyChange): string[] {
  if (to === undefined) return [paint("red", `- ${path}`), ...details(from).map((line) => `    ${line}`)];
  if (from === undefined) return [`${paint("green", `+ ${path}`)}: ${text(to)}`];
  if (isSentences(to)) return [`${paint("yellow", `~ ${path}`)}:`, ...to.map((line) => `    ${line}`)];
  return [`${paint("yellow", `~ ${path}`)}: ${text(from)} → ${text(to)}`];
}

/** A list of sentences, such as a run-sheet, which nobody can read in one line. */
function isSentences(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === "string" && one.includes(" "));
}

/** A drift summary is shown by its parts: the count, then a sample a line. */
function details(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [text(value)];
  const { sample, ...rest } = value as { sample?: unknown };
  const lines = Object.entries(rest).map(([key, item]) => `${key}: ${text(item)}`);
  return Array.isArray(sample) ? [...lines, ...sample.map((item) => text(item))] : lines;
}

/** The property by which the engine marks a secret. */
const secretMark = "4dabf18193072939515e22adb298388d";
/** What the engine writes for a value that an update has yet to make. */
const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

function text(value: unknown): string {
  if (value === unknownValue) return "(known after the update)";
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map((item) => text(item)).join(", ");
  if (typeof value === "object" && value !== null) {
    if (secretMark in value) return "[secret]";
    return Object.entries(value)
      .map(([key, item]) => `${key} ${text(item)}`)
      .join("; ");
  }
  return String(value);
}

/** Shows each resource as it is finished, and what the providers report meanwhile. */
export function progress(): (event: EngineEvent) => void {
  const started = performance.now();
  const elapsed = (): string => paint("dim", `${((performance.now() - started) / 1000).toFixed(1).padStart(5)} s`);
  return ({ resOutputsEvent, resOpFailedEvent, diagnosticEvent }) => {
    const done = resOutputsEvent === undefined ? undefined : resourceChange(resOutputsEvent.metadata);
    if (done !== undefined && resOutputsEvent?.planning !== true) {
      const [sign, style] = signs[done.operation];
      say(`  ${elapsed()} ${paint(style, sign)} ${resourceTitle(done.type)} ${paint("dim", done.name)}`);
    }
    if (resOpFailedEvent !== undefined)
      say(`  ${elapsed()} ${paint("red", "✗")} ${nameOf(resOpFailedEvent.metadata.urn)}`);
    for (const line of diagnosticLines(diagnosticEvent)) say(`  ${elapsed()} ${paint("dim", `· ${line}`)}`);
  };
}

export interface StepResult {
  readonly step: string;
  readonly changes: string;
  readonly seconds: number | undefined;
  readonly ok: boolean;
}

export function resultTable(results: readonly StepResult[]): string {
  const table = new Table({
    head: ["", "step", "changes", "seconds"],
    colAligns: ["left", "left", "left", "right"],
    style: { head: [], border: [], compact: true },
  });
  for (const { step, changes, seconds, ok } of results) {
    table.push([
      ok ? paint("green", "✓") : paint("red", "✗"),
      step,
      changes,
      seconds === undefined ? "" : seconds.toFixed(1),
    ]);
  }
  return table.toString();
}

/** `3 to create, 2 to update`. */
export function countText(changes: readonly ResourceChange[], done: boolean): string {
  const counts = new Map<Operation, number>();
  for (const { operation } of changes) counts.set(operation, (counts.get(operation) ?? 0) + 1);
  if (counts.size === 0) return "nothing to do";
  const word = (operation: Operation): string =>
    done ? `${operation}${operation.endsWith("e") ? "d" : "ed"}` : `to ${operation}`;
  return [...counts].map(([operation, count]) => `${String(count)} ${word(operation)}`).join(", ");
}
