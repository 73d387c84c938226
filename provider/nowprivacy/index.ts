/** NOW Privacy: datasets and Office 365 data sources. */
export { Connection } from "./connectionResource";
export type { ConnectionArgs } from "./connectionResource";
export { Office365DataSource } from "./office365DataSource";
export type { Office365DataSourceArgs } from "./office365DataSource";
export { DataSource, Dataset, ScopeGuard } from "./resources";
export type { DataSourceArgs, DatasetArgs, ScopeGuardArgs } from "./resources";
