/** What the commands about a person's work have in common on the command line. */
import { type CommanderError, Option } from "commander";

export function stateOption(): Option {
  const what = "an exported deployment, - for the standard input (default: what `pulumi stack export` gives)";
  return new Option("--state <file>", what);
}

/** An option that is missing or not known counts as bad input. */
export function withBadInput(error: CommanderError): never {
  process.exit(error.exitCode === 0 ? 0 : 2);
}
