/**
 * `npm run demo`: the main job, or `npm run demo -- now-privacy`, or `npm run demo -- operator`, on a real Pulumi engine, against a sandbox tenant on this machine.
 * Exit code 0 only if each step did what it says.
 */
import { Argument, Command, InvalidArgumentError } from "commander";
import type { DemoOptions } from "./options";
import { bad, say } from "./screen";

function count(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 20) {
    throw new InvalidArgumentError(`${JSON.stringify(value)} was given; allowed: a whole number of 20 or more`);
  }
  return number;
}

/** Of a failed run of the engine, only its diagnostics: the rest was on the screen already, and stands in the error three times. */
function whatWentWrong(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const diagnostics = /^Diagnostics:\n([\s\S]*?)(?=^\w)/m.exec(message);
  return diagnostics?.[1]?.trim() ?? message;
}

const program = new Command("npm run demo --")
  .description("Runs a whole job on a real Pulumi engine against a sandbox tenant on this machine.")
  .addArgument(
    new Argument(
      "[job]",
      "a tenant under audit by 1Secure; a data source of NOW Privacy; or 1Secure without an API, from run-sheets",
    )
      .choices(["exchange-online", "now-privacy", "operator"])
      .default("exchange-online"),
  )
  .option("--mailboxes <count>", "how many mailboxes the sandbox tenant has", count, 500)
  .option("--keep", "leave the sandbox and the stack for a look around, until Ctrl-C", false)
  .option(
    "--official-plugins",
    "use the official azuread, tls and command plugins, where the engine can find them",
    false,
  )
  .action(async (job: "exchange-online" | "now-privacy" | "operator", options: DemoOptions) => {
    const jobs = {
      "exchange-online": async () => (await import("./exchangeOnline.js")).exchangeOnline,
      "now-privacy": async () => (await import("./nowPrivacy.js")).nowPrivacy,
      operator: async () => (await import("./operator.js")).operator,
    };
    const tell = await jobs[job]();
    process.exitCode = (await tell(options)) ? 0 : 1;
  });

program.parseAsync().catch((error: unknown) => {
  say();
  bad(whatWentWrong(error));
  process.exitCode = 1;
});
