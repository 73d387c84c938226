/**
 * What the resource kinds need of NOW Privacy, in the product's words. No management API of the product is published, so nothing here
 * is a statement about one: a backend may be a gateway ({@link ./openapi.yaml}), a file that a person uploads, or something else that
 * gets these things done.
 */
import type { Gone } from "../core";
import type { components } from "./openapi.gen";

type Schemas = components["schemas"];

export type Dataset = Schemas["Dataset"];
export type NewDataset = Schemas["NewDataset"];
export type DatasetChange = Schemas["DatasetChange"];

/** An Office 365 data source as it can be read: without the client secret, with its crawl. */
export type DataSource = Schemas["DataSource"];
export type NewDataSource = Omit<Schemas["NewDataSource"], "type">;
export type DataSourceChange = Schemas["DataSourceChange"];

/** An object that was asked for with an idempotency key. */
export interface Made<T> {
  readonly object: T;
  /** False when the key had made it before: it is as it is now, which need not be as it was asked for this time. */
  readonly isNew: boolean;
}

/**
 * The product can be read and changed. Every method throws the tagged errors of `core/errors`; the `property` of an error is named as
 * in the kinds' contracts. A thing that is not there is `gone` to the reading methods, no error to the deleting ones, and `NotFound` to
 * the changing ones.
 */
export interface Backend {
  readonly createOnly?: false;

  dataset(id: string): Promise<Dataset | Gone>;
  /** The dataset with exactly this name. */
  datasetNamed(name: string): Promise<Dataset | Gone>;
  /**
   * @param idempotencyKey the same key makes the object only once, as long as that object exists
   * @throws Conflict when there is a dataset of that name already
   */
  addDataset(dataset: NewDataset, idempotencyKey: string): Promise<Made<Dataset>>;
  changeDataset(id: string, change: DatasetChange): Promise<Dataset>;
  /** @throws Conflict while a data source belongs to it. */
  deleteDataset(id: string): Promise<void>;

  /** All of them, whoever made them. */
  dataSources(): Promise<readonly DataSource[]>;
  dataSource(id: string): Promise<DataSource | Gone>;
  addDataSource(dataSource: NewDataSource, idempotencyKey: string): Promise<Made<DataSource>>;
  changeDataSource(id: string, change: DataSourceChange): Promise<DataSource>;
  deleteDataSource(id: string): Promise<void>;

  /** One that is running goes on. @throws Conflict when the crawl is paused. */
  readonly startCrawl: (id: string) => Promise<DataSource>;
  /** When this has come back, no credential is used and nothing is read or deleted until the crawl is resumed. */
  readonly pauseCrawl: (id: string) => Promise<DataSource>;
  readonly resumeCrawl: (id: string) => Promise<DataSource>;
}

/** The product takes new objects and nothing else: what is there cannot be read, changed or removed by a program. */
export interface CreateOnlyBackend {
  readonly createOnly: true;
  addDataset(dataset: NewDataset, idempotencyKey: string): Promise<Made<Dataset>>;
  addDataSource(dataSource: NewDataSource, idempotencyKey: string): Promise<Made<DataSource>>;
  /** Takes back what was prepared for the product. */
  forgetDataSource(id: string): Promise<void>;
}
