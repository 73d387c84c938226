import * as pulumi from "@pulumi/pulumi";
import type { ClientSecret } from "../entra/clientSecret";
import type { Preflight } from "../entra/preflightResource";
import { rotationOf, type RotationSummary } from "../entra/rotationSummary";
import { provenTenant } from "../entra/tenantGuard";
import type { ApplicationScope } from "../exchange/applicationScopeResource";
import { nowprivacy } from "../operator/products";
import type { OperatorStatus } from "../operator/secretReference";
import { checkArgs } from "../pulumi/arguments";
import { attestedOf, heldSecret, isByPerson, openSteps, part, referenceTo } from "../pulumi/handover";
import { dynamicType } from "../surfaces/dynamic/thin";
import { Connection } from "./connectionResource";
import { dataset as datasetKind } from "./dataset";
import { dataSourceContract } from "./dataSourceContract";
import { type CrawlApp, crawlApp, declaredAccess, grantedPermissions } from "./office365DataSourceApp";
import {
  type Office365DataSourceArgs,
  office365DataSourceArgs,
  office365DataSourceContract,
  office365DataSourceProblems,
} from "./office365DataSourceArgs";
import { DataSource, Dataset } from "./resources";

export type { Office365DataSourceArgs, RotationSummary };

/**
 * An Office 365 data source of NOW Privacy, end to end.
 *
 * ```ts
 * new nowprivacy.Office365DataSource("mail", {
 *   tenantId: "…",
 *   service: "exchange",
 *   dataset: { name: "Mail", securityGroups: ["Privacy team"] },
 *   ingestionScope: { type: "groupEmail", domain: "contoso.com", email: "finance@contoso.com" },
 *   country: "GB",
 *   crawlPriority: 0.5,
 *   crawlMode: "continuous",
 *   startImmediately: true,
 *   limitToScope: true,
 * });
 * ```
 *
 * **Permissions.** The application gets what the service needs and nothing else; with `limitToScope`, mail and calendars of the
 * mailboxes in scope alone. What it holds beyond that shows as drift.
 *
 * **Proof.** Before NOW Privacy is told anything, its Test Credentials and Test Connection are made with the very secret that it will
 * hold; see `reach`, `mayCrawl` and `found`.
 *
 * **The product's copy.** NOW Privacy deletes of its copy what a crawl no longer sees. So access is added before the data source is
 * changed and taken away after; what would lose data is refused first, unless `allowDataLoss` is true.
 *
 * **Rotation.** The secret is made anew before it ends. A crawl that runs is paused, the data source given the new one, and the crawl
 * resumed; only a later update removes the old one. See `rotations`.
 *
 * **Anything else** about a child can be set with the resource option `transforms`.
 *
 * @throws InvalidInput with every problem of the arguments, before anything is registered
 * @throws WrongTenant (from the outputs) when the azuread provider works in another tenant; nothing is made then
 */
export class Office365DataSource extends pulumi.ComponentResource {
  /** The tenant, once the azuread provider has proven to work in it. */
  readonly tenantId: pulumi.Output<string>;
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
  /** Id of the dataset in NOW Privacy. */
  readonly datasetId: pulumi.Output<string>;
  /** Id of the data source in NOW Privacy. */
  readonly dataSourceId: pulumi.Output<string>;
  /** What the product shows: the custom description, or its own. */
  readonly description: DataSource["description"];
  /** How the crawl stands. */
  readonly crawl: DataSource["crawl"];
  /** How far the crawl is, as it was last read. */
  readonly progress: DataSource["progress"];
  /** What went wrong in the last crawl. */
  readonly crawlErrors: DataSource["crawlErrors"];
  /** Test Credentials: permission by permission, what the credential was proven to reach before NOW Privacy was told of it. */
  readonly reach: Preflight["reach"];
  /** Test Credentials: what the credential may crawl, service by service. */
  readonly mayCrawl: Connection["mayCrawl"];
  /** Test Connection: what was looked for, and what was found. */
  readonly found: Connection["found"];
  /** What a person should look at: what `ignoreWarnings` let through, and what no test can tell. */
  readonly warnings: Connection["warnings"];
  /** What Exchange Online said of a mailbox in scope and of one out of scope. Undefined without `limitToScope`. */
  readonly scopeProof: ApplicationScope["proof"] | undefined;
  /** With the operator backend, of dataset and data source together: `awaitingOperator`, `attested` or `drifted`. */
  readonly status: pulumi.Output<OperatorStatus | undefined>;
  /** With the operator backend: how many steps are open for a person. Known in a preview. */
  readonly openSteps: pulumi.Output<number>;

