import Fastify, { type FastifyInstance } from "fastify";
import type { World } from "../model";
import { roundMs } from "./crawl";
import type { DataSource, Dataset, NewDataSource, Problem } from "./model";
import { registerNowPrivacy } from "./routes";
import { NowPrivacyStore } from "./store";

const token = "token-of-the-operator";
const group = "Privacy team";
let app: FastifyInstance;
let origin: string;
let store: NowPrivacyStore;
let now: number;
let keys = 0;

beforeEach(async () => {
  let made = 0;
  now = 0;
  const world: World = {
    now: () => now,
    newGuid: () => `00000000-0000-4000-8000-${String(++made).padStart(12, "0")}`,
    issued: () => undefined,
  };
  store = new NowPrivacyStore(world, {
    reach: (_tenant, _app, secret) =>
      secret === "good" ? { permissions: ["Directory.Read.All", "Mail.Read", "Calendars.Read"] } : undefined,
    tenantItems: () => [{ name: "m", kind: "mailbox", owner: "ada@contoso.com", items: 5 }],
    members: () => [],
  });
  store.addSecurityGroup(group);
  app = Fastify({ forceCloseConnections: true });
  registerNowPrivacy(app, { store, token, prefix: "/nowprivacy/v1" });
  origin = await app.listen({ port: 0, host: "127.0.0.1" });
});
afterEach(() => app.close());

interface Answer<T> {
  readonly status: number;
  readonly type: string | null;
  readonly body: T;
}

