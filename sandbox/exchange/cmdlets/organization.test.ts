import { TestApi, failure, rows, warnings } from "../testing/adminApi";

const logAnchor = { headers: { "x-anchormailbox": "SystemMailbox{8cc370d3-822a-4ab8-a926-bb94bd0641a9}" } };
const turnOff = { UnifiedAuditLogIngestionEnabled: false };

describe("the unified audit log", () => {
  it("is switched with the anchor mailbox that leads to its server, and with no other", async () => {
    const api = new TestApi();
    const elsewhere = await api.invoke("Set-AdminAuditLogConfig", turnOff);
    expect(elsewhere.status).toBe(400);
    expect(elsewhere.body).toMatchObject({
      error: { message: expect.stringContaining("Cmdlet needs proxy.") as string },
    });
    expect(elsewhere.headers["x-exceptiontype"]).toBe("CmdletProxyNotAvailableException");
    expect((await api.invoke("Set-AdminAuditLogConfig", turnOff, logAnchor)).status).toBe(200);
    const [config] = rows(await api.invoke("Get-AdminAuditLogConfig"));
    expect(config?.UnifiedAuditLogIngestionEnabled).toBe(false);
    expect(warnings(await api.invoke("Set-AdminAuditLogConfig", turnOff, logAnchor))).toHaveLength(1);
  });
});

describe("a dehydrated organization", () => {
  it("can't be configured until customization is enabled, which can be done once", async () => {
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
    expect((await api.invoke("Set-OrganizationConfig", { AuditDisabled: true })).status).toBe(200);
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
      expect(warnings(await api.invoke("Set-MailboxAuditBypassAssociation", set))).toEqual([]);
      expect(warnings(await api.invoke("Set-MailboxAuditBypassAssociation", set))).toHaveLength(1);
    }
    const on = rows(await api.invoke("Get-MailboxAuditBypassAssociation")).filter(
      (row) => row.AuditBypassEnabled === true,
    );
    expect(on.map(({ Guid }) => Guid)).toEqual([mailbox.guid, account?.guid]);
    await api.invoke("Set-MailboxAuditBypassAssociation", { Identity: mailbox.guid, AuditBypassEnabled: false });
    const [row] = rows(await api.invoke("Get-MailboxAuditBypassAssociation", { Identity: mailbox.alias }));
    expect(row?.AuditBypassEnabled).toBe(false);
  });

  it("can't be given to somebody who isn't there", async () => {
    const answer = await new TestApi().invoke("Set-MailboxAuditBypassAssociation", { Identity: "nobody" });
    expect([answer.status, failure(answer).type]).toEqual([404, "ManagementObjectNotFoundException"]);
  });
});
