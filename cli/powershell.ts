/** `m365audit powershell`: the options. What they may be is the policy's to say, and checked by its schemas. */
import type { Command } from "commander";
import type { PowershellArguments } from "./powershellArguments";

export function addPowershellCommand(program: Command): void {
  program
    .command("powershell")
    .description(
      "Print a PowerShell script that puts an Exchange Online tenant's mailboxes under audit, to look at or to schedule. " +
        "It needs PowerShell 7.4 and the module ExchangeOnlineManagement, and signs in as an app with a certificate.",
    )
    .option("--organization <domain>", "the tenant's initial domain, such as contoso.onmicrosoft.com")
    .option("--client-id <guid>", "client id of the app that signs in")
    .option("--certificate-file <path>", "the app's certificate: a PFX file, as seen by the script")
    .option("--thumbprint <hex>", "the app's certificate: in the store of the user that runs the script (Windows)")
    .option("--tenant-id <guid>", "do nothing in any other tenant")
    .option("--environment <cloud>", "public, usGovernment, usGovernmentDod or china (default: public)")
    .option("--baseline <name>", "netwrixNonOwner, microsoftManaged or custom (default: netwrixNonOwner)")
    .option("--match <how>", "atLeast or exactly (default: atLeast)")
    .option("--audit-admin <actions>", "for the baseline custom, as the next two: separated by commas", split)
    .option("--audit-delegate <actions>", "actions of the logon type Delegate", split)
    .option("--audit-owner <actions>", "actions of the logon type Owner", split)
    .option("--recipient-types <types>", "separated by commas (default: the vendor's five)", split)
    .option("--include <names>", "only these mailboxes, separated by commas", split)
    .option("--exclude <names>", "never these mailboxes, separated by commas", split)
    .option("--filter <filter>", "only mailboxes that pass it, in Exchange's own syntax")
    .option("--max-failures <number>", "mailboxes that may fail before the script does (default: 0)")
    .option("--bypass-allow <accounts>", "accounts that may stay on audit bypass, separated by commas", split)
    .option("--bypass-others <what>", "remove or report (default: remove)")
    .option("--out <file>", "write the script to this file instead")
    .action(async (options: PowershellArguments) => {
      const { runPowershell } = await import("./runPowershell.js");
      await runPowershell(options);
    });
}

function split(value: string): readonly string[] {
  return value
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}
