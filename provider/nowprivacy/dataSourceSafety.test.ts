/** What keeps the product's copy of the data, and its access to it, through changes. */
import { roundMs } from "../../sandbox/nowprivacy/crawl";
import { type Applied, PartiallyApplied, reconcile } from "../core";
import { createDynamicHost } from "../surfaces/dynamic/methods";
import { dataSource } from "./dataSource";
import type { DataSourceDesired, DataSourceState } from "./dataSourceContract";
import { declaredIn } from "./testing/declared";
import { type Gateway, firstSecret, secondSecret, startGateway } from "./testing/gateway";

let gateway: Gateway;
let declared: ReturnType<typeof declaredIn>;
let made: Applied<DataSourceState>;
beforeEach(async () => {
  gateway = await startGateway();
  declared = declaredIn(gateway);
  made = await reconcile(dataSource, gateway.context(), { inputs: declared() });
  gateway.after(roundMs);
  gateway.requests.length = 0;
});
afterEach(() => gateway.close());

const writes = (): string[] =>
  gateway.requests.filter((request) => !request.startsWith("GET")).map((request) => request.replace(made.id, "ID"));

async function update(inputs: DataSourceDesired, { id, state } = made): Promise<Applied<DataSourceState>> {
  return reconcile(dataSource, gateway.context(), { id, inputs, last: { ...state } });
}

describe("a change that would make the product delete part of its copy", () => {
  const narrow = { ingestionScope: { type: "userEmail", domain: "contoso.com", email: "ada@contoso.com" } } as const;

  test("is refused by an apply before anything is written, with what would be lost as it is now", async () => {
    await expect(update(declared(narrow))).rejects.toMatchObject({
      tag: "InvalidInput",
      problems: [
        {
          path: "ingestionScope",
          message: expect.stringContaining("It holds 3,150 items of 6 mailboxes and calendars"),
        },
      ],
    });
    expect(writes()).toEqual([]);
    expect(gateway.store.watch.losses()).toEqual([]);
  });

  test("is refused by a preview, from what the refresh before it recorded", async () => {
    const host = createDynamicHost(dataSource, () => gateway.context());
    const read = await host.read(made.id, { ...made.state });
    const { inputs, failures } = await host.check({ ...read.inputs }, declared(narrow));
    expect(failures).toEqual([]);
    gateway.requests.length = 0;
    await expect(host.diff(made.id, read.props, inputs)).rejects.toThrow(/3,150 items.*allowDataLoss: true/s);
    expect(gateway.requests).toEqual([]);
  });

  test("is refused by a preview before the first round was read, and by an apply after a single crawl is over", async () => {
    expect(() => dataSource.plan(declared(narrow), made)).toThrow(/cannot be read what it holds by now/);
    gateway.store.patchDataSource(made.id, { crawlMode: "once" });
    gateway.after(roundMs);
    await expect(update(declared({ ...narrow, crawlMode: "once" }))).rejects.toThrow(/3,150 items/);
    expect(writes()).toEqual([]);
  });

  test("is refused for what makes another data source in place of this one, in a preview too", async () => {
    const { id, state } = await reconcile(dataSource, gateway.context(), {
      id: made.id,
      inputs: declared(),
      last: { ...made.state },
    });
    const other = declared({ datasetId: "other" });
    const host = createDynamicHost(dataSource, () => gateway.context());
    await expect(host.diff(id, { ...state }, { ...other })).rejects.toThrow(/datasetId: .*the old one.*3,150 items/s);
    expect(dataSource.plan({ ...other, allowDataLoss: true }, { id, state }).changes[0]).toMatchObject({
      path: "datasetId",
      replaces: true,
    });
  });

  test("goes through when that is declared, and the product deletes what it no longer sees", async () => {
    const { state } = await update(declared({ ...narrow, allowDataLoss: true }));
    expect(state).toMatchObject({ ...narrow, progress: { crawled: 1050, containers: 2 } });
    expect(gateway.store.watch.losses()).toEqual([expect.objectContaining({ items: 2100 })]);
  });

  test("is refused for a permission that is about to go, and not for one that was never read with", async () => {
    const reach = ["Directory.Read.All", "Calendars.Read"];
    await expect(update(declared({ reach }))).rejects.toMatchObject({
      problems: [{ path: "reach", message: expect.stringContaining("taking Mail.Read away") }],
    });
    const wider = await update(declared({ reach: [...(declared().reach ?? []), "Files.Read.All"] }));
    await expect(update(declared(), wider)).resolves.toMatchObject({ state: { reach: declared().reach } });
    expect(writes()).toEqual([]);
  });

  test("is refused as a repair too: what someone made wider has been copied since", async () => {
    const domain = { type: "domain", domain: "contoso.com" } as const;
    const made2 = await reconcile(dataSource, gateway.context({ declaration: "urn:other" }), {
      inputs: declared({ ingestionScope: domain }),
    });
    gateway.store.patchDataSource(made2.id, { ingestionScope: { type: "everything" } });
    gateway.after(roundMs);
    await expect(update(declared({ ingestionScope: domain }), made2)).rejects.toMatchObject({ tag: "InvalidInput" });
  });

  test("a wider scope needs nothing", async () => {
    const { state } = await update(declared({ ...narrow, allowDataLoss: true }));
    const wider = await update(declared(), { id: made.id, state });
    gateway.after(roundMs);
    expect(gateway.store.dataSource(wider.id).crawl.crawled).toBe(3150);
  });
});

