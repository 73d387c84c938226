import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import { InvalidInput } from "../core/errors";
import type { AppRegistration } from "../entra/appRegistration";
import { Certificate } from "../entra/certificate";
import type { ClientSecret } from "../entra/clientSecret";
import { wholeSeconds } from "../entra/dates";
import { FederatedCredential } from "../entra/federatedCredential";
import { adoptsExisting } from "../entra/ownApp";
import type { Preflight } from "../entra/preflightResource";
import { rotationOf, type RotationSummary } from "../entra/rotationSummary";
import { provenTenant } from "../entra/tenantGuard";
import { MailboxAuditPolicy } from "../exchange/mailboxAuditPolicy";
import { checkArgs } from "../pulumi/arguments";
import { programNow } from "../pulumi/now";
import { type AuditApp, auditApp, type ExchangeAccess } from "./exchangeOnlineAuditingApp";
import {
  collectionProblems,
  type ExchangeOnlineAuditingArgs,
  exchangeOnlineAuditingArgs,
  exchangeOnlineAuditingContract,
  exchangeOnlineAuditingProblems,
} from "./exchangeOnlineAuditingArgs";
import { Connector, Credential, Source } from "./resources";

export type { ExchangeOnlineAuditingArgs, RotationSummary };

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
 * without `mailboxAudit` it gets none of them; see `exchangeManageAsApp`. What it holds beyond that shows as drift.
 *
 * **Proof.** Before 1Secure is told anything, a token got with the very secret that it will hold shows the tenant, the permissions and
 * the role; see `reach`.
 *
 * **Rotation.** Secret and certificate are made anew before they end, put to use everywhere, and only a later update removes the
 * old ones; see `rotations`.
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
  /** When the client secret in use ends, RFC 3339 in UTC. */
  readonly clientSecretEndDate: pulumi.Output<string>;
  /** The credentials that are rotated here, and when. Known in a preview. */
  readonly rotations: pulumi.Output<RotationSummary[]>;
  /** What the application's credential was proven to reach before 1Secure was told of it. */
  readonly reach: Preflight["reach"];
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
    now: () => number = programNow,
  ) {
    const { token } = exchangeOnlineAuditingContract;
    checkArgs(exchangeOnlineAuditingArgs, args, `${token} "${name}"`, (given) =>
      exchangeOnlineAuditingProblems(given, now()),
    );
    super(token, name, {}, options);

    this.tenantId = provenTenant(args.tenantId, { parent: this });
    const made = auditApp({ name, args, parent: this, tenantId: this.tenantId, now });
    const { app, exchange, secret, preflight } = made;
    const policy = exchange && this.mailboxAuditPolicy(name, args, made, exchange);
    const credential = this.credential(name, args, app, preflight);
    const upload = this.issuedCertificate(name, args, app, secret, credential);
    const source = this.source(name, args, credential, [preflight, ...upload]);
    const connector = this.connector(name, args, source, policy);

    this.applicationId = app.applicationId;
    this.clientId = app.clientId;
    this.servicePrincipalObjectId = app.servicePrincipalObjectId;
    const certificate = exchange?.proof instanceof Certificate ? exchange.proof : undefined;
    this.clientSecretEndDate = secret.endDate;
    this.rotations = pulumi.all([
      rotationOf("client secret", secret),
      ...(certificate === undefined ? [] : [rotationOf("certificate", certificate)]),
    ]);
    this.reach = preflight.reach;
    this.certificateThumbprint = certificate?.thumbprint;
    this.certificateEndDate = certificate?.endDate;
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

  private mailboxAuditPolicy(
    name: string,
    args: ExchangeOnlineAuditingArgs,
    { app, grants }: AuditApp,
    { role, proof }: ExchangeAccess,
  ): MailboxAuditPolicy {
    return new MailboxAuditPolicy(
      `${name}-policy`,
      {
        ...(args.mailboxAudit as object | undefined),
        tenantId: this.tenantId,
        ...(args.environment === undefined ? {} : { environment: args.environment }),
        clientId: app.clientId,
        ...(proof instanceof FederatedCredential ? { keyless: true } : certificateProof(proof)),
      },
      { parent: this, dependsOn: [...grants, role, proof] },
    );
  }

  private credential(
    name: string,
    { organization, credential }: ExchangeOnlineAuditingArgs,
    app: AppRegistration,
    preflight: Preflight,
  ): Credential {
    const given = credential as { displayName?: pulumi.Input<string> } | undefined;
    return new Credential(
      `${name}-credential`,
      {
        organization,
        displayName: given?.displayName ?? app.displayName,
        clientId: preflight.clientId,
        clientSecret: preflight.provenClientSecret,
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
        {
          parent: this,
          dependsOn: [secret],
          ...(pulumi.runtime.isDryRun() ? { transforms: [keptWhileCredentialIs(credential)] } : {}),
        },
      ),
    ];
  }

  private source(
    name: string,
    args: ExchangeOnlineAuditingArgs,
    credential: Credential,
    after: pulumi.Resource[],
  ): Source {
    const { organization, sourceGroup, crawlSource } = args;
    return new Source(
      `${name}-source`,
      {
        organization,
        sourceGroup,
        tenantId: this.tenantId,
        crawlSource,
        credentialId: credential.credentialId,
        adoptExisting: adoptsExisting(args),
      },
      { parent: this, dependsOn: after },
    );
  }

  private connector(
    name: string,
    args: ExchangeOnlineAuditingArgs,
    source: Source,
    policy: MailboxAuditPolicy | undefined,
  ): Connector {
    const { collectNonOwnerMailboxAuditData, mailboxesAuditedElsewhere } = args;
    const collect = pulumi
      .all([collectNonOwnerMailboxAuditData, mailboxesAuditedElsewhere])
      .apply(([wanted, elsewhere]) => {
        const problems = policy === undefined ? collectionProblems(wanted, elsewhere) : [];
        if (problems.length > 0) throw new InvalidInput(`${exchangeOnlineAuditingContract.token} "${name}"`, problems);
        return wanted;
      });
    return new Connector(
      `${name}-connector`,
      {
        sourceId: source.sourceId,
        exchangeOnlineActivity: args.exchangeOnlineActivity,
        collectNonOwnerMailboxAuditData: collect,
        adoptExisting: adoptsExisting(args),
      },
      { parent: this, dependsOn: policy === undefined ? [] : [policy] },
    );
  }
}

/**
 * A preview of a changed credential knows none of its outputs, the certificate among them, and so would show the upload as replaced. But
 * 1Secure issues a certificate with the credential, once: while the credential stays the same object (its id is known), so does the
 * certificate.
 */
function keptWhileCredentialIs(credential: Credential): pulumi.ResourceTransform {
  return async ({ props, opts }) => {
    const [sameCredential, certificateKnown] = await Promise.all([
      isKnown(credential.id),
      isKnown(credential.certificatePem),
    ]);
    if (!sameCredential || certificateKnown) return undefined;
    return { props, opts: { ...opts, ignoreChanges: ["value", "endDate"] } };
  };
}

/** False for an Output whose value only the update will make. */
function isKnown(output: pulumi.Output<unknown>): Promise<boolean> {
  return (output as unknown as { readonly isKnown: Promise<boolean> }).isKnown;
}

/** The key itself, or the place where it is: never both. */
function certificateProof({ certificatePem, privateKeyPem, privateKey }: Certificate): object {
  return {
    certificatePem,
    ...(privateKeyPem === undefined ? {} : { privateKeyPem }),
    ...(privateKey === undefined ? {} : { privateKey }),
  };
}
