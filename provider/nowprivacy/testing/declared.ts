/** A data source as a program declares it, for the tests. */
import { type DataSourceInputs, dataSourceContract } from "../dataSourceContract";
import { type Gateway, applicationId, exchangePermissions, firstSecret, securityGroup, tenantId } from "./gateway";

/** A continuous crawl of everything in Exchange that starts at once, in a dataset that is there. */
export function declaredIn(gateway: Gateway): (more?: Partial<DataSourceInputs>) => DataSourceInputs {
  const { id } = gateway.store.addDataset("Mail", [securityGroup]);
  return (more = {}) =>
    dataSourceContract.inputs.parse({
      datasetId: id,
      service: "exchange",
      applicationId,
      clientSecret: firstSecret,
      tenantId,
      ingestionScope: { type: "everything" },
      country: "GB",
      crawlPriority: 0.5,
      crawlMode: "continuous",
      startImmediately: true,
      reach: [...exchangePermissions],
      ...more,
    });
}
