/** Prints the script of `m365audit powershell`. */
import { writeFile } from "node:fs/promises";
import { z } from "zod";
import { InvalidInput, type Problem } from "../provider/core/errors";
import { problemsOf } from "../provider/core/validate";
import { applyScript, type Connection } from "../provider/exchange/audit/script";
import { withEngineRules } from "../provider/exchange/engine";
import { connectionShape } from "../provider/exchange/mailboxAuditContract";
import { actionWarnings, mailboxAuditSettings, withListRules } from "../provider/exchange/mailboxAuditSettings";
import type { PowershellArguments } from "./powershellArguments";

const { clientId, tenantId, environment } = connectionShape;

const scriptArgs = withEngineRules(
  withListRules(
    z.strictObject({
      ...mailboxAuditSettings.shape,
      clientId,
      tenantId: tenantId.optional(),
      environment,
      certificateFile: z.string().min(1, "allowed: the path of a PFX file").optional(),
      thumbprint: z
        .string()
        .regex(/^[0-9a-f]{40}$/i, "allowed: 40 hexadecimal digits")
        .optional(),
    }),
  ),
);
type ScriptArgs = z.output<typeof scriptArgs>;

/** Where a property's option is called otherwise than the property. */
const optionNames: Readonly<Record<string, string>> = {
  initialDomain: "--organization",
  "bypass.allow": "--bypass-allow",
  "bypass.others": "--bypass-others",
};

/** @throws InvalidInput with every problem of the options; nothing is written then */
export async function runPowershell(options: PowershellArguments): Promise<void> {
  const script = scriptFor(options);
  for (const line of actionWarnings(options)) process.stderr.write(`${line}\n`);
  if (options.out === undefined) process.stdout.write(script);
  else await writeFile(options.out, script);
}

function scriptFor(options: PowershellArguments): string {
  const given = propertiesOf(options);
  const problems = [...problemsOf(scriptArgs, given).map(asOption), ...certificateProblems(options)];
  if (problems.length > 0) throw new InvalidInput("m365audit powershell", problems);
  const args = scriptArgs.parse(given);
  return applyScript(args, connectionOf(args));
}

function propertiesOf(options: PowershellArguments): Readonly<Record<string, unknown>> {
  const { organization, maxFailures, bypassAllow, bypassOthers, out: _out, ...others } = options;
  return {
    ...others,
    engine: "powershell",
    initialDomain: organization,
    ...(maxFailures === undefined
      ? {}
      : { maxFailures: /^\d+$/.test(maxFailures) ? Number(maxFailures) : maxFailures }),
    bypass: {
      ...(bypassAllow === undefined ? {} : { allow: bypassAllow }),
      ...(bypassOthers === undefined ? {} : { others: bypassOthers }),
    },
  };
}

/** `recipientTypes[2]` is about `--recipient-types`. */
function asOption({ path, message }: Problem): Problem {
  const property = path.replace(/\[\d+\]/g, "");
  const option = optionNames[property] ?? `--${property.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  return { path: option, message };
}

function certificateProblems({ certificateFile, thumbprint }: PowershellArguments): Problem[] {
  if ((certificateFile === undefined) !== (thumbprint === undefined)) return [];
  const was = certificateFile === undefined ? "nothing was given" : "both were given";
  return [{ path: "--certificate-file, --thumbprint", message: `${was}; allowed: one of the two` }];
}

function connectionOf(args: ScriptArgs): Connection {
  return {
    clientId: args.clientId,
    organization: args.initialDomain ?? "",
    ...(args.tenantId === undefined ? {} : { tenantId: args.tenantId.toLowerCase() }),
    ...(args.environment === undefined ? {} : { environment: args.environment }),
    certificate:
      args.certificateFile === undefined
        ? { from: "thumbprint", thumbprint: (args.thumbprint ?? "").toUpperCase() }
        : { from: "file", path: args.certificateFile },
  };
}
