import { gone } from "../core";
import { problem, type Scripted, ScriptedGateway } from "../gateway/testing/scripted";
import type { Backend, DataSource, NewDataSource } from "./backend";
import { createHttpBackend } from "./httpBackend";

const dataSource: DataSource = {
  id: "s-1",
  datasetId: "d-1",
  type: "office365",
  service: "exchange",
  applicationId: "11111111-1111-1111-1111-111111111111",
  tenantId: "22222222-2222-2222-2222-222222222222",
  ingestionScope: { type: "everything" },
  country: "GB",
  description: "Office 365",
  crawlPriority: 0.5,
  crawlMode: "once",
  crawl: { state: "idle", started: false, discovered: 0, crawled: 0, analysed: 0, containers: 0, errors: [] },
};
const newDataSource: NewDataSource = {
  datasetId: "d-1",
  service: "exchange",
  applicationId: dataSource.applicationId,
  clientSecret: "the-client-secret",
  tenantId: dataSource.tenantId,
  ingestionScope: { type: "everything" },
  country: "GB",
  crawlPriority: 0.5,
  crawlMode: "once",
  startCrawlImmediately: false,
};

const gateway = new ScriptedGateway();
beforeAll(() => gateway.start());
afterAll(() => gateway.stop());
beforeEach(() => {
  gateway.received = [];
});
const backend = (...answers: Scripted[]) => gateway.answering<Backend>(createHttpBackend, answers);

test("a request carries the token, a change merges, and what is to go away is null", async () => {
  const { changeDataSource } = await backend({ status: 200, body: dataSource });
  await changeDataSource("a/b", { folderPath: null, crawlPriority: 1 });
  expect(gateway.received).toEqual([
    expect.objectContaining({
      method: "PATCH",
      url: "/v1/data-sources/a%2Fb",
      body: { folderPath: null, crawlPriority: 1 },
      headers: expect.objectContaining({
        authorization: "Bearer gateway-token",
        "content-type": "application/merge-patch+json",
      }),
    }),
  ]);
});

test("what is made carries its idempotency key, and an answer of 200 says that it was there", async () => {
  const { addDataSource } = await backend({ status: 201, body: dataSource }, { status: 200, body: dataSource });
  await expect(addDataSource(newDataSource, "k".repeat(16))).resolves.toEqual({ object: dataSource, isNew: true });
  await expect(addDataSource(newDataSource, "k".repeat(16))).resolves.toMatchObject({ isNew: false });
  expect(gateway.received[0]).toMatchObject({
    headers: { "idempotency-key": "k".repeat(16) },
    body: { type: "office365" },
  });
});

test("the crawl's actions go to their own paths", async () => {
  const all = await backend(...[1, 2, 3].map(() => ({ status: 200, body: dataSource })));
  await all.startCrawl("s-1");
  await all.pauseCrawl("s-1");
  await all.resumeCrawl("s-1");
  expect(gateway.received.map(({ method, url }) => `${method} ${url}`)).toEqual([
    "POST /v1/data-sources/s-1/crawl/start",
    "POST /v1/data-sources/s-1/crawl/pause",
    "POST /v1/data-sources/s-1/crawl/resume",
  ]);
});

test("throttling is waited out for as long as the gateway asks, and said", async () => {
  const throttled = { ...problem(429, "tooManyRequests"), headers: { "retry-after": "7" } };
  const all = await backend(throttled, problem(503, "unavailable"), { status: 200, body: dataSource });
  await expect(all.dataSource("s-1")).resolves.toEqual(dataSource);
  expect(all.slept).toEqual([7000, 4000]);
  expect(all.reported[0]).toContain("Trying again in 7 s");
});

test("only the contract's own 404 means that something is gone", async () => {
  await expect((await backend(problem(404, "notFound"))).dataSource("s")).resolves.toBe(gone);
  for (const answer of [problem(404, "noSuchPath"), { status: 404, body: "<html>" }, { status: 404 }]) {
    await expect((await backend(answer)).dataSource("s")).rejects.toMatchObject({ tag: "Rejected", status: 404 });
  }
});

test("deleting what is gone is no error", async () => {
  await expect((await backend(problem(404, "notFound"))).deleteDataSource("s")).resolves.toBeUndefined();
  await expect((await backend({ status: 204 })).deleteDataset("d")).resolves.toBeUndefined();
});

test.each([
  [401, "AccessRefused", /nowprivacyToken/],
  [403, "AccessRefused", /may not do this/],
  [400, "Rejected", /changing/],
])("%i is %s", async (status, tag, message) => {
  const refused = (await backend(problem(status, "x"))).changeDataset("d", {});
  await expect(refused).rejects.toMatchObject({ tag, status });
  await expect((await backend(problem(status, "x"))).changeDataset("d", {})).rejects.toThrow(message);
});

test.each([
  ["datasetExists", "name", "adoptExisting: true"],
  ["descriptionExists", "customDescription", "unique"],
  ["datasetInUse", undefined, "Delete the data source x-9"],
])("a conflict %s says what to do", async (code, property, words) => {
  const refused = (await backend(problem(409, code, { existingId: "x-9" }))).deleteDataset("d");
  await expect(refused).rejects.toMatchObject({
    tag: "Conflict",
    property,
    message: expect.stringMatching(new RegExp(`${words}|x-9`)),
  });
});

test("what is wrong with a request is named as in the contract, and no secret is repeated", async () => {
  const errors = [{ pointer: "/ingestionScope/email", detail: "the-client-secret is no address." }];
  const { addDataSource } = await backend(problem(422, "invalid", { errors }));
  const error = await addDataSource(newDataSource, "k".repeat(16)).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ tag: "Rejected", property: "ingestionScope.email", status: 422 });
  expect(String(error)).toContain("(secret) is no address");
  expect(String(error)).not.toContain("the-client-secret");
});

test.each([
  ["a page of a proxy", "<html>"],
  ["a crawl state that nobody knows", { ...dataSource, crawl: { ...dataSource.crawl, state: "napping" } }],
  ["a scope of a form that nobody knows", { ...dataSource, ingestionScope: { type: "planet" } }],
  ["a data source of another type", { ...dataSource, type: "smb2" }],
])("%s is refused, not half understood", async (_what, body) => {
  await expect((await backend({ status: 200, body })).dataSource("s-1")).rejects.toMatchObject({
    tag: "Rejected",
    message: expect.stringContaining("nowprivacyEndpoint"),
  });
});

test("a dataset is looked for by its exact name, whatever the gateway lists", async () => {
  const value = [
    { id: "1", name: "mail", securityGroups: [] },
    { id: "2", name: "Mail", securityGroups: [] },
  ];
  await expect((await backend({ status: 200, body: { value } })).datasetNamed("Mail")).resolves.toMatchObject({
    id: "2",
  });
  await expect((await backend({ status: 200, body: { value } })).datasetNamed("Post")).resolves.toBe(gone);
});

test("all data sources are listed, whoever made them", async () => {
  const { dataSources } = await backend({ status: 200, body: { value: [dataSource, dataSource] } });
  await expect(dataSources()).resolves.toEqual([dataSource, dataSource]);
  expect(gateway.received).toEqual([expect.objectContaining({ method: "GET", url: "/v1/data-sources" })]);
});
