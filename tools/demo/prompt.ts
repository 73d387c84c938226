/** Our own commands as a person sees them at the prompt. */
import type { CommandResult, SandboxStack } from "../stack";
import { attestCommands, type Person } from "./oneSecurePerson";
import { say } from "./screen";

export type Told = Pick<CommandResult, "stdout" | "code">;

/** Runs `m365audit <command> --stack <stack> …` and shows all of it. */
export async function prompt(stack: SandboxStack, command: string, ...args: string[]): Promise<Told> {
  const all = [command, "--stack", stack.name, ...args];
  say(`  $ npx m365audit ${all.join(" ")}`);
  const { stdout, stderr, code } = await stack.m365audit(...all);
  for (const text of [stderr, stdout].map((printed) => printed.trimEnd())) {
    if (text !== "") for (const line of text.split("\n")) say(line === "" ? "" : `    ${line}`);
  }
  return { stdout, code };
}

/** Attests each task of a run-sheet by the command that stands below it. */
export async function attestAll(stack: SandboxStack, sheet: string, person: Person): Promise<Told> {
  let last: Told = { code: 1, stdout: "" };
  for (const command of attestCommands(sheet, person.certificateFile)) {
    last = await prompt(stack, "attest", ...command, "--by", person.name);
    if (last.code !== 0) break;
  }
  return last;
}
