/** The mailbox audit kind as a Pulumi class. */
import type * as pulumi from "@pulumi/pulumi";
import { checkArgs, type Inputs } from "../pulumi/arguments";
import { KindResource } from "../surfaces/dynamic/thin";
import type { Baseline, Match, RecipientType } from "./auditActions";
import type { Environment } from "../identity/environments";
import type { PrivateKeyPlace } from "../identity/privateKey";
import { claimTenant } from "./mailboxAuditPolicyOfTenant";
import { mailboxAuditContract, type MailboxAuditInputs, type MailboxAuditOutputs } from "./mailboxAuditContract";

/** Arguments of {@link MailboxAudit}. */
export type MailboxAuditArgs = Inputs<MailboxAuditInputs>;

/**
 * The audit settings of a tenant's mailboxes, its audit switches, and its accounts on audit bypass. Most programs use
 * `MailboxAuditPolicy`, or `onesecure.ExchangeOnlineAuditing` that contains it.
 *
 * @example
 * const audit = new exchange.MailboxAudit("audit", {
 *   tenantId: "00000000-0000-0000-0000-000000000000",
 *   clientId: app.clientId,
 *   certificatePem: certificate.certificatePem,
 *   privateKeyPem: certificate.privateKeyPem,
 *   baseline: "netwrixNonOwner",
 *   bypassAllow: ["svc-migration@contoso.com"],
 * });
 */
export class MailboxAudit extends KindResource {
  declare readonly environment: pulumi.Output<Environment | undefined>;
  declare readonly tenantId: pulumi.Output<string>;
  declare readonly clientId: pulumi.Output<string>;
  declare readonly certificatePem: pulumi.Output<string | undefined>;
  /** A secret. */
  declare readonly privateKeyPem: pulumi.Output<string | undefined>;
  declare readonly privateKey: pulumi.Output<PrivateKeyPlace | undefined>;
  declare readonly keyless: pulumi.Output<boolean | undefined>;
  declare readonly baseline: pulumi.Output<Baseline>;
  declare readonly match: pulumi.Output<Match>;
  declare readonly auditAdmin: pulumi.Output<MailboxAuditInputs["auditAdmin"]>;
  declare readonly auditDelegate: pulumi.Output<MailboxAuditInputs["auditDelegate"]>;
  declare readonly auditOwner: pulumi.Output<MailboxAuditInputs["auditOwner"]>;
  declare readonly recipientTypes: pulumi.Output<RecipientType[]>;
  declare readonly include: pulumi.Output<string[] | undefined>;
  declare readonly exclude: pulumi.Output<string[]>;
  declare readonly filter: pulumi.Output<string | undefined>;
  declare readonly scan: pulumi.Output<"full" | "incremental">;
  declare readonly fullScanEvery: pulumi.Output<string | undefined>;
  declare readonly maxFailures: pulumi.Output<number>;
  declare readonly bypassAllow: pulumi.Output<string[]>;
  declare readonly bypassOthers: pulumi.Output<"remove" | "report">;
  declare readonly onDelete: pulumi.Output<"keep" | "restoreDefaults">;
  /** How many mailboxes the policy is about, as the last full scan counted them. */
  declare readonly mailboxes: pulumi.Output<MailboxAuditOutputs["mailboxes"]>;
  /** How many of them are as the policy wants them. */
  declare readonly compliant: pulumi.Output<MailboxAuditOutputs["compliant"]>;
  /** How many mailboxes the last apply changed. */
  declare readonly changed: pulumi.Output<MailboxAuditOutputs["changed"]>;
  /** Mailboxes that the last apply could not change, each sample with its reason. */
  declare readonly failed: pulumi.Output<MailboxAuditOutputs["failed"]>;
  /** Accounts on audit bypass, allowed ones included. */
  declare readonly bypassedAccounts: pulumi.Output<MailboxAuditOutputs["bypassedAccounts"]>;
  /** Names in `include` and `exclude` that are of no mailbox in scope, as of the last full scan. */
  declare readonly accepted: pulumi.Output<MailboxAuditOutputs["accepted"]>;
  declare readonly unmatched: pulumi.Output<MailboxAuditOutputs["unmatched"]>;
  /** When mailboxes were last read, in an incremental scan those that had changed: RFC 3339 in UTC. */
  declare readonly scannedAt: pulumi.Output<MailboxAuditOutputs["scannedAt"]>;
  /** When every mailbox was last read: RFC 3339 in UTC. */
  declare readonly fullScanAt: pulumi.Output<MailboxAuditOutputs["fullScanAt"]>;
  /** From where the next incremental scan goes on. */
  declare readonly checkpoint: pulumi.Output<MailboxAuditOutputs["checkpoint"]>;
  /** Identifies what the last full scan found in which mailboxes. */
  declare readonly digest: pulumi.Output<MailboxAuditOutputs["digest"]>;

  /** @throws InvalidInput with every problem of the arguments that are known already, and for a second policy of one tenant */
  constructor(name: string, args: MailboxAuditArgs, opts?: pulumi.CustomResourceOptions) {
    super(mailboxAuditContract, name, ofItsTenant(name, args), opts);
  }
}

function ofItsTenant(name: string, args: MailboxAuditArgs): MailboxAuditArgs {
  checkArgs(mailboxAuditContract.inputs, args, `${mailboxAuditContract.token} "${name}"`);
  return { ...args, tenantId: claimTenant(name, args.tenantId) };
}
