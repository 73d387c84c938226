/** What a mailbox audit policy with `engine: "powershell"` is made of: a command of the machine that runs Pulumi. */
import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { InvalidInput } from "../core/errors";
import { requireStackTenant } from "../core/tenant";
import { problemsOf } from "../core/validate";
import { applyScript, type Connection, removeScript, scriptResultOf, type ScriptSettings } from "./audit/script";
import { type Environment, environmentOf } from "../identity/environments";
import type { PrivateKeyPlace } from "../identity/privateKey";
import { programSettings } from "../pulumi/settings";
import { claimTenant } from "./mailboxAuditPolicyOfTenant";
import { actionWarnings } from "./mailboxAuditSettings";
import { mailboxAuditPolicyArgs, type MailboxAuditPolicyArgs, type PolicyResults } from "./mailboxAuditPolicyArgs";

/** The arguments once they are known, less certificate and key. */
type Known = ScriptSettings & {
  readonly tenantId: string;
  readonly clientId: string;
  readonly initialDomain?: string;
  readonly environment?: Environment;
  readonly privateKey?: PrivateKeyPlace;
};

/**
 * `-Command` rather than `-File -`: the script is then an argument, which a preview can show and which holds nothing secret, and
 * standard input is free for the certificate and its key, which no other process can read there.
 */
const interpreter = ["pwsh", "-NoProfile", "-NonInteractive", "-Command"];

/** Registers the command. Its only secret input is `stdin`, which is encrypted in the state. */
export function policyCommand(
  name: string,
  args: MailboxAuditPolicyArgs,
  options: pulumi.CustomResourceOptions,
): PolicyResults {
  const { certificatePem, privateKeyPem, ...given } = args;
  const others = { ...given, tenantId: claimTenant(name, args.tenantId) };
  const scripts = pulumi.output(others).apply((known) => {
    for (const line of actionWarnings(known)) void pulumi.log.warn(`${name}: ${line.replace("warning: ", "")}`);
    return scriptsFor(name, known as Known);
  });
  const pems = pulumi
    .all([certificatePem, privateKeyPem, others.privateKey, others.keyless])
    .apply(([certificate, key, privateKey, keyless]) => {
      const signIn = { certificatePem: certificate, privateKeyPem: key, privateKey, keyless };
      check(name, signIn, Object.keys(others));
      return [certificate, key].flatMap((pem) => (pem === undefined ? [] : [`${pem.trim()}\n`])).join("");
    });
  const command = new local.Command(
    name,
    {
      interpreter,
      create: scripts.apply(({ apply }) => apply),
      delete: scripts.apply(({ remove }) => remove) as pulumi.Output<string>,
      stdin: pulumi.secret(pems),
      // Another tenant's mailboxes are another policy: the old one's `delete` has to run.
      triggers: [pulumi.output(others.tenantId).apply((id) => id.toLowerCase())],
      // Standard output is the result, which is read below; what the script does, and what failed, is told on standard error.
      logging: local.Logging.Stderr,
      addPreviousOutputInEnv: false,
    },
    options,
  );
  // Secret only because the key went in: the script writes counts and names.
  const result = pulumi.unsecret(command.stdout).apply(scriptResultOf);
  return {
    mailboxes: result.mailboxes,
    compliant: result.compliant,
    changed: result.changed,
    failed: result.failed,
    accepted: pulumi.output(undefined),
    bypassedAccounts: result.bypassedAccounts,
    unmatched: result.apply(({ unmatched }) => unmatched),
    scannedAt: result.scannedAt,
    fullScanAt: result.scannedAt,
    digest: pulumi.output(undefined),
  };
}

function scriptsFor(name: string, known: Known): { readonly apply: string; readonly remove: string | undefined } {
  check(name, known, ["certificatePem", "privateKeyPem"]);
  const settings = programSettings();
  requireStackTenant(settings, known.tenantId, "connecting by PowerShell to Exchange Online of tenant");
  const connection: Connection = {
    clientId: known.clientId,
    organization: known.initialDomain ?? "",
    tenantId: known.tenantId.toLowerCase(),
    certificate: { from: "stdin", ...(known.privateKey === undefined ? {} : { key: known.privateKey }) },
    environment: environmentOf(settings, known.environment),
  };
  return { apply: applyScript(known, connection), remove: removeScript(known, connection) };
}

/** A stand-in for arguments that are checked elsewhere. */
const later = Symbol("later");

/** Checks what was an Output when the component was constructed. */
function check(name: string, known: object, elsewhere: readonly string[]): void {
  const whole = { ...Object.fromEntries(elsewhere.map((property) => [property, later])), ...known };
  const problems = problemsOf(mailboxAuditPolicyArgs, whole, { isDeferred: (value) => value === later });
  if (problems.length > 0) throw new InvalidInput(`"${name}"`, problems);
}
