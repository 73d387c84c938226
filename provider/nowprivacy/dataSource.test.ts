import { roundMs } from "../../sandbox/nowprivacy/crawl";
import { type Applied, type Change, gone, problemsOf, reconcile } from "../core";
import { dataSource } from "./dataSource";
import { type DataSourceDesired, type DataSourceState, dataSourceContract } from "./dataSourceContract";
import { declaredIn } from "./testing/declared";
import { type Gateway, firstSecret, startGateway, tenantId } from "./testing/gateway";

let gateway: Gateway;
let declared: ReturnType<typeof declaredIn>;
beforeEach(async () => {
  gateway = await startGateway();
  declared = declaredIn(gateway);
});
afterEach(() => gateway.close());

const writes = (): string[] => gateway.requests.filter((request) => !request.startsWith("GET"));

/** The plan after a refresh. */
async function changesOf(
  { id, state }: Applied<DataSourceState>,
  inputs: DataSourceDesired,
): Promise<readonly Change[]> {
  const observed = await dataSource.observe(gateway.context(), { id, inputs, last: { ...state }, purpose: "refresh" });
  return dataSource.plan(inputs, observed).changes;
}

async function update(
  { id, state }: Applied<DataSourceState>,
  inputs: DataSourceDesired,
): Promise<Applied<DataSourceState>> {
  gateway.requests.length = 0;
  return reconcile(dataSource, gateway.context(), { id, inputs, last: { ...state } });
}

test("a data source is made with everything that was declared, and its crawl starts", async () => {
  const inputs = declared({ customDescription: "Mail of Contoso" });
  const { id, state } = await reconcile(dataSource, gateway.context(), { inputs });
  const { startImmediately: _, reach: __, allowDataLoss: ___, clientSecret, ...told } = inputs;
  expect(gateway.store.dataSource(id)).toMatchObject({ ...told, type: "office365", crawl: { state: "running" } });
  expect(gateway.store.hasSecret(id, clientSecret)).toBe(true);
  expect(state).toEqual({
    ...inputs,
    crawl: "running",
    dataSourceId: id,
    description: "Mail of Contoso",
    progress: { discovered: 0, crawled: 0, analysed: 0, containers: 0 },
    crawlErrors: { count: 0, sample: [] },
  });
  expect(await changesOf({ id, state }, inputs)).toEqual([]);
});

test("progress is read, and is no change", async () => {
  const inputs = declared();
  const made = await reconcile(dataSource, gateway.context(), { inputs });
  gateway.after(roundMs);
  const observed = await dataSource.observe(gateway.context(), { id: made.id, inputs, last: { ...made.state } });
  expect(observed).toMatchObject({
    state: { progress: { discovered: 3150, crawled: 3150, analysed: 3150, containers: 6 } },
  });
  expect(dataSource.plan(inputs, observed).changes).toEqual([]);
});

test("just what someone changed is put back, in one request", async () => {
  const inputs = declared({ customDescription: "Mail" });
  const made = await reconcile(dataSource, gateway.context(), { inputs });
  gateway.store.patchDataSource(made.id, { crawlPriority: 1, customDescription: "Hacked", country: "FR" });
  expect(await changesOf(made, inputs)).toEqual([
    expect.objectContaining({ path: "country", from: "FR", to: "GB" }),
    expect.objectContaining({ path: "customDescription", from: "Hacked", to: "Mail" }),
    expect.objectContaining({ path: "crawlPriority", from: 1, to: 0.5 }),
  ]);
  await update(made, inputs);
  expect(writes()).toEqual([`PATCH /data-sources/${made.id}`]);
  expect(gateway.store.dataSource(made.id)).toMatchObject({
    crawlPriority: 0.5,
    customDescription: "Mail",
    country: "GB",
  });
});

test("a custom description that is taken out gives way to the product's own", async () => {
  const made = await reconcile(dataSource, gateway.context(), { inputs: declared({ customDescription: "Mail" }) });
  const { state } = await update(made, declared());
  expect(state.customDescription).toBeUndefined();
  expect(state.description).toContain("Office 365 exchange");
});

