import * as pulumi from "@pulumi/pulumi";
import { checkArgs, mustBePlain } from "../pulumi/arguments";
import {
  mailboxAuditPolicyArgs,
  type MailboxAuditPolicyArgs,
  mailboxAuditPolicyContract,
  type PolicyResults,
} from "./mailboxAuditPolicyArgs";
import { policyCommand } from "./mailboxAuditPolicyCommand";
import { MailboxAudit, type MailboxAuditArgs } from "./mailboxAuditResource";

export type { MailboxAuditPolicyArgs };

/** Taken from the policy's `bypass`; the child has them side by side. */
interface Bypass {
  readonly allow?: string[];
  readonly others?: "remove" | "report";
}

/**
 * Puts the mailboxes of a tenant under audit and keeps them there.
 *
 * By default the vendor's actions are on in every mailbox of the vendor's five types, and what else is on stays on: pinning the
 * vendor's lists alone (`match: "exactly"`) would turn off MailItemsAccessed, UpdateInboxRules and others that Microsoft records
 * by default. The organization's audit switch and the unified audit log are switched on, and accounts are taken off audit bypass
 * unless they are allowed to be on it.
 *
 * ```ts
 * new exchange.MailboxAuditPolicy("contoso", {
 *   tenantId,
 *   clientId: app.clientId,
 *   certificatePem: certificate.certificatePem,
 *   privateKeyPem: certificate.privateKeyPem,
 *   bypass: { allow: ["svc-migration@contoso.com"] },
 * });
 * ```
 *
 * The private key may stay outside the state: `privateKey: { file }` or `{ environmentVariable }` in place of `privateKeyPem`. With
 * `keyless: true` there is none: the CI job that Pulumi runs in speaks for the app, which nobody has proven with Exchange Online yet.
 *
 * With `engine: "powershell"` the same is done by a script of Exchange Online cmdlets, the vendor's way, for those who have to run
 * it so. It needs `pwsh` and the module ExchangeOnlineManagement on the machine that runs Pulumi, takes its time in a large tenant,
 * and does not see drift.
 *
 * @throws InvalidInput with every problem of the arguments; nothing is registered then
 */
export class MailboxAuditPolicy extends pulumi.ComponentResource {
  /** How many mailboxes the policy is about, as the last full scan counted them. */
  readonly mailboxes: PolicyResults["mailboxes"];
  /** How many of them are as the policy wants them. */
  readonly compliant: PolicyResults["compliant"];
  /** How many mailboxes the last apply changed. */
  readonly changed: PolicyResults["changed"];
  /** Mailboxes that the last apply could not change, each sample with its reason. */
  readonly failed: PolicyResults["failed"];
  /** What Exchange took and does not show yet: neither done nor wrong for as long as Microsoft says that it may take. Only with the engine `rest`. */
  readonly accepted: PolicyResults["accepted"];
  /** Accounts on audit bypass, allowed ones included. */
  readonly bypassedAccounts: PolicyResults["bypassedAccounts"];
  /** Names in `include` and `exclude` that are of no mailbox in scope, as of the last full scan. */
  readonly unmatched: PolicyResults["unmatched"];
  /** When mailboxes were last read, in an incremental scan those that had changed: RFC 3339 in UTC. */
  readonly scannedAt: PolicyResults["scannedAt"];
  /** When every mailbox was last read: RFC 3339 in UTC. */
  readonly fullScanAt: PolicyResults["fullScanAt"];
  /** Identifies what the last full scan found in which mailboxes. Only with the engine `rest`. */
  readonly digest: PolicyResults["digest"];

  constructor(name: string, args: MailboxAuditPolicyArgs, options?: pulumi.ComponentResourceOptions) {
    const subject = `${mailboxAuditPolicyContract.token} "${name}"`;
    checkArgs(mailboxAuditPolicyArgs, args, subject, ({ engine }) => mustBePlain("engine", engine));
    super(mailboxAuditPolicyContract.token, name, {}, options);
    const results: PolicyResults =
      args.engine === "powershell"
        ? policyCommand(`${name}-powershell`, args, { parent: this })
        : new MailboxAudit(`${name}-mailbox-audit`, flat(args), { parent: this });
    this.mailboxes = results.mailboxes;
    this.compliant = results.compliant;
    this.changed = results.changed;
    this.failed = results.failed;
    this.accepted = results.accepted;
    this.bypassedAccounts = results.bypassedAccounts;
    this.unmatched = results.unmatched;
    this.scannedAt = results.scannedAt;
    this.fullScanAt = results.fullScanAt;
    this.digest = results.digest;
    this.registerOutputs({
      mailboxes: this.mailboxes,
      compliant: this.compliant,
      changed: this.changed,
      failed: this.failed,
      bypassedAccounts: this.bypassedAccounts,
      accepted: this.accepted,
      unmatched: this.unmatched,
      scannedAt: this.scannedAt,
      fullScanAt: this.fullScanAt,
      digest: this.digest,
    });
  }
}

function flat({
  bypass,
  engine: _engine,
  initialDomain: _initialDomain,
  ...others
}: MailboxAuditPolicyArgs): MailboxAuditArgs {
  if (bypass === undefined) return others;
  const known = pulumi.output(bypass) as pulumi.Output<Bypass | undefined>;
  return {
    ...others,
    bypassAllow: known.apply((given) => given?.allow ?? []),
    bypassOthers: known.apply((given) => given?.others ?? "remove"),
  };
}
