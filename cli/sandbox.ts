/** `m365audit sandbox`: the options, and how they are checked. */
import { InvalidArgumentError, type Command } from "commander";
import type { SandboxArguments } from "./sandboxArguments";

/** A domain of Microsoft's that a tenant starts with, or any other. */
const domain = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$/i;

export function addSandboxCommand(program: Command): void {
  program
    .command("sandbox")
    .description(
      "Run Microsoft 365 tenants and 1Secure on this machine, to try things out without touching a real one.",
    )
    .option("--mailboxes <number>", "mailboxes in each tenant", wholeNumber(0, 1_000_000), 50)
    .option("--port <number>", "TCP port on loopback; 0 takes any that is free", wholeNumber(0, 65_535), 8443)
    .option("--seed <text>", "makes other tenant ids, names and secrets; the same for the same text", notEmpty)
    .option("--tenant <domain...>", "initial domain of each tenant (default: contoso and fabrikam)", domains)
    .option("--cmdlet-latency <ms>", "milliseconds that Exchange takes for each cmdlet or page of a list", number(0))
    .option(
      "--concurrent-requests <number>",
      "requests that Exchange works on at a time; others wait",
      wholeNumber(1, 1_000),
    )
    .option("--writes-per-minute <number>", "changes that Exchange takes a minute; more are refused (429)", number(1))
    .option(
      "--time-scale <factor>",
      "runs Exchange's clock this many times as fast, for the three options above",
      number(0.001),
    )
    .option(
      "--exchange <name=value...>",
      "how Exchange is to behave differently, for example unifiedAuditLogDelayMs=0; GET /_sandbox/tenants/{tenant}/exchange/behaviour lists the names",
      behaviours,
    )
    .option("--json", "print one line of JSON with everything a script needs, instead of text")
    .action(async (options: SandboxArguments) => {
      const { runSandbox } = await import("./runSandbox.js");
      await runSandbox(options);
    });
}

function wholeNumber(least: number, most: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (/^\d+$/.test(value) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`It must be a whole number from ${String(least)} to ${String(most)}.`);
  };
}

function number(least: number): (value: string) => number {
  return (value) => {
    const parsed = Number(value);
    if (/^\d+(?:\.\d+)?$/.test(value) && parsed >= least) return parsed;
    throw new InvalidArgumentError(`It must be a number of at least ${String(least)}.`);
  };
}

function notEmpty(value: string): string {
  if (value === "") throw new InvalidArgumentError("It must not be empty.");
  return value;
}

function behaviours(text: string, before: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  const [, name = "", value = ""] = /^([A-Za-z]+)=(.+)$/.exec(text) ?? [];
  if (name === "") throw new InvalidArgumentError("It must be a name and a value such as unifiedAuditLogDelayMs=0.");
  const isWord = !/^(?:true|false|\d+(?:\.\d+)?)$/.test(value);
  return { ...before, [name]: isWord ? value : (JSON.parse(value) as unknown) };
}

function domains(value: string, before: readonly string[] = []): readonly string[] {
  if (!domain.test(value)) throw new InvalidArgumentError("It must be a domain such as contoso.onmicrosoft.com.");
  const initialDomain = value.toLowerCase();
  if (before.includes(initialDomain)) throw new InvalidArgumentError("Each tenant needs a domain of its own.");
  return [...before, initialDomain];
}
