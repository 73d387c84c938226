import { type Access, type Container, CrawlRun, type Microsoft365, roundMs } from "./crawl";
import type { IngestionScope, Service, StoredDataSource } from "./model";

const containers: Readonly<Record<Service, readonly Container[]>> = {
  exchange: ["ada@contoso.com", "ben@fabrikam.com"].flatMap((owner): Container[] => [
    { name: `mailbox of ${owner}`, kind: "mailbox", owner, items: 100 },
    { name: `calendar of ${owner}`, kind: "calendar", owner, items: 10 },
  ]),
  oneDrive: [
    {
      name: "drive",
      kind: "drive",
      owner: "ada@contoso.com",
      items: 20,
      folders: { "/Documents": 10, "/Documents/Reports": 5, "/DocumentsOld": 3 },
    },
  ],
  sharePoint: [{ name: "/sites/office", kind: "site", owner: "office@contoso.com", items: 7 }],
};
const source: StoredDataSource = {
  id: "s",
  datasetId: "d",
  type: "office365",
  service: "exchange",
  applicationId: "app",
  clientSecret: "secret",
  tenantId: "t",
  ingestionScope: { type: "everything" },
  country: "GB",
  crawlPriority: 0.5,
  crawlMode: "continuous",
};

let now: number;
let access: Access | undefined;
let run: CrawlRun;
beforeEach(() => {
  now = 0;
  access = { permissions: ["Directory.Read.All", "Mail.Read", "Calendars.Read", "Files.Read.All", "Sites.Read.All"] };
  const microsoft365: Microsoft365 = {
    reach: () => access,
    tenantItems: (_tenant, service) => containers[service],
    members: () => ["ben@fabrikam.com"],
  };
  run = new CrawlRun(microsoft365, () => now);
  run.start();
});

/** After a round. */
function crawled(changes: Partial<StoredDataSource> = {}): number {
  now += roundMs;
  run.look({ ...source, ...changes });
  return run.view().crawled;
}

test("a round discovers, then copies, then analyses", () => {
  const views = [0.34, 0.67, 1].map((share) => {
    now = share * roundMs;
    run.look(source);
    const { discovered, crawled, analysed } = run.view();
    return [discovered, crawled, analysed];
  });
  expect(views).toEqual([
    [220, 110, 100],
    [220, 220, 110],
    [220, 220, 220],
  ]);
});

test("a single crawl is over after a round; a continuous one begins another", () => {
  crawled();
  expect(run.state).toBe("running");
  crawled({ crawlMode: "once" });
  expect(run.state).toBe("idle");
  expect(run.view().started).toBe(true);
});

test.each<[IngestionScope, number]>([
  [{ type: "everything" }, 220],
  [{ type: "domain", domain: "Contoso.com" }, 110],
  [{ type: "groupEmail", domain: "contoso.com", email: "team@contoso.com" }, 110],
  [{ type: "userEmail", domain: "contoso.com", email: "Ada@contoso.com" }, 110],
  [{ type: "userEmail", domain: "contoso.com", email: "nobody@contoso.com" }, 0],
])("the scope %j sees %i items", (ingestionScope, items) => {
  expect(crawled({ ingestionScope })).toBe(items);
});

test("a folder has what is in it and below it, whole names only", () => {
  expect(crawled({ service: "oneDrive", folderPath: "/Documents" })).toBe(15);
});

test("a permission that is taken away takes the copies with it, and gives them back", () => {
  crawled();
  access = { permissions: ["Directory.Read.All", "Calendars.Read"] };
  expect([...run.look(source).lost]).toEqual([
    ["mailbox of ada@contoso.com", 100],
    ["mailbox of ben@fabrikam.com", 100],
  ]);
  expect(run.view()).toMatchObject({ crawled: 20, containers: 2 });
  access = { permissions: ["Directory.Read.All", "Calendars.Read", "Mail.Read"] };
  expect(crawled()).toBe(220);
});

test("access that is in no token counts", () => {
  access = {
    permissions: ["Directory.Read.All", "Calendars.Read"],
    alsoReads: ({ owner, kind }) => kind === "mailbox" && owner === "ada@contoso.com",
  };
  expect(crawled()).toBe(120);
});

test("a credential that gets no token deletes nothing and is an error", () => {
  crawled();
  access = undefined;
  expect(run.look(source)).toEqual({ accepted: false, lost: new Map() });
  expect(run.view()).toMatchObject({ crawled: 220, errors: [{ at: "1970-01-01T00:01:00.000Z" }] });
});

test("while it is paused nothing is looked at, and the round goes on where it was", () => {
  now = roundMs / 2;
  run.look(source);
  run.pause();
  access = undefined;
  now += 10 * roundMs;
  expect(run.look(source).accepted).toBe(true);
  access = { permissions: ["Directory.Read.All", "Mail.Read", "Calendars.Read"] };
  run.resume();
  run.look(source);
  expect(run.view()).toMatchObject({ analysed: 110, crawled: 210 });
});

test("what was over before something changed has nothing to lose by it", () => {
  const once = { ...source, crawlMode: "once" } as const;
  run.look(once);
  access = { permissions: [] };
  now = roundMs;
  run.look(once);
  expect(run.view()).toMatchObject({ state: "idle", crawled: 220, analysed: 220 });
});
