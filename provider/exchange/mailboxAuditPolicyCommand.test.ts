import * as pulumi from "@pulumi/pulumi";
import { commandPlugin } from "../../sandbox/plugins/command";
import { drive, type Driver } from "../../sandbox/plugins/testing/driver";
import { Secret, type ValueMap } from "../../sandbox/plugins/values";
import { mockEngine, type Registered, valueOf } from "../pulumi/testing/mockEngine";
import { MailboxAuditPolicy, type MailboxAuditPolicyArgs } from "./mailboxAuditPolicy";
import { fakePwsh, fakeResult, type FakePwsh } from "./powershell/testing/fakePwsh";

const key = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcw";
const certificatePem = "-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----\n";
const privateKeyPem = `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n`;
const args: MailboxAuditPolicyArgs = {
  tenantId: "11111111-2222-4333-8444-555555555555",
  clientId: "aaaaaaaa-2222-4333-8444-555555555555",
  certificatePem,
  privateKeyPem,
  engine: "powershell",
  initialDomain: "contoso.onmicrosoft.com",
};
const type = "command:local:Command";

async function registered(more: Partial<MailboxAuditPolicyArgs> = {}): Promise<Registered> {
  const engine = await mockEngine({ outputs: (of) => (of === type ? { stdout: fakeResult, stderr: "" } : {}) });
  const { resources } = await engine.run(() => new MailboxAuditPolicy("contoso", { ...args, ...more }));
  const command = resources.find((resource) => resource.type === type);
  if (command === undefined) throw new Error("no command was registered");
  expect(resources.map((resource) => resource.type)).not.toContain(
    "pulumi-nodejs:dynamic/m365audit/exchange:MailboxAudit",
  );
  return command;
}

describe("the command of a policy with PowerShell", () => {
  test("is the component's only child, and what it says is the component's result", async () => {
    const engine = await mockEngine({ outputs: (of) => (of === type ? { stdout: fakeResult, stderr: "" } : {}) });
    const { result, resources } = await engine.run(() => new MailboxAuditPolicy("contoso", args));
    expect(resources.map(({ name, parent }) => `${name} of ${parent ?? "the program"}`)).toEqual([
      "contoso of the program",
      "contoso-powershell of contoso",
    ]);
    expect(await valueOf(result.mailboxes)).toBe(50);
    expect(await valueOf(result.changed)).toBe(12);
    expect(await valueOf(result.bypassedAccounts)).toMatchObject({ count: 1, sample: ["svc-migration"] });
    expect(await valueOf(result.fullScanAt)).toBe("2026-03-01T00:00:00.0000000Z");
    expect(await valueOf(result.digest)).toBeUndefined();
    expect(await pulumi.isSecret(result.mailboxes)).toBe(false);
  });

  test("runs with actions that are not known, which are told once", async () => {
    const warned = jest.spyOn(pulumi.log, "warn").mockResolvedValue();
    const { inputs } = await registered({ baseline: "custom", auditDelegate: ["Teleport", "Move"] });
    expect(inputs["create"]).toContain("AuditDelegate = @('Move', 'Teleport')");
    expect(warned.mock.calls.map(([text]) => text)).toEqual([
      "contoso-powershell: auditDelegate: Teleport is passed on: it is not known here, so it is for Exchange to judge",
    ]);
    warned.mockRestore();
  });

  test("has the key nowhere but in its secret standard input", async () => {
    const { inputs, secrets } = await registered();
    expect(secrets).toEqual(["stdin"]);
    expect(inputs["stdin"]).toBe(`${certificatePem}${privateKeyPem}`);
    const { stdin: _stdin, ...others } = inputs;
    expect(JSON.stringify(others)).not.toContain(key);
    expect(JSON.stringify(others)).not.toContain("PRIVATE KEY");
  });

  test("has no key at all when that is kept elsewhere: the script reads it there", async () => {
    const { privateKeyPem: _key, ...others } = args;
    const engine = await mockEngine({ outputs: (of) => (of === type ? { stdout: fakeResult, stderr: "" } : {}) });
    const privateKey = { environmentVariable: "EXCHANGE_KEY" };
    const { resources } = await engine.run(() => new MailboxAuditPolicy("contoso", { ...others, privateKey }));
    const inputs = resources.find((resource) => resource.type === type)?.inputs;
    expect(inputs?.["stdin"]).toBe(certificatePem);
    expect(inputs?.["create"]).toContain("GetEnvironmentVariable('EXCHANGE_KEY')");
  });

  test("is refused without a certificate, because the script gets no token of its own", async () => {
    const { privateKeyPem: _key, certificatePem: _certificate, ...others } = args;
    const engine = await mockEngine();
    const { problems, registered: made } = await engine.refused(
      () => new MailboxAuditPolicy("contoso", { ...others, keyless: true }),
    );
    expect(problems).toEqual([expect.stringMatching(/^keyless: true was given; allowed: only with engine "rest"/)]);
    expect(made).toEqual([]);
  });

  test("is refused for another tenant than the stack's", async () => {
    process.env["M365AUDIT_TENANT_ID"] = "99999999-2222-4333-8444-555555555555";
    try {
      await expect(registered()).rejects.toThrow("the stack is for tenant 99999999-2222-4333-8444-555555555555");
    } finally {
      delete process.env["M365AUDIT_TENANT_ID"];
    }
  });

  test("does nothing on deletion unless defaults are to be restored", async () => {
    expect((await registered()).inputs).not.toHaveProperty("delete");
    expect((await registered({ onDelete: "restoreDefaults" })).inputs["delete"]).toContain("DefaultAuditSet");
  });

  test("shows nothing of its standard output and hands none on", async () => {
    expect((await registered()).inputs).toMatchObject({ logging: "stderr", addPreviousOutputInEnv: false });
  });

  test("is the same text for the same declaration", async () => {
    expect((await registered()).inputs).toEqual((await registered()).inputs);
  });

  test("is in the cloud that the policy names", async () => {
    expect((await registered({ environment: "usGovernment" })).inputs["create"]).toContain(
      "-ExchangeEnvironmentName O365USGovGCCHigh",
    );
  });

  test("has an engine that is known when the program runs, because it decides which resources there are", async () => {
    const engine = await mockEngine();
    const { problems, registered: made } = await engine.refused(
      () => new MailboxAuditPolicy("contoso", { ...args, engine: pulumi.output("powershell" as const) }),
    );
    expect(problems).toEqual([expect.stringMatching(/^engine: an Output/)]);
    expect(made).toEqual([]);
  });

  test("refuses values that turn out wrong once they are known, without showing the key", async () => {
    const engine = await mockEngine();
    const late = { ...args, privateKeyPem: pulumi.output(`no PEM ${key}`), clientId: pulumi.output("contoso") };
    const run = engine.run(() => new MailboxAuditPolicy("contoso", late));
    await expect(run).rejects.toThrow(/clientId|privateKeyPem/);
    await expect(run).rejects.not.toThrow(key);
  });
});

