/** The contract of the kind `m365audit:exchange:MailboxAudit`. */
import { z } from "zod";
import type { Contract } from "../core/contract";
import { auditSettingsShape, bypassAccount, bypassOthersSchema, withListRules } from "./mailboxAuditSettings";

const guid = z.guid("allowed: a GUID such as 00000000-0000-0000-0000-000000000000");

const pemBlock = (label: string): RegExp =>
  new RegExp(`^\\s*-----BEGIN ${label}-----\\s[\\s\\S]+-----END ${label}-----\\s*$`);

/** How the policy signs in to Exchange Online: the app and its certificate. */
export const connectionShape = {
  /** Id of the tenant (a GUID). Nothing is sent unless the token is of this tenant. Changing it replaces the resource. */
  tenantId: guid.meta({ replaces: true }),
  /** Client id of the app that signs in. It needs `Exchange.ManageAsApp` and a role such as Exchange Administrator. */
  clientId: guid,
  /** The certificate that the app signs in with: X.509 in PEM. */
  certificatePem: z
    .string()
    .regex(
      pemBlock("CERTIFICATE"),
      'allowed: one or more X.509 certificates in PEM ("-----BEGIN CERTIFICATE-----" ...)',
    ),
  /** The certificate's RSA private key: PKCS #1 or PKCS #8 in PEM, not encrypted. It is used in memory only. */
  privateKeyPem: z
    .string()
    .regex(
      pemBlock("(?:RSA )?PRIVATE KEY"),
      'allowed: an RSA private key in PEM, not encrypted ("-----BEGIN PRIVATE KEY-----" or "-----BEGIN RSA PRIVATE KEY-----" ...)',
    )
    .meta({ secret: true }),
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
  /** How many mailboxes the policy is about. */
  mailboxes: z.int(),
  /** How many of them are as the policy wants them. */
  compliant: z.int(),
  /** How many mailboxes the last apply changed. */
  changed: z.int(),
  /** Mailboxes that the last apply could not change, each sample with its reason. */
  failed: z.object(sampled).meta({ typeName: "MailboxAuditFailures" }),
  /** Accounts on audit bypass, allowed ones included: what they do is recorded in no mailbox. */
  bypassedAccounts: z
    .object({
      ...sampled,
      /** Accounts of which Exchange does not say whether they are on bypass. */
      unknown: z.int(),
    })
    .meta({ typeName: "BypassedAccounts" })
    .optional(),
  /** When the mailboxes were last read: RFC 3339 in UTC. */
  scannedAt: z.string(),
  /** Identifies what was found: two scans with the same digest found the same audit settings in the same mailboxes. */
  digest: z.string(),
};

const found = z.object(sampled).meta({ typeName: "MailboxAuditFindings" });

export const mailboxAuditContract = {
  token: "m365audit:exchange:MailboxAudit",
  description:
    "Puts the mailboxes of an Exchange Online tenant under audit and keeps them there: the actions that each mailbox records, the " +
    "organization's audit switch, the unified audit log, and accounts that bypass auditing. Reads all mailboxes in one listing and " +
    "writes only to those that differ.",
  inputs: withListRules(
    z.object({
      ...connectionShape,
      ...auditSettingsShape,
      /** Accounts that may stay on audit bypass, each by GUID, user principal name, address or name. Default: none. */
      bypassAllow: z.array(bypassAccount).default([]),
      /** Every other account on bypass: `remove` takes it off, `report` only lists it in `bypassedAccounts`. Default: `remove`. */
      bypassOthers: bypassOthersSchema.default("remove"),
    }),
  ),
  outputs: z.object(mailboxAuditResults),
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
