/** The connection kind as a Pulumi class. */
import type * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import type { Inputs } from "../pulumi/arguments";
import { KindResource } from "../surfaces/dynamic/thin";
import {
  connectionContract,
  type ConnectionInputs,
  type ConnectionOutputs,
  type Environment,
} from "./connectionContract";

/** Arguments of {@link Connection}. */
export type ConnectionArgs = Inputs<z.input<typeof connectionContract.inputs>>;

/**
 * NOW Privacy's Test Credentials and Test Connection with the data source's own credential. The data source takes credential and scope
 * from here; so the product is told nothing when a test fails, and a preview still knows the values.
 *
 * @example
 * const connection = new nowprivacy.Connection("mail", {
 *   tenantId: "00000000-0000-0000-0000-000000000000",
 *   applicationId: app.clientId,
 *   clientSecret: secret.value,
 *   service: "exchange",
 *   ingestionScope: { type: "groupEmail", domain: "contoso.com", email: "finance@contoso.com" },
 *   evidence: [secret.keyId],
 * });
 * new nowprivacy.DataSource("mail", {
 *   datasetId: dataset.datasetId,
 *   service: connection.service,
 *   tenantId: connection.tenantId,
 *   applicationId: connection.applicationId,
 *   clientSecret: connection.clientSecret,
 *   ingestionScope: connection.ingestionScope,
 *   country: "GB",
 *   crawlPriority: 0.5,
 *   crawlMode: "once",
 * });
 */
export class Connection extends KindResource {
  declare readonly tenantId: pulumi.Output<string>;
  declare readonly environment: pulumi.Output<Environment | undefined>;
  /** What was declared, once it is tested: the data source takes it from here. */
  declare readonly applicationId: pulumi.Output<string>;
  /** What was declared, once it is tested: the data source takes it from here. A secret. */
  declare readonly clientSecret: pulumi.Output<string>;
  /** What was declared, once it is tested: the data source takes it from here. */
  declare readonly service: pulumi.Output<ConnectionInputs["service"]>;
  /** What was declared, once it is tested: the data source takes it from here. */
  declare readonly ingestionScope: pulumi.Output<ConnectionInputs["ingestionScope"]>;
  declare readonly folderPath: pulumi.Output<string | undefined>;
  declare readonly limitedToScope: pulumi.Output<boolean>;
  declare readonly mailboxInScope: pulumi.Output<string | undefined>;
  declare readonly evidence: pulumi.Output<string[]>;
  declare readonly ignoreWarnings: pulumi.Output<boolean>;
  declare readonly timeoutSeconds: pulumi.Output<number>;
  declare readonly inARow: pulumi.Output<number>;
  /** What the credential may crawl, service by service. */
  declare readonly mayCrawl: pulumi.Output<ConnectionOutputs["mayCrawl"]>;
  /** What was looked for, and what was found. */
  declare readonly found: pulumi.Output<ConnectionOutputs["found"]>;
  /** What a person should look at. */
  declare readonly warnings: pulumi.Output<string[]>;
  /** How many of the warnings would have been errors without `ignoreWarnings`. */
  declare readonly excused: pulumi.Output<number>;
  /** When it was tested: RFC 3339 in UTC. */
  declare readonly testedAt: pulumi.Output<string>;

  /** @throws InvalidInput with every problem of the arguments that are known already */
  constructor(name: string, args: ConnectionArgs, opts?: pulumi.CustomResourceOptions) {
    super(connectionContract, name, args, opts);
  }
}
