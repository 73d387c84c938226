/** The contract of the kind `m365audit:exchange:MailboxAudit`. */
import { z } from "zod";
import type { Contract } from "../core/contract";
import { environments } from "../identity/environments";
import { auditSettingsShape, bypassAccount, bypassOthersSchema, withListRules } from "./mailboxAuditSettings";
import { signInShape, withSignInRules } from "./signIn";

const guid = z.guid("allowed: a GUID such as 00000000-0000-0000-0000-000000000000");

/** The cloud that a tenant lives in. */
export const environmentSchema = z.enum(environments).meta({ typeName: "Environment" });

/** The connection to Exchange Online: the tenant, the app, and how it signs in (hold it to {@link withSignInRules}). */
export const connectionShape = {
  /**
   * The cloud that the tenant lives in: `public`, `usGovernment` (GCC High), `usGovernmentDod` or `china`. Changing it replaces the
   * resource. The azuread provider has a setting of its own for it, `azuread:environment`. Default: `m365audit:environment`, else
   * `public`.
   */
  environment: environmentSchema.meta({ replaces: true }).optional(),
  /** Id of the tenant (a GUID). Nothing is sent unless the token is of this tenant. Changing it replaces the resource. */
  tenantId: guid.meta({ replaces: true }),
  ...signInShape,
};

/** How many of something, and at most 20 of them by name. */
const sampled = {
  /** How many there are in all. */
  count: z.int(),
  /** The first of them, at most 20. */
  sample: z.array(z.string()),
};

/** Outputs, the same in kind and component. */
export const mailboxAuditResults = {
  /** How many mailboxes the policy is about, as the last full scan counted them. */
  mailboxes: z.int(),
  /** How many of them are as the policy wants them: all but those that were found not to be, and those in `accepted`. */
  compliant: z.int(),
  /** How many mailboxes the last apply changed: Exchange's answer said so, or reading the mailbox back showed it. */
  changed: z.int(),
  /** Mailboxes that the last apply could not change, each sample with its reason. */
  failed: z.object(sampled).meta({ typeName: "MailboxAuditFailures" }),
  /** What Exchange took and does not show yet: neither done nor wrong for as long as Microsoft says that it may take. */
  accepted: z
    .object({
      /** Since when the unified audit log is on by Exchange's answer and reads off (up to an hour): RFC 3339 in UTC. */
      unifiedAuditLog: z.string().optional(),
      /** Since when customization of the organization is enabled and not in force (up to two days): RFC 3339 in UTC. */
      customization: z.string().optional(),
      /** Mailboxes whose auditing was switched on and reads off, which cannot be relied on. */
      auditEnabled: z
        .object({
          ...sampled,
          /** Since when: RFC 3339 in UTC. */
          since: z.string(),
        })
        .meta({ typeName: "MailboxAuditNotVisibleYet" })
        .optional(),
    })
    .meta({ typeName: "MailboxAuditAccepted" })
    .optional(),
  /** Accounts on audit bypass, allowed ones included: what they do is recorded in no mailbox. */
  bypassedAccounts: z
    .object({
      ...sampled,
      /** Accounts of which Exchange does not say whether they are on bypass. */
      unknown: z.int(),
      /** When the associations were last listed: RFC 3339 in UTC. An incremental scan does not list them. */
      scannedAt: z.string(),
    })
    .meta({ typeName: "BypassedAccounts" })
    .optional(),
  /** Names in `include` and `exclude` that are of no mailbox of the policy's types, as of the last full scan. */
  unmatched: z.object(sampled).meta({ typeName: "UnmatchedNames" }).optional(),
  /** When mailboxes were last read, in an incremental scan those that had changed: RFC 3339 in UTC. */
  scannedAt: z.string(),
  /** When every mailbox was last read: RFC 3339 in UTC. The same as `scannedAt` unless the last scan was incremental. */
  fullScanAt: z.string(),
  /**
   * Identifies what the last full scan found, and what was corrected with it: two scans with the same digest found the same audit
   * settings in the same mailboxes.
   */
  digest: z.string(),
};

const found = z.object(sampled).meta({ typeName: "MailboxAuditFindings" });

export const mailboxAuditContract = {
  token: "m365audit:exchange:MailboxAudit",
  description:
    "Puts the mailboxes of an Exchange Online tenant under audit and keeps them there: the actions that each mailbox records, the " +
    "organization's audit switch, the unified audit log, and accounts that bypass auditing. Reads all mailboxes in one listing and " +
    "writes only to those that differ.",
  inputs: withSignInRules(
    withListRules(
      z.object({
        ...connectionShape,
        ...auditSettingsShape,
        /** Accounts that may stay on audit bypass, each by GUID, user principal name, address or name. Default: none. */
        bypassAllow: z.array(bypassAccount).default([]),
        /** Every other account on bypass: `remove` takes it off, `report` only lists it in `bypassedAccounts`. Default: `remove`. */
        bypassOthers: bypassOthersSchema.default("remove"),
      }),
    ),
  ),
  outputs: z.object({
    ...mailboxAuditResults,
    /** From where the next incremental scan goes on. Only with `scan: "incremental"`, and only when one is possible. */
    checkpoint: z
      .object({
        /** The server's time at which the last scan began: RFC 3339 in UTC. */
        watermark: z.string(),
        /** Identifies the policy that the mailboxes were held against. */
        policy: z.string(),
        /** User principal names of the mailboxes that are not as the policy wants them, at most 20. */
        open: z.array(z.string()),
      })
      .meta({ typeName: "MailboxAuditCheckpoint" })
      .optional(),
  }),
  drift: z.object({
    /** Mailboxes that are not as the policy wants them, each sample with what is wrong. */
    nonCompliant: found.optional(),
    /** Accounts on audit bypass that are not allowed to be. */
    bypassed: found.optional(),
    /** `off`: the unified audit log takes nothing in. */
    unifiedAuditLog: z.enum(["off"]).optional(),
    /** `disabled`: the organization's `AuditDisabled` is on, and nothing is audited whatever the mailboxes say. */
    organizationAudit: z.enum(["disabled"]).optional(),
    /** Why the tenant could not be read, and what to do. */
    unreadable: z.string().optional(),
  }),
} satisfies Contract;

/** What is declared, with what may be left out left out. */
export type MailboxAuditInputs = z.input<typeof mailboxAuditContract.inputs>;
export type MailboxAuditOutputs = z.output<typeof mailboxAuditContract.outputs>;
export type MailboxAuditDrift = z.output<typeof mailboxAuditContract.drift>;
/** What is recorded. Its size does not depend on the tenant's. */
export type MailboxAuditState = MailboxAuditInputs & MailboxAuditOutputs & MailboxAuditDrift;
