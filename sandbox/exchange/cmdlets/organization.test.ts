import { TestApi, failure, rows, tenantId, warnings } from "../testing/adminApi";

const minute = 60_000;

const logAnchor = { headers: { "x-anchormailbox": "SystemMailbox{8cc370d3-822a-4ab8-a926-bb94bd0641a9}" } };
const turnOff = { UnifiedAuditLogIngestionEnabled: false };

describe("the unified audit log", () => {
  it("is switched with the anchor mailbox that leads to its server, and with no other", async () => {
    const api = new TestApi();
    const elsewhere = await api.invoke("Set-AdminAuditLogConfig", turnOff);
    expect(elsewhere.status).toBe(400);
    expect(failure(elsewhere).text).toContain("Cmdlet needs proxy.");
    expect(elsewhere.headers["x-exceptiontype"]).toBe("CmdletProxyNotAvailableException");
    const system = {
      headers: { "x-anchormailbox": `APP:SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}@${tenantId}` },
    };
    expect((await api.invoke("Set-AdminAuditLogConfig", turnOff, system)).status).toBe(400);
    expect((await api.invoke("Set-AdminAuditLogConfig", turnOff, logAnchor)).status).toBe(200);
    expect(warnings(await api.invoke("Set-AdminAuditLogConfig", turnOff, logAnchor))).toHaveLength(1);
  });

  it("shows that it was switched an hour later, or when the sandbox is told", async () => {
    const isOn = async (api: TestApi) =>
      rows(await api.invoke("Get-AdminAuditLogConfig"))[0]?.UnifiedAuditLogIngestionEnabled;
    const api = new TestApi();
    await api.invoke("Set-AdminAuditLogConfig", turnOff, logAnchor);
    expect(api.organization.switches().unifiedAuditLogIngestionEnabled).toBe(false);
    api.now += 59 * minute;
    expect(await isOn(api)).toBe(true);
    api.now += minute;
    expect(await isOn(api)).toBe(false);
    const quick = new TestApi({ behaviour: { unifiedAuditLogDelayMs: 0 } });
    await quick.invoke("Set-AdminAuditLogConfig", turnOff, logAnchor);
    expect(await isOn(quick)).toBe(false);
  });

  it("shows what it was before while it is switched to and fro", async () => {
    const api = new TestApi();
    await api.invoke("Set-AdminAuditLogConfig", turnOff, logAnchor);
    await api.invoke("Set-AdminAuditLogConfig", { UnifiedAuditLogIngestionEnabled: true }, logAnchor);
    expect(rows(await api.invoke("Get-AdminAuditLogConfig"))[0]?.UnifiedAuditLogIngestionEnabled).toBe(true);
    api.now += 60 * minute;
    expect(rows(await api.invoke("Get-AdminAuditLogConfig"))[0]?.UnifiedAuditLogIngestionEnabled).toBe(true);
  });
});

describe("a dehydrated organization", () => {
  it("can't be configured until customization is in force, half an hour after it was enabled, which can be done once", async () => {
    const api = new TestApi({ dehydrated: true });
    expect(rows(await api.invoke("Get-OrganizationConfig"))[0]?.IsDehydrated).toBe(true);
    for (const [cmdlet, parameters] of [
      ["Set-AdminAuditLogConfig", turnOff],
      ["Set-OrganizationConfig", { AuditDisabled: true }],
    ] as const) {
      const answer = await api.invoke(cmdlet, parameters, logAnchor);
      expect(failure(answer)).toEqual({
        type: "InvalidOperationInDehydratedContextException",
        text: expect.stringContaining("you first need to run the command: Enable-OrganizationCustomization.") as string,
      });
    }
    expect((await api.invoke("Enable-OrganizationCustomization")).status).toBe(200);
    expect(failure(await api.invoke("Enable-OrganizationCustomization")).text).toContain("is not required");
    expect(rows(await api.invoke("Get-OrganizationConfig"))[0]?.IsDehydrated).toBe(false);
    const disable = async () => api.invoke("Set-OrganizationConfig", { AuditDisabled: true });
    expect(failure(await disable()).type).toBe("InvalidOperationInDehydratedContextException");
    api.now += 30 * minute;
    expect((await disable()).status).toBe(200);
    expect(rows(await api.invoke("Get-OrganizationConfig"))[0]?.AuditDisabled).toBe(true);
  });
});

describe("audit bypass", () => {
  it("is listed for far more objects than there are mailboxes, and unknown for some of them", async () => {
    const api = new TestApi({ mailboxes: 3 });
    const listed = rows(await api.invoke("Get-MailboxAuditBypassAssociation", { ResultSize: "Unlimited" }));
    expect(listed.length).toBeGreaterThan(40);
    const unknown = listed.filter((row) => !("AuditBypassEnabled" in row));
    expect(unknown.length).toBeGreaterThan(0);
    expect(unknown.every(({ Name }) => Name.startsWith("SystemMailbox{"))).toBe(true);
    expect(listed.filter((row) => row.AuditBypassEnabled === true)).toEqual([]);
    expect(new Set(listed.map(({ Guid }) => Guid)).size).toBe(listed.length);
  });

  it("is given to an account by any of its names, with or without a mailbox, and taken away again", async () => {
    const api = new TestApi();
    const mailbox = api.organization.glance(0).mailbox();
    const account = [...api.organization.eachBypass()].find(({ name }) => name.startsWith("svc-"));
    for (const identity of [mailbox.userPrincipalName, account?.name ?? ""]) {
      const set = { Identity: identity, AuditBypassEnabled: true };
      expect(warnings(await api.change("Set-MailboxAuditBypassAssociation", set))).toEqual([]);
      expect(warnings(await api.change("Set-MailboxAuditBypassAssociation", set))).toHaveLength(1);
    }
    const on = rows(await api.invoke("Get-MailboxAuditBypassAssociation")).filter(
      (row) => row.AuditBypassEnabled === true,
    );
    expect(on.map(({ Guid }) => Guid)).toEqual([mailbox.guid, account?.guid]);
    await api.change("Set-MailboxAuditBypassAssociation", { Identity: mailbox.guid, AuditBypassEnabled: false });
    const [row] = rows(await api.invoke("Get-MailboxAuditBypassAssociation", { Identity: mailbox.alias }));
    expect(row?.AuditBypassEnabled).toBe(false);
  });

  it("can't be given to somebody who isn't there", async () => {
    const answer = await new TestApi().invoke("Set-MailboxAuditBypassAssociation", { Identity: "nobody" });
    expect([answer.status, failure(answer).type]).toEqual([404, "ManagementObjectNotFoundException"]);
  });
});
