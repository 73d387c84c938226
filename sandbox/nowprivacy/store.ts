/** What NOW Privacy holds: security groups, datasets and data sources with their crawls, with the rules of the contract. */
import type { World } from "../model";
import { CrawlRun, type Microsoft365 } from "./crawl";
import { type CrawlWatch, watchCrawls } from "./crawlWatch";
import type {
  DataSource,
  DataSourceChange,
  DataSourceTampering,
  Dataset,
  DatasetChange,
  DatasetTampering,
  NewDataSource,
  NewDataset,
  NowPrivacySnapshot,
  SecurityGroup,
  StoredDataSource,
} from "./model";
import { conflict, invalid, notFound } from "./problems";

/** An object, and whether this request made it. */
export interface Made<T> {
  readonly object: T;
  readonly isNew: boolean;
}

export type CrawlAction = "start" | "pause" | "resume";

interface StoredDataset {
  dataset: Dataset;
}

interface Entry {
  source: StoredDataSource;
  readonly key: string | undefined;
  readonly crawl: CrawlRun;
}

/** All that is returned is a copy. Everything that takes an id throws a 404 problem when nothing has it. */
export class NowPrivacyStore {
  readonly #world: World;
  readonly #microsoft365: Microsoft365;
  readonly #groups = new Map<string, SecurityGroup>();
  readonly #datasets = new Map<string, StoredDataset>();
  readonly #sources = new Map<string, Entry>();
  readonly #watch: CrawlWatch;

  constructor(world: World, microsoft365: Microsoft365) {
    this.#world = world;
    this.#microsoft365 = microsoft365;
    this.#watch = watchCrawls(() => [...this.#sources.values()], world);
  }

  /** What crawls noticed: times without access, and copies that were deleted. */
  get watch(): Pick<CrawlWatch, "outages" | "losses"> {
    return this.#watch;
  }

  /** Moves every crawl to the present. To be called after whatever may change what crawls see; changes made here are noticed without. */
  look(): void {
    this.#watch.look();
  }

