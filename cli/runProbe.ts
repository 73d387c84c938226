/** Runs `m365audit probe`, prints what came of it, and writes the answers to a file. */
import { writeFile } from "node:fs/promises";
import { type Clock, systemClock } from "../provider/core/clock";
import { InvalidInput, M365AuditError } from "../provider/core/errors";
import { createHttp } from "../provider/core/http";
import { Tokens } from "../provider/identity/token";
import { stoppable } from "../provider/surfaces/stopping";
import type { ProbeArguments } from "./probeArguments";
import { mostRequests, probe, type Probed } from "./probe/probe";
import { count, fileText, forScripts, table } from "./probe/report";
import { type Environment, settingsOf } from "./probe/settings";

/** What the command ends with. */
const exitCodes = { held: 0, failed: 1, badInput: 2 } as const;
type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Prints to the standard output; progress and what is wrong to the standard error. */
export async function runProbe(
  options: ProbeArguments,
  environment: Environment = process.env,
  clock: Clock = systemClock,
): Promise<ExitCode> {
  try {
    const probed = await probedBy(options, environment, clock);
    const { outcomes, wasPutBack } = probed;
    const file = options.out ?? `m365audit-probe-${timeIn(clock).replace(/[:.]/g, "-")}.json`;
    await writeFile(file, fileText(probed, timeIn(clock).slice(0, 10)), { mode: 0o600 });
    process.stdout.write(options.json === true ? `${JSON.stringify(forScripts(outcomes))}\n` : table(outcomes));
    tell(`The answers are in ${file}, without names, ids, tokens and addresses. Look through it before you send it.`);
    const wasAsked = count(outcomes, "held") > 0;
    return wasAsked && wasPutBack && count(outcomes, "did not hold") === 0 ? exitCodes.held : exitCodes.failed;
  } catch (error) {
    if (!(error instanceof M365AuditError)) throw error;
    tell(`m365audit: ${error.message}`);
    return error instanceof InvalidInput ? exitCodes.badInput : exitCodes.failed;
  }
}

async function probedBy(
  options: ProbeArguments,
  environment: Environment,
  clock: Clock,
): Promise<Probed & { readonly wasPutBack: boolean }> {
  const { tenantId, endpoint, acquireToken } = settingsOf(options, environment);
  const { writeOne } = options;
  tell(
    `At most ${String(mostRequests(writeOne !== undefined))} requests go to Exchange Online of tenant ${tenantId}, one at a time. ` +
      (writeOne === undefined
        ? "Nothing is changed."
        : `The audit settings of ${writeOne} are changed and put back; nothing else is changed.`),
  );
  const http = await createHttp({ connections: 1 });
  let wasPutBack = true;
  const onNotPutBack = (commands: string): void => {
    wasPutBack = false;
    const name = `'${(writeOne ?? "").replaceAll("'", "''")}'`;
    tell(
      `\nTHE MAILBOX IS NOT AS IT WAS. Run in Exchange Online PowerShell:\n  ${commands.replaceAll("MAILBOX", name)}\n`,
    );
  };
  const tokens = new Tokens(acquireToken, tenantId, clock, "Exchange Online");
  try {
    // What is being changed when it is to stop is put back first.
    const probed = await stoppable(tell, (signal) =>
      probe({ http, tokens, endpoint, tenantId, clock, writeOne, signal, onNotPutBack }),
    );
    return { ...probed, wasPutBack };
  } finally {
    await http.close();
  }
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

function timeIn(clock: Clock): string {
  return new Date(clock.now()).toISOString();
}
