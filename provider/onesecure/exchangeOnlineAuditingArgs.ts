/** What `onesecure.ExchangeOnlineAuditing` takes and gives. */
import { z } from "zod";
import type { ComponentContract } from "../core/contract";
import type { Problem } from "../core/errors";
import { appRegistrationArgs, appRegistrationProblems } from "../entra/appRegistration";
import { certificateProblems, certificateSettings } from "../entra/certificateArgs";
import { clientSecretProblems, clientSecretSettings } from "../entra/clientSecret";
import { federationSettings } from "../entra/federatedCredential";
import { preflightContract } from "../entra/preflightContract";
import { roleChoice, roleProblems } from "../entra/roleAssignment";
import { guid } from "../entra/schemas";
import { environmentSchema, mailboxAuditResults } from "../exchange/mailboxAuditContract";
import { mailboxAuditSettings } from "../exchange/mailboxAuditSettings";
import { operatorStatuses, stackOutputName } from "../operator/secretReference";
import { type Inputs, isDeferred, mustBePlain } from "../pulumi/arguments";

/** The audience is the one that the place's tokens are asked for. */
const { audiences: _audiences, ...federationOfPlace } = federationSettings;

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
   * `exchangeOnlineActivity` and mailboxes under audit: `mailboxAudit`, or `mailboxesAuditedElsewhere`.
   */
  collectNonOwnerMailboxAuditData: z.boolean(),
  /**
   * The mailbox audit policy, `{}` for the vendor's own. Only with it does the application get `Exchange.ManageAsApp`, a directory
   * role and a certificate. Default: none; mailboxes are left alone. Must be a plain object; the values in it may be Outputs.
   */
  mailboxAudit: mailboxAuditSettings.optional(),
  /**
   * The mailboxes are put under audit by other means: another stack, another application, a scheduled script. Then
   * `collectNonOwnerMailboxAuditData` is allowed without `mailboxAudit`, and this application needs no access to Exchange Online.
   * Default: false.
   */
  mailboxesAuditedElsewhere: z.boolean().default(false).optional(),
  /**
   * Whether the application gets `Exchange.ManageAsApp`. The product's documentation has it both ways: the page on registering an
   * application asks for it whenever Exchange Online is audited, the table of permissions has `ActivityFeed.Read` alone. Default: the
   * smaller reading, only with `mailboxAudit`. `true` adds the permission without `mailboxAudit` too, but no role; `false` is not
   * allowed with `mailboxAudit`. Must be a plain value.
   */
  exchangeManageAsApp: z.boolean().optional(),
  /** The Entra application that 1Secure, and the mailbox audit policy, sign in as. Default: a new one named `Netwrix 1Secure`. */
  app: appRegistrationArgs.meta({ typeName: "App" }).optional(),
  /**
   * Takes over what is there already, without change and without "already exists": consents and role assignments of the application,
   * and the organization's source for this tenant with its connector. `pulumi destroy` leaves those, and gives the source back what it
   * had. Default: true with `app.existingClientId`, else false. Must be a plain value.
   */
  adoptExisting: z.boolean().optional(),
  /**
   * Permissions and roles that the application holds beyond what is declared: `remove` takes them away, `report` leaves them. Either
   * way a preview shows them. Default: `remove` for an application made here, `report` for one with `app.existingClientId`.
   */
  excessAccess: z.enum(["remove", "report"]).meta({ typeName: "ExcessAccess" }).optional(),
  /** How the application's access is proven before 1Secure is told anything. */
  preflight: z
    .strictObject({
      /** What cannot be known becomes a warning, as with the product's "Ignore this warning". Default: false, an error. */
      ignoreWarnings: z.boolean().optional(),
      /** Seconds for which to wait for consents, roles and credentials to arrive: 0 to 7200. Default: 600. */
      timeoutSeconds: z.int().min(0).max(7_200).optional(),
    })
    .meta({ typeName: "PreflightSettings" })
    .optional(),
  /** The certificate of the Exchange Online connection. Only with `mailboxAudit`. Default: a self-signed one of two years. */
  certificate: z.strictObject(certificateSettings).meta({ typeName: "CertificateSettings" }).optional(),
  /**
   * The Exchange Online connection signs in without a certificate, by a federated credential (workload identity) of the place that
   * Pulumi runs at, such as a CI job. Only with `mailboxAudit`, and in place of `certificate`. Nothing says that Exchange Online's
   * admin API refuses such a token, and nothing confirms that it takes it: unproven.
   */
  keyless: z.strictObject(federationOfPlace).meta({ typeName: "Federation" }).optional(),
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
   * Name of the stack output in which the program gives the client secret out (`export const clientSecret = audit.clientSecret`), for the
   * run-sheet of the operator backend. Default: `clientSecret`.
   */
  clientSecretOutput: stackOutputName.optional(),
  /**
   * With the operator backend, where a person enters what is declared in 1Secure: an update fails, after printing the open steps, as long
   * as something of it was not attested; what uses the outputs of 1Secure then waits. Default: false, a warning with their number.
   */
  requireAttested: z.boolean().default(false),
  /**
   * The application's directory role for the mailbox audit policy, by name or template id. Only with `mailboxAudit`. Default:
   * `Exchange Administrator`.
   */
  role: roleChoice.role.unwrap().optional(),
  /** Permits `Global Administrator` as the role. Default: false. Exchange Administrator is enough. */
  allowGlobalAdministrator: roleChoice.allowGlobalAdministrator.unwrap().optional(),
  /**
   * Object id of an administrative unit to which the role is confined: only the mailboxes in it can be changed then, so the policy
   * should name the same. Only with `mailboxAudit`. Default: the whole tenant.
   */
  roleAdministrativeUnitId: guid.optional(),
});

