/** `m365audit probe`: the options. */
import type { Command } from "commander";
import { withBadInput } from "./operator/options";
import type { ProbeArguments } from "./probeArguments";

export function addProbeCommand(program: Command): void {
  program
    .command("probe")
    .description(
      "Ask a live tenant's Exchange Online what this project believes of it (docs/beliefs.md), one request at a time, by reading alone. " +
        "The answers are written to a file without names, ids, tokens and addresses, so that they can be sent to the project. " +
        "Signs in as the app that is given, else as the deploying identity, by azuread's variables. " +
        "Ends with 0 when all that was asked held, 1 when something did not or could not be asked at all, and 2 when an option is wrong.",
    )
    .option("--tenant <guid>", "the tenant's id (default: M365AUDIT_TENANT_ID, then ARM_TENANT_ID)")
    .option("--client-id <guid>", "client id of an app that signs in with a certificate")
    .option("--certificate-file <path>", "the app's certificate, in PEM")
    .option("--key-file <path>", "the certificate's private key, in PEM (default: it is in the certificate's file)")
    .option("--environment <cloud>", "public, usGovernment, usGovernmentDod or china (default: public)")
    .option(
      "--write-one <mailbox>",
      "also set this mailbox's audit settings: to what they are, and to something else that is put back",
    )
    .option("--out <file>", "where the answers are written (default: a file in the current folder)")
    .option("--json", "print JSON")
    .exitOverride(withBadInput)
    .action(async (options: ProbeArguments) => {
      const { runProbe } = await import("./runProbe.js");
      process.exitCode = await runProbe(options);
    });
}
