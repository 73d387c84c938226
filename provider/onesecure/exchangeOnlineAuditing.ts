import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import { InvalidInput } from "../core/errors";
import { ApiPermissionGrant } from "../entra/apiPermissionGrant";
import { AppRegistration, type AppRegistrationArgs } from "../entra/appRegistration";
import { Certificate } from "../entra/certificate";
import { ClientSecret } from "../entra/clientSecret";
import { wholeSeconds } from "../entra/dates";
import { RoleAssignment } from "../entra/roleAssignment";
import { provenTenant } from "../entra/tenantGuard";
import { exchangeOnline, office365Management } from "../entra/wellKnown";
import { MailboxAuditPolicy } from "../exchange/mailboxAuditPolicy";
import { checkArgs } from "../pulumi/arguments";
import {
  collectionProblems,
  type ExchangeOnlineAuditingArgs,
  exchangeOnlineAuditingArgs,
  exchangeOnlineAuditingContract,
  exchangeOnlineAuditingProblems,
} from "./exchangeOnlineAuditingArgs";
import { Connector, Credential, Source } from "./resources";

export type { ExchangeOnlineAuditingArgs };

const defaultAppName = "Netwrix 1Secure";

/** What only the mailbox audit policy needs of the application. */
interface ExchangeAccess {
  readonly grant: ApiPermissionGrant;
  readonly role: RoleAssignment;
  readonly certificate: Certificate;
}

/**
 * An Exchange Online tenant under audit by Netwrix 1Secure, end to end.
 *
 * ```ts
 * new onesecure.ExchangeOnlineAuditing("contoso", {
 *   tenantId: "…",
 *   organization: "Contoso",
 *   sourceGroup: "Exchange Online",
 *   crawlSource: true,
 *   exchangeOnlineActivity: true,
 *   collectNonOwnerMailboxAuditData: true,
 *   mailboxAudit: { baseline: "netwrixNonOwner" },
 * });
 * ```
 *
 * **Permissions.** The application always gets `ActivityFeed.Read`, the one permission that the product's permission table has for
 * Exchange Online. `Exchange.ManageAsApp`, the directory role and the certificate are for the mailbox audit policy alone, so
 * without `mailboxAudit` it gets none of them. (Another page of the same documentation asks for `Exchange.ManageAsApp` whenever
 * Exchange Online is audited; the smaller reading is taken here.)
 *
 * **Two certificates** are never merged. The one that 1Secure issues with the credential has its private key at Netwrix; only its
 * public part is uploaded. The one of the Exchange Online connection is this stack's own, and its private key never goes to Netwrix.
 *
 * **Anything else** about a child can be set with the resource option `transforms`.
 *
 * @throws InvalidInput with every problem of the arguments, before anything is registered
 * @throws WrongTenant (from the outputs) when the azuread provider works in another tenant; nothing is made then
 */
export class ExchangeOnlineAuditing extends pulumi.ComponentResource {
  /** The tenant, once the azuread provider has proven to work in it. */
  readonly tenantId: pulumi.Output<string>;
  /** The application: `/applications/<object id>`. */
  readonly applicationId: pulumi.Output<string>;
  /** The application's client id. */
  readonly clientId: pulumi.Output<string>;
  /** Object id of the application's service principal. */
  readonly servicePrincipalObjectId: pulumi.Output<string>;
  /** When the client secret ends, RFC 3339 in UTC. */
  readonly clientSecretEndDate: pulumi.Output<string>;
  /** Thumbprint of the certificate of the Exchange Online connection. Undefined without `mailboxAudit`. */
  readonly certificateThumbprint: pulumi.Output<string> | undefined;
  /** When that certificate ends, RFC 3339 in UTC. Undefined without `mailboxAudit`. */
  readonly certificateEndDate: pulumi.Output<string> | undefined;
  /** Id of the credential in 1Secure. */
  readonly credentialId: pulumi.Output<string>;
  /** Thumbprint of the certificate that 1Secure issued with the credential. */
  readonly issuedCertificateThumbprint: pulumi.Output<string>;
  /** When that certificate ends, RFC 3339 in UTC. */
  readonly issuedCertificateEndDate: pulumi.Output<string>;
  /** Id of the source in 1Secure. */
  readonly sourceId: pulumi.Output<string>;
  /** The source's status in the product's own word. */
  readonly sourceStatus: pulumi.Output<string>;
  /** Id of the connector in 1Secure. */
  readonly connectorId: pulumi.Output<string>;
  /** The connector's status in the product's own word. */
  readonly connectorStatus: pulumi.Output<string>;
  /** How many mailboxes the policy is about, as the last full scan counted them. Undefined without `mailboxAudit`, as everything below. */
  readonly mailboxes: MailboxAuditPolicy["mailboxes"] | undefined;
  /** How many of them are as the policy wants them. */
  readonly compliant: MailboxAuditPolicy["compliant"] | undefined;
  /** How many mailboxes the last update changed. */
  readonly changed: MailboxAuditPolicy["changed"] | undefined;
  /** Mailboxes that the last update could not change, each sample with its reason. */
  readonly failed: MailboxAuditPolicy["failed"] | undefined;
  /** Accounts on audit bypass, allowed ones included. */
  readonly bypassedAccounts: MailboxAuditPolicy["bypassedAccounts"] | undefined;
  /** Names in the policy's `include` and `exclude` that are of no mailbox in scope, as of the last full scan. */
  readonly unmatched: MailboxAuditPolicy["unmatched"] | undefined;
  /** When mailboxes were last read, in an incremental scan those that had changed: RFC 3339 in UTC. */
  readonly scannedAt: MailboxAuditPolicy["scannedAt"] | undefined;
  /** When every mailbox was last read: RFC 3339 in UTC. */
  readonly fullScanAt: MailboxAuditPolicy["fullScanAt"] | undefined;

