/** What crawls noticed since the start: times without access, and copies that were deleted. */
import type { World } from "../model";
import type { CrawlRun } from "./crawl";
import type { CopyLoss, CrawlOutage, StoredDataSource } from "./model";

interface Watched {
  readonly source: StoredDataSource;
  readonly crawl: CrawlRun;
}

export interface CrawlWatch {
  /** Moves every crawl to the present. */
  look(): void;
  /** After a look. In the order in which they were noticed. */
  outages(): readonly CrawlOutage[];
  /** After a look. In the order in which they were noticed. */
  losses(): readonly CopyLoss[];
}

export function watchCrawls(crawls: () => readonly Watched[], world: World): CrawlWatch {
  const noticed: (CrawlOutage & { until?: string })[] = [];
  const lost: CopyLoss[] = [];
  /** The outage of a data source that lasts. */
  const lasting = new Map<string, CrawlOutage & { until?: string }>();

  function look(): void {
    const at = new Date(world.now()).toISOString();
    const failing = new Set<string>();
    for (const { source, crawl } of crawls()) {
      const { accepted, lost: gone } = crawl.look(source);
      if (!accepted) failing.add(source.id);
      if (gone.size === 0) continue;
      const items = [...gone.values()].reduce((total, one) => total + one, 0);
      lost.push({ at, dataSourceId: source.id, items, containers: [...gone.keys()] });
    }
    for (const [dataSourceId, outage] of lasting) {
      if (failing.has(dataSourceId)) continue;
      outage.until = at;
      lasting.delete(dataSourceId);
    }
    for (const dataSourceId of failing) {
      if (lasting.has(dataSourceId)) continue;
      const outage = { at, dataSourceId };
      noticed.push(outage);
      lasting.set(dataSourceId, outage);
    }
  }

  return {
    look,
    outages: () => {
      look();
      return structuredClone(noticed);
    },
    losses: () => {
      look();
      return structuredClone(lost);
    },
  };
}
