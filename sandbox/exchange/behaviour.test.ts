import { defaultBehaviour, turnedRound, type BehaviourChange } from "./behaviour";
import type { Mailbox } from "./model";
import { TestApi, bearer, failure, rows, tenantId, warnings } from "./testing/adminApi";

const withBehaviour = (behaviour: BehaviourChange): TestApi => new TestApi({ behaviour });

function find(api: TestApi, test: (mailbox: Mailbox) => boolean): string {
  const found = [...api.organization.each()].find(test);
  if (found === undefined) throw new Error("no such mailbox");
  return found.guid;
}

const managed = (api: TestApi): string =>
  find(api, (it) => it.recipientTypeDetails === "UserMailbox" && it.defaultAuditSet.length === 3);

const authorized = { authorization: bearer() };

const table = (part: object) => ({ "@odata.type": "#Exchange.GenericHashTable", ...part });

describe("a behaviour", () => {
  it("is turned round without touching others, and refuses what it does not know", () => {
    expect(turnedRound(defaultBehaviour, { batchLimit: 20, domainInPath: undefined })).toEqual({
      ...defaultBehaviour,
      batchLimit: 20,
    });
    expect(() => turnedRound(defaultBehaviour, { batchLimit: 0 })).toThrow("batchLimit");
    expect(() => turnedRound(defaultBehaviour, { nonsense: 1 } as BehaviourChange)).toThrow("nonsense");
  });
});

describe("what can be turned round in Set-Mailbox", () => {
  it("is whether adding what is there is an error", async () => {
    const api = withBehaviour({ addOfWhatIsThere: "error" });
    const change = { Identity: managed(api), AuditDelegate: table({ Add: ["Update"] }) };
    expect(failure(await api.change("Set-Mailbox", change)).text).toContain("already being audited");
    api.organization.setBehaviour({ addOfWhatIsThere: "nothing" });
    expect((await api.change("Set-Mailbox", change)).status).toBe(200);
  });

  it("is whether hash tables need their type", async () => {
    const api = withBehaviour({ hashTablesNeedType: false });
    const change = { Identity: managed(api), AuditDelegate: { Add: ["Move"] } };
    expect((await api.change("Set-Mailbox", change)).status).toBe(200);
    expect((await api.read(managed(api))).AuditDelegate).not.toEqual([]);
  });

  it("is whether a list ends the managed set", async () => {
    const api = withBehaviour({ listEndsManagedSet: false });
    const guid = managed(api);
    await api.change("Set-Mailbox", { Identity: guid, AuditDelegate: ["Update"] });
    expect(await api.read(guid)).toMatchObject({
      AuditDelegate: ["Update"],
      DefaultAuditSet: ["Admin", "Delegate", "Owner"],
    });
  });

  it("is whether defaults and lists go in one call", async () => {
    const both = { DefaultAuditSet: ["Admin", "Owner"], AuditDelegate: ["Update"] };
    const api = new TestApi();
    const guid = managed(api);
    await api.change("Set-Mailbox", { Identity: guid, ...both });
    expect(await api.read(guid)).toMatchObject({ AuditDelegate: ["Update"], DefaultAuditSet: ["Admin", "Owner"] });
    api.organization.setBehaviour({ defaultAuditSetWithLists: "refused" });
    expect((await api.change("Set-Mailbox", { Identity: guid, ...both })).status).toBe(400);
  });

  it("is whether group mailboxes are fixed", async () => {
    const api = withBehaviour({ groupMailboxesFixed: false });
    const guid = find(api, (it) => it.recipientTypeDetails === "GroupMailbox");
    const change = { Identity: guid, GroupMailbox: true, AuditDelegate: ["Update"] };
    expect((await api.change("Set-Mailbox", change)).status).toBe(200);
  });

  it("is what reading shows of the folder permission actions, which are accepted all the same", async () => {
    const actions = ["AddFolderPermissions", "ModifyFolderPermissions", "RemoveFolderPermissions"];
    const api = new TestApi();
    const change = { Identity: managed(api), AuditOwner: ["Update", "AttachmentAccess", ...actions] };
    const guid = managed(api);
    const shown = async () => {
      await api.change("Set-Mailbox", change);
      return (await api.read(guid)).AuditOwner;
    };
    expect(await shown()).toEqual(["Update", "AttachmentAccess", ...actions]);
    api.organization.setBehaviour({ folderPermissionActions: "dropped" });
    expect(await shown()).toEqual(["Update", "AttachmentAccess"]);
  });

  it("is the warning of a change that changes nothing", async () => {
    const api = withBehaviour({ unmodifiedWarning: false });
    const change = { Identity: managed(api), AuditDelegate: ["Update"] };
    await api.change("Set-Mailbox", change);
    expect(warnings(await api.change("Set-Mailbox", change))).toEqual([]);
  });

  it("is whether it moves the time of the last change", async () => {
    const api = withBehaviour({ auditChangesMoveWhenChanged: false });
    const guid = managed(api);
    const { WhenChangedUTC } = await api.read(guid);
    await api.change("Set-Mailbox", { Identity: guid, AuditDelegate: ["Update"] });
    expect(await api.read(guid)).toMatchObject({ AuditDelegate: ["Update"], WhenChangedUTC });
  });
});

