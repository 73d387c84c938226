/** What `exchange.MailboxAuditPolicy` takes and gives. */
import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { ComponentContract } from "../core/contract";
import type { Inputs } from "../pulumi/arguments";
import { withEngineRules } from "./engine";
import { connectionShape, mailboxAuditResults } from "./mailboxAuditContract";
import { mailboxAuditSettings, withListRules } from "./mailboxAuditSettings";
import { withSignInRules } from "./signIn";

export const mailboxAuditPolicyArgs = withEngineRules(
  withSignInRules(withListRules(z.strictObject({ ...connectionShape, ...mailboxAuditSettings.shape }))),
);

/** Arguments of `MailboxAuditPolicy`. */
export type MailboxAuditPolicyArgs = Inputs<z.input<typeof mailboxAuditPolicyArgs>>;

const { mailboxes, compliant, changed, failed, accepted, bypassedAccounts, unmatched, scannedAt, fullScanAt, digest } =
  mailboxAuditResults;

const results = z.object({
  /** How many mailboxes the policy is about, as the last full scan counted them. */
  mailboxes,
  /** How many of them are as the policy wants them. */
  compliant,
  /** How many mailboxes the last apply changed. */
  changed,
  /** Mailboxes that the last apply could not change, each sample with its reason. */
  failed,
  /** What Exchange took and does not show yet: neither done nor wrong for as long as Microsoft says that it may take. */
  accepted,
  /** Accounts on audit bypass, allowed ones included. */
  bypassedAccounts,
  /** Names in `include` and `exclude` that are of no mailbox in scope, as of the last full scan. */
  unmatched,
  /** When mailboxes were last read, in an incremental scan those that had changed: RFC 3339 in UTC. */
  scannedAt,
  /** When every mailbox was last read: RFC 3339 in UTC. */
  fullScanAt,
  /** Identifies what the last full scan found in which mailboxes. Only with the engine `rest`. */
  digest: digest.optional(),
});

export const mailboxAuditPolicyContract = {
  token: "m365audit:exchange:MailboxAuditPolicy",
  description:
    "Which actions an Exchange Online tenant's mailboxes record, for whom, and what happens to accounts that bypass auditing. " +
    "Writes only to mailboxes that differ, and shows in every preview what has drifted.",
  args: mailboxAuditPolicyArgs,
  outputs: results,
} satisfies ComponentContract;

type Results = z.output<typeof results>;

/** What the component gives, whichever engine it comes from. */
export type PolicyResults = { readonly [K in keyof Results]-?: pulumi.Output<Results[K]> };
