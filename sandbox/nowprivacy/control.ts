/** The operator's side of NOW Privacy: what a person does in the product, and what can be read back for assertions. */
import { NoSuchThing } from "../noSuchThing";
import type {
  CopyLoss,
  CrawlOutage,
  DataSource,
  DataSourceTampering,
  Dataset,
  DatasetTampering,
  NowPrivacySnapshot,
  SecurityGroup,
} from "./model";
import type { CrawlAction, NowPrivacyStore } from "./store";

/** Ids that nothing has throw a problem with status 404. */
export interface NowPrivacyControl {
  nowPrivacy(): NowPrivacySnapshot;
  /** Every time since the start in which Entra did not accept what a running crawl signs in with. */
  nowPrivacyOutages(): readonly CrawlOutage[];
  /** Every time since the start at which a running crawl deleted part of the product's own copy. */
  nowPrivacyLosses(): readonly CopyLoss[];
  addSecurityGroup(name: string): SecurityGroup;
  /** Makes a dataset as a person does in the product. */
  addDataset(name: string, securityGroups: readonly string[]): Dataset;
  /** Renames a dataset or changes who sees it, without the API's rules. */
  patchDataset(id: string, patch: DatasetTampering): Dataset;
  /** Changes a data source as a person may: mode, priority, description, … Without the API's rules. */
  patchDataSource(id: string, patch: DataSourceTampering): DataSource;
  /** What a person does to a crawl; `stop` ends it. */
  crawl(id: string, action: CrawlAction | "stop"): DataSource;
  deleteDataSource(id: string): void;
  /** By its name. */
  deleteDataset(name: string): void;
}

export function nowPrivacyControl(store: NowPrivacyStore): NowPrivacyControl {
  return {
    nowPrivacy: () => store.snapshot(),
    nowPrivacyOutages: () => store.watch.outages(),
    nowPrivacyLosses: () => store.watch.losses(),
    addSecurityGroup: (name) => store.addSecurityGroup(name),
    addDataset: (name, securityGroups) => store.addDataset(name, securityGroups),
    patchDataset: (id, patch) => store.patchDataset(id, patch),
    patchDataSource: (id, patch) => store.patchDataSource(id, patch),
    crawl: (id, action) => (action === "stop" ? store.stopCrawl(id) : store.crawl(id, action)),
    deleteDataSource: (id) => {
      store.deleteDataSource(id);
    },
    deleteDataset: (name) => {
      const [dataset] = store.datasets(name);
      if (dataset === undefined) throw new NoSuchThing(`NOW Privacy has no dataset '${name}'.`);
      store.deleteDataset(dataset.id);
    },
  };
}
