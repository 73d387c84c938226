/** Stacks whose products a person applies: opening them, our own commands at the prompt, and what the project's files hold. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { CommandResult, SandboxStack } from "../../tools/stack";
import { openScene, type Scene, type SceneOptions } from "./engine";

/** Who attests in the tests. */
export const person = "ada@contoso.com";

/** A scene in which a person stands for every product, though the environment names gateways to the sandbox's. */
export function openOperatorScene({ config, ...options }: SceneOptions = {}): Promise<Scene> {
  return openScene({
    ...options,
    config: { "m365audit:onesecureBackend": "operator", "m365audit:nowprivacyBackend": "operator", ...config },
  });
}

/** `m365audit <command> --stack <stack> …` in the project's folder. */
export function cli(stack: SandboxStack, command: string, ...args: string[]): Promise<CommandResult> {
  return stack.m365audit(command, "--stack", stack.name, ...args);
}

/** `m365audit attest --by ada@contoso.com …`. @throws when it does not end with 0 */
export async function attest(stack: SandboxStack, ...args: string[]): Promise<string> {
  return succeeded(await cli(stack, "attest", "--by", person, ...args));
}

/** The open steps in Markdown, or with `--html` in HTML. @throws when it does not end with 0 */
export async function runbook(stack: SandboxStack, ...args: string[]): Promise<string> {
  return succeeded(await cli(stack, "runbook", ...args));
}

/** The check boxes of a runbook, without their numbers. */
export function stepsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^- \[ \] \d+\. (.*)$/gm)].map(([, text = ""]) => text);
}

export function attestationsFile(stack: SandboxStack): string {
  return path.join(stack.folder, "attestations", `${stack.name}.json`);
}

/** The attestations of the stack as they are on the disk. */
export function attestations(stack: SandboxStack): Promise<string> {
  return readFile(attestationsFile(stack), "utf8");
}

/** What a command printed. @throws when it did not end with 0 */
function succeeded({ code, stdout, stderr }: CommandResult): string {
  if (code !== 0) throw new Error(`it ended with ${String(code)}: ${stderr}${stdout}`);
  return stdout;
}
