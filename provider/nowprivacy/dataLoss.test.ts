import * as fc from "fast-check";
import { type Held, type Sight, lossesOf } from "./dataLoss";

const found: Sight & Held = {
  service: "exchange",
  tenantId: "t",
  ingestionScope: { type: "everything" },
  reach: ["Directory.Read.All", "Mail.Read", "Calendars.Read"],
  crawlMode: "continuous",
  crawl: "running",
  progress: { crawled: 12_400, containers: 31 },
};
const narrow: Sight = { ...found, ingestionScope: { type: "domain", domain: "contoso.com" } };

test("a narrower scope is refused, and the refusal says what would be lost and what allows it", () => {
  const [problem, ...more] = lossesOf(narrow, found);
  expect(more).toEqual([]);
  expect(problem?.path).toBe("ingestionScope");
  expect(problem?.message).toContain("from everything to domain contoso.com");
  expect(problem?.message).toContain("12,400 items of 31 mailboxes and calendars");
  expect(problem?.message).toContain("allowDataLoss: true");
});

test("a permission that the service reads with is missed, one that it does not is not", () => {
  const reach = ["Directory.Read.All", "Calendars.Read"];
  expect(lossesOf({ ...found, reach }, found)).toEqual([
    { path: "reach", message: expect.stringContaining("taking Mail.Read away") },
  ]);
  const before = { ...found, reach: [...(found.reach ?? []), "Files.Read.All"] };
  expect(lossesOf(found, before)).toEqual([]);
  const more = ["Directory.Read.All", "Mail.ReadWrite", "Calendars.Read"];
  expect(lossesOf({ ...found, reach: more }, found)).toEqual([]);
});

test("permissions that are not known are not judged", () => {
  expect(lossesOf({ ...found, reach: undefined }, found)).toEqual([]);
  expect(lossesOf({ ...found, reach: ["04da6b54-80e4-46f7-96ec-b56ff0331ba9"] }, found)).toEqual([]);
});

test("a folder that is left out is missed", () => {
  const drive = { ...found, service: "oneDrive", reach: undefined } as const;
  expect(lossesOf({ ...drive, folderPath: "/Documents" }, drive)).toEqual([
    { path: "folderPath", message: expect.stringContaining("from all folders to /Documents") },
  ]);
  expect(lossesOf(drive, { ...drive, folderPath: "/Documents" })).toEqual([]);
});

test("nothing is refused when nothing has been copied: the crawl waits for a start, or is over and found nothing", () => {
  for (const crawl of ["awaitingStart", "notStarted", "idle"]) {
    expect(lossesOf(narrow, { ...found, crawl, progress: { crawled: 0, containers: 0 } })).toEqual([]);
  }
});

test("a crawl that is over counts: the next one deletes, whoever starts it", () => {
  const once = { ...found, crawlMode: "once" } as const;
  expect(lossesOf({ ...narrow, crawlMode: "once" }, once)).toHaveLength(1);
  expect(lossesOf({ ...narrow, crawlMode: "once" }, { ...once, crawl: "idle" })).toEqual([
    { path: "ingestionScope", message: expect.stringContaining("what the next crawl no longer sees") },
  ]);
  expect(lossesOf(narrow, { ...once, crawl: "idle" })).toHaveLength(1);
});

test.each(["running", "paused"])("a crawl that is %s may have copied a lot since it was looked at", (crawl) => {
  const fresh = { ...found, crawl, progress: { crawled: 0, containers: 0 } };
  const reach = ["Directory.Read.All"];
  for (const wanted of [narrow, { ...found, reach }]) {
    expect(lossesOf(wanted, fresh)).toEqual([
      expect.objectContaining({ message: expect.stringContaining("it cannot be read what it holds by now") }),
    ]);
  }
  expect(lossesOf(found, fresh)).toEqual([]);
});

test("where nobody can read what the product holds, every narrowing counts", () => {
  const unreadable = { ...found, crawl: "awaitingStart", progress: { crawled: 0, containers: 0 }, unreadable: true };
  expect(lossesOf(narrow, unreadable)).toEqual([
    { path: "ingestionScope", message: expect.stringContaining("It cannot be read what it holds") },
  ]);
  expect(lossesOf({ ...narrow, datasetId: "e" }, { ...unreadable, datasetId: "d" })).toHaveLength(1);
  expect(lossesOf(found, unreadable)).toEqual([]);
});

test("another dataset, service or tenant takes the copy away with the old data source, and that is all that is said", () => {
  const before = { ...found, datasetId: "d" };
  const other = { ...narrow, datasetId: "e", service: "oneDrive", tenantId: "u" } as const;
  const said = lossesOf(other, before);
  expect(said.map(({ path }) => path)).toEqual(["datasetId", "service", "tenantId"]);
  expect(said[0]?.message).toMatch(/a new data source, and the copy goes with the old one. It holds 12,400 items/);
  expect(lossesOf(other, { ...before, crawl: "notStarted", progress: { crawled: 0, containers: 0 } })).toEqual([]);
});

test("a dataset that is not known yet is judged when it is", () => {
  const notKnown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
  expect(lossesOf({ ...found, datasetId: notKnown }, { ...found, datasetId: "d" })).toEqual([]);
});

test("another app that Exchange Online limits is refused while the crawl goes on, because its access comes late", () => {
  const limited = { ...found, reach: ["Directory.Read.All"], applicationId: "A" };
  const other = { ...limited, applicationId: "b" };
  expect(lossesOf(other, limited)).toEqual([
    { path: "applicationId", message: expect.stringMatching(/30 minutes to 2 hours.*12,400 items/) },
  ]);
  expect(lossesOf({ ...limited, applicationId: "a" }, limited)).toEqual([]);
  expect(lossesOf({ ...other, reach: found.reach }, { ...limited, reach: found.reach })).toEqual([]);
  const over = { crawlMode: "once", crawl: "idle" } as const;
  expect(lossesOf({ ...other, ...over }, { ...limited, ...over })).toEqual([]);
});

test("what is declared as it is found never loses anything", () => {
  fc.assert(
    fc.property(fc.constantFrom("once", "continuous"), fc.nat(), (crawlMode, crawled) => {
      const same = { ...found, crawlMode, progress: { crawled, containers: 1 } } as Sight & Held;
      expect(lossesOf(same, same)).toEqual([]);
    }),
  );
});