test("another tenant, service or dataset makes another data source; the rest changes in place", async () => {
  const { id, state } = await reconcile(dataSource, gateway.context(), { inputs: declared() });
  const other: DataSourceDesired = {
    ...declared(),
    datasetId: "other",
    service: "oneDrive",
    applicationId: "33333333-3333-3333-3333-333333333333",
    clientSecret: "other",
    tenantId: "44444444-4444-4444-4444-444444444444",
    ingestionScope: { type: "domain", domain: "contoso.com" },
    folderPath: "/Documents",
    country: "FR",
    customDescription: "Other",
    crawlPriority: 1,
    crawlMode: "once",
    allowDataLoss: true,
  };
  const { changes } = dataSource.plan(other, { id, state });
  expect(changes.filter(({ replaces }) => replaces).map(({ path }) => path)).toEqual([
    "datasetId",
    "service",
    "tenantId",
  ]);
  expect(changes.filter(({ replaces }) => !replaces)).toHaveLength(9);
  expect(changes.find(({ path }) => path === "clientSecret")?.secret).toBe(true);
});

describe("the crawl", () => {
  test("is not started unless that is declared, and is then left to wait", async () => {
    const inputs = declared({ startImmediately: false });
    const made = await reconcile(dataSource, gateway.context(), { inputs });
    expect(made.state.crawl).toBe("awaitingStart");
    expect(await changesOf(made, inputs)).toEqual([]);
    expect(await changesOf(made, declared({ startImmediately: true }))).toEqual([
      expect.objectContaining({ path: "startImmediately" }),
    ]);
    await update(made, declared({ startImmediately: true }));
    expect(writes()).toEqual([]);
  });

  test("that someone paused is drift, and is resumed", async () => {
    const inputs = declared();
    const made = await reconcile(dataSource, gateway.context(), { inputs });
    gateway.store.crawl(made.id, "pause");
    expect(await changesOf(made, inputs)).toEqual([
      { path: "crawl", from: "paused", to: "running", replaces: false, secret: false },
    ]);
    const { state } = await update(made, inputs);
    expect(state.crawl).toBe("running");
    expect(writes()).toEqual([`POST /data-sources/${made.id}/crawl/resume`]);
  });

  test("that someone stopped although it is continuous is started again", async () => {
    const inputs = declared();
    const made = await reconcile(dataSource, gateway.context(), { inputs });
    gateway.store.stopCrawl(made.id);
    expect(await changesOf(made, inputs)).toEqual([
      expect.objectContaining({ path: "crawl", from: "idle", to: "running" }),
    ]);
    await update(made, inputs);
    expect(gateway.store.dataSource(made.id).crawl.state).toBe("running");
  });

  test("that someone made a single one, and that is over, is made continuous and started", async () => {
    const inputs = declared();
    const made = await reconcile(dataSource, gateway.context(), { inputs });
    gateway.store.patchDataSource(made.id, { crawlMode: "once" });
    gateway.after(roundMs);
    expect((await changesOf(made, inputs)).map(({ path, to }) => [path, to])).toEqual([
      ["crawlMode", "continuous"],
      ["crawl", "running"],
    ]);
    await update(made, inputs);
    expect(writes()).toEqual([`PATCH /data-sources/${made.id}`, `POST /data-sources/${made.id}/crawl/start`]);
    expect(gateway.store.dataSource(made.id)).toMatchObject({ crawlMode: "continuous", crawl: { state: "running" } });
  });

  test("that runs once and is over is no change, and is not started by another change", async () => {
    const inputs = declared({ crawlMode: "once" });
    const made = await reconcile(dataSource, gateway.context(), { inputs });
    gateway.after(roundMs);
    expect(await changesOf(made, inputs)).toEqual([]);
    // As settled before it was over.
    await update(made, { ...inputs, crawlPriority: 1, crawl: "running" });
    expect(writes()).toEqual([`PATCH /data-sources/${made.id}`]);
    expect(gateway.store.dataSource(made.id).crawl.state).toBe("idle");
  });

  test("is settled for a preview: from once to continuous shows a start", () => {
    const settle = (inputs: object, before?: object): unknown =>
      dataSource.settle?.(inputs as never, before as never, 0);
    expect(settle({ crawlMode: "continuous", startImmediately: true })).toEqual({ crawl: "running" });
    expect(settle({ crawlMode: "continuous" }, { crawl: "idle" })).toEqual({ crawl: "running" });
    expect(settle({ crawlMode: "once" }, { crawl: "idle" })).toEqual({ crawl: "idle" });
    expect(settle({ crawlMode: "once" }, { crawl: "a word of a later version" })).toEqual({ crawl: "notStarted" });
  });
});

