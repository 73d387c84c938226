/** The open steps of a stack as one Markdown document. Pure: the same document for the same work. */
import { code, type Sheet, type Task, worked } from "../../provider/operator/sheet";
import { commandLine } from "./words";

/** What a person has to do about one resource. */
export interface OpenPiece {
  /** By which `attest` knows it. */
  readonly name: string;
  /** What it is, in the product's words: "Source in Netwrix 1Secure". */
  readonly what: string;
  readonly sheet: Sheet;
  /** Whether the product issues a certificate for it that nobody has handed in yet. */
  readonly wantsCertificate: boolean;
  /** Whether it is no longer declared, so that the steps remove it. */
  readonly isRemoval: boolean;
}

export interface Runbook {
  /** As `--stack` takes it. */
  readonly stack: string;
  readonly pieces: readonly OpenPiece[];
  /** Plain text, a line each. */
  readonly warnings: readonly string[];
}

/** Markdown, with a line feed at its end. */
export function runbookDocument({ stack, pieces, warnings }: Runbook): string {
  const tasks = worked(pieces.map(({ sheet }) => sheet));
  const steps = tasks.reduce((sum, task) => sum + task.steps.length, 0);
  const head = [
    `# Run-sheet of stack ${code(stack)}`,
    ...warnings.map((warning) => `> **Warning:** ${escaped(warning)}`),
  ];
  if (tasks.length === 0)
    return document([
      ...head,
      "Nothing is open: what is declared for a person to enter is attested, and nothing is left to remove.",
    ]);
  const counts = `**${counted(tasks.length, "task")}, ${counted(steps, "step")}.**`;
  const rule = "Work through the tasks in this order. Attest each as soon as it is done, and commit the attestations.";
  return document([
    ...head,
    `${counts} ${rule}`,
    ...tasks.flatMap((task, index) => section(stack, task, index, pieces)),
  ]);
}

/** `1 step`, `2 steps`. */
export function counted(count: number, noun: string): string {
  return `${String(count)} ${noun}${count === 1 ? "" : "s"}`;
}

function section(stack: string, task: Task, index: number, pieces: readonly OpenPiece[]): string[] {
  const own = pieces.filter(({ sheet }) => task.tasks.includes(sheet.task));
  const resources = own.map(
    ({ name, what, isRemoval }) => `${code(name)} (${what}${isRemoval ? ", no longer declared" : ""})`,
  );
  const steps = task.steps.map(({ text }, at) => `- [ ] ${String(at + 1)}. ${oneLine(text)}`);
  const certificate = own.some(({ wantsCertificate }) => wantsCertificate);
  const attest = commandLine([
    ...["npx", "m365audit", "attest", "--stack", stack, ...own.map(({ name }) => name)],
    ...(certificate ? ["--certificate", "FILE"] : []),
  ]);
  const isAlone = own.length === 1 && own[0]?.isRemoval === false;
  const note = certificate
    ? "; `FILE` is the certificate that the product gave"
    : isAlone
      ? "; `--id ID` records the product's own id, where it shows one"
      : "";
  return [
    `## ${String(index + 1)}. ${oneLine(task.title)}`,
    `For ${resources.join(", ")}.`,
    steps.length === 0 ? "Nothing is left to enter: look that it is so, and attest it." : steps.join("\n"),
    `When it is done, attest it${note}:`,
    fenced(attest),
  ];
}

function document(blocks: readonly string[]): string {
  return `${blocks.join("\n\n")}\n`;
}

/** A command as a block of its own, whatever is in it. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}sh\n${text}\n${fence}`;
}

function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]\s*/g, " ");
}

/** Plain text as Markdown that shows it as it is. */
function escaped(text: string): string {
  return oneLine(text).replace(/[\\`*_{}[\]<>&~|!]/g, "\\$&");
}
