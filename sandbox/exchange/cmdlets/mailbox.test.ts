import type { Mailbox, RecipientType } from "../model";
import { TestApi, failure, rows, warnings } from "../testing/adminApi";

const defaultDelegate =
  "Update MoveToDeletedItems SoftDelete HardDelete SendAs SendOnBehalf Create UpdateFolderPermissions UpdateInboxRules ApplyRecord MailItemsAccessed".split(
    " ",
  );

function find(api: TestApi, type: RecipientType, test: (mailbox: Mailbox) => boolean = () => true): Mailbox {
  for (const mailbox of api.organization.each()) {
    if (mailbox.recipientTypeDetails === type && test(mailbox)) return mailbox;
  }
  throw new Error(`the sandbox has no such ${type}`);
}

const isManaged = ({ defaultAuditSet }: Mailbox): boolean => defaultAuditSet.length === 3;
const isPremium = ({ persistedCapabilities }: Mailbox): boolean => persistedCapabilities.includes("M365Auditing");
const addRemove = (add: string[], remove: string[]) => ({
  "@odata.type": "#Exchange.GenericHashTable",
  Add: add,
  Remove: remove,
});

describe("Set-Mailbox", () => {
  it("replaces a list by an array, in the order of its own, and takes the logon type out of the managed set", async () => {
    const api = new TestApi();
    const { guid } = find(api, "UserMailbox", isManaged);
    const answer = await api.change("Set-Mailbox", { Identity: guid, AuditDelegate: ["HardDelete", "update"] });
    expect(answer.status).toBe(200);
    expect([rows(answer), warnings(answer)]).toEqual([[], []]);
    expect(await api.read(guid)).toMatchObject({
      AuditDelegate: ["Update", "HardDelete"],
      DefaultAuditSet: ["Admin", "Owner"],
    });
  });

  it("ends the managed set even when the list that is set equals it", async () => {
    const api = new TestApi();
    const { guid } = find(api, "UserMailbox", isManaged);
    await api.change("Set-Mailbox", { Identity: guid, AuditDelegate: defaultDelegate });
    const { AuditDelegate, DefaultAuditSet } = await api.read(guid);
    expect([AuditDelegate, DefaultAuditSet]).toEqual([defaultDelegate, ["Admin", "Owner"]]);
  });

  it("restores the defaults of the logon types that DefaultAuditSet names, and of no other", async () => {
    const api = new TestApi();
    const { guid } = find(api, "UserMailbox", isManaged);
    await api.change("Set-Mailbox", { Identity: guid, AuditDelegate: ["Update"], AuditAdmin: ["Update"] });
    await api.change("Set-Mailbox", { Identity: guid, DefaultAuditSet: ["Delegate"] });
    expect(await api.read(guid)).toMatchObject({
      AuditDelegate: defaultDelegate,
      AuditAdmin: ["Update"],
      DefaultAuditSet: ["Delegate", "Owner"],
    });
  });

  it("adds to a list and takes from it with a typed hash table, and refuses an untyped one", async () => {
    const api = new TestApi();
    const { guid } = find(api, "UserMailbox", isManaged);
    await api.change("Set-Mailbox", {
      Identity: guid,
      AuditDelegate: addRemove(["Move"], ["Create", "Move2"].slice(0, 1)),
    });
    const after = await api.read(guid);
    expect(after.AuditDelegate).toEqual(expect.arrayContaining(["Move", "Update"]));
    expect(after.AuditDelegate).not.toContain("Create");
    expect(after.DefaultAuditSet).toEqual(["Admin", "Owner"]);
    const untyped = await api.change("Set-Mailbox", { Identity: guid, AuditDelegate: { Add: ["Move"] } });
    expect(untyped.status).toBe(400);
  });

  it("warns and keeps the time of the last change when nothing changes", async () => {
    const api = new TestApi();
    const { guid, displayName } = find(api, "UserMailbox");
    await api.change("Set-Mailbox", { Identity: guid, AuditDelegate: ["Update"], AuditEnabled: true });
    const { WhenChangedUTC } = await api.read(guid);
    api.now += 60_000;
    const again = await api.change("Set-Mailbox", { Identity: guid, AuditDelegate: ["Update"], AuditEnabled: true });
    expect(warnings(again)).toEqual([
      `The command completed successfully but no settings of '${displayName}' have been modified.`,
    ]);
    expect((await api.read(guid)).WhenChangedUTC).toBe(WhenChangedUTC);
    await api.change("Set-Mailbox", { Identity: guid, AuditDelegate: ["Create"] });
    expect((await api.read(guid)).WhenChangedUTC).toBe("2026-03-01T00:01:00Z");
  });

  it.each([
    ["AuditDelegate", "Send", "Delegate are None, Update, Move, MoveToDeletedItems, SoftDelete"],
    ["AuditDelegate", "UpdateCalendarDelegation", "for Delegate are"],
    ["AuditDelegate", "Copy", "for Delegate are"],
    ["AuditOwner", "FolderBind", "for Owner are"],
    ["AuditOwner", "SendAs", "for Owner are"],
    ["AuditAdmin", "MailboxLogin", "for Admin are"],
  ])(
    "refuses in %s the action %s, which the logon type doesn't have, and lists those it has",
    async (list, action, text) => {
      const api = new TestApi();
      const { guid } = find(api, "UserMailbox");
      const before = await api.read(guid);
      const answer = await api.change("Set-Mailbox", { Identity: guid, [list]: ["Update", action] });
      expect(answer.status).toBe(400);
      expect(failure(answer)).toMatchObject({ type: "RecipientTaskException" });
      expect(failure(answer).text).toContain("Invalid audit operation specified. Supported audit operations for ");
      expect(failure(answer).text).toContain(text);
      expect(await api.read(guid)).toEqual(before);
    },
  );

  it("refuses a word that is no action with the names of all actions", async () => {
    const api = new TestApi();
    const answer = await api.change("Set-Mailbox", { Identity: find(api, "UserMailbox").guid, AuditAdmin: ["Delete"] });
    expect(failure(answer)).toMatchObject({ type: "ParameterTransformationException" });
    expect(failure(answer).text).toContain("Specify one of the following enumerator names and try again: None, Update");
  });

  it.each([
    ["AuditAdmin", "AttachmentAccess"],
    ["AuditDelegate", "UpdateComplianceTag"],
    ["AuditOwner", "PriorityCleanupDelete"],
    ["AuditDelegate", "ApplyPriorityCleanup"],
    ["AuditOwner", "PreservedMailItemProactively"],
  ])("takes in %s the action %s, which production scripts set", async (list, action) => {
    const api = new TestApi();
    const { guid } = find(api, "UserMailbox");
    expect((await api.change("Set-Mailbox", { Identity: guid, [list]: ["Update", action] })).status).toBe(200);
    expect((await api.read(guid))[list]).toEqual(["Update", action]);
  });

  it("takes None alone, as an empty list", async () => {
    const api = new TestApi();
    const { guid } = find(api, "UserMailbox");
    await api.change("Set-Mailbox", { Identity: guid, AuditOwner: ["None"] });
    expect((await api.read(guid)).AuditOwner).toEqual([]);
    expect((await api.change("Set-Mailbox", { Identity: guid, AuditOwner: ["None", "Update"] })).status).toBe(400);
  });

  it("audits SearchQueryInitiated only with Audit Premium, and MessageBind only without it", async () => {
    const api = new TestApi();
    const [premium, standard] = [
      find(api, "UserMailbox", isPremium),
      find(api, "UserMailbox", (one) => !isPremium(one)),
    ];
    const search = { AuditOwner: ["SearchQueryInitiated"] };
    const bind = { AuditAdmin: ["MessageBind"] };
    expect((await api.change("Set-Mailbox", { Identity: premium.guid, ...search })).status).toBe(200);
    expect((await api.change("Set-Mailbox", { Identity: standard.guid, ...bind })).status).toBe(200);
    expect(failure(await api.change("Set-Mailbox", { Identity: standard.guid, ...search })).text).toContain(
      "only available for users with appropriate license",
    );
    expect(failure(await api.change("Set-Mailbox", { Identity: premium.guid, ...bind })).text).toBe(
      "MessageBind audit operation type is deprecated. Use MailItemsAccessed audit operation type instead.",
    );
  });

  it("leaves the lists of group mailboxes alone, with the GroupMailbox switch and without it", async () => {
    const api = new TestApi();
    const { guid } = find(api, "GroupMailbox");
    const change = { Identity: guid, AuditDelegate: ["Update"] };
    expect(failure(await api.change("Set-Mailbox", change)).type).toBe("RecipientTaskException");
    expect(failure(await api.change("Set-Mailbox", { ...change, GroupMailbox: true })).text).toContain("are fixed");
    const age = await api.change("Set-Mailbox", {
      Identity: guid,
      GroupMailbox: true,
      AuditLogAgeLimit: "30.00:00:00",
    });
    expect(age.status).toBe(200);
  });

  it("sets the age limit in days or as a time span", async () => {
    const api = new TestApi();
    const { guid } = find(api, "UserMailbox");
    await api.change("Set-Mailbox", { Identity: guid, AuditLogAgeLimit: 180 });
    expect((await api.read(guid)).AuditLogAgeLimit).toBe("180.00:00:00");
    await api.change("Set-Mailbox", { Identity: guid, AuditLogAgeLimit: "365.12:30:00" });
    expect((await api.read(guid)).AuditLogAgeLimit).toBe("365.12:30:00");
    expect((await api.change("Set-Mailbox", { Identity: guid, AuditLogAgeLimit: "soon" })).status).toBe(400);
  });

  it("needs an identity", async () => {
    const answer = await new TestApi().invoke("Set-Mailbox", { AuditEnabled: true });
    expect(failure(answer).text).toContain("mandatory parameters: Identity");
  });
});

