import { directoryRoleTemplates } from "../../provider/entra/wellKnown";
import { TestApi, bearer, rows } from "./testing/adminApi";

describe("the metadata document", () => {
  it("types Mailbox as reading shows it, its dates as text, and says what can't be filtered by", async () => {
    const { status, text, headers } = await new TestApi().get("$metadata");
    expect([status, headers["content-type"]]).toEqual([200, expect.stringContaining("xml")]);
    expect(text).toContain('<Property Name="WhenChangedUTC" Type="Edm.String" />');
    expect(text).toContain('<Property Name="AuditAdmin" Type="Collection(Edm.String)" />');
    expect(text).toContain('<Property Name="AuditEnabled" Type="Edm.Boolean" />');
    expect(text).toContain("<PropertyPath>DefaultAuditSet</PropertyPath>");
    expect(text).not.toContain("<PropertyPath>WhenChangedUTC</PropertyPath>");
    expect(text).toContain('<Action Name="InvokeCommand">');
  });

  it("follows the behaviour that it describes", async () => {
    const api = new TestApi({ behaviour: { whenProperties: "dateTimeOffset", auditListsFilterable: true } });
    const { text } = await api.get("$metadata");
    expect(text).toContain('<Property Name="WhenChangedUTC" Type="Edm.DateTimeOffset" />');
    expect(text).not.toContain("<PropertyPath>AuditAdmin</PropertyPath>");
    expect((await api.get("Mailbox?$filter=AuditDelegate eq 'Update'")).status).toBe(200);
  });
});

describe("CasMailbox", () => {
  it("lists mailboxes with the protocols that are open to them, in pages", async () => {
    const api = new TestApi();
    const first = await api.get("CasMailbox");
    expect(rows(first)).toHaveLength(100);
    expect(rows(first)[0]).toMatchObject({ ImapEnabled: true, Name: expect.any(String) as string });
    expect(rows(await api.get(first.body["@odata.nextLink"] as string)).length).toBeGreaterThan(80);
    expect(rows(await api.get("CasMailbox?$top=3"))).toHaveLength(3);
  });

  it("is closed to whose role doesn't have it", async () => {
    const api = new TestApi();
    const helpdesk = bearer({ wids: ["729827e3-9c14-49f7-bb1b-9608f156bbb8"] });
    expect((await api.get("CasMailbox", { authorization: helpdesk })).status).toBe(403);
    const reader = bearer({ wids: [directoryRoleTemplates["Global Reader"]] });
    expect((await api.get("CasMailbox", { authorization: reader })).status).toBe(200);
  });
});

test("there is a banner; it, the metadata and CasMailbox can be taken away", async () => {
  const api = new TestApi();
  expect((await api.get("EXOBanner")).status).toBe(200);
  api.organization.setBehaviour({ otherResources: false, moduleFile: false });
  for (const resource of ["$metadata", "EXOBanner", "CasMailbox", "EXOModuleFile"])
    expect((await api.get(resource)).status).toBe(404);
});