describe("the command, run by the command plugin", () => {
  let pwsh: FakePwsh;
  let plugin: Driver;
  beforeEach(async () => {
    pwsh = fakePwsh({ stdout: `Disconnected.\n${fakeResult}\n`, stderr: "listing mailboxes\n" });
    plugin = await drive(commandPlugin({ PATH: pwsh.path, HOME: "/nowhere" }));
  });
  afterEach(async () => {
    await plugin.close();
    pwsh.remove();
  });

  async function inputs(more: Partial<MailboxAuditPolicyArgs> = {}): Promise<ValueMap> {
    const { stdin, ...others } = (await registered(more)).inputs;
    return { ...others, stdin: new Secret(stdin as string) };
  }

  test("gives pwsh the script as an argument and the key by standard input", async () => {
    const given = await inputs();
    const made = await plugin.create(type, given);
    const [call, ...more] = pwsh.calls();
    expect(more).toEqual([]);
    expect(call?.args).toEqual(["-NoProfile", "-NonInteractive", "-Command", given["create"]]);
    expect(call?.stdin).toContain(key);
    expect(JSON.stringify([call?.args, call?.environment])).not.toContain(key);
    expect(made.outputs["stdin"]).toBeInstanceOf(Secret);
  });

  test("is unchanged while the declaration is, and runs again when it changes", async () => {
    const made = await plugin.create(type, await inputs());
    expect((await plugin.diff(type, made, await inputs())).changes).toBe(false);
    const other = await inputs({ match: "exactly" });
    expect((await plugin.diff(type, made, other)).detailed).toEqual({ create: "update" });
    await plugin.update(type, made, other);
    expect(pwsh.calls()[1]?.args.at(-1)).toBe(other["create"]);
    expect(Object.keys(pwsh.calls()[1]?.environment ?? {}).filter((name) => name.startsWith("PULUMI_"))).toEqual([]);
  });

  test("is another one for another tenant", async () => {
    const made = await plugin.create(type, await inputs());
    const other = await inputs({ tenantId: "99999999-2222-4333-8444-555555555555" });
    expect((await plugin.diff(type, made, other)).replaces).toEqual(["triggers"]);
  });

  test("restores defaults with the same certificate when it is deleted", async () => {
    const given = await inputs({ onDelete: "restoreDefaults" });
    const made = await plugin.create(type, given);
    await plugin.remove(type, made);
    expect(pwsh.calls()[1]).toMatchObject({ args: expect.arrayContaining([given["delete"]]) as unknown });
    expect(pwsh.calls()[1]?.stdin).toContain(key);
  });

  test("fails when the script does, without a word of the key", async () => {
    pwsh.behave({ stdout: fakeResult, stderr: "failed: ada@contoso.com: no licence\n", exitCode: 1 });
    const attempt = plugin.create(type, await inputs());
    await expect(attempt).rejects.toThrow("exit status 1");
    await expect(attempt).rejects.not.toThrow(key);
  });
});
