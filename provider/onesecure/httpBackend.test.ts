import { Rejected, gone } from "../core";
import { problem, type Scripted, ScriptedGateway } from "../gateway/testing/scripted";
import { createHttpBackend } from "./httpBackend";
import type { Backend } from "./backend";

const source = {
  id: "s-1",
  organization: "Contoso",
  type: "exchangeOnline",
  sourceGroup: "M365",
  tenantId: "22222222-2222-2222-2222-222222222222",
  crawlSource: true,
  credentialId: "c-1",
  status: "New",
};
const newCredential = {
  organization: "Contoso",
  displayName: "EXO",
  clientId: "11111111-1111-1111-1111-111111111111",
  clientSecret: "the-client-secret",
};

const gateway = new ScriptedGateway();
beforeAll(() => gateway.start());
afterAll(() => gateway.stop());
beforeEach(() => {
  gateway.received = [];
});
const backend = (...answers: Scripted[]) => gateway.answering<Backend>(createHttpBackend, answers);

test("a request carries the token, and a change merges", async () => {
  const { changeSource } = await backend({ status: 200, body: source });
  await changeSource("s-1", { crawlSource: true });
  expect(gateway.received).toEqual([
    expect.objectContaining({
      method: "PATCH",
      url: "/v1/sources/s-1",
      body: { crawlSource: true },
      headers: expect.objectContaining({
        authorization: "Bearer gateway-token",
        "content-type": "application/merge-patch+json",
      }),
    }),
  ]);
});

test("ids are taken as they are, whatever is in them", async () => {
  const { source: read } = await backend({ status: 200, body: source });
  await read("a/b?c");
  expect(gateway.received[0]?.url).toBe("/v1/sources/a%2Fb%3Fc");
});

test("throttling is waited out for as long as the gateway asks, and said", async () => {
  const throttled = { ...problem(429, "tooManyRequests"), headers: { "retry-after": "7" } };
  const {
    source: read,
    slept,
    reported,
  } = await backend(throttled, problem(503, "unavailable"), { status: 200, body: source });
  await expect(read("s-1")).resolves.toEqual(source);
  expect(slept).toEqual([7000, 4000]);
  expect(reported[0]).toContain("Trying again in 7 s");
});

test("a longer wait than is allowed ends the run at once with what was asked for", async () => {
  const throttled = { ...problem(429, "tooManyRequests"), headers: { "retry-after": "1200" } };
  const { source: read, slept } = await backend(throttled);
  await expect(read("s-1")).rejects.toMatchObject({
    tag: "DeadlineExceeded",
    message: expect.stringContaining("asks to wait for 20 min; allowed: no wait longer than 10 min"),
  });
  expect(slept).toEqual([]);
});

test("the pauses end: the last refusal is what is thrown", async () => {
  const { source: read } = await backend();
  await expect(read("s-1")).rejects.toMatchObject({ tag: "Unavailable", status: 500 });
  expect(gateway.received).toHaveLength(6);
});

test("a creation that is repeated keeps its key", async () => {
  const made = { status: 201, body: source };
  const { addSource } = await backend(problem(503, "unavailable"), made);
  await expect(addSource({ ...source }, "key-0123456789abc")).resolves.toEqual({ object: source, isNew: true });
  expect(gateway.received.map(({ headers }) => headers["idempotency-key"])).toEqual([
    "key-0123456789abc",
    "key-0123456789abc",
  ]);
});

test("a source is looked for by organization, tenant and type, and what a gateway adds to that does not count", async () => {
  const { tenantId } = source;
  const foreign = [
    { ...source, id: "s-2", organization: "Fabrikam" },
    { ...source, id: "s-3", tenantId: "33333333-3333-4333-8333-333333333333" },
  ];
  const { sourceFor } = await backend(
    { status: 200, body: { value: [...foreign, source] } },
    { status: 200, body: { value: foreign } },
  );
  await expect(sourceFor("Contoso", tenantId)).resolves.toEqual(source);
  await expect(sourceFor("Contoso", tenantId)).resolves.toBe(gone);
  expect(gateway.received[0]?.url).toBe(`/v1/sources?organization=Contoso&tenantId=${tenantId}&type=exchangeOnline`);
});

