/** `m365audit attest`: the options. */
import type { Command } from "commander";
import type { AttestArguments } from "./attestArguments";
import { stateOption, withBadInput } from "./operator/options";

export function addAttestCommand(program: Command): void {
  program
    .command("attest")
    .description(
      "Record that what is declared was entered in the product, or that what is no longer declared was removed: in attestations/<stack>.json, " +
        "to be committed and reviewed like code. The next `pulumi up` reads it. " +
        "Ends with 0, also when it was attested already; 1 when it cannot be recorded; 2 when an option or a file is wrong.",
    )
    .argument("[resource...]", "names or URNs of resources, or of components, for everything that is open in them")
    .requiredOption("--stack <name>", "name of the stack")
    .option("--all", "everything that is open")
    .option("--id <id>", "the product's own id, with one resource")
    .option("--certificate <file>", "the certificate that the product gave for a credential: PEM or DER")
    .option(
      "--sign <file>",
      "sign with this SSH key (ssh-keygen -Y); the file of a public key for one that an agent holds",
    )
    .option("--by <name>", "who attests; with --sign, as the allowed signers name it (default: git's user.email)")
    .addOption(stateOption())
    .exitOverride(withBadInput)
    .action(async (resources: readonly string[], options: AttestArguments) => {
      const { runAttest } = await import("./runAttest.js");
      process.exitCode = await runAttest(resources, options);
    });
}
