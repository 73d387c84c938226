/** NOW Privacy: datasets and Office 365 data sources. */
export { Connection } from "./connectionResource";
export type { ConnectionArgs } from "./connectionResource";
export { DataSource, Dataset } from "./resources";
export type { DataSourceArgs, DatasetArgs } from "./resources";
