#!/usr/bin/env node
/** The `m365audit` command. Each subcommand's code is loaded when it is called, so that `--help` is quick. */
import { Command } from "commander";
import { addAttestCommand } from "./attest";
import { addNowPrivacyCommand } from "./nowPrivacy";
import { addPowershellCommand } from "./powershell";
import { addProbeCommand } from "./probe";
import { addRunbookCommand } from "./runbook";
import { addSandboxCommand } from "./sandbox";
import { addVerifyCommand } from "./verify";

const program = new Command("m365audit")
  .description("Put Microsoft 365 tenants under audit by code.")
  .showHelpAfterError("(add --help for what is possible)");

addSandboxCommand(program);
addPowershellCommand(program);
addProbeCommand(program);
addNowPrivacyCommand(program);
addRunbookCommand(program);
addAttestCommand(program);
addVerifyCommand(program);

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`m365audit: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
