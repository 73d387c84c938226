import type { Mailbox } from "./model";
import { systemServer } from "./routing";
import { TestApi, type Answer, bearer, customDomain, domain, failure, rows, tenantId } from "./testing/adminApi";

const systemMailbox = "SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}";

async function set(api: TestApi, { guid }: Pick<Mailbox, "guid">, anchor?: string): Promise<Answer> {
  const headers = anchor === undefined ? {} : { "x-anchormailbox": anchor };
  return api.invoke("Set-Mailbox", { Identity: guid, AuditDelegate: ["Update"] }, { headers });
}

function elsewhere(api: TestApi): Mailbox {
  const [mailbox] = api.users(1, "elsewhere");
  if (mailbox === undefined) throw new Error("no mailbox elsewhere");
  return mailbox;
}

const isSet = (api: TestApi, { guid }: Mailbox) => api.organization.mailbox(guid)?.auditDelegate.length === 1;

describe("the servers of an organization", () => {
  it("host nine in ten mailboxes apart from the system mailbox, on several others, the same for the same tenant", () => {
    const hosts = (api: TestApi) => [...api.organization.each()].map(({ guid }) => api.organization.hostOf(guid));
    const servers = hosts(new TestApi({ mailboxes: 2000 }));
    const withSystem = servers.filter((server) => server === systemServer).length;
    expect(withSystem).toBeGreaterThan(150);
    expect(withSystem).toBeLessThan(250);
    expect(new Set(servers).size).toBeGreaterThan(5);
    expect(hosts(new TestApi({ mailboxes: 2000 }))).toEqual(servers);
  });

  it("can all be one", async () => {
    const api = new TestApi({ behaviour: { mailboxesElsewhere: 0 } });
    expect(api.users(150)).toHaveLength(150);
  });
});

describe("a change", () => {
  it("is refused by a server that doesn't host the mailbox, in the form that was captured", async () => {
    const api = new TestApi();
    const mailbox = elsewhere(api);
    const answer = await set(api, mailbox);
    expect(answer).toMatchObject({ status: 400, headers: { "x-exceptiontype": "CmdletProxyNotAvailableException" } });
    expect(answer.body).toMatchObject({
      error: {
        details: [
          {
            message: expect.stringMatching(
              /^\|Microsoft\.Exchange\.Configuration\.Tasks\.CmdletProxyNotAvailableException\|Cmdlet needs proxy\. Current Server FQDN: \S+, Required Server FQDN: \S+$/,
            ) as string,
          },
        ],
      },
    });
    expect(isSet(api, mailbox)).toBe(false);
    expect(api.organization.counters).toMatchObject({ cmdletWrites: 0, changes: 0, misrouted: 1 });
  });

  it.each<readonly [string, (mailbox: Mailbox) => string]>([
    ["UPN:", ({ userPrincipalName }) => `UPN:${userPrincipalName.toUpperCase()}`],
    ["SMTP:", ({ primarySmtpAddress }) => `smtp:${primarySmtpAddress}`],
    ["MBX:", ({ exchangeGuid }) => `MBX:${exchangeGuid.toUpperCase()}@${tenantId}`],
  ])("reaches the mailbox's server by %s in any letter case", async (_form, anchorOf) => {
    const api = new TestApi();
    const mailbox = elsewhere(api);
    expect((await set(api, mailbox, anchorOf(mailbox))).status).toBe(200);
    expect(isSet(api, mailbox)).toBe(true);
  });

  it("reaches it by the anchor of another mailbox on the same server too", async () => {
    const api = new TestApi();
    const mailbox = elsewhere(api);
    const server = api.organization.hostOf(mailbox.guid);
    const neighbour = api
      .users(100, "elsewhere")
      .find(({ guid }) => guid !== mailbox.guid && api.organization.hostOf(guid) === server);
    expect((await set(api, mailbox, `UPN:${String(neighbour?.userPrincipalName)}`)).status).toBe(200);
  });

  it.each<readonly [string, (mailbox: Mailbox) => string]>([
    ["an alias", ({ alias }) => `UPN:${alias}`],
    ["the object's GUID as a name", ({ guid }) => `UPN:${guid}`],
    ["no kind", ({ userPrincipalName }) => userPrincipalName],
    ["a name with more behind it", ({ userPrincipalName }) => `UPN:${userPrincipalName}.`],
    ["nobody's name", () => `SMTP:nobody@${domain}`],
    ["the system mailbox", () => `APP:${systemMailbox}@${tenantId}`],
  ])("does not reach it by %s", async (_what, anchorOf) => {
    const api = new TestApi();
    const mailbox = elsewhere(api);
    expect(failure(await set(api, mailbox, anchorOf(mailbox))).type).toBe("CmdletProxyNotAvailableException");
  });

  it("reaches what is hosted with the system mailbox by its anchor, however the organization is named", async () => {
    const api = new TestApi();
    const [mailbox] = api.users(1);
    if (mailbox === undefined) throw new Error("no mailbox there");
    for (const anchor of [
      undefined,
      systemMailbox,
      ...[tenantId, domain, customDomain].map((it) => `UPN:${systemMailbox}@${it}`),
    ])
      expect((await set(api, mailbox, anchor)).status).toBe(200);
  });

  it("of an account's bypass needs the server too, and accounts without a mailbox are with the system mailbox", async () => {
    const api = new TestApi();
    const { userPrincipalName } = elsewhere(api);
    const account = [...api.organization.eachBypass()].find(({ name }) => name.startsWith("svc-"))?.name ?? "";
    const bypass = async (Identity: string, anchor: string) =>
      (
        await api.invoke(
          "Set-MailboxAuditBypassAssociation",
          { Identity, AuditBypassEnabled: true },
          { headers: { "x-anchormailbox": anchor } },
        )
      ).status;
    expect(await bypass(userPrincipalName, `APP:${systemMailbox}@${tenantId}`)).toBe(400);
    expect(await bypass(userPrincipalName, `UPN:${userPrincipalName}`)).toBe(200);
    expect(await bypass(account, `UPN:${userPrincipalName}`)).toBe(400);
    expect(await bypass(account, `APP:${systemMailbox}@${tenantId}`)).toBe(200);
  });

  it("of what isn't there is answered by any server", async () => {
    expect((await set(new TestApi(), { guid: "nobody" })).status).toBe(404);
  });
});