test("of several sources where there is room for one, none is taken", async () => {
  const { sourceFor } = await backend({ status: 200, body: { value: [source, { ...source, id: "s-2" }] } });
  await expect(sourceFor("Contoso", source.tenantId)).rejects.toMatchObject({
    tag: "Conflict",
    property: "tenantId",
    message: expect.stringContaining("s-1, s-2"),
  });
});

test("only the contract's own 404 says that a thing is gone", async () => {
  const { source: read, deleteSource } = await backend(problem(404, "notFound"), problem(404, "notFound"));
  await expect(read("s-1")).resolves.toBe(gone);
  await expect(deleteSource("s-1")).resolves.toBeUndefined();
});

test.each([
  ["a web server's 404", { status: 404, headers: { "content-type": "text/html" }, body: "<html>not found</html>" }],
  ["a 404 for a path that is not in the contract", problem(404, "noSuchPath")],
  ["a redirection to a sign-in page", { status: 302, headers: { location: "https://login.example" } }],
  ["a page instead of JSON", { status: 200, headers: { "content-type": "text/html" }, body: "<html>welcome</html>" }],
  ["an answer without what the contract promises", { status: 200, body: { id: "s-1" } }],
])("%s is an error that points at the endpoint", async (_what, answer) => {
  const { source: read } = await backend(answer);
  const error: unknown = await read("s-1").catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Rejected);
  expect((error as Rejected).message).toContain("m365audit:onesecureEndpoint");
});

test("words and properties that are new are taken as they are", async () => {
  const { source: read } = await backend({ status: 200, body: { ...source, status: "Napping", color: "blue" } });
  await expect(read("s-1")).resolves.toMatchObject({ status: "Napping" });
});

test("every field at fault is said, the first as the property", async () => {
  const errors = [
    { pointer: "/tenantId", detail: "must be a GUID." },
    { pointer: "/sourceGroup", detail: "must not be empty." },
  ];
  const { addSource } = await backend(problem(422, "invalid", { detail: "The body is wrong.", errors }));
  await expect(addSource({ ...source }, "key-0123456789abc")).rejects.toMatchObject({
    tag: "Rejected",
    property: "tenantId",
    message:
      'adding a source for tenant 22222222-2222-2222-2222-222222222222 to organization "Contoso" [tenantId]: ' +
      "The body is wrong: tenantId: must be a GUID; sourceGroup: must not be empty",
  });
});

test("a field is called as the resource calls it", async () => {
  const { changeConnector } = await backend(
    problem(422, "invalid", { errors: [{ pointer: "/enabled", detail: "must be a boolean" }] }),
  );
  await expect(changeConnector("s-1", {})).rejects.toMatchObject({ property: "exchangeOnlineActivity" });
});

test.each([
  [problem(401, "unauthorized"), "AccessRefused", "M365AUDIT_ONESECURE_TOKEN"],
  [problem(403, "forbidden"), "AccessRefused", "may not do this"],
  [problem(409, "credentialInUse"), "Conflict", "another credential in 1Secure"],
  [problem(409, "sourceExists", { existingId: "s-9" }), "Conflict", "adoptExisting: true"],
  [problem(409, "somethingNew"), "Conflict", "somethingNew"],
])("the refusal %j is a %s", async (answer, tag, words) => {
  const { addSource } = await backend(answer);
  await expect(addSource({ ...source }, "key-0123456789abc")).rejects.toMatchObject({
    tag,
    message: expect.stringContaining(words),
  });
  expect(gateway.received).toHaveLength(1);
});

test("no message repeats a secret, even if the gateway does", async () => {
  const detail = "the-client-secret was refused for gateway-token";
  const { addCredential } = await backend(problem(422, "invalid", { detail }));
  const error: unknown = await addCredential(newCredential, "key-0123456789abc").catch((thrown: unknown) => thrown);
  expect((error as Error).message).toContain("(secret) was refused for (token)");
  expect(JSON.stringify(error)).not.toMatch(/the-client-secret|gateway-token/);
});