  constructor(name: string, args: Office365DataSourceArgs, options?: pulumi.ComponentResourceOptions) {
    const { token } = office365DataSourceContract;
    checkArgs(office365DataSourceArgs, args, `${token} "${name}"`, office365DataSourceProblems);
    super(token, name, {}, options);

    this.tenantId = provenTenant(args.tenantId, { parent: this });
    const attested = isByPerson(nowprivacy)
      ? attestedOf(dynamicType(dataSourceContract.token), `${name}-source`, this)
      : undefined;
    const held = heldSecret(attested, args.clientSecret);
    const declaration = { name, args, parent: this, tenantId: this.tenantId, held };
    const made = crawlApp(declaration);
    const { app, secret, preflight, limit } = made;
    const connection = this.connection(name, args, made);
    const dataset = this.dataset(name, args);
    const source = this.dataSource(name, args, dataset, connection, secret);
    declaredAccess(declaration, made, source);
    const { status, count, gate } = openSteps(
      this,
      name,
      nowprivacy,
      [...(dataset instanceof Dataset ? [dataset] : []), source],
      async () => {
        const { datasetHandover } = await import("./handover/dataset.js");
        const { dataSourceHandover } = await import("./handover/dataSource.js");
        const { unguardedPlan } = await import("./dataSource.js");
        const kind = { contract: dataSourceContract, plan: unguardedPlan };
        if (!(dataset instanceof Dataset)) return [part(source, kind, dataSourceHandover)];
        return [
          part(dataset, datasetKind, datasetHandover),
          part(source, kind, dataSourceHandover, { datasetId: dataset }),
        ];
      },
      args.requireAttested,
    );

    this.clientId = app.clientId;
    this.servicePrincipalObjectId = app.servicePrincipalObjectId;
    this.clientSecret = secret.value;
    this.clientSecretEndDate = secret.endDate;
    this.rotations = pulumi.all([rotationOf("client secret", secret)]);
    this.datasetId = gate(source.datasetId);
    this.dataSourceId = gate(source.dataSourceId);
    this.description = gate(source.description);
    this.crawl = gate(source.crawl);
    this.progress = gate(source.progress);
    this.crawlErrors = gate(source.crawlErrors);
    this.status = status;
    this.openSteps = count;
    this.reach = preflight.reach;
    this.mayCrawl = connection.mayCrawl;
    this.found = connection.found;
    this.warnings = connection.warnings;
    this.scopeProof = limit?.proof;
    const outputs = Object.keys(office365DataSourceContract.outputs.shape) as (keyof this & string)[];
    this.registerOutputs(Object.fromEntries(outputs.map((output) => [output, this[output]])));
  }

  private connection(
    name: string,
    args: Office365DataSourceArgs,
    { preflight, limit, evidence }: CrawlApp,
  ): Connection {
    const { service, ingestionScope, folderPath, environment, ignoreWarnings, timeoutSeconds } = args;
    return new Connection(
      `${name}-connection`,
      {
        tenantId: this.tenantId,
        ...(environment === undefined ? {} : { environment }),
        applicationId: preflight.clientId,
        clientSecret: preflight.provenClientSecret,
        service,
        ingestionScope,
        ...(folderPath === undefined ? {} : { folderPath }),
        limitedToScope: limit !== undefined,
        ...(limit === undefined ? {} : { mailboxInScope: limit.proof.apply((proof) => proof.inside?.mailbox) }),
        evidence,
        ...(ignoreWarnings === undefined ? {} : { ignoreWarnings }),
        ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
      },
      { parent: this, dependsOn: limit === undefined ? [] : [limit] },
    );
  }

  /**
   * Its id, for the data source; in the proven tenant only. One that is there is another resource for each name, because a dataset whose
   * name changes is renamed, and someone else's is not ours to rename.
   */
  private dataset(name: string, args: Office365DataSourceArgs): Dataset | pulumi.Input<string> {
    const given = args.dataset as Inner<typeof args.dataset>;
    if (given.datasetId !== undefined) return given.datasetId as pulumi.Input<string>;
    const inTenant = pulumi
      .all([(given.name ?? given.existing) as pulumi.Input<string>, this.tenantId])
      .apply(([wanted]) => wanted);
    const { securityGroups, visibleToNobody } = given;
    return new Dataset(
      given.existing === undefined ? `${name}-dataset` : `${name}-dataset-${given.existing as string}`,
      {
        name: inTenant,
        ...(securityGroups === undefined ? {} : { securityGroups }),
        ...(visibleToNobody === undefined ? {} : { visibleToNobody }),
        ...(given.existing === undefined ? {} : { adoptExisting: true }),
      },
      { parent: this },
    );
  }

  /** Everything that was tested comes from the connection, so that the product is told after the tests. */
  private dataSource(
    name: string,
    args: Office365DataSourceArgs,
    dataset: Dataset | pulumi.Input<string>,
    connection: Connection,
    secret: ClientSecret,
  ): DataSource {
    const { folderPath, country, customDescription, crawlPriority, crawlMode, startImmediately, allowDataLoss } = args;
    const { service, tenantId, applicationId, clientSecret, ingestionScope } = connection;
    return new DataSource(
      `${name}-source`,
      {
        datasetId: dataset instanceof Dataset ? dataset.datasetId : dataset,
        ...(isByPerson(nowprivacy)
          ? {
              clientSecretReference: referenceTo(secret, args.clientSecretOutput),
              ...(dataset instanceof Dataset ? { datasetName: dataset.name } : {}),
            }
          : {}),
        service,
        tenantId,
        applicationId,
        clientSecret,
        ingestionScope,
        country,
        crawlPriority,
        crawlMode,
        reach: grantedPermissions(args),
        ...(folderPath === undefined ? {} : { folderPath }),
        ...(customDescription === undefined ? {} : { customDescription }),
        ...(startImmediately === undefined ? {} : { startImmediately }),
        ...(allowDataLoss === undefined ? {} : { allowDataLoss }),
      },
      { parent: this },
    );
  }
}

/** An argument that was checked to be a plain object. */
type Inner<T> = Extract<T, { readonly name?: unknown }>;
