import * as pulumi from "@pulumi/pulumi";
import { mockEngine } from "../pulumi/testing/mockEngine";
import { createDynamicHost, type DynamicHost } from "../surfaces/dynamic/methods";
import { type MailboxAuditInputs, mailboxAuditOver } from "./mailboxAudit";
import { MailboxAuditPolicy, type MailboxAuditPolicyArgs } from "./mailboxAuditPolicy";
import { MailboxAudit } from "./mailboxAuditResource";
import { fakeResult } from "./powershell/testing/fakePwsh";
import { declared, TestTenant } from "./testing/tenant";

const tenantId = "11111111-2222-4333-8444-555555555555";
const connection = {
  tenantId,
  clientId: "aaaaaaaa-2222-4333-8444-555555555555",
  certificatePem: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
  privateKeyPem: "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n",
};
const powershell = { engine: "powershell", initialDomain: "contoso.onmicrosoft.com" } as const;

describe("of two policies on one tenant the second is refused, with both names", () => {
  const both = (first: Partial<MailboxAuditPolicyArgs>, second: Partial<MailboxAuditPolicyArgs>) => (): void => {
    new MailboxAuditPolicy("one", { ...connection, ...first });
    new MailboxAuditPolicy("two", { ...connection, ...second });
  };
  const later = pulumi.output(tenantId);
  const script = { outputs: () => ({ stdout: fakeResult, stderr: "" }) };

  test.each([
    ["with other lists", {}, { match: "exactly" as const }],
    ["with its id in other letters", {}, { tenantId: tenantId.toUpperCase() }],
    ["with its id known later", { tenantId: later }, { tenantId: later }],
    ["with the id of one known later", {}, { tenantId: later }],
    ["over PowerShell", powershell, powershell],
    ["one of them over PowerShell", {}, powershell],
  ])("%s", async (_how, first, second) => {
    for (const preview of [true, false]) {
      const engine = await mockEngine({ ...script, preview });
      await expect(engine.run(both(first, second))).rejects.toThrow(
        /mailbox audit policy "two-.*tenantId: tenant 11111111-.* has the mailbox audit policy "one-.* allowed: one policy a tenant/s,
      );
    }
  });

  test("but not in another run of the same process, as of an inline program", async () => {
    for (const name of ["one", "two"]) {
      const engine = await mockEngine(script);
      await engine.run(() => new MailboxAudit(name, connection));
      expect(engine.registered).toHaveLength(1);
    }
  });
});

test("two tenants have a policy each", async () => {
  const engine = await mockEngine();
  const { resources } = await engine.run(() => [
    new MailboxAudit("one", connection),
    new MailboxAudit("two", { ...connection, tenantId: pulumi.output("99999999-2222-4333-8444-555555555555") }),
  ]);
  expect(resources.map(({ name }) => name)).toEqual(["one", "two"]);
});

describe("a policy that is deleted with restoreDefaults", () => {
  let tenant: TestTenant;
  let host: DynamicHost;
  const inputs: MailboxAuditInputs = declared({ onDelete: "restoreDefaults" });
  const named = (name: string) => ({ ...inputs, __provider: "", __urn: `urn:${name}` });
  beforeEach(async () => {
    tenant = await TestTenant.start({ mailboxes: 30 });
    host = newRun();
  });
  afterEach(() => tenant.stop());
  const newRun = (): DynamicHost => createDynamicHost(mailboxAuditOver(tenant.connect), () => tenant.context());
  const isInForce = (): boolean =>
    [...tenant.organization.each()]
      .filter(({ recipientTypeDetails }) => recipientTypeDetails === "UserMailbox")
      .every(({ auditDelegate }) => auditDelegate.includes("FolderBind"));

  test("restores them", async () => {
    const { id, outs } = await host.create(named("old"));
    expect(isInForce()).toBe(true);
    await newRun().delete(id, outs);
    expect(isInForce()).toBe(false);
  });

  test("leaves alone what the policy that takes its place has made, as when it gets another name", async () => {
    const { id, outs } = await host.create(named("old"));
    const renaming = newRun();
    await renaming.create(named("new"));
    await renaming.delete(id, outs);
    expect(isInForce()).toBe(true);
    expect(tenant.reported.at(-1)).toMatch(/is kept: it is declared elsewhere in this stack$/);
  });

  test("leaves alone what another policy of the stack asks for, which had been there beside it", async () => {
    const { id, outs } = await host.create(named("old"));
    const other = await host.create(named("other"));
    const removing = newRun();
    await removing.diff(other.id, other.outs, named("other"));
    await removing.delete(id, outs);
    expect(isInForce()).toBe(true);
  });

  test("restores them too when it is looked at before, and goes to another tenant", async () => {
    const { id, outs } = await host.create(named("old"));
    const moving = newRun();
    const elsewhere = { ...named("old"), tenantId: "99999999-2222-4333-8444-555555555555" };
    expect((await moving.diff(id, outs, elsewhere)).replaces).toEqual(["tenantId"]);
    await moving.delete(id, outs);
    expect(isInForce()).toBe(false);
  });
});
