/** What `onesecure.ExchangeOnlineAuditing` takes and gives. */
import { z } from "zod";
import type { ComponentContract } from "../core/contract";
import type { Problem } from "../core/errors";
import { appRegistrationArgs, appRegistrationProblems } from "../entra/appRegistration";
import { certificateProblems, certificateSettings } from "../entra/certificate";
import { clientSecretSettings } from "../entra/clientSecret";
import { roleChoice, roleProblems } from "../entra/roleAssignment";
import { guid } from "../entra/schemas";
import { environmentSchema, mailboxAuditResults } from "../exchange/mailboxAuditContract";
import { mailboxAuditSettings } from "../exchange/mailboxAuditSettings";
import { type Inputs, isDeferred, mustBePlain } from "../pulumi/arguments";

export const exchangeOnlineAuditingArgs = z.strictObject({
  /**
   * Id of the Microsoft 365 tenant, a GUID. The azuread provider's credentials must be of this tenant, or nothing is made. Changing
   * it replaces the source.
   */
  tenantId: guid,
  /**
   * The cloud that the tenant lives in: `public`, `usGovernment` (GCC High), `usGovernmentDod` or `china`. It is where the mailbox audit
   * policy finds Exchange Online. The azuread provider has a setting of its own for it, `azuread:environment`. Changing it replaces the
   * policy. Default: `m365audit:environment`, else `public`.
   */
  environment: environmentSchema.optional(),
  /** Name of the managed organization in 1Secure. It must exist. Changing it replaces credential and source. */
  organization: z.string().min(1),
  /** Source Group: name of the group that the source belongs to in 1Secure. */
  sourceGroup: z.string().min(1),
  /** Crawl Source: whether 1Secure collects data from the source. Required, because the product states no default. */
  crawlSource: z.boolean(),
  /** The connector's switch "Exchange Online Activity". Required, because the product states no default. */
  exchangeOnlineActivity: z.boolean(),
  /**
   * The connector's checkbox "Collect non-owner mailbox audit data". Required, because the product states no default. It needs
   * `exchangeOnlineActivity` and `mailboxAudit`: without mailboxes under audit the report stays empty.
   */
  collectNonOwnerMailboxAuditData: z.boolean(),
  /**
   * The mailbox audit policy, `{}` for the vendor's own. Only with it does the application get `Exchange.ManageAsApp`, a directory
   * role and a certificate. Default: none; mailboxes are left alone. Must be a plain object; the values in it may be Outputs.
   */
  mailboxAudit: mailboxAuditSettings.optional(),
  /** The Entra application that 1Secure, and the mailbox audit policy, sign in as. Default: a new one named `Netwrix 1Secure`. */
  app: appRegistrationArgs.meta({ typeName: "App" }).optional(),
  /** The certificate of the Exchange Online connection. Only with `mailboxAudit`. Default: a self-signed one of two years. */
  certificate: z.strictObject(certificateSettings).meta({ typeName: "CertificateSettings" }).optional(),
  /** The application's client secret that 1Secure gets. Default: one of 180 days. */
  clientSecret: z.strictObject(clientSecretSettings).meta({ typeName: "ClientSecretSettings" }).optional(),
  /** What 1Secure keeps the application's id and secret in. */
  credential: z
    .strictObject({
      /** Display Name: what the Credentials tab of the organization shows. Default: the application's name. */
      displayName: z.string().min(1).optional(),
      /**
       * Whether the certificate that 1Secure issues with the credential ("Download Certificate") is uploaded to the application, as
       * the product's documentation has it. Default: true. Exchange Online itself is read with the client secret; some other
       * connectors that may later share the application (SharePoint Online State) can sign in with nothing but this certificate.
       */
      uploadIssuedCertificate: z.boolean().default(true),
    })
    .meta({ typeName: "CredentialSettings" })
    .optional(),
  /**
   * The application's directory role for the mailbox audit policy, by name or template id. Only with `mailboxAudit`. Default:
   * `Exchange Administrator`.
   */
  role: roleChoice.role.unwrap().optional(),
  /** Permits `Global Administrator` as the role. Default: false. Exchange Administrator is enough. */
  allowGlobalAdministrator: roleChoice.allowGlobalAdministrator.unwrap().optional(),
});

/** Arguments of `ExchangeOnlineAuditing`. */
export type ExchangeOnlineAuditingArgs = Inputs<z.input<typeof exchangeOnlineAuditingArgs>>;

const { mailboxes, compliant, changed, failed, bypassedAccounts, unmatched, scannedAt, fullScanAt } =
  mailboxAuditResults;

