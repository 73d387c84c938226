import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { ComponentContract } from "../core/contract";
import { checkArgs, type Inputs } from "../pulumi/arguments";
import { connectionShape, type MailboxAuditOutputs, mailboxAuditResults } from "./mailboxAuditContract";
import { MailboxAudit, type MailboxAuditArgs } from "./mailboxAuditResource";
import { mailboxAuditSettings, withListRules } from "./mailboxAuditSettings";

export const mailboxAuditPolicyArgs = withListRules(
  z.strictObject({ ...connectionShape, ...mailboxAuditSettings.shape }),
);

/** Arguments of {@link MailboxAuditPolicy}. */
export type MailboxAuditPolicyArgs = Inputs<z.input<typeof mailboxAuditPolicyArgs>>;

export const mailboxAuditPolicyContract = {
  token: "m365audit:exchange:MailboxAuditPolicy",
  description:
    "Which actions an Exchange Online tenant's mailboxes record, for whom, and what happens to accounts that bypass auditing. " +
    "Writes only to mailboxes that differ, and shows in every preview what has drifted.",
  args: mailboxAuditPolicyArgs,
  outputs: z.object(mailboxAuditResults),
} satisfies ComponentContract;

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
 * @throws InvalidInput with every problem of the arguments; nothing is registered then
 */
export class MailboxAuditPolicy extends pulumi.ComponentResource {
  /** How many mailboxes the policy is about. */
  readonly mailboxes: pulumi.Output<MailboxAuditOutputs["mailboxes"]>;
  /** How many of them are as the policy wants them. */
  readonly compliant: pulumi.Output<MailboxAuditOutputs["compliant"]>;
  /** How many mailboxes the last apply changed. */
  readonly changed: pulumi.Output<MailboxAuditOutputs["changed"]>;
  /** Mailboxes that the last apply could not change, each sample with its reason. */
  readonly failed: pulumi.Output<MailboxAuditOutputs["failed"]>;
  /** Accounts on audit bypass, allowed ones included. */
  readonly bypassedAccounts: pulumi.Output<MailboxAuditOutputs["bypassedAccounts"]>;
  /** When the mailboxes were last read: RFC 3339 in UTC. */
  readonly scannedAt: pulumi.Output<MailboxAuditOutputs["scannedAt"]>;
  /** Identifies what was found in which mailboxes. */
  readonly digest: pulumi.Output<MailboxAuditOutputs["digest"]>;

  constructor(name: string, args: MailboxAuditPolicyArgs, options?: pulumi.ComponentResourceOptions) {
    checkArgs(mailboxAuditPolicyArgs, args, `${mailboxAuditPolicyContract.token} "${name}"`);
    super(mailboxAuditPolicyContract.token, name, {}, options);
    const audit = new MailboxAudit(`${name}-mailbox-audit`, flat(args), { parent: this });
    this.mailboxes = audit.mailboxes;
    this.compliant = audit.compliant;
    this.changed = audit.changed;
    this.failed = audit.failed;
    this.bypassedAccounts = audit.bypassedAccounts;
    this.scannedAt = audit.scannedAt;
    this.digest = audit.digest;
    this.registerOutputs({
      mailboxes: this.mailboxes,
      compliant: this.compliant,
      changed: this.changed,
      failed: this.failed,
      bypassedAccounts: this.bypassedAccounts,
      scannedAt: this.scannedAt,
      digest: this.digest,
    });
  }
}

function flat({ bypass, ...others }: MailboxAuditPolicyArgs): MailboxAuditArgs {
  if (bypass === undefined) return others;
  const known = pulumi.output(bypass) as pulumi.Output<Bypass | undefined>;
  return {
    ...others,
    bypassAllow: known.apply((given) => given?.allow ?? []),
    bypassOthers: known.apply((given) => given?.others ?? "remove"),
  };
}
