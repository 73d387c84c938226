import * as pulumi from "@pulumi/pulumi";
import { InvalidInput } from "../core/errors";
import { Certificate } from "../entra/certificate";
import { FederatedCredential } from "../entra/federatedCredential";
import { adoptsExisting } from "../entra/ownApp";
import type { Preflight } from "../entra/preflightResource";
import { rotationOf, type RotationSummary } from "../entra/rotationSummary";
import { provenTenant } from "../entra/tenantGuard";
import { MailboxAuditPolicy } from "../exchange/mailboxAuditPolicy";
import { onesecure } from "../operator/products";
import type { OperatorStatus } from "../operator/secretReference";
import { checkArgs } from "../pulumi/arguments";
import { attestedOf, heldSecret, isByPerson, openSteps, part, referenceTo } from "../pulumi/handover";
import { programNow } from "../pulumi/now";
import { dynamicType } from "../surfaces/dynamic/thin";
import { connector as connectorKind } from "./connector";
import { credential as credentialKind, credentialContract } from "./credential";
import { type AuditApp, auditApp, type ExchangeAccess } from "./exchangeOnlineAuditingApp";
import {
  collectionProblems,
  type ExchangeOnlineAuditingArgs,
  exchangeOnlineAuditingArgs,
  exchangeOnlineAuditingContract,
  exchangeOnlineAuditingProblems,
} from "./exchangeOnlineAuditingArgs";
import { issuedCertificate } from "./exchangeOnlineAuditingCertificate";
import { Connector, Credential, Source } from "./resources";
import { source as sourceKind } from "./source";

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
  /** The client secret in use, encrypted in state: for the stack output from which a person takes it with the operator backend. */
  readonly clientSecret: pulumi.Output<string>;
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
  readonly issuedCertificateThumbprint: pulumi.Output<string | undefined>;
  /** When that certificate ends, RFC 3339 in UTC. */
  readonly issuedCertificateEndDate: pulumi.Output<string | undefined>;
  /** With the operator backend, of credential, source and connector together: `awaitingOperator`, `attested` or `drifted`. */
  readonly status: pulumi.Output<OperatorStatus | undefined>;
  /** With the operator backend: how many steps are open for a person. Known in a preview. */
  readonly openSteps: pulumi.Output<number>;
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
  /** What Exchange took and does not show yet: neither done nor wrong for as long as Microsoft says that it may take. */
  readonly accepted: MailboxAuditPolicy["accepted"] | undefined;
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
    const attested = isByPerson(onesecure)
      ? attestedOf(dynamicType(credentialContract.token), `${name}-credential`, this)
      : undefined;
    const held = heldSecret(attested, args.clientSecret);
    const made = auditApp({ name, args, parent: this, tenantId: this.tenantId, now, held });
    const { app, exchange, secret, preflight } = made;
    const policy = exchange && this.mailboxAuditPolicy(name, args, made, exchange);
    const credential = this.credential(name, args, made, attested !== undefined);
    const upload = issuedCertificate({ name, args, parent: this, app: made, credential, attested, now });
    const source = this.source(name, args, credential, [preflight, ...upload]);
    const connector = this.connector(name, args, source, policy);
    const { status, count, gate } = openSteps(
      this,
      name,
      onesecure,
      [credential, source, connector],
      async () => {
        const { credentialHandover } = await import("./handover/credential.js");
        const { sourceHandover } = await import("./handover/source.js");
        const { connectorHandover } = await import("./handover/connector.js");
        return [
          part(credential, credentialKind, credentialHandover),
          part(source, sourceKind, sourceHandover, { credentialId: credential }),
          part(connector, connectorKind, connectorHandover, { sourceId: source }),
        ];
      },
      args.requireAttested,
    );

    this.applicationId = app.applicationId;
    this.clientId = app.clientId;
    this.servicePrincipalObjectId = app.servicePrincipalObjectId;
    const certificate = exchange?.proof instanceof Certificate ? exchange.proof : undefined;
    this.clientSecret = secret.value;
    this.clientSecretEndDate = secret.endDate;
    this.rotations = pulumi.all([
      rotationOf("client secret", secret),
      ...(certificate === undefined ? [] : [rotationOf("certificate", certificate)]),
    ]);
    this.reach = preflight.reach;
    this.certificateThumbprint = certificate?.thumbprint;
    this.certificateEndDate = certificate?.endDate;
    this.credentialId = gate(credential.credentialId);
    this.issuedCertificateThumbprint = gate(credential.certificateThumbprint);
    this.issuedCertificateEndDate = gate(credential.certificateEndDate);
    this.status = status;
    this.openSteps = count;
    this.sourceId = gate(source.sourceId);
    this.sourceStatus = gate(source.status);
    this.connectorId = gate(connector.connectorId);
    this.connectorStatus = gate(connector.status);
    this.mailboxes = policy?.mailboxes;
    this.compliant = policy?.compliant;
    this.changed = policy?.changed;
    this.failed = policy?.failed;
    this.accepted = policy?.accepted;
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
    { organization, credential, clientSecretOutput }: ExchangeOnlineAuditingArgs,
    { app, secret, preflight }: AuditApp,
    isHandedOver: boolean,
  ): Credential {
    const given = credential as { displayName?: pulumi.Input<string> } | undefined;
    return new Credential(
      `${name}-credential`,
      {
        organization,
        displayName: given?.displayName ?? app.displayName,
        clientId: preflight.clientId,
        clientSecret: preflight.provenClientSecret,
        ...(isHandedOver ? { clientSecretReference: referenceTo(secret, clientSecretOutput) } : {}),
      },
      { parent: this },
    );
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
        ...(isByPerson(onesecure) ? { credentialDisplayName: credential.displayName } : {}),
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

/** The key itself, or the place where it is: never both. */
function certificateProof({ certificatePem, privateKeyPem, privateKey }: Certificate): object {
  return {
    certificatePem,
    ...(privateKeyPem === undefined ? {} : { privateKeyPem }),
    ...(privateKey === undefined ? {} : { privateKey }),
  };
}