async function send<T = Problem>(
  method: string,
  path: string,
  body?: unknown,
  headers: object = {},
): Promise<Answer<T>> {
  const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
  const answer = await fetch(`${origin}/nowprivacy/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { "content-type": type }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    type: answer.headers.get("content-type"),
    body: (text === "" ? {} : JSON.parse(text)) as T,
  };
}

async function make<T = Problem>(
  path: string,
  body: unknown,
  key = `idempotency-key-${String(++keys)}`,
): Promise<Answer<T>> {
  return send<T>("POST", path, body, { "idempotency-key": key });
}

async function dataSourceBody(changes: object = {}): Promise<NewDataSource> {
  const [known] = store.datasets("Mail");
  const dataset = known ?? (await make<Dataset>("/datasets", { name: "Mail", securityGroups: [group] })).body;
  return {
    datasetId: dataset.id,
    type: "office365",
    service: "exchange",
    applicationId: "aaaaaaaa-2222-4333-8444-555555555555",
    clientSecret: "good",
    tenantId: "11111111-2222-4333-8444-555555555555",
    ingestionScope: { type: "everything" },
    country: "GB",
    crawlPriority: 0.5,
    crawlMode: "continuous",
    startCrawlImmediately: true,
    ...changes,
  };
}

test("a caller needs the token", async () => {
  const answer = await send("GET", "/datasets", undefined, { authorization: "Bearer other" });
  expect(answer).toMatchObject({
    status: 401,
    type: expect.stringContaining("application/problem+json"),
    body: { code: "unauthorized" },
  });
});

test("a path that is not in the contract is told from an object that is not there", async () => {
  await expect(send("GET", "/dataset")).resolves.toMatchObject({ status: 404, body: { code: "noSuchPath" } });
  await expect(send("GET", "/datasets/none")).resolves.toMatchObject({ status: 404, body: { code: "notFound" } });
});

describe("datasets", () => {
  test("live through create, read, change and delete", async () => {
    const { status, body } = await make<Dataset>("/datasets", { name: "Mail", securityGroups: [group] });
    expect(status).toBe(201);
    await expect(send("GET", "/datasets?name=Mail")).resolves.toMatchObject({ body: { value: [body] } });
    await expect(send("PATCH", `/datasets/${body.id}`, { name: "Post" })).resolves.toMatchObject({
      status: 200,
      body: { name: "Post", securityGroups: [group] },
    });
    await expect(send("DELETE", `/datasets/${body.id}`)).resolves.toMatchObject({ status: 204 });
    await expect(send("DELETE", `/datasets/${body.id}`)).resolves.toMatchObject({ status: 404 });
  });

  test("that nobody would see are refused unless that is said", async () => {
    const none = { name: "Mail", securityGroups: [] };
    await expect(make("/datasets", none)).resolves.toMatchObject({
      status: 422,
      body: { errors: [{ pointer: "/securityGroups" }] },
    });
    const { status, body } = await make<Dataset>("/datasets", { ...none, visibleToNobody: true });
    expect(status).toBe(201);
    await expect(send("PATCH", `/datasets/${body.id}`, { securityGroups: [] })).resolves.toMatchObject({ status: 422 });
    await expect(send("PATCH", `/datasets/${body.id}`, { securityGroups: ["None"] })).resolves.toMatchObject({
      body: { errors: [{ pointer: "/securityGroups/0" }] },
    });
  });

  test("have a name of their own, and stay while a data source belongs to them", async () => {
    const { body } = await make<DataSource>("/data-sources", await dataSourceBody());
    await expect(make("/datasets", { name: "Mail", securityGroups: [group] })).resolves.toMatchObject({
      status: 409,
      body: { code: "datasetExists", existingId: body.datasetId },
    });
    await expect(send("DELETE", `/datasets/${body.datasetId}`)).resolves.toMatchObject({
      status: 409,
      body: { code: "datasetInUse", existingId: body.id },
    });
  });
});

describe("data sources", () => {
  test("are made once under a key, and never show their secret", async () => {
    const body = await dataSourceBody();
    const key = "one-and-the-same-key";
    const first = await make<DataSource>("/data-sources", body, key);
    const second = await make<DataSource>("/data-sources", { ...body, country: "FR" }, key);
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.body).toMatchObject({ id: first.body.id, country: "GB", idempotencyKey: key });
    expect(JSON.stringify(first.body)).not.toContain("clientSecret");
    expect(first.body).toMatchObject({
      crawl: { state: "running", started: true },
      description: expect.stringContaining("Office 365"),
    });
    expect(store.hasSecret(first.body.id, "good")).toBe(true);
  });

  test("that are wrong are refused with every property at fault", async () => {
    const { status, body } = await make(
      "/data-sources",
      await dataSourceBody({
        country: "gb",
        crawlPriority: 2,
        ingestionScope: { type: "domain" },
        folderPath: "/personal/ada",
        colour: "red",
      }),
    );
    expect(status).toBe(422);
    expect(body.errors?.map(({ pointer }) => pointer).sort()).toEqual([
      "/colour",
      "/country",
      "/crawlPriority",
      "/folderPath",
      "/ingestionScope/domain",
    ]);
  });

  test("have folders in OneDrive only, a dataset that is there, and a description of their own", async () => {
    const bodies = [{ folderPath: "/Documents" }, { datasetId: "none" }];
    for (const changes of bodies) {
      const [name] = Object.keys(changes);
      await expect(make("/data-sources", await dataSourceBody(changes))).resolves.toMatchObject({
        status: 422,
        body: { errors: [{ pointer: `/${String(name)}` }] },
      });
    }
    const { body } = await make<DataSource>("/data-sources", await dataSourceBody({ customDescription: "Mail" }));
    await expect(make("/data-sources", await dataSourceBody({ customDescription: "Mail" }))).resolves.toMatchObject({
      status: 409,
      body: { code: "descriptionExists", existingId: body.id },
    });
    await expect(send("PATCH", `/data-sources/${body.id}`, { customDescription: "Mail" })).resolves.toMatchObject({
      status: 200,
    });
    const cleared = await send<DataSource>("PATCH", `/data-sources/${body.id}`, { customDescription: null });
    expect(cleared.body).not.toHaveProperty("customDescription");
  });

  test("take no change of tenant or service, and no PATCH of another content type", async () => {
    const { body } = await make<DataSource>("/data-sources", await dataSourceBody());
    const path = `/data-sources/${body.id}`;
    await expect(send("PATCH", path, { service: "oneDrive", tenantId: "x" })).resolves.toMatchObject({ status: 422 });
    const json = { "content-type": "application/json" };
    await expect(send("PATCH", path, { country: "FR" }, json)).resolves.toMatchObject({ status: 415 });
  });
});

describe("crawls", () => {
  const act = (id: string, action: string): Promise<Answer<DataSource>> =>
    send<DataSource>("POST", `/data-sources/${id}/crawl/${action}`);

  test("are paused and resumed, each as often as one likes", async () => {
    const { body } = await make<DataSource>("/data-sources", await dataSourceBody());
    for (const action of ["pause", "pause"])
      await expect(act(body.id, action)).resolves.toMatchObject({ status: 200, body: { crawl: { state: "paused" } } });
    await expect(act(body.id, "start")).resolves.toMatchObject({ status: 409, body: { code: "crawlPaused" } });
    for (const action of ["resume", "resume", "start"])
      await expect(act(body.id, action)).resolves.toMatchObject({ status: 200, body: { crawl: { state: "running" } } });
    await expect(act("none", "start")).resolves.toMatchObject({ status: 404 });
  });

  test("made continuous while they are idle need a start", async () => {
    const { body } = await make<DataSource>("/data-sources", await dataSourceBody({ crawlMode: "once" }));
    now += roundMs;
    const changed = await send<DataSource>("PATCH", `/data-sources/${body.id}`, { crawlMode: "continuous" });
    expect(changed.body).toMatchObject({ crawl: { state: "idle", crawled: 5 } });
    now += roundMs;
    await expect(send("GET", `/data-sources/${body.id}`)).resolves.toMatchObject({
      body: { crawl: { state: "idle" } },
    });
    await expect(act(body.id, "start")).resolves.toMatchObject({ body: { crawl: { state: "running" } } });
  });

  test("with a secret that Entra does not hold are noticed, from when to when", async () => {
    const { body } = await make<DataSource>("/data-sources", await dataSourceBody());
    now += 1000;
    await send("PATCH", `/data-sources/${body.id}`, { clientSecret: "bad" });
    now += 1000;
    await send("PATCH", `/data-sources/${body.id}`, { clientSecret: "good" });
    expect(store.watch.outages()).toEqual([
      { at: "1970-01-01T00:00:01.000Z", dataSourceId: body.id, until: "1970-01-01T00:00:02.000Z" },
    ]);
  });
});
