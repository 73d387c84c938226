/** NOW Privacy's resources as Pulumi classes. Their arguments are checked when they are constructed; see the kinds for each property. */
import type * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import type { ClientSecretReference, OperatorStatus } from "../operator/secretReference";
import type { Inputs } from "../pulumi/arguments";
import { KindResource } from "../surfaces/dynamic/thin";
import { datasetContract } from "./dataset";
import { dataSourceContract } from "./dataSourceContract";
import { scopeGuardContract, type ScopeGuardInputs } from "./scopeGuardContract";

export type DatasetArgs = Inputs<z.input<typeof datasetContract.inputs>>;
export type DataSourceArgs = Inputs<z.input<typeof dataSourceContract.inputs>>;
export type ScopeGuardArgs = Inputs<z.input<typeof scopeGuardContract.inputs>>;

type DataSourceOutputs = z.output<typeof dataSourceContract.outputs>;
type DataSourceInputs = z.output<typeof dataSourceContract.inputs>;

/**
 * A dataset, through whose security groups users see the data of its data sources. With `adoptExisting`, one that is there already is
 * used; it stays when the resource is removed.
 *
 * @example
 * const dataset = new nowprivacy.Dataset("mail", { name: "Mail", securityGroups: ["Privacy team"] });
 */
export class Dataset extends KindResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly securityGroups: pulumi.Output<string[] | undefined>;
  declare readonly visibleToNobody: pulumi.Output<boolean>;
  declare readonly adoptExisting: pulumi.Output<boolean>;
  /** What data sources refer to. The resource's own id, so it stays known in a preview that changes the dataset. */
  readonly datasetId: pulumi.Output<string>;
  /** Names of all security groups whose members see the data. */
  declare readonly visibleTo: pulumi.Output<string[]>;
  /** Whether the dataset was there before this resource and was taken over (`adoptExisting`). */
  declare readonly adopted: pulumi.Output<boolean>;
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
  constructor(name: string, args: DatasetArgs, opts?: pulumi.CustomResourceOptions) {
    super(datasetContract, name, args, opts);
    this.datasetId = this.id;
  }
}

/**
 * An Office 365 data source: a service of a Microsoft 365 tenant, what of it is crawled, and how. A change that would make the product
 * delete part of its own copy of the data is refused unless `allowDataLoss` is true.
 *
 * @example
 * new nowprivacy.DataSource("mail", {
 *   datasetId: dataset.datasetId,
 *   service: "exchange",
 *   applicationId: app.clientId,
 *   clientSecret: secret.value,
 *   tenantId: "00000000-0000-0000-0000-000000000000",
 *   ingestionScope: { type: "domain", domain: "contoso.com" },
 *   country: "GB",
 *   crawlPriority: 0.5,
 *   crawlMode: "continuous",
 *   startImmediately: true,
 * });
 */
export class DataSource extends KindResource {
  declare readonly datasetId: pulumi.Output<string>;
  declare readonly service: pulumi.Output<DataSourceInputs["service"]>;
  declare readonly applicationId: pulumi.Output<string>;
  /** A secret, as last set: the product never gives it back. */
  declare readonly clientSecret: pulumi.Output<string>;
  declare readonly tenantId: pulumi.Output<string>;
  declare readonly ingestionScope: pulumi.Output<DataSourceInputs["ingestionScope"]>;
  declare readonly folderPath: pulumi.Output<string | undefined>;
  declare readonly country: pulumi.Output<string>;
  declare readonly customDescription: pulumi.Output<string | undefined>;
  declare readonly crawlPriority: pulumi.Output<number>;
  declare readonly crawlMode: pulumi.Output<DataSourceInputs["crawlMode"]>;
  declare readonly startImmediately: pulumi.Output<boolean>;
  declare readonly reach: pulumi.Output<string[] | undefined>;
  declare readonly allowDataLoss: pulumi.Output<boolean>;
  /** How the crawl stands: `running`, `paused`, `idle`, `notStarted` or `awaitingStart`. Settled, never declared. */
  declare readonly crawl: pulumi.Output<z.output<typeof dataSourceContract.settled>["crawl"]>;
  /** The product's id: the resource's own, so it stays known in a preview that changes the data source. */
  readonly dataSourceId: pulumi.Output<string>;
  /** What the product shows: the custom description, or its own. */
  declare readonly description: pulumi.Output<string>;
  /** How far the crawl is, as it was last read. */
  declare readonly progress: pulumi.Output<DataSourceOutputs["progress"]>;
  /** What went wrong in the last crawl. */
  declare readonly crawlErrors: pulumi.Output<DataSourceOutputs["crawlErrors"]>;
  declare readonly clientSecretReference: pulumi.Output<ClientSecretReference | undefined>;
  declare readonly datasetName: pulumi.Output<string | undefined>;
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
  constructor(name: string, args: DataSourceArgs, opts?: pulumi.CustomResourceOptions) {
    super(dataSourceContract, name, args, opts);
    this.dataSourceId = this.id;
  }
}

/**
 * Keeps an app's access to mailboxes from being narrowed while NOW Privacy crawls with it. Whatever limits the app takes the scope from
 * here, and so comes after.
 *
 * @example
 * const guard = new nowprivacy.ScopeGuard("mail", { tenantId, applicationId: app.clientId, ingestionScope });
 * new exchange.ApplicationScope("mail", {
 *   tenantId,
 *   clientId: app.clientId,
 *   servicePrincipalObjectId: app.servicePrincipalObjectId,
 *   roles: ["Application Mail.Read"],
 *   scope: guard.ingestionScope,
 * });
 */
export class ScopeGuard extends KindResource {
  declare readonly tenantId: pulumi.Output<string>;
  declare readonly applicationId: pulumi.Output<string>;
  /** What was declared, once nothing that is crawled would be left out: what limits the app takes it from here. */
  declare readonly ingestionScope: pulumi.Output<ScopeGuardInputs["ingestionScope"]>;
  declare readonly allowDataLoss: pulumi.Output<boolean>;

  /** @throws InvalidInput with every problem of the arguments that are known already */
  constructor(name: string, args: ScopeGuardArgs, opts?: pulumi.CustomResourceOptions) {
    super(scopeGuardContract, name, args, opts);
  }
}
