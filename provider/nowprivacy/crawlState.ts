/**
 * The crawl of a data source as something that is wanted and found. A continuous crawl should go on; a single one may be over. What is
 * wanted follows from what is declared and from how the crawl was found, so it is settled, not declared.
 */
import { z } from "zod";
import type { DataSource } from "./backend";

export const crawlStates = ["running", "paused", "idle", "notStarted", "awaitingStart"] as const;
export type CrawlState = (typeof crawlStates)[number];

export const settledCrawl = z.strictObject({
  /**
   * The crawl: `running` (also between two rounds of a continuous crawl), `paused`, `idle` (it was started and is over), `notStarted`
   * (a single crawl that waits for a start in the product) or `awaitingStart` (a continuous one that does). It is not declared. A
   * crawl that someone paused, or stopped although it is continuous, shows as a change back to `running`; so does the start that the
   * product needs when a crawl is made continuous.
   */
  crawl: z.enum(crawlStates).meta({ typeName: "CrawlState" }),
});

export interface DeclaredCrawl {
  readonly crawlMode?: "once" | "continuous" | undefined;
  readonly startImmediately?: boolean | undefined;
}

/**
 * What the crawl should be. PURE.
 *
 * @param before how it was found, or what was settled last; undefined for a new data source
 */
export function wantedCrawl(
  { crawlMode, startImmediately }: DeclaredCrawl,
  before: CrawlState | undefined,
): CrawlState {
  const unstarted = crawlMode === "continuous" ? "awaitingStart" : "notStarted";
  switch (before) {
    case undefined:
      return startImmediately === true ? "running" : unstarted;
    case "running":
    case "paused":
      return "running";
    case "idle":
      return crawlMode === "continuous" ? "running" : "idle";
    case "notStarted":
      // It was to be crawled once. Made continuous, it needs a start, which nobody else would think of.
      return crawlMode === "continuous" ? "running" : "notStarted";
    case "awaitingStart":
      return unstarted;
  }
}

/** How the crawl stands, in the words above. */
export function crawlStateOf({ crawl, crawlMode }: Pick<DataSource, "crawl" | "crawlMode">): CrawlState {
  if (crawl.state !== "idle") return crawl.state;
  if (crawl.started) return "idle";
  return crawlMode === "continuous" ? "awaitingStart" : "notStarted";
}

/** What was recorded, where it is one of the words above. */
export function recordedCrawl(value: unknown): CrawlState | undefined {
  return crawlStates.find((state) => state === value);
}
