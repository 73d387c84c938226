import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Sandbox, startSandbox, type TenantInfo } from "../sandbox";
import { exchangeAdministrator, exchangeAppId, newApp, type TestApp } from "../sandbox/testing/apps";
import { connectTo, first, selfSigned, type Wire } from "../sandbox/testing/wire";
import { type Ended, runCommand } from "./testing/command";

// Compiling and starting a process of its own takes seconds on a busy machine.
jest.setTimeout(120_000);

let sandbox: Sandbox;
let wire: Wire;
let tenant: TenantInfo;
let app: TestApp;
let folder: string;
let identity: readonly string[];
beforeAll(async () => {
  sandbox = await startSandbox();
  wire = connectTo(sandbox);
  tenant = first(sandbox.tenants);
  folder = mkdtempSync(join(tmpdir(), "m365audit-probe-"));
  app = await newApp(wire, tenant, "Probe");
  const { certificatePem, privateKeyPem } = await selfSigned(
    new Date(Date.now() - 60_000),
    new Date(Date.now() + 3_600_000),
  );
  const key = Buffer.from(certificatePem.replace(/-----[^-]+-----|\s/g, ""), "base64").toString("base64");
  const keyCredentials = [{ type: "AsymmetricX509Cert", usage: "Verify", key }];
  const token = await wire.deployerToken(tenant);
  const { status } = await wire.json("PATCH", `/v1.0/applications/${app.applicationId}`, { keyCredentials }, token);
  if (status !== 204) throw new Error(`The certificate was not taken (${String(status)}).`);
  const [certificateFile, keyFile] = [join(folder, "app.pem"), join(folder, "app.key")];
  writeFileSync(certificateFile, certificatePem);
  writeFileSync(keyFile, privateKeyPem, { mode: 0o600 });
  identity = ["--client-id", app.clientId, "--certificate-file", certificateFile, "--key-file", keyFile];
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await wire.close();
  await sandbox.close();
});

function probe(...args: readonly string[]): Promise<Ended> {
  return runCommand(["probe", ...args], sandbox.environment(tenant));
}

describe("m365audit probe", () => {
  it("asks as whoever deploys, changes nothing, and ends with 0 when all held", async () => {
    const out = join(folder, "answers.json");
    sandbox.control.resetCounters();
    const { code, output, errors } = await probe("--out", out);
    expect(errors).toContain(
      `requests go to Exchange Online of tenant ${tenant.id}, one at a time. Nothing is changed.`,
    );
    expect(output).toMatch(/^OUTCOME +BELIEF +SEEN OR REASON\nheld +token-names-exchange\n/);
    expect(output).toMatch(/\nnot asked +write-needs-the-mailboxs-server +it needs --write-one\n/);
    expect(output).toMatch(/\n\n0 did not hold, \d+ held, \d+ not asked\.\n$/);
    expect(code).toBe(0);
    const { requests = Infinity, cmdletWrites } = sandbox.control.counters().tenants[tenant.id] ?? {};
    expect(cmdletWrites).toBe(0);
    expect(requests).toBeLessThanOrEqual(Number(/At most (\d+) requests/.exec(errors)?.[1]));
    expect(statSync(out).mode & 0o777).toBe(0o600);
    expect(readFileSync(out, "utf8")).not.toMatch(/contoso|onmicrosoft/i);
  });

  it("says which belief does not hold, and ends with 1", async () => {
    sandbox.control.setExchangeBehaviour(tenant.id, { batchLimit: 20 });
    const { code, output } = await probe("--json", "--out", join(folder, "other.json"));
    sandbox.control.setExchangeBehaviour(tenant.id, undefined);
    const outcomes = JSON.parse(output) as { outcome: string }[];
    expect(outcomes.filter(({ outcome }) => outcome === "did not hold")).toEqual([
      {
        belief: "batch-of-eleven-refused",
        standing: "unknown",
        outcome: "did not hold",
        saw: "status 200 with 11 answers",
      },
    ]);
    expect(code).toBe(1);
  });

  it("asks nothing when the identity is not let in, and says what it lacks", async () => {
    const out = join(folder, "nothing.json");
    const { code, output, errors } = await probe(...identity, "--out", out);
    expect(errors).toContain("the identity is not let in (401). Now the token of app");
    expect(errors).toContain("is without the app role Exchange.ManageAsApp");
    expect([code, output, existsSync(out)]).toEqual([1, "", false]);
  });

  it("signs in as an app with a certificate, and leaves the one mailbox as it was", async () => {
    await app.consent(exchangeAppId, "Exchange.ManageAsApp");
    await app.assign(exchangeAdministrator);
    const before = first(
      sandbox.control
        .mailboxes(tenant.id)
        .filter((mailbox) => mailbox.recipientTypeDetails === "UserMailbox" && mailbox.defaultAuditSet.length === 3),
    );
    const out = join(folder, "written.json");
    const { code, output, errors } = await probe(...identity, "--write-one", before.userPrincipalName, "--out", out);
    expect(errors).toContain(
      `The audit settings of ${before.userPrincipalName} are changed and put back; nothing else is changed.`,
    );
    expect(output).toMatch(/\nheld +default-audit-set-restores\n/);
    expect(code).toBe(0);
    const { whenChanged, ...after } = sandbox.control.mailbox(tenant.id, before.guid);
    expect(before).toMatchObject(after);
    expect(whenChanged).toBeGreaterThan(before.whenChanged);
    expect(readFileSync(out, "utf8")).not.toContain(before.userPrincipalName);
  });

  it("says all that is wrong with its options at once, and ends with 2", async () => {
    const { code, errors } = await probe("--tenant", "contoso", "--client-id", "me", "--environment", "mars");
    expect(errors).toMatch(/--tenant: "contoso" was given; allowed: the tenant's id, a GUID/);
    expect(errors).toMatch(/--client-id: "me" was given/);
    expect(errors).toMatch(/--certificate-file: nothing was given/);
    expect(errors).toMatch(/--environment: "mars" was given; allowed: public, /);
    expect(code).toBe(2);
  });
});