  /** Makes a security group, as a person does in the product; the one of that name if there is one. */
  addSecurityGroup(name: string): SecurityGroup {
    const known = [...this.#groups.values()].find((group) => group.name === name);
    const group = known ?? { id: this.#world.newGuid(), name };
    this.#groups.set(group.id, group);
    return { ...group };
  }

  securityGroups(): SecurityGroup[] {
    return structuredClone([...this.#groups.values()]);
  }

  datasets(name?: string): Dataset[] {
    const all = [...this.#datasets.values()].map(({ dataset }) => dataset);
    return structuredClone(all.filter((one) => name === undefined || one.name === name));
  }

  dataset(id: string): Dataset {
    return structuredClone(found(this.#datasets, "dataset", id).dataset);
  }

  createDataset(key: string, body: NewDataset): Made<Dataset> {
    const made = [...this.#datasets.values()].find(({ dataset }) => dataset.idempotencyKey === key);
    if (made !== undefined) return { object: structuredClone(made.dataset), isNew: false };
    this.#checkVisible(body.securityGroups, body.visibleToNobody);
    this.#checkName(body.name);
    return { object: this.addDataset(body.name, body.securityGroups, key), isNew: true };
  }

  /** Without a key as a person does in the product. */
  addDataset(name: string, securityGroups: readonly string[], idempotencyKey?: string): Dataset {
    const id = this.#world.newGuid();
    const dataset = { id, name, securityGroups: [...securityGroups], ...optional({ idempotencyKey }) };
    this.#datasets.set(id, { dataset });
    return structuredClone(dataset);
  }

  updateDataset(id: string, { visibleToNobody, ...change }: DatasetChange): Dataset {
    const { dataset } = found(this.#datasets, "dataset", id);
    if (change.securityGroups !== undefined) this.#checkVisible(change.securityGroups, visibleToNobody);
    if (change.name !== undefined && change.name !== dataset.name) this.#checkName(change.name);
    return this.patchDataset(id, change);
  }

  deleteDataset(id: string): void {
    found(this.#datasets, "dataset", id);
    const member = [...this.#sources.values()].find(({ source }) => source.datasetId === id);
    if (member !== undefined)
      throw conflict("datasetInUse", `The data source "${member.source.id}" belongs to it.`, member.source.id);
    this.#datasets.delete(id);
  }

  dataSources(datasetId?: string): DataSource[] {
    this.look();
    const all = [...this.#sources.values()].filter(
      ({ source }) => datasetId === undefined || source.datasetId === datasetId,
    );
    return all.map(view);
  }

  dataSource(id: string): DataSource {
    this.look();
    return view(found(this.#sources, "data source", id));
  }

  createDataSource(key: string, body: NewDataSource): Made<DataSource> {
    const made = [...this.#sources.values()].find((entry) => entry.key === key);
    if (made !== undefined) return { object: this.dataSource(made.source.id), isNew: false };
    const { startCrawlImmediately, ...rest } = body;
    if (!this.#datasets.has(rest.datasetId))
      throw invalid([{ pointer: "/datasetId", detail: "There is no such dataset." }]);
    this.#checkFolder(rest);
    this.#checkDescription(rest.customDescription);
    const source: StoredDataSource = { id: this.#world.newGuid(), ...rest };
    const crawl = new CrawlRun(this.#microsoft365, () => this.#world.now());
    this.#sources.set(source.id, { source, key, crawl });
    if (startCrawlImmediately) crawl.start();
    return { object: this.dataSource(source.id), isNew: true };
  }

  updateDataSource(id: string, change: DataSourceChange): DataSource {
    const { source } = found(this.#sources, "data source", id);
    if (change.customDescription !== source.customDescription) this.#checkDescription(change.customDescription);
    this.#checkFolder({ service: source.service, folderPath: change.folderPath });
    return this.patchDataSource(id, withoutNulls(source, change));
  }

  deleteDataSource(id: string): void {
    found(this.#sources, "data source", id);
    this.look();
    this.#sources.delete(id);
  }

  crawl(id: string, action: CrawlAction): DataSource {
    const { crawl } = found(this.#sources, "data source", id);
    this.look();
    if (action === "start" && crawl.state === "paused")
      throw conflict("crawlPaused", "The crawl is paused; resume it.", id);
    crawl[action]();
    return this.dataSource(id);
  }

  /** Whether this is the client secret that the data source has: the API never gives it back. */
  hasSecret(id: string, clientSecret: string): boolean {
    return found(this.#sources, "data source", id).source.clientSecret === clientSecret;
  }

  /** Changes behind the API's back, without its rules. */
  patchDataset(id: string, tampering: DatasetTampering): Dataset {
    const entry = found(this.#datasets, "dataset", id);
    entry.dataset = { ...entry.dataset, ...optional(tampering) };
    return structuredClone(entry.dataset);
  }

  /** Changes behind the API's back, without its rules. */
  patchDataSource(id: string, tampering: DataSourceTampering): DataSource {
    const entry = found(this.#sources, "data source", id);
    this.look();
    entry.source = Object.assign({ ...entry.source }, tampering);
    return this.dataSource(id);
  }

  /** Ends a crawl, as a person does in the product. */
  stopCrawl(id: string): DataSource {
    found(this.#sources, "data source", id).crawl.stop();
    return this.dataSource(id);
  }

  snapshot(): NowPrivacySnapshot {
    return { securityGroups: this.securityGroups(), datasets: this.datasets(), dataSources: this.dataSources() };
  }

  #checkVisible(groups: readonly string[], visibleToNobody = false): void {
    if (groups.length === 0 && !visibleToNobody) {
      const detail = "Without a security group nobody sees the data; visibleToNobody says that this is meant.";
      throw invalid([{ pointer: "/securityGroups", detail }]);
    }
    const known = new Set(this.securityGroups().map(({ name }) => name));
    const problems = groups.flatMap((name, index) =>
      known.has(name)
        ? []
        : [{ pointer: `/securityGroups/${String(index)}`, detail: `There is no security group "${name}".` }],
    );
    if (problems.length > 0) throw invalid(problems);
  }

  #checkName(name: string): void {
    const [other] = this.datasets(name);
    if (other !== undefined) throw conflict("datasetExists", `There is a dataset "${name}" already.`, other.id);
  }

  #checkDescription(description: string | null | undefined): void {
    if (description === undefined || description === null) return;
    const other = [...this.#sources.values()].find(({ source }) => source.customDescription === description);
    if (other !== undefined)
      throw conflict("descriptionExists", "Another data source has this description.", other.source.id);
  }

  #checkFolder({
    service,
    folderPath,
  }: {
    readonly service: string;
    readonly folderPath?: string | null | undefined;
  }): void {
    if (folderPath === undefined || folderPath === null || service === "oneDrive") return;
    throw invalid([{ pointer: "/folderPath", detail: "Only a OneDrive data source has a folder path." }]);
  }
}

function view({ source, key, crawl }: Entry): DataSource {
  const { clientSecret: _, ...shown } = source;
  return structuredClone({
    ...shown,
    description: source.customDescription ?? `Office 365 ${source.service} ${source.tenantId}`,
    crawl: crawl.view(),
    ...optional({ idempotencyKey: key }),
  });
}

function withoutNulls(source: StoredDataSource, change: DataSourceChange): StoredDataSource {
  const merged: Record<string, unknown> = { ...source, ...change };
  // A tampering cannot take a property away, so what is null is set to undefined, which no reader sees.
  for (const [name, value] of Object.entries(merged)) if (value === null) merged[name] = undefined;
  return merged as unknown as StoredDataSource;
}

function optional<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

function found<T>(map: ReadonlyMap<string, T>, what: string, id: string): T {
  const value = map.get(id);
  if (value === undefined) throw notFound(what, id);
  return value;
}
