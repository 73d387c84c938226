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

test.each([
  ["nothing has been copied yet", narrow, { ...found, progress: { crawled: 0, containers: 0 } }],
  ["no crawl goes on", { ...narrow, crawlMode: "once" }, { ...found, crawlMode: "once", crawl: "idle" }],
  ["another tenant makes another data source", { ...narrow, tenantId: "u" }, found],
] as const)("nothing is refused when %s", (_why, wanted, before) => {
  expect(lossesOf(wanted, before)).toEqual([]);
});

test("a single crawl that is under way counts, and so does one that becomes continuous", () => {
  const once = { ...found, crawlMode: "once" } as const;
  expect(lossesOf({ ...narrow, crawlMode: "once" }, once)).toHaveLength(1);
  expect(lossesOf(narrow, { ...once, crawl: "idle" })).toHaveLength(1);
});

test("what is declared as it is found never loses anything", () => {
  fc.assert(
    fc.property(fc.constantFrom("once", "continuous"), fc.nat(), (crawlMode, crawled) => {
      const same = { ...found, crawlMode, progress: { crawled, containers: 1 } } as Sight & Held;
      expect(lossesOf(same, same)).toEqual([]);
    }),
  );
});
