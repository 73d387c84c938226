import { startSandbox, type Sandbox, type TenantInfo } from "../index";
import { deployerOf, newApp, type Deploy, type TestApp } from "../testing/apps";
import { connectTo, type Wire } from "../testing/wire";
import { noRequests } from "../counters";
import { concurrentWrites } from "./concurrentWrites";

// Each sandbox makes RSA and certificate keys of its own, which takes seconds on a busy machine.
jest.setTimeout(30_000);

describe("writes to one object", () => {
  it("collide while the first is under way, and are counted; others don't mind", async () => {
    const counters = noRequests();
    let wake: () => void = () => undefined;
    const sleep = () => new Promise<void>((resolve) => (wake = resolve));
    const writes = concurrentWrites(counters, sleep);
    writes.setLatency(10);
    const done: string[] = [];
    const first = writes.write("a", () => done.push("first"));
    await expect(writes.write("a", () => done.push("second"))).rejects.toMatchObject({
      status: 409,
      code: "Directory_ConcurrencyViolation",
    });
    expect(done).toEqual([]);
    wake();
    await first;
    const other = writes.write("b", () => done.push("other"));
    wake();
    await other;
    expect([done, counters.concurrencyViolations]).toEqual([["first", "other"], 1]);
  });

  it("never collide when a write takes no time, and a write that failed is over", async () => {
    const counters = noRequests();
    const writes = concurrentWrites(counters);
    const failing = writes.write("a", () => {
      throw new Error("no");
    });
    const good = writes.write("a", () => "good");
    await expect(failing).rejects.toThrow("no");
    expect([await good, counters.concurrencyViolations]).toEqual(["good", 0]);
  });
});

describe("Graph, when a write takes a moment", () => {
  let sandbox: Sandbox;
  let wire: Wire;
  let deploy: Deploy;
  let app: TestApp;
  beforeAll(async () => {
    sandbox = await startSandbox();
    wire = connectTo(sandbox);
    const [contoso] = sandbox.tenants as [TenantInfo];
    deploy = await deployerOf(wire, contoso);
    app = await newApp(wire, contoso);
    sandbox.control.setWriteLatency(40);
  });
  beforeEach(() => {
    sandbox.control.resetCounters();
  });
  afterAll(async () => {
    await wire.close();
    await sandbox.close();
  });

  const federated = {
    name: "main",
    issuer: "https://issuer.example",
    subject: "workload",
    audiences: ["api://AzureADTokenExchange"],
  };

  it.each([
    ["addPassword", "POST", "/addPassword", {}],
    ["PATCH", "PATCH", "", { notes: "x" }],
    ["a federated credential", "POST", "/federatedIdentityCredentials", federated],
  ])("refuses the second of two that overlap: addPassword and %s", async (_what, method, path, body) => {
    const base = `/applications/${app.applicationId}`;
    const answers = await Promise.all([
      deploy("POST", `${base}/addPassword`, {}),
      deploy(method, `${base}${path}`, body),
    ]);
    const refused = answers.filter(({ status }) => status === 409);
    expect(refused).toHaveLength(1);
    expect(refused[0]?.body).toMatchObject({
      error: {
        code: "Directory_ConcurrencyViolation",
        message: "Error due to concurrent requests being made to the tenant. Please wait briefly and retry.",
        innerError: { "request-id": expect.any(String) },
      },
    });
    expect(sandbox.control.counters().concurrencyViolations).toBe(1);
  });

  it("takes one after the other, and writes to different applications at once", async () => {
    const [contoso] = sandbox.tenants as [TenantInfo];
    const other = await newApp(wire, contoso);
    const write = ({ applicationId }: TestApp) => deploy("POST", `/applications/${applicationId}/addPassword`, {});
    const answers = [...(await Promise.all([write(app), write(other)])), await write(app)];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await wire.json("GET", "/_sandbox/counters")).body).toMatchObject({ concurrencyViolations: 0 });
  });

  it("is told how long over the control API", async () => {
    const { body } = await wire.json("PUT", "/_sandbox/entra/writeLatency", { milliseconds: 25 });
    expect(body).toEqual({ replication: null, writeLatencyMs: 25 });
    expect((await wire.json("PUT", "/_sandbox/entra/writeLatency", { milliseconds: -1 })).status).toBe(400);
  });
});
