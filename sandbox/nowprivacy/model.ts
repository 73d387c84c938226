/** What NOW Privacy holds, in the words of the contract. */
import type { components } from "../../provider/nowprivacy/openapi.gen";

type Schemas = components["schemas"];

export type SecurityGroup = Schemas["SecurityGroup"];
export type Dataset = Schemas["Dataset"];
export type NewDataset = Schemas["NewDataset"];
export type DatasetChange = Schemas["DatasetChange"];
export type Service = Schemas["Service"];
export type IngestionScope = Schemas["IngestionScope"];
export type Crawl = Schemas["Crawl"];
export type CrawlError = Schemas["CrawlError"];
export type DataSource = Schemas["DataSource"];
export type NewDataSource = Schemas["NewDataSource"];
export type DataSourceChange = Schemas["DataSourceChange"];
export type Problem = Schemas["Problem"];
export type FieldProblem = NonNullable<Problem["errors"]>[number];

/** A data source as it is kept: what is crawled, and with what. */
export interface StoredDataSource extends Omit<DataSource, "crawl" | "description" | "idempotencyKey"> {
  readonly clientSecret: string;
}

/** Everything as a reader of the API would see it. A copy. */
export interface NowPrivacySnapshot {
  readonly securityGroups: readonly SecurityGroup[];
  readonly datasets: readonly Dataset[];
  readonly dataSources: readonly DataSource[];
}

/** What may be changed behind the API's back. */
export type DatasetTampering = Partial<Pick<Dataset, "name" | "securityGroups">>;
export type DataSourceTampering = Partial<Omit<StoredDataSource, "id" | "type">>;

/** A time in which Entra did not accept what a running crawl signs in with. */
export interface CrawlOutage {
  /** When it was noticed, RFC 3339 in UTC: at once, or for an expiry at the first look after it. */
  readonly at: string;
  readonly dataSourceId: string;
  /** When it was noticed to be over. Absent while it lasts. */
  readonly until?: string;
}

/** A time at which a running crawl no longer saw something and deleted the product's copy of it. */
export interface CopyLoss {
  readonly at: string;
  readonly dataSourceId: string;
  readonly items: number;
  /** Names of the containers whose copies went. */
  readonly containers: readonly string[];
}
