import { X509Certificate } from "node:crypto";
import type { FastifyInstance } from "fastify";
import Fastify from "fastify";
import type { World } from "../model";
import type { Connector, Credential, Problem, Source } from "./model";
import { OneSecureProblem } from "./problems";
import type { OneSecureHooks } from "./routes";
import { registerOneSecure } from "./routes";
import type { OneSecureStore } from "./store";
import { createOneSecureStore } from "./store";

const token = "token-of-the-operator";
const clientId = "aaaaaaaa-2222-4333-8444-555555555555";
const tenantId = "11111111-2222-4333-8444-555555555555";
const organization = "Contoso";
const newCredential = { organization, displayName: "Reader", clientId, clientSecret: "s3cret-of-the-app" };

let app: FastifyInstance;
let origin: string;
let store: OneSecureStore;
let hooks: { -readonly [K in keyof OneSecureHooks]: OneSecureHooks[K] };
let keys = 0;

beforeEach(async () => {
  let made = 0;
  const world: World = {
    now: () => Date.UTC(2026, 2, 1),
    newGuid: () => `00000000-0000-4000-8000-${String(++made).padStart(12, "0")}`,
    issued: () => undefined,
  };
  hooks = {};
  store = createOneSecureStore(world);
  store.addOrganization(organization);
  app = Fastify({ forceCloseConnections: true });
  registerOneSecure(app, { store, token, world, prefix: "/onesecure/v1", hooks });
  origin = await app.listen({ port: 0, host: "127.0.0.1" });
});

afterEach(async () => {
  await app.close();
});

interface Answer<T> {
  readonly status: number;
  readonly type: string | null;
  readonly body: T;
}

