import { type Context, manualClock } from "../core";
import { connectBackend, idempotencyKey } from "./connect";

function context(settings: Readonly<Record<string, string>>, declaration = "urn:a"): Context {
  return { clock: manualClock(), settings: { get: (name) => settings[name] }, declaration, report: () => undefined };
}

test("everything that is missing is said at once, with the setting and the environment variable", async () => {
  await expect(connectBackend(context({}))).rejects.toMatchObject({
    tag: "InvalidInput",
    problems: [
      { path: "m365audit:nowprivacyEndpoint", message: expect.stringContaining("M365AUDIT_NOWPRIVACY_ENDPOINT") },
      { path: "m365audit:nowprivacyToken", message: expect.stringContaining("--secret") },
    ],
  });
  await expect(connectBackend(context({ nowprivacyBackend: "bulkFile" }))).rejects.toMatchObject({
    problems: [
      { path: "m365audit:nowprivacyBulkTemplate", message: expect.stringContaining("NOWPRIVACY_BULK_TEMPLATE") },
      { path: "m365audit:nowprivacyBulkFile", message: expect.stringContaining("NOWPRIVACY_BULK_FILE") },
    ],
  });
});

test("a backend that nobody knows is refused", async () => {
  await expect(connectBackend(context({ nowprivacyBackend: "fax" }))).rejects.toThrow(
    '"fax" was given; allowed: "operator", "http", "bulkFile"',
  );
});

test("the token goes over no unencrypted connection, except on this machine", async () => {
  const to = (nowprivacyEndpoint: string): Promise<unknown> =>
    connectBackend(context({ nowprivacyEndpoint, nowprivacyToken: "t" }));
  await expect(to("http://gateway.example/nowprivacy")).rejects.toThrow(/https/);
  await expect(to("not a url")).rejects.toThrow(/https/);
  await expect(to("http://localhost:1/nowprivacy")).resolves.toBeDefined();
});

test("a key is the same in each run, and another for each declaration and identity", () => {
  const keys = [
    idempotencyKey(context({}), "dataset"),
    idempotencyKey(context({}), "dataset"),
    idempotencyKey(context({}, "urn:b"), "dataset"),
    idempotencyKey(context({}), "dataSource", "d"),
  ];
  expect(keys[0]).toBe(keys[1]);
  expect(new Set(keys).size).toBe(3);
});
