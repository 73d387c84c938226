/** `m365audit runbook`: the options. */
import type { Command } from "commander";
import { stateOption, withBadInput } from "./operator/options";
import type { RunbookArguments } from "./runbookArguments";

export function addRunbookCommand(program: Command): void {
  program
    .command("runbook")
    .description(
      "Print what a person still has to do in the products, as one Markdown document with check boxes, in the order in which it has to be done. " +
        "Ends with 0, also when steps are open; 1 when the state cannot be had; 2 when an option or a file is wrong.",
    )
    .requiredOption("--stack <name>", "name of the stack")
    .option("--html", "one HTML document, to be printed or ticked off on the screen")
    .addOption(stateOption())
    .exitOverride(withBadInput)
    .action(async (options: RunbookArguments) => {
      const { runRunbook } = await import("./runRunbook.js");
      process.exitCode = await runRunbook(options);
    });
}
