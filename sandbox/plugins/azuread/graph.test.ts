import type { IncomingHttpHeaders } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createLoopbackTls } from "../../tls";
import type { PluginClock } from "../clock";
import { GraphClient } from "./graph";

/** Answers of Graph, in the order in which they are given; the last one stays. */
let answers: { status: number; body?: object; headers?: Record<string, string> }[] = [];
let seen: string[] = [];
let sent: IncomingHttpHeaders = {};
let tokens = 0;
let now = 0;
let paused: number[] = [];
let server: Server;
let folder: string;
let graph: GraphClient;

const clock: PluginClock = {
  nanoseconds: () => BigInt(now) * 1_000_000n,
  pause: (milliseconds) => {
    paused.push(milliseconds);
    return Promise.resolve();
  },
};

beforeAll(async () => {
  const tls = await createLoopbackTls();
  folder = mkdtempSync(path.join(tmpdir(), "m365audit-graph-"));
  writeFileSync(path.join(folder, "ca.pem"), tls.caPem);
  server = createServer({ key: tls.privateKeyPem, cert: tls.certificatePem }, (request, response) => {
    const origin = `https://${request.headers.host ?? ""}`;
    const url = request.url ?? "";
    const reply = (code: number, body?: object, headers: Record<string, string> = {}): void => {
      response.writeHead(code, { "content-type": "application/json", ...headers });
      response.end(body === undefined ? "" : JSON.stringify(body).replaceAll("ORIGIN", origin));
    };
    if (url.startsWith("/metadata/")) {
      const authentication = { loginEndpoint: `${origin}/` };
      reply(200, { name: "test", resourceManager: origin, microsoftGraphResourceId: `${origin}/`, authentication });
    } else if (url.endsWith("/token")) {
      tokens++;
      const claims = Buffer.from(JSON.stringify({ tid: "tenant", appid: "client", oid: "object" })).toString(
        "base64url",
      );
      reply(200, { access_token: `e30.${claims}.${String(tokens)}`, expires_in: 3600 });
    } else {
      sent = request.headers;
      seen.push(`${request.method ?? ""} ${url}`);
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      reply(answer?.status ?? 500, answer?.body, answer?.headers);
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      resolve();
    });
  });
  const metadataHost = `localhost:${String((server.address() as AddressInfo).port)}`;
  const configuration = { tenantId: "tenant", clientId: "client", clientSecret: "secret", metadataHost };
  graph = new GraphClient(configuration, { SSL_CERT_FILE: path.join(folder, "ca.pem") }, clock, {
    poll: 20,
    deletionPoll: 20,
    isPatient: true,
  });
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

beforeEach(() => {
  seen = [];
  paused = [];
});

const refusal = (status: number, headers?: Record<string, string>) => ({
  status,
  body: { error: { code: "Code", message: "Graph's own words" } },
  ...(headers === undefined ? {} : { headers }),
});

it("says who it is by the claims of its token", async () => {
  expect(await graph.identity()).toEqual({ tenantId: "tenant", clientId: "client", objectId: "object" });
});

it("keeps a token until shortly before its end", async () => {
  answers = [{ status: 200, body: {} }];
  const before = tokens;
  await graph.get("/a");
  await graph.get("/a");
  expect(tokens).toBe(before);
  now += 3_300_000;
  await graph.get("/a");
  expect(tokens).toBe(before + 1);
});

it("waits as long as Graph asks when it is throttled, and a little longer each time when it is not told", async () => {
  answers = [refusal(429, { "retry-after": "2" }), refusal(503), refusal(500), { status: 200, body: { id: "1" } }];
  expect(await graph.get("/a")).toEqual({ id: "1" });
  expect(paused).toEqual([2000, 100, 200]);
});

it("gives up after a bounded time, in pauses that grow and stay short", async () => {
  answers = [refusal(503)];
  await expect(graph.get("/a")).rejects.toThrow(
    "unexpected status 503 (503 Service Unavailable) with error: Code: Graph's own words",
  );
  const waited = paused.reduce((sum, pause) => sum + pause, 0);
  expect(waited).toBeGreaterThanOrEqual(30_000);
  expect(waited).toBeLessThan(32_000);
  expect(Math.max(...paused)).toBe(1000);
});

it("tries a 404 again only where it may pass by itself", async () => {
  answers = [refusal(404), { status: 204 }];
  await graph.request("PATCH", "/a", { body: {}, retryWhen: ({ status }) => status === 404 });
  expect(seen).toHaveLength(2);
  answers = [refusal(404)];
  await expect(graph.request("PATCH", "/a", { body: {} })).rejects.toMatchObject({ status: 404, code: "Code" });
  expect(await graph.find("/a")).toBeUndefined();
});

it.each([
  [403, "Forbidden"],
  // The official plugin does not repeat a write that met another one.
  [409, "Conflict"],
  [501, "Not Implemented"],
])("does not repeat what Graph refuses with %d", async (status, reason) => {
  answers = [refusal(status)];
  await expect(graph.request("PATCH", "/a", { body: {} })).rejects.toThrow(
    `unexpected status ${String(status)} (${String(status)} ${reason}) with error: Code: Graph's own words`,
  );
  expect(seen).toHaveLength(1);
});

it.each([408, 424, 429, 500, 503])("repeats what Graph could not do with %d just then", async (status) => {
  answers = [refusal(status), { status: 200, body: { id: "1" } }];
  expect(await graph.get("/a")).toEqual({ id: "1" });
});

it("sends what the official plugin sends in its headers", async () => {
  answers = [{ status: 200, body: {} }];
  await graph.get("/a");
  expect(sent).toMatchObject({
    accept: "application/json; charset=utf-8; IEEE754Compatible=false",
    "content-type": "application/json; charset=utf-8",
    "odata-maxversion": "4.0",
    "odata-version": "4.0",
  });
});

it("follows a collection over its pages, and writes the spaces of a filter as plus signs", async () => {
  answers = [
    { status: 200, body: { value: [{ id: "1" }], "@odata.nextLink": "ORIGIN/v1.0/things?$skiptoken=x" } },
    { status: 200, body: { value: [{ id: "2" }] } },
  ];
  expect(await graph.list("/things", "name eq 'a b'")).toEqual([{ id: "1" }, { id: "2" }]);
  expect(seen).toEqual(["GET /v1.0/things?%24filter=name+eq+%27a+b%27", "GET /v1.0/things?$skiptoken=x"]);
});