async function send<T>(method: string, path: string, body?: unknown, headers: object = {}): Promise<Answer<T>> {
  const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
  const answer = await fetch(`${origin}/onesecure/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { "content-type": type }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    type: answer.headers.get("content-type"),
    body: (text === "" ? {} : JSON.parse(text)) as T,
  };
}

const post = async <T>(path: string, body: unknown, key = `key-number-${String(++keys).padStart(8, "0")}`) =>
  send<T>("POST", path, body, { "idempotency-key": key });

const credential = async (more: object = {}) =>
  (await post<Credential>("/credentials", { ...newCredential, ...more })).body;

const newSource = (credentialId: string) => ({
  organization,
  type: "exchangeOnline",
  sourceGroup: "Mail",
  tenantId,
  crawlSource: true,
  credentialId,
});

const source = async () => (await post<Source>("/sources", newSource((await credential()).id))).body;

describe("callers", () => {
  it.each([{}, { authorization: "Bearer other" }])("without the token get a 401 with a challenge", async (headers) => {
    const answer = await fetch(`${origin}/onesecure/v1/sources`, { headers });
    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toBe("Bearer");
    expect(answer.headers.get("content-type")).toContain("application/problem+json");
    expect(await answer.json()).toMatchObject({ code: "unauthorized", status: 401 });
  });
});

describe("organizations", () => {
  it("are made by people, and read by name and id", async () => {
    const [found] = (await send<{ value: { id: string }[] }>("GET", "/organizations?name=Contoso")).body.value;
    expect((await send("GET", `/organizations/${found?.id ?? ""}`)).body).toMatchObject({ name: organization });
    expect((await send("GET", "/organizations?name=Nobody")).body).toEqual({ value: [] });
    expect((await send("POST", "/organizations", { name: "New" })).status).toBe(404);
  });

  it("that don't exist are refused", async () => {
    const answer = await post<Problem>("/credentials", { ...newCredential, organization: "Nobody" });
    expect([answer.status, answer.body.errors?.[0]?.pointer]).toEqual([422, "/organization"]);
  });
});

describe("credentials", () => {
  it("come with a certificate that the product issued, and never show the client secret", async () => {
    const made = await post<Credential>("/credentials", newCredential);
    expect(made.status).toBe(201);
    const { certificate, ...rest } = made.body;
    expect(rest).toEqual({ id: rest.id, organization, displayName: "Reader", clientId });
    const parsed = new X509Certificate(certificate.pem);
    expect(parsed.verify(parsed.publicKey)).toBe(true);
    expect(parsed.fingerprint.replaceAll(":", "")).toBe(certificate.thumbprint);
    expect(new Date(parsed.validTo).toISOString()).toBe(certificate.notAfter);
    expect(parsed.subject).toBe("CN=Netwrix 1Secure");
    expect(JSON.stringify((await send("GET", `/credentials/${rest.id}`)).body)).not.toContain(
      newCredential.clientSecret,
    );
    expect(JSON.stringify(store.snapshot())).not.toContain(newCredential.clientSecret);
    expect(store.hasSecret(rest.id, newCredential.clientSecret)).toBe(true);
  });

  it("have certificates of their own", async () => {
    expect((await credential()).certificate.thumbprint).not.toBe((await credential()).certificate.thumbprint);
  });

  it("are made once for a key, also when two requests come at a time, and anew once deleted", async () => {
    const key = "the-same-key-each-time";
    const answers = await Promise.all([1, 2].map(async () => post<Credential>("/credentials", newCredential, key)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 201]);
    const { id } = answers[0]?.body ?? { id: "" };
    expect(answers[1]?.body.id).toBe(id);
    expect(
      (await post<Credential>("/credentials", { ...newCredential, displayName: "Other" }, key)).body,
    ).toMatchObject({
      id,
      displayName: "Reader",
    });
    expect((await send("DELETE", `/credentials/${id}`)).status).toBe(204);
    expect((await post<Credential>("/credentials", newCredential, key)).body.id).not.toBe(id);
  });

  it("need a key to be made", async () => {
    expect((await send("POST", "/credentials", newCredential)).status).toBe(422);
    expect((await post("/credentials", newCredential, "short")).status).toBe(422);
  });

  it("keep their certificate when they change", async () => {
    const { id, certificate } = await credential();
    const changed = await send<Credential>("PATCH", `/credentials/${id}`, {
      clientSecret: "rotated",
      displayName: "New",
    });
    expect(changed).toMatchObject({ status: 200, body: { displayName: "New", clientId, certificate } });
    expect(store.hasSecret(id, "rotated")).toBe(true);
    expect((await send("PATCH", `/credentials/${id}`, {})).body).toEqual(changed.body);
  });

  it("can't be deleted while a source uses them", async () => {
    const { id, credentialId } = await source();
    const refused = await send<Problem>("DELETE", `/credentials/${credentialId}`);
    expect(refused).toMatchObject({ status: 409, body: { code: "credentialInUse", existingId: id } });
    await send("DELETE", `/sources/${id}`);
    expect((await send("DELETE", `/credentials/${credentialId}`)).status).toBe(204);
    expect((await send("DELETE", `/credentials/${credentialId}`)).status).toBe(404);
  });
});

describe("sources", () => {
  it("start as New, with their one connector switched off", async () => {
    const made = await source();
    const idempotencyKey = `key-number-${String(keys).padStart(8, "0")}`;
    expect(made).toEqual({ id: made.id, ...newSource(made.credentialId), status: "New", idempotencyKey });
    const { value } = (await send<{ value: Connector[] }>("GET", `/sources/${made.id}/connectors`)).body;
    expect(value).toEqual([
      {
        id: value[0]?.id,
        sourceId: made.id,
        type: "exchangeOnlineActivity",
        enabled: false,
        collectNonOwnerMailboxAuditData: false,
        status: "New",
      },
    ]);
  });

  it("exist once for a tenant in an organization, whatever the letter case of the tenant's id", async () => {
    const { id, credentialId } = await source();
    const again = await post<Problem>("/sources", { ...newSource(credentialId), tenantId: tenantId.toUpperCase() });
    expect(again).toMatchObject({ status: 409, body: { code: "sourceExists", existingId: id } });
  });

  it("take only credentials of their own organization", async () => {
    store.addOrganization("Fabrikam");
    const foreign = await credential({ organization: "Fabrikam" });
    const { id } = await source();
    for (const credentialId of [foreign.id, "nothing"]) {
      const made = await post<Problem>("/sources", newSource(credentialId));
      expect([made.status, made.body.errors?.[0]?.pointer]).toEqual([422, "/credentialId"]);
      expect((await send("PATCH", `/sources/${id}`, { credentialId })).status).toBe(422);
    }
  });

  it("are listed by organization and tenant, and changed in part", async () => {
    const { id } = await source();
    const found = async (query: string) =>
      (await send<{ value: Source[] }>("GET", `/sources?${query}`)).body.value.length;
    expect(await found("organization=Contoso")).toBe(1);
    expect(await found(`tenantId=${tenantId}`)).toBe(1);
    expect(await found("organization=Fabrikam")).toBe(0);
    expect(await found(`organization=Contoso&tenantId=${tenantId}&type=exchangeOnline`)).toBe(1);
    expect(await found("type=fileServer")).toBe(0);
    const changed = await send<Source>("PATCH", `/sources/${id}`, { crawlSource: false });
    expect(changed.body).toMatchObject({ crawlSource: false, sourceGroup: "Mail" });
  });

  it("take their connector with them when they are deleted", async () => {
    const { id } = await source();
    await send("DELETE", `/sources/${id}`);
    expect((await send("GET", `/sources/${id}/connectors`)).status).toBe(404);
    expect(store.snapshot()).toMatchObject({ sources: [], connectors: [] });
  });
});

describe("connectors", () => {
  it("collect non-owner audit data only while they are on", async () => {
    const path = `/sources/${(await source()).id}/connectors/exchangeOnlineActivity`;
    const alone = await send<Problem>("PATCH", path, { collectNonOwnerMailboxAuditData: true });
    expect([alone.status, alone.body.errors?.[0]?.pointer]).toEqual([422, "/collectNonOwnerMailboxAuditData"]);
    const both = { enabled: true, collectNonOwnerMailboxAuditData: true };
    expect((await send("PATCH", path, both)).body).toMatchObject(both);
    expect((await send("PATCH", path, { enabled: false })).status).toBe(422);
    expect((await send("GET", path)).body).toMatchObject(both);
  });

  it("are of the one type that there is", async () => {
    const { id } = await source();
    expect((await send("GET", `/sources/${id}/connectors/exchangeOnlineState`)).status).toBe(404);
    expect((await send("PATCH", "/sources/nothing/connectors/exchangeOnlineActivity", {})).status).toBe(404);
  });
});

describe("bodies that don't fit", () => {
  it("are refused with every property at fault, and without the values", async () => {
    const wrong = { organization: "", clientId: "no-guid", clientSecret: 7, extra: "x" };
    const { status, type, body } = await post<Problem>("/credentials", wrong);
    expect([status, type]).toEqual([422, expect.stringContaining("application/problem+json")]);
    expect(body.errors?.map(({ pointer }) => pointer).sort()).toEqual([
      "/clientId",
      "/clientSecret",
      "/displayName",
      "/extra",
      "/organization",
    ]);
    expect(JSON.stringify(body)).not.toContain("no-guid");
  });

  it("are refused when they are no JSON, no object, or of another media type", async () => {
    const { id } = await source();
    const key = { "idempotency-key": "key-for-a-wrong-body" };
    expect((await send("POST", "/sources", "{", key)).body).toMatchObject({ status: 400, code: "malformed" });
    expect((await send("POST", "/sources", [], key)).status).toBe(422);
    expect((await send("PATCH", `/sources/${id}`, "{}", { "content-type": "application/json" })).status).toBe(415);
    expect((await send("PATCH", `/sources/${id}`, "x", { "content-type": "text/plain" })).status).toBe(415);
    expect((await send("PATCH", `/sources/${id}`, { tenantId })).status).toBe(422);
  });
});

describe("tampering and faults", () => {
  it("changes what the API shows, past its rules", async () => {
    const { id, credentialId } = await source();
    store.patchSource(id, { crawlSource: false, status: "Needs Attention" });
    store.patchConnector(id, { collectNonOwnerMailboxAuditData: true });
    store.patchCredential(credentialId, { displayName: "Someone else's", clientSecret: "other" });
    expect((await send("GET", `/sources/${id}`)).body).toMatchObject({ crawlSource: false, status: "Needs Attention" });
    expect((await send("GET", `/sources/${id}/connectors/exchangeOnlineActivity`)).body).toMatchObject({
      enabled: false,
      collectNonOwnerMailboxAuditData: true,
    });
    expect((await send("GET", `/credentials/${credentialId}`)).body).toMatchObject({ displayName: "Someone else's" });
    expect(store.hasSecret(credentialId, "other")).toBe(true);
  });

  it("can be made to fail", async () => {
    hooks.beforeRequest = async () => Promise.resolve(new OneSecureProblem(503, "unavailable", "Unavailable"));
    expect((await send("GET", "/sources")).body).toMatchObject({ status: 503, code: "unavailable" });
  });
});
