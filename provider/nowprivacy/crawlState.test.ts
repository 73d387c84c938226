import * as fc from "fast-check";
import { crawlStateOf, crawlStates, wantedCrawl } from "./crawlState";

const modes = fc.constantFrom<["once", "continuous"]>("once", "continuous");
const states = fc.constantFrom(undefined, ...crawlStates);

test("what is wanted, once it is there, is wanted for good", () => {
  fc.assert(
    fc.property(modes, fc.boolean(), states, (crawlMode, startImmediately, before) => {
      const wanted = wantedCrawl({ crawlMode, startImmediately }, before);
      expect(wantedCrawl({ crawlMode, startImmediately }, wanted)).toBe(wanted);
    }),
  );
});

test("a crawl that was started is never left paused, and a continuous one never over", () => {
  fc.assert(
    fc.property(modes, states, (crawlMode, before) => {
      const wanted = wantedCrawl({ crawlMode }, before);
      expect(wanted).not.toBe("paused");
      if (crawlMode === "continuous") expect(wanted).not.toBe("idle");
    }),
  );
});

test("only a new data source is started because startImmediately says so", () => {
  expect(wantedCrawl({ crawlMode: "once", startImmediately: true }, undefined)).toBe("running");
  expect(wantedCrawl({ crawlMode: "once", startImmediately: true }, "notStarted")).toBe("notStarted");
  expect(wantedCrawl({ crawlMode: "continuous", startImmediately: true }, "awaitingStart")).toBe("awaitingStart");
});

test("a single crawl that is over is started when it is made continuous", () => {
  expect(wantedCrawl({ crawlMode: "once" }, "idle")).toBe("idle");
  expect(wantedCrawl({ crawlMode: "continuous" }, "idle")).toBe("running");
  expect(wantedCrawl({ crawlMode: "continuous" }, "notStarted")).toBe("running");
});

test("a crawl that was never started is told from one that is over", () => {
  const crawl = {
    state: "idle",
    started: false,
    discovered: 0,
    crawled: 0,
    analysed: 0,
    containers: 0,
    errors: [],
  } as const;
  expect(crawlStateOf({ crawl: { ...crawl, errors: [] }, crawlMode: "once" })).toBe("notStarted");
  expect(crawlStateOf({ crawl: { ...crawl, errors: [] }, crawlMode: "continuous" })).toBe("awaitingStart");
  expect(crawlStateOf({ crawl: { ...crawl, errors: [], started: true }, crawlMode: "once" })).toBe("idle");
});
