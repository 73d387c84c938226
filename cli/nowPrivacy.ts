/** `m365audit now-privacy test`: the options. What they may be is the data source's to say, and checked by its schemas. */
import type { Command } from "commander";
import type { NowPrivacyTestArguments } from "./nowPrivacyArguments";

/** When the command line itself cannot be understood. */
const badInput = 2;

export function addNowPrivacyCommand(program: Command): void {
  // A subcommand that is missing or not known counts as bad input too; the subcommands take this over.
  const nowPrivacy = program
    .command("now-privacy")
    .description("NOW Privacy's Office 365 data sources.")
    .exitOverride((error) => {
      process.exit(error.exitCode === 0 ? 0 : badInput);
    });
  nowPrivacy
    .command("test")
    .description(
      "Test Credentials and Test Connection, with the data source's own credential: what it may crawl, and whether the ingestion scope is there. " +
        "The client secret is read from the environment variable M365AUDIT_NOWPRIVACY_CLIENT_SECRET or from a file, never from an argument. " +
        "Ends with 0 when both tests pass, 1 when one does not, and 2 when an option is wrong.",
    )
    .option("--tenant <guid>", "Directory (Tenant) ID")
    .option("--client-id <guid>", "Application (Client) ID")
    .option("--secret-file <path>", "a file with the client secret and nothing else")
    .option("--service <name>", "exchange, sharePoint or oneDrive")
    .option("--scope <scope>", "everything, domain, group or user (default: only the credential is tested)")
    .option("--domain <domain>", "the scope's domain (default: that of the email address)")
    .option(
      "--email <address>",
      "the address of the group (also of a distribution list) or user (also of a shared mailbox)",
    )
    .option("--folder-path <path>", "for OneDrive, such as /Documents/Reports")
    .option("--environment <cloud>", "public, usGovernment, usGovernmentDod or china (default: public)")
    .option("--limited-to-scope", "Exchange Online limits the app to the mailboxes in scope")
    .option(
      "--mailbox-in-scope <address>",
      "with --limited-to-scope: a mailbox to open, where the scope is not one user",
    )
    .option("--ignore-warnings", "pass although the scope is not there, or could not be looked for")
    .option("--wait <seconds>", "how long to wait for permissions that were only just granted (default: 0)")
    .option("--json", "print one line of JSON")
    .action(async (options: NowPrivacyTestArguments) => {
      const { runNowPrivacyTest } = await import("./runNowPrivacyTest.js");
      process.exitCode = await runNowPrivacyTest(options);
    });
}