  /** @param now milliseconds since the Unix epoch, from which the secret's validity counts */
  constructor(
    name: string,
    args: ExchangeOnlineAuditingArgs,
    options?: pulumi.ComponentResourceOptions,
    now: () => number = Date.now,
  ) {
    const { token } = exchangeOnlineAuditingContract;
    checkArgs(exchangeOnlineAuditingArgs, args, `${token} "${name}"`, (given) =>
      exchangeOnlineAuditingProblems(given, now()),
    );
    super(token, name, {}, options);

    this.tenantId = provenTenant(args.tenantId, { parent: this });
    const app = this.app(name, args);
    const activityFeed = this.activityFeed(name, app);
    const exchange = args.mailboxAudit === undefined ? undefined : this.exchangeAccess(name, args, app, now);
    const policy = exchange && this.mailboxAuditPolicy(name, args, app, exchange);
    const secret = this.clientSecret(name, args, app, exchange, now);
    const credential = this.credential(name, args, app, secret);
    const upload = this.issuedCertificate(name, args, app, secret, credential);
    const source = this.source(name, args, credential, [
      activityFeed,
      ...(exchange ? [exchange.grant] : []),
      ...upload,
    ]);
    const connector = this.connector(name, args, source, policy);

    this.applicationId = app.applicationId;
    this.clientId = app.clientId;
    this.servicePrincipalObjectId = app.servicePrincipalObjectId;
    this.clientSecretEndDate = secret.endDate;
    this.certificateThumbprint = exchange?.certificate.thumbprint;
    this.certificateEndDate = exchange?.certificate.endDate;
    this.credentialId = credential.credentialId;
    this.issuedCertificateThumbprint = credential.certificateThumbprint;
    this.issuedCertificateEndDate = credential.certificateEndDate;
    this.sourceId = source.sourceId;
    this.sourceStatus = source.status;
    this.connectorId = connector.connectorId;
    this.connectorStatus = connector.status;
    this.mailboxes = policy?.mailboxes;
    this.compliant = policy?.compliant;
    this.changed = policy?.changed;
    this.failed = policy?.failed;
    this.bypassedAccounts = policy?.bypassedAccounts;
    this.unmatched = policy?.unmatched;
    this.scannedAt = policy?.scannedAt;
    this.fullScanAt = policy?.fullScanAt;
    const outputs = Object.keys(exchangeOnlineAuditingContract.outputs.shape) as (keyof this & string)[];
    this.registerOutputs(Object.fromEntries(outputs.map((output) => [output, this[output]])));
  }

  /** Everything else is made from the application, and the application only in the proven tenant. */
  private app(name: string, args: ExchangeOnlineAuditingArgs): AppRegistration {
    const given = (args.app ?? {}) as AppRegistrationArgs;
    const inTenant = (value: pulumi.Input<string | undefined>): pulumi.Output<string | undefined> =>
      pulumi.all([value, this.tenantId]).apply(([proven]) => proven);
    const which: AppRegistrationArgs =
      given.existingClientId === undefined
        ? { ...given, displayName: inTenant(given.displayName ?? defaultAppName) }
        : { existingClientId: inTenant(given.existingClientId) };
    return new AppRegistration(`${name}-app`, which, { parent: this });
  }

  private activityFeed(name: string, app: AppRegistration): ApiPermissionGrant {
    return new ApiPermissionGrant(
      `${name}-activity-feed`,
      {
        applicationId: app.applicationId,
        principalObjectId: app.servicePrincipalObjectId,
        api: office365Management.displayName,
        permissions: ["ActivityFeed.Read"],
      },
      { parent: this },
    );
  }