describe("a new client secret", () => {
  const rotated = (): DataSourceDesired => declared({ clientSecret: secondSecret });
  beforeEach(() => gateway.entra.secrets.push(secondSecret));

  test("is switched while the crawl is paused, and the crawl goes on", async () => {
    const { state } = await update(rotated());
    expect(writes()).toEqual([
      "POST /data-sources/ID/crawl/pause",
      "PATCH /data-sources/ID",
      "POST /data-sources/ID/crawl/resume",
    ]);
    expect(state).toMatchObject({ crawl: "running", clientSecret: secondSecret });
    gateway.entra.secrets = [secondSecret];
    gateway.after(roundMs);
    expect(gateway.store.watch.outages()).toEqual([]);
    expect(gateway.store.watch.losses()).toEqual([]);
  });

  test("of a crawl that is not running pauses nothing and starts nothing", async () => {
    gateway.store.patchDataSource(made.id, { crawlMode: "once" });
    gateway.after(roundMs);
    await update(declared({ clientSecret: secondSecret, crawlMode: "once" }));
    expect(writes()).toEqual(["PATCH /data-sources/ID"]);
  });

  test("that the product does not take lets the crawl go on with the old one, and is tried again by the next run", async () => {
    gateway.refuse("PATCH");
    const failure = await update(rotated()).catch((error: unknown) => error);
    expect(failure).toMatchObject({ tag: "Unavailable", message: expect.not.stringContaining(secondSecret) });
    expect(gateway.store.dataSource(made.id).crawl.state).toBe("running");
    gateway.refuse();
    await expect(update(rotated())).resolves.toMatchObject({ state: { crawl: "running" } });
    expect(gateway.store.hasSecret(made.id, secondSecret)).toBe(true);
  });

  test("that breaks off altogether leaves the crawl paused, says so, and is tried again by the next run", async () => {
    gateway.refuse("PATCH", "/crawl/resume");
    const failure = await update(rotated()).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(PartiallyApplied);
    const { state, message } = failure as PartiallyApplied;
    expect(message).toContain("The crawl is paused; the next `pulumi up` resumes it.");
    expect(message).not.toContain(secondSecret);
    expect(state).toMatchObject({ crawl: "paused", clientSecret: firstSecret });
    expect(gateway.store.dataSource(made.id).crawl.state).toBe("paused");

    gateway.refuse();
    const left = { id: made.id, state: state as unknown as DataSourceState };
    const observed = await dataSource.observe(gateway.context(), {
      id: made.id,
      inputs: rotated(),
      last: { ...state },
    });
    expect(dataSource.plan(rotated(), observed).changes.map(({ path }) => path)).toEqual(["clientSecret", "crawl"]);
    await expect(update(rotated(), left)).resolves.toMatchObject({ state: { crawl: "running" } });
    expect(gateway.store.hasSecret(made.id, secondSecret)).toBe(true);
  });

  test("whose answer was lost is written once more, to the same effect", async () => {
    gateway.loseNextAnswerTo("PATCH");
    await expect(update(rotated())).resolves.toMatchObject({ state: { crawl: "running", clientSecret: secondSecret } });
    expect(writes().filter((request) => request.startsWith("PATCH"))).toHaveLength(2);
  });

  test("that was recorded by a run that broke off before the crawl was resumed is drift of the crawl alone", async () => {
    gateway.store.crawl(made.id, "pause");
    const { state } = await update(declared({ crawlPriority: 1 }));
    expect(state).toMatchObject({ crawl: "running", crawlPriority: 1 });
  });
});

test("the sandbox notices what the guard is for: a secret that Entra gave up too soon, and a permission that went", () => {
  gateway.entra.secrets = [];
  gateway.after(1);
  expect(gateway.store.watch.outages()).toEqual([expect.objectContaining({ dataSourceId: made.id })]);
  expect(gateway.store.dataSource(made.id).crawl).toMatchObject({ crawled: 3150, errors: [expect.anything()] });
  gateway.entra.secrets = [firstSecret];
  gateway.entra.permissions = ["Directory.Read.All", "Calendars.Read"];
  gateway.after(1);
  expect(gateway.store.dataSource(made.id).crawl.crawled).toBe(150);
  expect(gateway.store.watch.losses()).toEqual([expect.objectContaining({ items: 3000 })]);
});