export const exchangeOnlineAuditingContract = {
  token: "m365audit:onesecure:ExchangeOnlineAuditing",
  description:
    "Puts an Exchange Online tenant under audit by Netwrix 1Secure, end to end: the Entra application with its consent, role and " +
    "credentials, the mailboxes' audit settings, and the credential, source and connector in 1Secure.",
  args: exchangeOnlineAuditingArgs,
  outputs: z.object({
    /** The tenant, once the azuread provider has proven to work in it. */
    tenantId: z.string(),
    /** The application: `/applications/<object id>`. */
    applicationId: z.string(),
    /** The application's client id. */
    clientId: z.string(),
    /** Object id of the application's service principal. */
    servicePrincipalObjectId: z.string(),
    /** When the client secret ends, RFC 3339 in UTC. */
    clientSecretEndDate: z.string(),
    /** Thumbprint of the certificate of the Exchange Online connection: SHA-1, upper-case hex. Only with `mailboxAudit`. */
    certificateThumbprint: z.string().optional(),
    /** When that certificate ends, RFC 3339 in UTC. Only with `mailboxAudit`. */
    certificateEndDate: z.string().optional(),
    /** Id of the credential in 1Secure. */
    credentialId: z.string(),
    /** Thumbprint of the certificate that 1Secure issued with the credential: SHA-1, upper-case hex. */
    issuedCertificateThumbprint: z.string(),
    /** When that certificate ends, RFC 3339 in UTC. */
    issuedCertificateEndDate: z.string(),
    /** Id of the source in 1Secure. */
    sourceId: z.string(),
    /** The source's status in the product's own word. */
    sourceStatus: z.string(),
    /** Id of the connector in 1Secure. */
    connectorId: z.string(),
    /** The connector's status in the product's own word. */
    connectorStatus: z.string(),
    /** How many mailboxes the policy is about, as the last full scan counted them. Only with `mailboxAudit`, as everything below. */
    mailboxes: mailboxes.optional(),
    /** How many of them are as the policy wants them. */
    compliant: compliant.optional(),
    /** How many mailboxes the last update changed. */
    changed: changed.optional(),
    /** Mailboxes that the last update could not change, each sample with its reason. */
    failed: failed.optional(),
    /** Accounts on audit bypass, allowed ones included. */
    bypassedAccounts,
    /** Names in the policy's `include` and `exclude` that are of no mailbox in scope, as of the last full scan. */
    unmatched,
    /** When mailboxes were last read, in an incremental scan those that had changed: RFC 3339 in UTC. */
    scannedAt: scannedAt.optional(),
    /** When every mailbox was last read: RFC 3339 in UTC. */
    fullScanAt: fullScanAt.optional(),
  }),
} satisfies ComponentContract;

/** Arguments whose presence, or whose properties' presence, decides which resources there are. */
const decideShape = ["mailboxAudit", "app", "certificate", "clientSecret", "credential"] as const;
const onlyWithMailboxAudit = ["certificate", "role", "allowGlobalAdministrator"] as const;

/**
 * What holds between the arguments, those of the children included: a child that refused its arguments later would do so after
 * its siblings were registered.
 *
 * @param now milliseconds since the Unix epoch
 */
export function exchangeOnlineAuditingProblems(args: ExchangeOnlineAuditingArgs, now: number): Problem[] {
  const uploads = (plain(args.credential) as { uploadIssuedCertificate?: unknown }).uploadIssuedCertificate;
  return [
    ...decideShape.flatMap((name) => mustBePlain(name, args[name])),
    ...mustBePlain("credential.uploadIssuedCertificate", uploads),
    ...mustBePlain("mailboxAudit.engine", (plain(args.mailboxAudit) as { engine?: unknown }).engine),
    ...appRegistrationProblems(plain(args.app), "app."),
    ...certificateProblems(plain(args.certificate), now, "certificate."),
    ...roleProblems(args.role, args.allowGlobalAdministrator),
    ...(args.mailboxAudit === undefined ? withoutMailboxAudit(args) : []),
    ...activityProblems(args),
  ];
}

/** The argument as an object when it is one that can be looked into now, else an empty one. */
function plain(argument: unknown): object {
  return typeof argument === "object" && argument !== null && !isDeferred(argument) ? argument : {};
}

function withoutMailboxAudit(args: ExchangeOnlineAuditingArgs): Problem[] {
  return [
    ...collectionProblems(args.collectNonOwnerMailboxAuditData),
    ...onlyWithMailboxAudit
      .filter((name) => args[name] !== undefined)
      .map((path) => ({ path, message: "not allowed without mailboxAudit: nothing else needs it" })),
  ];
}

/** Non-owner collection that is switched on without a mailbox audit policy. */
export function collectionProblems(collect: unknown): Problem[] {
  if (collect !== true) return [];
  return [
    {
      path: "collectNonOwnerMailboxAuditData",
      message:
        "true was given without mailboxAudit; allowed: false, or mailboxAudit with it ({} for the vendor's own policy)",
    },
  ];
}

function activityProblems({
  exchangeOnlineActivity,
  collectNonOwnerMailboxAuditData,
}: ExchangeOnlineAuditingArgs): Problem[] {
  if (exchangeOnlineActivity !== false || collectNonOwnerMailboxAuditData !== true) return [];
  return [
    {
      path: "collectNonOwnerMailboxAuditData",
      message: "true was given; allowed: false while exchangeOnlineActivity is false",
    },
  ];
}