  private exchangeAccess(
    name: string,
    args: ExchangeOnlineAuditingArgs,
    app: AppRegistration,
    now: () => number,
  ): ExchangeAccess {
    const { applicationId, servicePrincipalObjectId: principalObjectId } = app;
    const { role, allowGlobalAdministrator, certificate } = args;
    // Neither a role nor a key needs an application, but nothing is to be made before the tenant is proven.
    const afterProof = { parent: this, dependsOn: [app] };
    return {
      grant: new ApiPermissionGrant(
        `${name}-exchange`,
        {
          applicationId,
          principalObjectId,
          api: exchangeOnline.displayName,
          permissions: ["Exchange.ManageAsApp"],
        },
        { parent: this },
      ),
      role: new RoleAssignment(
        `${name}-role`,
        {
          principalObjectId,
          ...(role === undefined ? {} : { role }),
          ...(allowGlobalAdministrator === undefined ? {} : { allowGlobalAdministrator }),
        },
        afterProof,
      ),
      certificate: new Certificate(
        `${name}-certificate`,
        { ...(certificate as object | undefined), applicationId },
        afterProof,
        now,
      ),
    };
  }

  private mailboxAuditPolicy(
    name: string,
    args: ExchangeOnlineAuditingArgs,
    app: AppRegistration,
    { grant, role, certificate }: ExchangeAccess,
  ): MailboxAuditPolicy {
    return new MailboxAuditPolicy(
      `${name}-policy`,
      {
        ...(args.mailboxAudit as object | undefined),
        tenantId: this.tenantId,
        ...(args.environment === undefined ? {} : { environment: args.environment }),
        clientId: app.clientId,
        certificatePem: certificate.certificatePem,
        privateKeyPem: certificate.privateKeyPem,
      },
      { parent: this, dependsOn: [grant, role, certificate] },
    );
  }

  private clientSecret(
    name: string,
    args: ExchangeOnlineAuditingArgs,
    app: AppRegistration,
    exchange: ExchangeAccess | undefined,
    now: () => number,
  ): ClientSecret {
    return new ClientSecret(
      `${name}-secret`,
      { ...(args.clientSecret as object | undefined), applicationId: app.applicationId },
      // Credentials of one application are written one after another.
      { parent: this, dependsOn: exchange ? [exchange.certificate] : [] },
      now,
    );
  }

  private credential(
    name: string,
    { organization, credential }: ExchangeOnlineAuditingArgs,
    app: AppRegistration,
    secret: ClientSecret,
  ): Credential {
    const given = credential as { displayName?: pulumi.Input<string> } | undefined;
    return new Credential(
      `${name}-credential`,
      {
        organization,
        displayName: given?.displayName ?? app.displayName,
        clientId: app.clientId,
        clientSecret: secret.value,
      },
      { parent: this },
    );
  }

  /** The public part of the certificate that 1Secure issued, among the application's own credentials. */
  private issuedCertificate(
    name: string,
    args: ExchangeOnlineAuditingArgs,
    app: AppRegistration,
    secret: ClientSecret,
    credential: Credential,
  ): pulumi.Resource[] {
    const given = args.credential as { uploadIssuedCertificate?: boolean } | undefined;
    if (given?.uploadIssuedCertificate === false) return [];
    return [
      new azuread.ApplicationCertificate(
        `${name}-issued-certificate`,
        {
          applicationId: app.applicationId,
          encoding: "pem",
          type: "AsymmetricX509Cert",
          value: credential.certificatePem,
          endDate: credential.certificateEndDate.apply(wholeSeconds),
        },
        { parent: this, dependsOn: [secret] },
      ),
    ];
  }

  private source(
    name: string,
    { organization, sourceGroup, crawlSource }: ExchangeOnlineAuditingArgs,
    credential: Credential,
    after: pulumi.Resource[],
  ): Source {
    return new Source(
      `${name}-source`,
      { organization, sourceGroup, tenantId: this.tenantId, crawlSource, credentialId: credential.credentialId },
      { parent: this, dependsOn: after },
    );
  }

  private connector(
    name: string,
    args: ExchangeOnlineAuditingArgs,
    source: Source,
    policy: MailboxAuditPolicy | undefined,
  ): Connector {
    const collect = pulumi.output(args.collectNonOwnerMailboxAuditData).apply((wanted) => {
      const problems = policy === undefined ? collectionProblems(wanted) : [];
      if (problems.length > 0) throw new InvalidInput(`${exchangeOnlineAuditingContract.token} "${name}"`, problems);
      return wanted;
    });
    return new Connector(
      `${name}-connector`,
      {
        sourceId: source.sourceId,
        exchangeOnlineActivity: args.exchangeOnlineActivity,
        collectNonOwnerMailboxAuditData: collect,
      },
      { parent: this, dependsOn: policy === undefined ? [] : [policy] },
    );
  }
}
