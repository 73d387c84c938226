/** Signing in over HTTPS: real tokens from the sandbox's token endpoint, and its Exchange Online. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { type Sandbox, startSandbox, type TenantInfo } from "../../sandbox";
import { exchangeAdministrator, exchangeAppId, newApp, type TestApp } from "../../sandbox/testing/apps";
import { connectTo, selfSigned, type TestCertificate, type Wire } from "../../sandbox/testing/wire";
import type { MailboxAuditInputs, MailboxAuditState } from "./mailboxAudit";

// A process of its own takes seconds on a busy machine.
jest.setTimeout(120_000);

/**
 * Runs the kind in a process of its own, one task a line: Node reads NODE_EXTRA_CA_CERTS only when it starts. No time passes but on its
 * clock.
 */
const program = `
  require("./scripts/typescript.cjs");
  const { mailboxAudit } = require("./provider/exchange/mailboxAudit");
  const { manualClock } = require("./provider/core/clock");
  const { reconcile } = require("./provider/core/kind");
  async function run({ what, inputs, last, settings, environment }) {
    const reported = [];
    const ctx = {
      clock: manualClock(Date.now()),
      report: (line) => reported.push(line),
      settings: { get: (name) => settings[name] },
    };
    const reference = { inputs, ...(last === undefined ? {} : { id: "policy", last }) };
    Object.assign(process.env, environment);
    const running =
      what === "up" ? reconcile(mailboxAudit, ctx, reference) : mailboxAudit.observe(ctx, { ...reference, purpose: "refresh" });
    const result = await running.then(
      ({ state }) => ({ state }),
      ({ tag, message }) => ({ tag, message }),
    );
    for (const name of Object.keys(environment)) delete process.env[name];
    return { ...result, reported };
  }
  (async () => {
    for await (const line of require("node:readline").createInterface({ input: process.stdin })) {
      console.log(JSON.stringify(await run(JSON.parse(line))));
    }
  })();
`;

interface Result {
  readonly state?: MailboxAuditState;
  readonly tag?: string;
  readonly message?: string;
  readonly reported: readonly string[];
}

let sandbox: Sandbox;
let wire: Wire;
let tenant: TenantInfo;
let folder: string;
let runner: ChildProcessByStdio<Writable, Readable, null>;
let answers: AsyncIterator<string, undefined>;
let certificates: readonly TestCertificate[];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "sign-in-"));
  const validity = [new Date(Date.now() - 60_000), new Date(Date.now() + 3_600_000)] as const;
  certificates = await Promise.all([selfSigned(...validity), selfSigned(...validity)]);
  sandbox = await startSandbox({ tenants: [{ initialDomain: "contoso.onmicrosoft.com" }] });
  wire = connectTo(sandbox);
  [tenant] = sandbox.tenants as [TenantInfo];
  const { ARM_CLIENT_ID: _id, ARM_CLIENT_SECRET: _secret, ...environment } = sandbox.environment(tenant);
  runner = spawn(process.execPath, ["-e", program], {
    cwd: join(__dirname, "..", ".."),
    env: { ...process.env, ...environment },
    stdio: ["pipe", "pipe", "inherit"],
  });
  answers = createInterface({ input: runner.stdout })[Symbol.asyncIterator]();
});
afterEach(() => {
  sandbox.control.setReplication(undefined);
});
afterAll(async () => {
  runner.stdin.end();
  await wire.close();
  await sandbox.close();
  rmSync(folder, { recursive: true });
});

async function run(
  what: "up" | "refresh",
  inputs: object,
  more: { last?: object | undefined; settings?: object; environment?: object } = {},
): Promise<Result> {
  const settings = { authorityHost: sandbox.origin, exchangeEndpoint: sandbox.origin, ...more.settings };
  const task = { what, inputs, last: more.last, settings, environment: more.environment ?? {} };
  runner.stdin.write(`${JSON.stringify(task)}\n`);
  const answer = await answers.next();
  if (answer.done === true) throw new Error("the process has ended");
  return JSON.parse(answer.value) as Result;
}

/** The certificate by its number. */
function certificate(index: 0 | 1): TestCertificate {
  const found = certificates[index];
  if (found === undefined) throw new Error("no such certificate");
  return found;
}

async function sendToGraph(method: string, path: string, body: object): Promise<void> {
  const { status, body: answer } = await wire.json(method, `/v1.0${path}`, body, await wire.deployerToken(tenant));
  if (status >= 300) throw new Error(`${path}: ${String(status)} ${JSON.stringify(answer)}`);
}

/** An app that may administer Exchange and knows these certificates. */
async function administrator(known: readonly TestCertificate[] = []): Promise<TestApp> {
  const app = await newApp(wire, tenant);
  await trust(app, known);
  await app.consent(exchangeAppId, "Exchange.ManageAsApp");
  await app.assign(exchangeAdministrator);
  return app;
}
function trust({ applicationId }: TestApp, known: readonly TestCertificate[]): Promise<void> {
  const keyCredentials = known.map(({ certificatePem }) => ({
    type: "AsymmetricX509Cert",
    usage: "Verify",
    key: Buffer.from(certificatePem).toString("base64"),
  }));
  return sendToGraph("PATCH", `/applications/${applicationId}`, { keyCredentials });
}

