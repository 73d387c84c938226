/** `m365audit verify`: the options. */
import type { Command } from "commander";
import { stateOption, withBadInput } from "./operator/options";
import type { VerifyArguments } from "./verifyArguments";

export function addVerifyCommand(program: Command): void {
  program
    .command("verify")
    .description(
      "Compare what is declared with what a person sees in the products and types into a form, which the first run writes. " +
        "Ends with 0 when nothing differs, 1 when something does, and 2 when it could not be compared.",
    )
    .requiredOption("--stack <name>", "name of the stack")
    .requiredOption("--export <file>", "the form (YAML); written when it is not there")
    .option(
      "--record",
      "record what differs in the attestations, so that the next preview shows it and what there is to do",
    )
    .option("--sign <file>", "with --record: sign with this SSH key")
    .option("--by <name>", "with --record: who looked (default: git's user.email)")
    .addOption(stateOption())
    .exitOverride(withBadInput)
    .action(async (options: VerifyArguments) => {
      const { runVerify } = await import("./runVerify.js");
      process.exitCode = await runVerify(options);
    });
}