/** Arguments of `ExchangeOnlineAuditing`. */
export type ExchangeOnlineAuditingArgs = Inputs<z.input<typeof exchangeOnlineAuditingArgs>>;

const { mailboxes, compliant, changed, failed, accepted, bypassedAccounts, unmatched, scannedAt, fullScanAt } =
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
    /** The client secret in use, which 1Secure gets. A secret. */
    clientSecret: z.string().meta({ secret: true }),
    /** When the client secret in use ends, RFC 3339 in UTC. */
    clientSecretEndDate: z.string(),
    /** The credentials that are rotated here, and when. Known in a preview. */
    rotations: z.array(
      z
        .object({
          /** `client secret` or `certificate`. */
          credential: z.string(),
          /** Which generation is in use, from 1. */
          generation: z.int(),
          /** From when on an update makes the next one, RFC 3339 in UTC. */
          rotatesOn: z.string(),
        })
        .meta({ typeName: "RotationSummary" }),
    ),
    /** What the application's credential was proven to reach before 1Secure was told of it. */
    reach: preflightContract.outputs.shape.reach,
    /** Thumbprint of the certificate of the Exchange Online connection: SHA-1, upper-case hex. Only with `mailboxAudit`. */
    certificateThumbprint: z.string().optional(),
    /** When that certificate ends, RFC 3339 in UTC. Only with `mailboxAudit`. */
    certificateEndDate: z.string().optional(),
    /** Id of the credential in 1Secure. */
    credentialId: z.string(),
    /**
     * Thumbprint of the certificate that 1Secure issued with the credential: SHA-1, upper-case hex. With the operator backend once
     * someone has attested it.
     */
    issuedCertificateThumbprint: z.string().optional(),
    /** When that certificate ends, RFC 3339 in UTC. */
    issuedCertificateEndDate: z.string().optional(),
    /** With the operator backend, of credential, source and connector together: `awaitingOperator`, `attested` or `drifted`. */
    status: z.enum(operatorStatuses).meta({ typeName: "OperatorStatus" }).optional(),
    /** With the operator backend: how many steps are open for a person. Known in a preview. 0 with others. */
    openSteps: z.int(),
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
    /** What Exchange took and does not show yet: neither done nor wrong for as long as Microsoft says that it may take. */
    accepted,
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
const decideShape = [
  "mailboxAudit",
  "exchangeManageAsApp",
  "app",
  "adoptExisting",
  "certificate",
  "keyless",
  "clientSecret",
  "credential",
  "roleAdministrativeUnitId",
] as const;
const onlyWithMailboxAudit = [
  "certificate",
  "keyless",
  "role",
  "allowGlobalAdministrator",
  "roleAdministrativeUnitId",
] as const;

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
    ...clientSecretProblems(plain(args.clientSecret), "clientSecret."),
    ...keylessProblems(args),
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
    ...collectionProblems(args.collectNonOwnerMailboxAuditData, args.mailboxesAuditedElsewhere),
    ...onlyWithMailboxAudit
      .filter((name) => args[name] !== undefined)
      .map((path) => ({ path, message: "not allowed without mailboxAudit: nothing else needs it" })),
  ];
}

function keylessProblems(args: ExchangeOnlineAuditingArgs): Problem[] {
  return [
    ...(args.keyless !== undefined && args.certificate !== undefined
      ? [{ path: "certificate", message: "not allowed together with keyless, which needs none" }]
      : []),
    ...(args.mailboxAudit !== undefined && args.exchangeManageAsApp === false
      ? [
          {
            path: "exchangeManageAsApp",
            message: "false was given; allowed: true, or nothing, with mailboxAudit, which cannot work without it",
          },
        ]
      : []),
  ];
}

/** Non-owner collection that is switched on with no mailboxes under audit. */
export function collectionProblems(collect: unknown, elsewhere: unknown): Problem[] {
  if (collect !== true || elsewhere === true || isDeferred(elsewhere)) return [];
  return [
    {
      path: "collectNonOwnerMailboxAuditData",
      message:
        "true was given without mailboxAudit; allowed: false, or mailboxAudit with it ({} for the vendor's own policy), or mailboxesAuditedElsewhere: true",
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
