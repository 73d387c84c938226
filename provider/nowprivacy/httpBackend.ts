/**
 * NOW Privacy through a gateway that keeps the contract in `openapi.yaml`, which is this project's own: none is published. Actions on a
 * crawl may be repeated too: they leave what they left the first time.
 */
import { gone } from "../core";
import { type GatewayOptions, merge, openGateway, orGone, unlessGone } from "../gateway/gateway";
import type { Backend, DataSource } from "./backend";
import { dataSourceAnswer, dataSourcesAnswer, datasetAnswer, datasetsAnswer } from "./httpBackend/answers";
import { product } from "./httpBackend/product";
import type { paths } from "./openapi.gen";

type CrawlAction = "start" | "pause" | "resume";

export async function createHttpBackend(options: GatewayOptions): Promise<Backend> {
  const { ask, get, make } = await openGateway<paths>(product, options);

  function crawl(action: CrawlAction, operation: string): (id: string) => Promise<DataSource> {
    return (id) =>
      get({ operation, subject: id }, dataSourceAnswer, (client) =>
        client.POST(`/data-sources/{dataSourceId}/crawl/${action}`, { params: { path: { dataSourceId: id } } }),
      );
  }

  return {
    dataset: (id) =>
      orGone(
        get({ operation: "reading dataset", subject: id }, datasetAnswer, (client) =>
          client.GET("/datasets/{datasetId}", { params: { path: { datasetId: id } } }),
        ),
      ),
    datasetNamed: async (name) => {
      const { value } = await get(
        { operation: "looking for dataset", subject: `"${name}"` },
        datasetsAnswer,
        (client) => client.GET("/datasets", { params: { query: { name } } }),
      );
      // A gateway that does not know the filter must not make us take over another dataset.
      return value.find((dataset) => dataset.name === name) ?? gone;
    },
    addDataset: (body, idempotencyKey) =>
      make({ operation: "adding dataset", subject: `"${body.name}"` }, datasetAnswer, (client) =>
        client.POST("/datasets", { body, params: { header: { "Idempotency-Key": idempotencyKey } } }),
      ),
    changeDataset: (id, body) =>
      get({ operation: "changing dataset", subject: id }, datasetAnswer, (client) =>
        client.PATCH("/datasets/{datasetId}", { body, params: { path: { datasetId: id } }, headers: merge }),
      ),
    deleteDataset: (id) =>
      unlessGone(
        ask({ operation: "deleting dataset", subject: id }, (client) =>
          client.DELETE("/datasets/{datasetId}", { params: { path: { datasetId: id } } }),
        ),
      ),

    dataSources: async () =>
      (
        await get({ operation: "listing", subject: "the data sources" }, dataSourcesAnswer, (client) =>
          client.GET("/data-sources"),
        )
      ).value,
    dataSource: (id) =>
      orGone(
        get({ operation: "reading data source", subject: id }, dataSourceAnswer, (client) =>
          client.GET("/data-sources/{dataSourceId}", { params: { path: { dataSourceId: id } } }),
        ),
      ),
    addDataSource: (dataSource, idempotencyKey) =>
      make(
        {
          operation: "adding a data source",
          subject: `for ${dataSource.service} of tenant ${dataSource.tenantId}`,
          secrets: [dataSource.clientSecret],
        },
        dataSourceAnswer,
        (client) =>
          client.POST("/data-sources", {
            body: { ...dataSource, type: "office365" },
            params: { header: { "Idempotency-Key": idempotencyKey } },
          }),
      ),
    changeDataSource: (id, body) =>
      get(
        {
          operation: "changing data source",
          subject: id,
          secrets: body.clientSecret === undefined ? [] : [body.clientSecret],
        },
        dataSourceAnswer,
        (client) =>
          client.PATCH("/data-sources/{dataSourceId}", {
            body,
            params: { path: { dataSourceId: id } },
            headers: merge,
          }),
      ),
    deleteDataSource: (id) =>
      unlessGone(
        ask({ operation: "deleting data source", subject: id }, (client) =>
          client.DELETE("/data-sources/{dataSourceId}", { params: { path: { dataSourceId: id } } }),
        ),
      ),

    startCrawl: crawl("start", "starting the crawl of data source"),
    pauseCrawl: crawl("pause", "pausing the crawl of data source"),
    resumeCrawl: crawl("resume", "resuming the crawl of data source"),
  };
}