test("a run that broke off is gone on with, its crawl included", async () => {
  const inputs = declared();
  const ctx = gateway.context();
  const first = await reconcile(dataSource, ctx, { inputs: { ...inputs, startImmediately: false } });
  const again = await reconcile(dataSource, ctx, { inputs: { ...inputs, crawlPriority: 1 } });
  expect(again).toMatchObject({ id: first.id, state: { crawlPriority: 1, crawl: "running" } });
});

test("a description that is taken is named by its property", async () => {
  await reconcile(dataSource, gateway.context({ declaration: "urn:a" }), {
    inputs: declared({ customDescription: "Mail" }),
  });
  const second = reconcile(dataSource, gateway.context({ declaration: "urn:b" }), {
    inputs: declared({ customDescription: "Mail" }),
  });
  await expect(second).rejects.toMatchObject({ tag: "Conflict", property: "customDescription" });
});

test("blanks around a custom description do not count, and nothing else is none", () => {
  expect(declared({ customDescription: " Mail " }).customDescription).toBe("Mail");
  expect(problemsOf(dataSourceContract.inputs, { ...declared(), customDescription: "  " })).toEqual([
    { path: "customDescription", message: expect.stringContaining("not blank") },
  ]);
});

test("removing is idempotent and leaves the dataset", async () => {
  const ctx = gateway.context();
  const { id, state } = await reconcile(dataSource, ctx, { inputs: declared() });
  await dataSource.remove(ctx, id, state);
  await dataSource.remove(ctx, id, state);
  await expect(dataSource.observe(ctx, { id, inputs: declared(), last: { ...state } })).resolves.toBe(gone);
  expect(gateway.store.datasets()).toHaveLength(1);
});

test("a stack of another tenant sends nothing, whatever it is about to do", async () => {
  const { id, state } = await reconcile(dataSource, gateway.context(), { inputs: declared() });
  gateway.requests.length = 0;
  const ctx = gateway.context({}, { tenantId: "99999999-9999-9999-9999-999999999999" });
  const wrong = { tag: "WrongTenant", property: "tenantId" };
  await expect(dataSource.observe(ctx, { inputs: declared() })).rejects.toMatchObject(wrong);
  await expect(dataSource.remove(ctx, id, state)).rejects.toMatchObject(wrong);
  expect(gateway.requests).toEqual([]);
});

test("a data source that has another tenant by now is neither changed nor deleted", async () => {
  const { id, state } = await reconcile(dataSource, gateway.context(), { inputs: declared() });
  gateway.store.patchDataSource(id, { tenantId: "44444444-4444-4444-4444-444444444444" });
  gateway.requests.length = 0;
  const ctx = gateway.context();
  await expect(
    reconcile(dataSource, ctx, { id, inputs: declared({ crawlPriority: 1 }), last: { ...state } }),
  ).rejects.toMatchObject({ tag: "WrongTenant" });
  await expect(dataSource.remove(ctx, id, state)).rejects.toMatchObject({ tag: "WrongTenant" });
  expect(writes()).toEqual([]);
});

test("everything that is wrong is said at once, and no problem repeats the secret", () => {
  const problems = problemsOf(dataSourceContract.inputs, {
    datasetId: "",
    service: "exchange",
    applicationId: "app",
    clientSecret: [firstSecret],
    tenantId,
    ingestionScope: { type: "groupEmail", domain: "contoso.com", email: "sales@fabrikam.com" },
    folderPath: "/Documents",
    country: "Germany",
    crawlPriority: 0.05,
    crawlMode: "daily",
    reach: ["mail"],
  });
  expect(problems.map(({ path }) => path).sort()).toEqual([
    "applicationId",
    "clientSecret",
    "country",
    "crawlMode",
    "crawlPriority",
    "datasetId",
    "folderPath",
    "ingestionScope.email",
    "reach[0]",
  ]);
  expect(JSON.stringify(problems)).not.toContain(firstSecret);
  expect(problems.find(({ path }) => path === "country")?.message).toContain("for Germany it is DE");
  expect(problems.find(({ path }) => path === "crawlPriority")?.message).toBe("0.05 was given; allowed: at least 0.1");
});