const policyOf = ({ clientId }: TestApp): Pick<MailboxAuditInputs, "tenantId" | "clientId"> => ({
  tenantId: tenant.id,
  clientId,
});
function signedWith(app: TestApp, index: 0 | 1): MailboxAuditInputs {
  const { certificatePem, privateKeyPem } = certificate(index);
  return { ...policyOf(app), certificatePem, privateKeyPem };
}
const countOf = (reported: readonly string[], part: string): number =>
  reported.filter((line) => line.includes(part)).length;

describe("without a key", () => {
  const subject = "repo:contoso/audit:environment:production";
  /** What a job of GitHub Actions finds in its environment. */
  const job = () => ({
    ACTIONS_ID_TOKEN_REQUEST_URL: `${sandbox.control.federatedIssuer()}/token?subject=${encodeURIComponent(subject)}`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: "the-token-of-the-job",
  });
  const trustJob = ({ applicationId }: TestApp, name: string): Promise<void> =>
    sendToGraph("POST", `/applications/${applicationId}/federatedIdentityCredentials`, {
      name: "production",
      issuer: sandbox.control.federatedIssuer(),
      subject: name,
      audiences: ["api://AzureADTokenExchange"],
    });

  test("a CI job speaks for the app that trusts it, and nothing secret is recorded", async () => {
    const app = await administrator();
    await trustJob(app, subject);
    const inputs = { ...policyOf(app), keyless: true };
    const { state, reported } = await run("up", inputs, { environment: job() });
    expect(state?.compliant).toBe(state?.mailboxes);
    expect(countOf(reported, "keyless:")).toBe(1);
    expect(JSON.stringify([state, reported])).not.toMatch(/PRIVATE KEY|the-token-of-the-job|eyJ/);

    const assertion = await sandbox.control.federatedAssertion({ subject });
    const file = join(folder, "assertion");
    writeFileSync(file, assertion);
    for (const environment of [{ ARM_OIDC_TOKEN: assertion }, { AZURE_FEDERATED_TOKEN_FILE: file }]) {
      const seen = await run("refresh", inputs, { last: state, environment });
      expect(seen.state).not.toHaveProperty("unreadable");
      expect(seen.state?.digest).toBe(state?.digest);
    }
  });

  test("a job that the app does not trust is refused, and the wait for it is bounded", async () => {
    const app = await administrator();
    await trustJob(app, "repo:contoso/other:environment:production");
    const inputs = { ...policyOf(app), keyless: true };
    const refused = await run("up", inputs, { environment: job(), settings: { accessTimeoutSeconds: "20" } });
    expect(refused).toMatchObject({
      tag: "DeadlineExceeded",
      message: expect.stringMatching(/to let us in: after 20 s still: AADSTS7\d+.*\. Grant what is missing/) as unknown,
    });
    expect(refused.message).not.toMatch(/eyJ|the-token-of-the-job/);
  });

  test("where nothing speaks for the app an update says so at once, and a preview does not fail", async () => {
    const inputs = { ...policyOf(await administrator()), keyless: true };
    const refused = await run("up", inputs);
    expect(refused).toMatchObject({
      tag: "InvalidInput",
      message: expect.stringMatching(/keyless: nothing here says who this process is.*ARM_OIDC_TOKEN/) as unknown,
    });
    const { state } = await run("refresh", inputs, { last: inputs });
    expect(state?.unreadable).toMatch(/keyless: nothing here says who this process is/);
  });

  test("the deploying identity reads in the app's place, signed in by its own job as azuread does", async () => {
    const deployer = await administrator();
    await trustJob(deployer, subject);
    const inputs = signedWith(await administrator(), 0);
    const { state } = await run("refresh", inputs, {
      last: inputs,
      settings: { exchangeObserver: "deployer" },
      environment: { ...job(), ARM_CLIENT_ID: deployer.clientId, ARM_USE_OIDC: "true" },
    });
    expect(state?.mailboxes).toBeGreaterThan(0);
    expect(state).not.toHaveProperty("unreadable");
  });
});