describe("reading AuditEnabled", () => {
  it("shows true for what is on by default, while a filter shows what was set", async () => {
    const api = new TestApi();
    const { guid } = find(api, "UserMailbox");
    await api.change("Set-Mailbox", { Identity: guid, AuditEnabled: false });
    expect((await api.read(guid)).AuditEnabled).toBe(true);
    const off = rows(await api.invoke("Get-Mailbox", { Filter: "AuditEnabled -eq 'False'" }));
    expect(off.map(({ Guid }) => Guid)).toContain(guid);
    api.organization.setAuditDisabled(true);
    expect((await api.read(guid)).AuditEnabled).toBe(false);
  });

  it("shows what was set for resource mailboxes, which aren't on by default", async () => {
    const api = new TestApi();
    const { guid } = find(api, "RoomMailbox", ({ auditEnabled }) => !auditEnabled);
    await api.change("Set-Mailbox", { Identity: guid, AuditEnabled: true });
    expect((await api.read(guid)).AuditEnabled).toBe(true);
  });
});

describe("Get-Mailbox", () => {
  it("finds a mailbox by each of its names", async () => {
    const api = new TestApi();
    const mailbox = find(api, "SharedMailbox");
    for (const identity of [
      mailbox.guid.toUpperCase(),
      mailbox.exchangeGuid,
      mailbox.externalDirectoryObjectId,
      mailbox.userPrincipalName.toUpperCase(),
      mailbox.alias,
      mailbox.distinguishedName,
    ]) {
      expect((await api.read(identity)).Guid).toBe(mailbox.guid);
    }
  });

  it("lists group mailboxes only when asked for them", async () => {
    const api = new TestApi();
    const types = async (parameters: object) =>
      new Set(rows(await api.invoke("Get-Mailbox", parameters)).map((row) => row.RecipientTypeDetails));
    expect(await types({})).not.toContain("GroupMailbox");
    expect(await types({ GroupMailbox: true })).toEqual(new Set(["GroupMailbox"]));
    expect(await types({ RecipientTypeDetails: ["RoomMailbox", "equipmentmailbox"] })).toEqual(
      new Set(["RoomMailbox", "EquipmentMailbox"]),
    );
    expect(await types({ RecipientTypeDetails: "RoomMailbox,SharedMailbox" })).toEqual(
      new Set(["RoomMailbox", "SharedMailbox"]),
    );
    const wrong = await api.invoke("Get-Mailbox", { RecipientTypeDetails: "Postbox" });
    expect(failure(wrong).text).toContain("EquipmentMailbox");
  });

  it("filters by the time of the last change, to the second", async () => {
    const api = new TestApi();
    const { guid } = find(api, "UserMailbox");
    await api.change("Set-Mailbox", { Identity: guid, AuditDelegate: ["Update"] });
    const count = async (filter: string) => rows(await api.invoke("Get-Mailbox", { Filter: filter })).length;
    expect(await count("WhenChangedUTC -ge '2026-03-01T00:00:00Z'")).toBe(1);
    expect(await count("WhenChangedUTC -gt '2026-03-01T00:00:00Z'")).toBe(0);
    expect(await count("WhenChangedUTC -gt '2/28/2026 11:59:59 PM' -and RecipientTypeDetails -eq 'UserMailbox'")).toBe(
      1,
    );
    expect(await count("{PersistedCapabilities -eq 'M365Auditing' -and -not (Alias -like 'a*')}")).toBeGreaterThan(0);
  });

  it("refuses filters over the audit lists, over unknown properties and without sense", async () => {
    const api = new TestApi();
    for (const filter of ["AuditAdmin -eq 'Update'", "Nonsense -eq 1", "AuditEnabled -eq", "(Alias -eq 'a'"]) {
      expect((await api.invoke("Get-Mailbox", { Filter: filter })).status).toBe(400);
    }
  });
});
