/** Compares what is declared with what a person saw in the products. */
import { readFile, writeFile } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { InvalidInput, Rejected } from "../provider/core";
import { withEntry, writeBook } from "../provider/operator/book";
import { type Comparison, compared, recorded } from "./operator/comparison";
import { emptyForm, type Filled, readForm } from "./operator/form";
import { counted } from "./operator/runbookDocument";
import { attesterOf, signedEntries } from "./operator/signing";
import { type StackWork, stackWork } from "./operator/stackWork";
import { codeOf, ending, type ExitCode, exitCodes, type Surroundings, thisProcess } from "./operator/surroundings";
import { whatIs } from "./operator/told";
import { commandLine, plain } from "./operator/words";
import type { VerifyArguments } from "./verifyArguments";

/** Ends with 1 for drift alone: whatever keeps it from being looked for is bad input. */
export async function runVerify(options: VerifyArguments, here: Surroundings = thisProcess): Promise<ExitCode> {
  const command = async (): Promise<ExitCode> => {
    const work = await stackWork(options, here);
    if (work.resources.length === 0) {
      here.print(`Stack ${options.stack} has nothing that a person applies, so there is nothing to look at.\n`);
      return exitCodes.fine;
    }
    const filled = await formOf(options, work, here);
    if (filled === undefined) return exitCodes.fine;
    for (const warning of work.warnings) here.tell(`m365audit: warning: ${warning}`);
    const comparisons = filled.map(compared);
    here.print(comparisons.map(told).join(""));
    const differing = comparisons.filter(({ differences }) => differences.length > 0);
    const hasDrift = differing.length > 0;
    here.print(`\n${verdictOf(comparisons)}\n`);
    if (options.record === true) await record(comparisons, options, work, here);
    else if (hasDrift) here.print("With --record, the next preview says what there is to do about it.\n");
    if (hasDrift) return exitCodes.drift;
    return wereLookedAt(comparisons).length === 0 ? exitCodes.badInput : exitCodes.fine;
  };
  return ending(here, command, exitCodes.badInput);
}

/** What was typed; undefined where there was no form yet, and one was written. */
async function formOf(
  { export: file, stack }: VerifyArguments,
  { resources }: StackWork,
  here: Surroundings,
): Promise<Filled[] | undefined> {
  const path = isAbsolute(file) ? file : join(here.cwd, file);
  const refused = (what: string, error: unknown): InvalidInput => {
    const message = `${JSON.stringify(file)} cannot be ${what} (${codeOf(error)})`;
    return new InvalidInput("the command line", [{ path: "--export", message }]);
  };
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw refused("read", error);
    await writeFile(path, emptyForm(resources, stack, file), { flag: "wx" }).catch((reason: unknown) => {
      throw refused("written", reason);
    });
    const again = commandLine(["npx", "m365audit", "verify", "--stack", stack, "--export", file]);
    here.print(
      `Nothing was compared yet: ${file} was not there, so the form was written to it, for ${counted(resources.length, "resource")}.\n` +
        `Type into it what the products show, then run this again:\n  ${again}\n`,
    );
    return undefined;
  }
  const refreshed = resources.filter(({ isRefreshed }) => isRefreshed).map(({ name }) => name);
  if (refreshed.length > 0) {
    throw new Rejected({
      operation: "comparing what was found with the declaration of",
      subject: refreshed.join(", "),
      happened:
        "a `pulumi refresh` read into the state what was found in the product, so that what is declared is not in it",
      next: "Run `pulumi up` first, which records what is declared.",
    });
  }
  return readForm(text, file, resources);
}

function told({ resource, differences, same, notLookedAt }: Comparison): string {
  const looked = differences.length + same.length;
  const summary =
    looked === 0
      ? "not looked at"
      : differences.length === 0
        ? `as declared, in ${counted(same.length, "field")} of ${String(looked + notLookedAt.length)}`
        : counted(differences.length, "difference");
  const lines = [
    `${resource.name} (${whatIs(resource.handover)}): ${summary}`,
    ...differences.map(({ label, declared, found }) => `  ${label}: declared ${declared}, found ${found}`),
    ...(looked > 0 && notLookedAt.length > 0 ? [`  Not looked at: ${notLookedAt.join(", ")}`] : []),
    ...(resource.standing.status === "awaitingOperator" ? ["  Nobody has attested yet that it is as declared."] : []),
  ];
  return `${lines.join("\n")}\n`;
}

/** An empty form passes no check. */
function wereLookedAt(comparisons: readonly Comparison[]): Comparison[] {
  return comparisons.filter(({ differences, same }) => differences.length + same.length > 0);
}

function verdictOf(comparisons: readonly Comparison[]): string {
  const differing = comparisons.filter(({ differences }) => differences.length > 0).length;
  const looked = wereLookedAt(comparisons).length;
  if (looked === 0) return "Nothing was looked at: every field of the form is empty.";
  const all = `${counted(looked, "resource")} of ${String(comparisons.length)} looked at`;
  return differing === 0 ? `No drift: ${all}.` : `Drift: ${counted(differing, "resource")} not as declared; ${all}.`;
}

async function record(
  comparisons: readonly Comparison[],
  options: VerifyArguments,
  { project, book }: StackWork,
  here: Surroundings,
): Promise<void> {
  const now = here.clock.now();
  const draft = comparisons.map((comparison) => ({ comparison, is: recorded(comparison, { by: "-", now }) }));
  for (const { comparison, is } of draft) {
    if (is.what === "nothing" && Object.keys(comparison.typed).length > 0)
      here.print(`${comparison.resource.name}: not recorded: ${is.why}.\n`);
  }
  const isNew = draft.some(({ is }) => is.what === "found");
  const over = new Set(draft.filter(({ is }) => is.what === "over").map(({ comparison }) => comparison.resource.urn));
  if (!isNew && over.size === 0) return;
  const by = isNew ? await attesterOf(options, project, here) : "";
  const entries = draft.flatMap(({ is }) => (is.what === "found" ? [{ ...is.entry, by }] : []));
  const signed = await signedEntries(entries, options, project, here);
  const kept = book.entries.filter(({ resource, action }) => !(action === "found" && over.has(resource)));
  await writeBook(project.file, signed.reduce(withEntry, kept));
  for (const { comparison, is } of draft) {
    const { name } = comparison.resource;
    if (is.what === "found") here.print(`${name}: recorded what ${plain(by)} found.\n`);
    if (is.what === "over") here.print(`${name}: is as it was attested; what was found before is taken away.\n`);
  }
  here.print(`Next: commit ${project.shownFile}; the next preview reads it and says what there is to do.\n`);
}