describe("with a key that is kept elsewhere", () => {
  test("it is read there each time, from the environment or a file, and is in no state", async () => {
    const inputs = {
      ...policyOf(await administrator([certificate(0)])),
      certificatePem: certificate(0).certificatePem,
    };
    const inEnvironment = { ...inputs, privateKey: { environmentVariable: "EXCHANGE_KEY" } };
    const { state } = await run("up", inEnvironment, { environment: { EXCHANGE_KEY: certificate(0).privateKeyPem } });
    expect(state?.compliant).toBe(state?.mailboxes);
    expect(state).toHaveProperty("privateKey", inEnvironment.privateKey);
    expect(JSON.stringify(state)).not.toContain("PRIVATE KEY");

    // As Key Vault exports it: the key and its certificate in one text, in either order.
    const file = join(folder, "exchange.pem");
    const { certificatePem, privateKeyPem } = certificate(0);
    writeFileSync(file, `${privateKeyPem}\n${certificatePem}`);
    const moved = await run("up", { ...inputs, privateKey: { file } }, { last: state });
    expect(moved).toMatchObject({ state: { privateKey: { file } } });
    writeFileSync(file, `${certificatePem}\n${privateKeyPem}`);
    const seen = await run("refresh", { ...inputs, privateKey: { file } }, { last: moved.state });
    expect(seen).toHaveProperty("state");
    expect(seen.state).not.toHaveProperty("unreadable");
  });

  test("a preview without the key, or with another certificate's, says so and does not fail; an update does", async () => {
    const { certificatePem } = certificate(0);
    const inputs = {
      ...policyOf(await administrator([certificate(0)])),
      certificatePem,
      privateKey: { environmentVariable: "EXCHANGE_KEY" },
    };
    const { state } = await run("refresh", inputs, { last: inputs });
    expect(state?.unreadable).toMatch(/privateKey.environmentVariable: EXCHANGE_KEY is not set where Pulumi runs/);
    const environment = { EXCHANGE_KEY: certificate(1).privateKeyPem };
    const other = await run("refresh", inputs, { last: inputs, environment });
    expect(other.state?.unreadable).toMatch(/privateKey: it is not the key of certificatePem/);
    expect(await run("up", inputs, { last: inputs })).toMatchObject({ tag: "InvalidInput" });
  });
});

describe("rotating the certificate", () => {
  test("the new one is proven to be let in, then recorded; once the old one is gone only an old record cannot be read", async () => {
    const app = await administrator([certificate(0)]);
    const { state: before } = await run("up", signedWith(app, 0));
    const early = await run("up", signedWith(app, 1), { last: before, settings: { accessTimeoutSeconds: "5" } });
    expect(early).toMatchObject({
      tag: "DeadlineExceeded",
      message: expect.stringContaining("AADSTS700027") as unknown,
    });

    await trust(app, [certificate(0), certificate(1)]);
    const { state: after, reported } = await run("up", signedWith(app, 1), { last: before });
    expect(reported).toEqual([expect.stringContaining("seen 1 of 3"), expect.stringContaining("seen 2 of 3")]);
    expect(after).toEqual({ ...before, ...signedWith(app, 1), changed: 0 });

    await trust(app, [certificate(1)]);
    const seen = await run("refresh", signedWith(app, 1), { last: after });
    expect(seen.state).toMatchObject({ certificatePem: certificate(1).certificatePem, digest: after?.digest });
    expect(seen.state).not.toHaveProperty("unreadable");
    const old = await run("refresh", signedWith(app, 0), { last: before });
    expect(old.state?.unreadable).toMatch(/AADSTS700027/);
  });

  test("a recorded certificate that has ended is told in the preview, which does not fail", async () => {
    const app = await administrator([certificate(0)]);
    const { state } = await run("up", signedWith(app, 0));
    sandbox.control.travelTo(new Date(Date.now() + 2 * 3_600_000));
    const { state: seen } = await run("refresh", signedWith(app, 0), { last: state });
    expect(seen?.unreadable).toMatch(/AADSTS/);
    sandbox.control.travelTo(new Date());
  });
});

describe("while Entra has not everywhere what was granted", () => {
  test("a new policy waits until three tokens in a row are let in", async () => {
    const reads = { reads: { min: 2, max: 5 } };
    sandbox.control.setReplication({
      credentials: reads,
      appRoleAssignments: reads,
      directoryRoleAssignments: reads,
      exchangeAuthorization: reads,
    });
    const app = await administrator([certificate(0)]);
    const { state, reported } = await run("up", signedWith(app, 0));
    expect(state?.compliant).toBe(state?.mailboxes);
    expect(reported.join("\n")).toMatch(/waiting for Exchange Online of tenant .*: AADSTS/);
    expect(reported.join("\n")).toMatch(/is without the app role Exchange.ManageAsApp|without a directory role/);
    expect(reported.slice(-3).join("\n")).toMatch(/seen 1 of 3.*\n.*seen 2 of 3/);
  });

  test("a role for an administrative unit, which no token shows, is let in by Exchange's own answer", async () => {
    const app = await newApp(wire, tenant);
    await trust(app, [certificate(0)]);
    await app.consent(exchangeAppId, "Exchange.ManageAsApp");
    const unit = sandbox.control.addAdministrativeUnit(tenant.id, "Audited");
    await app.assign(exchangeAdministrator, `/administrativeUnits/${unit.id}`);
    const inputs = { ...signedWith(app, 0), include: ["nobody@contoso.onmicrosoft.com"], bypassOthers: "report" };
    const { state, tag } = await run("up", inputs);
    expect(tag).toBeUndefined();
    expect(state?.mailboxes).toBe(0);
  });
});
