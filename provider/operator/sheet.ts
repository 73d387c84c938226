/**
 * Run-sheets: what a person does in a product that has no API. Pure. A text is Markdown: `**bold**` is what stands on the screen, and a
 * value to enter is a code span, so that nothing of it can be taken for Markdown.
 */
import { type Change, unknownValue as notKnownYet } from "../core";

/** One thing to do. */
export interface Step {
  /** Its place in the vendor's own procedure (5.1 is a part of step 5), by which the steps of several sheets are put together. */
  readonly order: number;
  readonly text: string;
  /** Falls away where another task takes this one in: that one has its own way into the dialog, or makes the step needless. */
  readonly alone?: true;
}

/** The steps that bring one resource to what is declared. */
export interface Sheet {
  /** Tells this piece of work from every other of a stack, for example `credential <id>`. */
  readonly task: string;
  /** What is done, in a few words. */
  readonly title: string;
  readonly steps: readonly Step[];
  /** Tasks that are done in the middle of this one, in the same dialog: where they are open too, their steps go in by their order. */
  readonly takesIn?: readonly string[];
  /** Tasks that have to be done before this one, where they are open. */
  readonly after?: readonly string[];
  /** The same for every open task whose name begins so, for a sheet that cannot know which there are: `source `. */
  readonly afterAll?: readonly string[];
}

/** A client secret as a run-sheet and an attestation name it: never the secret itself. */
export interface SecretMark {
  /** Secret ID, as Entra lists it. */
  readonly keyId: string;
  /** When it ends, RFC 3339 in UTC. */
  readonly endDate?: string | undefined;
}

/** Values of a resource that are no secret, by property. */
export type Values = Readonly<Record<string, unknown>>;

/** What there is to do about one resource. */
export interface Work<I extends object = object> {
  readonly id: string;
  /** Name of the stack, for commands. */
  readonly stack: string;
  /** What is declared. In a preview, {@link notKnownYet} stands for what only the update will know, at any depth. */
  readonly declared: Readonly<I>;
  /** What is in the product, as it was attested, or found since. Undefined: nothing is. */
  readonly found: Values | undefined;
  /** The plan: only properties that a person enters, with `clientSecret` where another one has to be entered. In no order. */
  readonly changes: readonly Change[];
  /** The client secret that the product has, as it was attested. */
  readonly secretBefore?: SecretMark | undefined;
}

/** Something that is no longer declared and that the product still has. */
export interface Leftover {
  readonly id: string;
  readonly stack: string;
  /** As it was attested, or found since. */
  readonly found: Values;
  /** The product's own id, where the attestation gives it. */
  readonly vendorId?: string | undefined;
}

export { notKnownYet };

/** A text in which nothing can act on a terminal or turn the order of reading around: such signs stand there as escapes. */
export function visible(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** A text as a code span, whatever is in it. */
export function code(text: string): string {
  const flat = visible(text.replace(/\s+/g, " "));
  const longest = Math.max(0, ...[...flat.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const pad = flat.startsWith("`") || flat.endsWith("`") ? " " : "";
  return `${fence}${pad}${flat}${pad}${fence}`;
}

/** A value to enter: a code span, or that it is not known yet. */
export function shown(value: unknown): string {
  if (value === notKnownYet || value === undefined) return "(known after `pulumi up`)";
  return code(typeof value === "string" ? value : JSON.stringify(value));
}

/** Where a switch is, or has to go. */
export function onOff(value: unknown): string {
  return typeof value === "boolean" ? `**${value ? "ON" : "OFF"}**` : shown(value);
}

/** The steps as they are recorded and shown: numbered from 1. */
export function linesOf(sheet: Pick<Sheet, "steps"> | undefined): string[] {
  return (sheet?.steps ?? []).map(({ text }, index) => `${String(index + 1)}. ${text}`);
}

/** Several sheets that are worked through as one. */
export interface Task extends Sheet {
  /** The tasks in it, its own first. */
  readonly tasks: readonly string[];
}

/**
 * Sheets in the order in which they are to be worked through, those that share a dialog put together. Steps with the same order and text
 * are one.
 */
export function worked(sheets: readonly Sheet[]): Task[] {
  const open = new Map(sheets.map((sheet) => [sheet.task, sheet]));
  // A sheet goes into the first task that takes it in: a dataset is made once, with the first of its data sources.
  const takers = new Map<string, string>();
  for (const { task, takesIn = [] } of sheets) {
    for (const name of takesIn) if (open.has(name) && !takers.has(name)) takers.set(name, task);
  }
  const merged = sheets
    .filter(({ task }) => !takers.has(task))
    .map((sheet): Task => {
      const taken = (sheet.takesIn ?? []).filter((name) => takers.get(name) === sheet.task);
      const parts = [sheet, ...taken.flatMap((name) => open.get(name) ?? [])];
      const all = parts.flatMap(({ steps }) =>
        steps === sheet.steps ? steps : steps.filter(({ alone }) => alone !== true),
      );
      const once = all.filter(
        (step, index) => all.findIndex(({ order, text }) => order === step.order && text === step.text) === index,
      );
      return {
        ...sheet,
        steps: once.sort((one, other) => one.order - other.order),
        after: parts.flatMap(({ after = [] }) => after),
        afterAll: parts.flatMap(({ afterAll = [] }) => afterAll),
        tasks: parts.map(({ task }) => task),
      };
    });
  return ordered(merged);
}

/** Each task after those that it names; otherwise as they came. What waits for itself in a circle comes as it came. */
function ordered(tasks: readonly Task[]): Task[] {
  const result: Task[] = [];
  const visit = (task: Task, path: readonly Task[]): void => {
    if (result.includes(task) || path.includes(task)) return;
    for (const name of task.after ?? []) {
      const before = tasks.find(({ tasks: names }) => names.includes(name));
      if (before !== undefined) visit(before, [...path, task]);
    }
    for (const beginning of task.afterAll ?? []) {
      const before = tasks.filter(({ tasks: names }) => names.some((name) => name.startsWith(beginning)));
      for (const one of before) visit(one, [...path, task]);
    }
    result.push(task);
  };
  for (const task of tasks) visit(task, []);
  return result;
}
