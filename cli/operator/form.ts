/** The form in which a person types back what a product shows: YAML, a block for each resource, a line for each field. */
import type { z } from "zod";
import { InvalidInput, mayBeSecret, type Problem } from "../../provider/core";
import type { Field } from "../../provider/operator/handover";
import type { HandedOver } from "./stackWork";
import { whatIs } from "./told";
import { commandLine, isEmpty } from "./words";

/** What was typed into one field, and the property's value that it stands for; undefined for a field that is empty in the product. */
export interface Typed {
  readonly field: Field;
  readonly value: unknown;
}

/** What was typed of one resource. Fields that were left empty are missing: nobody looked at them. */
export interface Filled {
  readonly resource: HandedOver;
  readonly typed: readonly Typed[];
}

/** The form with every field empty. @param file as it is called on the command line */
export function emptyForm(resources: readonly HandedOver[], stack: string, file: string): string {
  const head = [
    "# What the products show. Type after each colon what stands there, and leave empty what you did not look at.",
    `# Where nothing stands there, type ${isEmpty}.`,
    `# A text with ": " or " #" in it goes in quotation marks. Then run:`,
    `#   ${oneLine(commandLine(["npx", "m365audit", "verify", "--stack", stack, "--export", file]))}`,
  ];
  const blocks = resources.map(({ name, handover }) => [
    "",
    `# ${oneLine(whatIs(handover))}`,
    `${key(name)}:`,
    ...handover.fields.flatMap(({ label, hint }) => [`  # ${oneLine(hint)}`, `  ${key(label)}:`]),
  ]);
  return `${[...head, ...blocks.flat()].join("\n")}\n`;
}

/** @throws InvalidInput with everything that is wrong with the form, each with its line */
export async function readForm(text: string, file: string, resources: readonly HandedOver[]): Promise<Filled[]> {
  const { LineCounter, isMap, isScalar, parseDocument } = await import("yaml");
  const lineCounter = new LineCounter();
  // Every scalar is a text: what was typed, not what YAML makes of it.
  const document = parseDocument(text, { schema: "failsafe", lineCounter, prettyErrors: false });
  const lineAt = (offset: number): number => lineCounter.linePos(offset).line;
  const problems: Problem[] = [];
  const problem = (line: number, message: string): void => {
    const path = `line ${String(line)}`;
    if (!problems.some((known) => known.path === path && known.message === message)) problems.push({ path, message });
  };
  if (document.errors.length > 0) {
    for (const { code, pos } of document.errors) problem(lineAt(pos[0]), yamlProblem(code));
    throw new InvalidInput(file, problems);
  }

  /** The pairs of a block by key; what is no pair of two texts or a text and a block is a problem. */
  const pairsOf = (node: unknown, line: number): ReadonlyMap<string, { line: number; node: unknown }> => {
    if (node === null || (isScalar(node) && (node.value === "" || node.value === null))) return new Map();
    if (!isMap(node)) {
      problem(line, "allowed: a block with a line for each field");
      return new Map();
    }
    return new Map(
      node.items.map(({ key: name, value }) => {
        const at = isScalar(name) && name.range ? lineAt(name.range[0]) : line;
        return [isScalar(name) ? String(name.value) : "", { line: at, node: value }];
      }),
    );
  };

  const blocks = pairsOf(document.contents, 1);
  const filled = resources.map((resource): Filled => {
    const block = blocks.get(resource.name);
    if (block === undefined) {
      problem(1, `the block ${JSON.stringify(resource.name)} is missing; delete the form to have it written anew`);
      return { resource, typed: [] };
    }
    const lines = pairsOf(block.node, block.line);
    const { fields } = resource.handover;
    for (const [label, { line }] of lines) {
      if (!fields.some((field) => field.label === label)) {
        const allowed = fields.map((field) => JSON.stringify(field.label)).join(", ");
        problem(line, `${JSON.stringify(label)} is no field of ${resource.name}; allowed: ${allowed}`);
      }
    }
    const typed = fields.flatMap((field): Typed[] => {
      const at = lines.get(field.label);
      if (at === undefined) {
        problem(block.line, `${JSON.stringify(field.label)} is missing in ${resource.name}; leave it empty instead`);
        return [];
      }
      if (at.node !== null && !isScalar(at.node)) {
        problem(at.line, `${field.label}: allowed: one text, in quotation marks where it has ": " in it`);
        return [];
      }
      const was = typeof at.node?.value === "string" ? at.node.value.trim() : "";
      if (was === "") return [];
      if (was === isEmpty && mayBeEmpty(resource, field)) return [{ field, value: undefined }];
      const value = was === isEmpty ? undefined : field.read(was, resource.declared);
      if (value !== undefined) return [{ field, value }];
      const given = mayBeSecret(was) ? "the given text (not shown)" : JSON.stringify(was);
      problem(at.line, `${field.label}: ${given} was given; allowed: ${field.hint}`);
      return [];
    });
    return { resource, typed };
  });
  for (const [name, { line }] of blocks) {
    if (resources.some((resource) => resource.name === name)) continue;
    const allowed = resources.map((resource) => JSON.stringify(resource.name)).join(", ");
    problem(line, `${JSON.stringify(name)} is no resource that a person applies; allowed: ${allowed}`);
  }
  if (problems.length > 0) throw new InvalidInput(file, problems.sort(byLine));
  return filled;
}

/** Whether the property may be left out, with no default in its place. */
function mayBeEmpty({ kind }: HandedOver, { property }: Field): boolean {
  const shape: Readonly<Record<string, z.ZodType | undefined>> = kind.contract.inputs.shape;
  const result = shape[property]?.safeParse(undefined);
  return result?.success === true && result.data === undefined;
}

function yamlProblem(code: string): string {
  if (code === "DUPLICATE_KEY") return "given twice; allowed: once";
  return `this cannot be read as YAML (${code}); a text with ": " or " #" in it, or that begins with a sign, goes in quotation marks`;
}

function byLine(one: Problem, other: Problem): number {
  return Number(one.path.slice("line ".length)) - Number(other.path.slice("line ".length));
}

/** As a key of YAML, whatever is in it. */
function key(text: string): string {
  return /^[A-Za-z][\w ()/-]*\w$/.test(text) ? text : JSON.stringify(text);
}

function oneLine(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, " ");
}