describe("what can be turned round in reading", () => {
  it("is what AuditEnabled shows where auditing is on by default", async () => {
    const api = withBehaviour({ auditEnabledShowsDefault: false });
    await api.change("Set-Mailbox", { Identity: managed(api), AuditEnabled: false });
    expect((await api.read(managed(api))).AuditEnabled).toBe(false);
  });

  it("is whether the bypass of an object may be missing", async () => {
    const api = withBehaviour({ bypassMayBeAbsent: false });
    const all = rows(await api.invoke("Get-MailboxAuditBypassAssociation", { ResultSize: "Unlimited" }));
    expect(all.filter((row) => row.AuditBypassEnabled === undefined)).toEqual([]);
  });

  it("is how lists are cut and continued", async () => {
    const api = withBehaviour({ defaultPageSize: 7, defaultResultSize: 9, expiredPageType: "Contoso.Expired" });
    const first = await api.get("Mailbox");
    expect(rows(first)).toHaveLength(7);
    expect(rows(await api.invoke("Get-Mailbox"))).toHaveLength(9);
    const next = async () => api.get(first.body["@odata.nextLink"] as string, { "x-anchormailbox": "UPN:else" });
    expect(JSON.stringify((await next()).body)).toContain("Contoso.Expired");
    api.organization.setBehaviour({ pageNeedsSameAnchor: false });
    const free = await api.get("Mailbox");
    expect((await api.get(free.body["@odata.nextLink"] as string, { "x-anchormailbox": "UPN:else" })).status).toBe(200);
  });

  it("is whether OPATH knows dates", async () => {
    const api = withBehaviour({ opathDates: false });
    expect((await api.invoke("Get-Mailbox", { Filter: "WhenChangedUTC -gt '1/1/2020'" })).status).toBe(400);
  });
});

describe("what can be turned round of the organization", () => {
  it("is what customization shows, how long it takes and how often it can be enabled", async () => {
    const api = new TestApi({
      dehydrated: true,
      behaviour: { customizationDelayMs: 1000, isDehydratedMeanwhile: true, customizationOnlyOnce: false },
    });
    const shows = async () => rows(await api.invoke("Get-OrganizationConfig"))[0]?.IsDehydrated;
    await api.invoke("Enable-OrganizationCustomization");
    expect(await shows()).toBe(true);
    api.now += 1000;
    expect(await shows()).toBe(false);
    expect((await api.invoke("Enable-OrganizationCustomization")).status).toBe(200);
  });

  it("is whether the configuration of the audit log has a server of its own", async () => {
    const api = withBehaviour({ auditLogConfigNeedsItsServer: false });
    const turnOff = { UnifiedAuditLogIngestionEnabled: false };
    expect((await api.invoke("Set-AdminAuditLogConfig", turnOff)).status).toBe(200);
  });

  it("is how many requests a batch may have", async () => {
    const api = withBehaviour({ batchLimit: 20 });
    const requests = Array.from({ length: 20 }, (_, index) => ({ id: String(index), method: "GET", url: "/nowhere" }));
    const answer = await api.request("POST", `/adminapi/beta/${tenantId}/$batch`, authorized, { requests });
    expect(answer.body["responses"]).toHaveLength(20);
  });
});
