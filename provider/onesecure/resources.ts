/** 1Secure's resources as Pulumi classes. Their arguments are checked when they are constructed; see the kinds for each property. */
import type * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import type { ClientSecretReference, OperatorStatus } from "../operator/secretReference";
import type { Inputs } from "../pulumi/arguments";
import { KindResource } from "../surfaces/dynamic/thin";
import { connectorContract } from "./connector";
import { credentialContract } from "./credential";
import { sourceContract } from "./source";

export type CredentialArgs = Inputs<z.input<typeof credentialContract.inputs>>;
export type SourceArgs = Inputs<z.input<typeof sourceContract.inputs>>;
export type ConnectorArgs = Inputs<z.input<typeof connectorContract.inputs>>;

/**
 * Credentials of a managed organization, with the certificate that 1Secure issues for them.
 *
 * @example
 * const credential = new onesecure.Credential("audit", {
 *   organization: "Contoso",
 *   displayName: "Exchange Online audit",
 *   clientId: app.clientId,
 *   clientSecret: secret.value,
 * });
 * export const certificateA = credential.certificatePem;
 */
export class Credential extends KindResource {
  declare readonly organization: pulumi.Output<string>;
  declare readonly displayName: pulumi.Output<string>;
  declare readonly clientId: pulumi.Output<string>;
  /** A secret, as last set: 1Secure never gives it back. */
  declare readonly clientSecret: pulumi.Output<string>;
  /** What sources refer to. The resource's own id, so it stays known in a preview that changes the credential. */
  readonly credentialId: pulumi.Output<string>;
  declare readonly clientSecretReference: pulumi.Output<ClientSecretReference | undefined>;
  /** Download Certificate: PEM of the certificate that 1Secure issued. Public. With the operator backend once someone has attested it. */
  declare readonly certificatePem: pulumi.Output<string | undefined>;
  /** SHA-1, 40 upper-case hexadecimal digits. */
  declare readonly certificateThumbprint: pulumi.Output<string | undefined>;
  /** RFC 3339, UTC. */
  declare readonly certificateEndDate: pulumi.Output<string | undefined>;
  /** With the operator backend: `awaitingOperator`, `attested` or `drifted`. */
  declare readonly status: pulumi.Output<OperatorStatus | undefined>;
  /** With the operator backend: what a person still has to do, numbered. Known in a preview. */
  declare readonly runSheet: pulumi.Output<string[] | undefined>;
  /** With the operator backend: what an attestation is of. */
  declare readonly fingerprint: pulumi.Output<string | undefined>;
  /** With the operator backend: which attestation stands, or `none`. Known in a preview. */
  declare readonly attestation: pulumi.Output<string | undefined>;
  /** The product's own id of it, as it was attested. */
  declare readonly vendorId: pulumi.Output<string | undefined>;

  /** @throws InvalidInput with every problem of the arguments that are known already */
  constructor(name: string, args: CredentialArgs, opts?: pulumi.CustomResourceOptions) {
    super(credentialContract, name, args, opts);
    this.credentialId = this.id;
  }
}

/**
 * An Exchange Online data source of a managed organization. With `adoptExisting`, one that is there already is taken over; it is
 * given back as it was, never deleted, when the resource is removed.
 *
 * @example
 * const source = new onesecure.Source("audit", {
 *   organization: "Contoso",
 *   sourceGroup: "Microsoft 365",
 *   tenantId: "00000000-0000-0000-0000-000000000000",
 *   crawlSource: true,
 *   credentialId: credential.credentialId,
 * });
 */
export class Source extends KindResource {
  declare readonly organization: pulumi.Output<string>;
  declare readonly sourceGroup: pulumi.Output<string>;
  declare readonly tenantId: pulumi.Output<string>;
  declare readonly crawlSource: pulumi.Output<boolean>;
  declare readonly credentialId: pulumi.Output<string>;
  /** What connectors refer to. The resource's own id, so it stays known in a preview that changes the source. */
  readonly sourceId: pulumi.Output<string>;
  declare readonly credentialDisplayName: pulumi.Output<string | undefined>;
  /** The product's own word, for example `New` or `Healthy`. An open list. With the operator backend as in its documentation. */
  declare readonly status: pulumi.Output<string>;
  /** With the operator backend: what a person still has to do, numbered. Known in a preview. */
  declare readonly runSheet: pulumi.Output<string[] | undefined>;
  /** With the operator backend: what an attestation is of. */
  declare readonly fingerprint: pulumi.Output<string | undefined>;
  /** With the operator backend: which attestation stands, or `none`. Known in a preview. */
  declare readonly attestation: pulumi.Output<string | undefined>;
  /** The product's own id of it, as it was attested. */
  declare readonly vendorId: pulumi.Output<string | undefined>;
  declare readonly adoptExisting: pulumi.Output<boolean>;
  /** Whether the source was there before this resource and was taken over (`adoptExisting`). */
  declare readonly adopted: pulumi.Output<boolean>;
  /** What a source that was taken over was before, and will be again when the resource is removed. */
  declare readonly before: pulumi.Output<z.output<typeof sourceContract.outputs>["before"]>;

  /** @throws InvalidInput with every problem of the arguments that are known already */
  constructor(name: string, args: SourceArgs, opts?: pulumi.CustomResourceOptions) {
    super(sourceContract, name, args, opts);
    this.sourceId = this.id;
  }
}

/**
 * The connector of a source, Exchange Online Activity. Removing the resource switches the connector off or, with `adoptExisting`,
 * back to what it was.
 *
 * @example
 * new onesecure.Connector("audit", {
 *   sourceId: source.sourceId,
 *   exchangeOnlineActivity: true,
 *   collectNonOwnerMailboxAuditData: true,
 * });
 */
export class Connector extends KindResource {
  declare readonly sourceId: pulumi.Output<string>;
  declare readonly exchangeOnlineActivity: pulumi.Output<boolean>;
  declare readonly collectNonOwnerMailboxAuditData: pulumi.Output<boolean>;
  /** The resource's own id, `<sourceId>/exchangeOnlineActivity`. */
  readonly connectorId: pulumi.Output<string>;
  /** The product's own word, for example `New`, `Healthy` or `Disabled`. An open list. With the operator backend as in its documentation. */
  declare readonly status: pulumi.Output<string>;
  /** With the operator backend: what a person still has to do, numbered. Known in a preview. */
  declare readonly runSheet: pulumi.Output<string[] | undefined>;
  /** With the operator backend: what an attestation is of. */
  declare readonly fingerprint: pulumi.Output<string | undefined>;
  /** With the operator backend: which attestation stands, or `none`. Known in a preview. */
  declare readonly attestation: pulumi.Output<string | undefined>;
  /** The product's own id of it, as it was attested. */
  declare readonly vendorId: pulumi.Output<string | undefined>;
  declare readonly adoptExisting: pulumi.Output<boolean>;
  /** Whether the connector was taken over as it was (`adoptExisting`). */
  declare readonly adopted: pulumi.Output<boolean>;
  /** What a connector that was taken over was before, and will be again when the resource is removed. */
  declare readonly before: pulumi.Output<z.output<typeof connectorContract.outputs>["before"]>;

  /** @throws InvalidInput with every problem of the arguments that are known already */
  constructor(name: string, args: ConnectorArgs, opts?: pulumi.CustomResourceOptions) {
    super(connectorContract, name, args, opts);
    this.connectorId = this.id;
  }
}