describe("a hint by GUID", () => {
  it.each<readonly [string, (mailbox: Mailbox) => string]>([
    ["the directory object", ({ guid }) => `MBX:${guid}@${tenantId}`],
    ["the user", ({ externalDirectoryObjectId }) => `MBX:${externalDirectoryObjectId}@${tenantId}`],
    ["another tenant", ({ exchangeGuid }) => `MBX:${exchangeGuid}@99999999-2222-4333-8444-555555555555`],
    ["nobody", () => `MBX:99999999-2222-4333-8444-555555555555@${tenantId}`],
  ])("of %s is no hint, whatever is asked for", async (_what, anchorOf) => {
    const api = new TestApi();
    const anchor = anchorOf(elsewhere(api));
    const wrong = { status: 400, body: { error: { code: "ErrorIncorrectRoutingHint" } } };
    expect(await set(api, elsewhere(api), anchor)).toMatchObject(wrong);
    expect(await api.get("Mailbox?$top=1", { "x-anchormailbox": anchor })).toMatchObject(wrong);
  });
});

describe("a batch", () => {
  const batch = async (api: TestApi, mailbox: Mailbox, outer: string, inner: string) => {
    const item = {
      id: "1",
      method: "POST",
      url: `/adminapi/beta/${tenantId}/InvokeCommand`,
      headers: { Authorization: bearer(), "X-AnchorMailbox": inner },
      body: {
        CmdletInput: { CmdletName: "Set-Mailbox", Parameters: { Identity: mailbox.guid, AuditDelegate: ["Update"] } },
      },
    };
    const headers = { authorization: bearer(), "x-anchormailbox": outer };
    const { body } = await api.request("POST", `/adminapi/beta/${tenantId}/$batch`, headers, { requests: [item] });
    return (body.responses as { status: number }[])[0]?.status;
  };

  it("runs where its own anchor leads, whatever its items say", async () => {
    const api = new TestApi();
    const mailbox = elsewhere(api);
    const [own, system] = [`UPN:${mailbox.userPrincipalName}`, `UPN:${systemMailbox}@${domain}`];
    expect(await batch(api, mailbox, system, own)).toBe(400);
    expect(await batch(api, mailbox, own, system)).toBe(200);
    api.organization.setBehaviour({ batchRouting: "itemAnchor" });
    expect(await batch(api, mailbox, system, own)).toBe(200);
  });
});

describe("routing", () => {
  it("lets reads be answered from anywhere", async () => {
    const api = new TestApi();
    const mailbox = elsewhere(api);
    expect(rows(await api.invoke("Get-Mailbox", { Identity: mailbox.guid }))).toHaveLength(1);
    api.organization.setBehaviour({ readsNeedTheirServer: true });
    expect((await api.invoke("Get-Mailbox", { Identity: mailbox.guid })).status).toBe(400);
  });

  it("can be turned round, piece by piece", async () => {
    const api = new TestApi();
    const mailbox = elsewhere(api);
    api.organization.setBehaviour({ wrongServer: "noWritePermission" });
    expect(failure(await set(api, mailbox)).text).toContain("doesn't have write permission to target DC");
    api.organization.setBehaviour({ wrongServer: "incorrectRoutingHint" });
    expect(await set(api, mailbox)).toMatchObject({ body: { error: { code: "ErrorIncorrectRoutingHint" } } });
    api.organization.setBehaviour({ unknownAnchor: "refused" });
    expect(await api.get("Mailbox", { "x-anchormailbox": "UPN:nobody" })).toMatchObject({ status: 400 });
    api.organization.setBehaviour({ anchorNames: "anyName", mailboxHint: "anyGuid" });
    expect((await set(api, mailbox, `UPN:${mailbox.alias}`)).status).toBe(200);
    expect((await set(api, mailbox, `MBX:${mailbox.guid}@${tenantId}`)).status).toBe(200);
    api.organization.setBehaviour({ changesNeedTheirServer: false });
    expect((await set(api, mailbox)).status).toBe(200);
    api.organization.setBehaviour(undefined);
    expect((await set(api, mailbox)).status).toBe(400);
  });
});
