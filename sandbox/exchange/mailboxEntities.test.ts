import { TestApi, failure, rows } from "./testing/adminApi";

describe("Mailbox", () => {
  it("gives the minimum property set, of which the audit properties are no part", async () => {
    const [mailbox] = rows(await new TestApi().get("Mailbox?$top=1"));
    expect(Object.keys(mailbox ?? {}).sort()).toEqual(
      "Alias DisplayName DistinguishedName EmailAddresses ExchangeVersion ExternalDirectoryObjectId Guid Id Name OrganizationId PrimarySmtpAddress RecipientType RecipientTypeDetails UserPrincipalName".split(
        " ",
      ),
    );
  });

  it("adds the sets and properties that are asked for, as plain values", async () => {
    const [mailbox] = rows(
      await new TestApi().get("Mailbox?PropertySet=Minimum,Audit&$select=PersistedCapabilities&$top=1"),
    );
    expect(mailbox).toMatchObject({ AuditEnabled: true, AuditLogAgeLimit: "90.00:00:00" });
    expect(mailbox).toHaveProperty("PersistedCapabilities");
    expect(Object.keys(mailbox ?? {}).filter((name) => name.includes("@"))).toEqual([]);
    const [audit] = rows(await new TestApi().get("Mailbox?PropertySet=Audit&$top=1"));
    expect(audit).not.toHaveProperty("Guid");
  });

  it("is paged by 100, or by what is preferred up to 1,000, each page by the link of the one before", async () => {
    const api = new TestApi({ mailboxes: 2500 });
    expect(rows(await api.get("Mailbox"))).toHaveLength(100);
    api.organization.resetCounters();
    const sizes: number[] = [];
    let link: string | undefined = "Mailbox?PropertySet=Minimum,Audit&RecipientTypeDetails=UserMailbox,SharedMailbox";
    while (link !== undefined) {
      const answer = await api.get(link, { prefer: "odata.maxpagesize=5000" });
      sizes.push(rows(answer).length);
      link = answer.body["@odata.nextLink"] as string | undefined;
    }
    const users = [...api.organization.each()].filter((one) =>
      /^(?:User|Shared)/.test(one.recipientTypeDetails),
    ).length;
    expect(sizes).toEqual([1000, 1000, users - 2000]);
    expect(api.organization.counters).toMatchObject({ listPages: 3, cmdletReads: 0 });
  });

  it("ends a list at $top without a link", async () => {
    const answer = await new TestApi().get("Mailbox?$top=20");
    expect(rows(answer)).toHaveLength(20);
    expect(answer.body).not.toHaveProperty(["@odata.nextLink"]);
  });

  it("doesn't continue a list for another anchor", async () => {
    const api = new TestApi();
    const { body } = await api.get("Mailbox", { "x-anchormailbox": "UPN:a" });
    const answer = await api.get(body["@odata.nextLink"] as string, { "x-anchormailbox": "UPN:b" });
    expect(failure(answer).text).toContain("Expired or Invalid pagination request");
  });

  it("filters by AuditEnabled, by type and by the time of the last change, but not by the audit lists", async () => {
    const api = new TestApi();
    const count = async (filter: string) =>
      rows(await api.get(`Mailbox?$filter=${encodeURIComponent(filter)}`, { prefer: "odata.maxpagesize=1000" })).length;
    const on = await count("AuditEnabled eq true");
    expect(on).toBeGreaterThan(0);
    expect(on + (await count("not (AuditEnabled eq true)"))).toBe(await count("Alias ne ''"));
    expect(await count("RecipientTypeDetails eq 'RoomMailbox'")).toBe(10);
    api.organization.setMailboxAudit(api.organization.glance(3).alias, { auditDelegate: [] });
    expect(await count("WhenChangedUTC ge '2026-03-01T00:00:00Z'")).toBe(1);
    expect(await count("WhenChangedUTC gt '2026-03-01T01:00:00+01:00'")).toBe(0);
    expect(await count("WhenChangedUTC ge '2026-03-01T00:00:00Z' and AuditEnabled ne false")).toBeLessThan(2);
    const refused = await api.get("Mailbox?$filter=AuditDelegate eq 'Update'");
    expect([refused.status, failure(refused).text]).toEqual([
      400,
      "The property 'AuditDelegate' cannot be used in the $filter query option.",
    ]);
    expect((await api.get("Mailbox?$filter=Alias -eq 'a'")).status).toBe(400);
  });

  it.each([
    ["WhenChangedUTC ge 2026-03-01T00:00:00Z", "GreaterThanOrEqual"],
    ["WhenCreated lt 2026-03-01", "LessThan"],
    ["WhenChangedUTC gt datetime'2026-03-01T00:00:00Z'", "GreaterThan"],
    ["WhenChangedUTC le cast('2026-03-01T00:00:00Z',Edm.DateTimeOffset)", "LessThanOrEqual"],
  ])("has dates as text, and refuses %s", async (filter, kind) => {
    const api = new TestApi();
    const refused = await api.get(`Mailbox?$filter=${encodeURIComponent(filter)}`);
    expect([refused.status, failure(refused).text]).toEqual([
      400,
      `A binary operator with incompatible types was detected. Found operand types 'Edm.String' and 'Edm.DateTimeOffset' for operator kind '${kind}'.`,
    ]);
    api.organization.setBehaviour({ whenProperties: "dateTimeOffset" });
    expect((await api.get(`Mailbox?$filter=${encodeURIComponent(filter)}`)).status).toBe(200);
    const quoted = await api.get("Mailbox?$filter=WhenChangedUTC ge '2026-03-01T00:00:00Z'");
    expect(failure(quoted).text).toContain("'Edm.DateTimeOffset' and 'Edm.String'");
  });

  it("can compare quoted dates as the texts that they are", async () => {
    const api = new TestApi({ behaviour: { quotedDates: "texts" } });
    api.organization.setMailboxAudit(api.organization.glance(3).alias, { auditDelegate: [] });
    const count = async (date: string) =>
      rows(await api.get(`Mailbox?$filter=${encodeURIComponent(`WhenChangedUTC ge '${date}'`)}`)).length;
    expect(await count("2026-03-01T00:00:00Z")).toBe(1);
    // The same moment, but a text that comes later.
    expect(await count("2026-03-01T01:00:00+01:00")).toBe(0);
  });

  it("lists group mailboxes only by their type, and says which types there are", async () => {
    const api = new TestApi();
    expect(rows(await api.get("Mailbox?RecipientTypeDetails=GroupMailbox"))).toHaveLength(6);
    expect(failure(await api.get("Mailbox?RecipientTypeDetails=Postbox")).text).toContain("SchedulingMailbox");
  });

  it("is read one by one by any identity, also an encoded one", async () => {
    const api = new TestApi();
    const { guid, userPrincipalName } = api.organization.glance(5).mailbox();
    const encoded = Buffer.from(userPrincipalName).toString("base64");
    for (const resource of [
      `Mailbox('${guid}')`,
      `Mailbox('${userPrincipalName}')`,
      `Mailbox('${encodeURIComponent(encoded)}')?isEncoded=true`,
    ]) {
      expect((await api.get(resource)).body).toMatchObject({ Guid: guid });
    }
    expect((await api.get("Mailbox('nobody')")).status).toBe(404);
  });

  it("can have other property sets", async () => {
    const api = new TestApi({ behaviour: { auditSetHasDefaultAuditSet: false } });
    expect(rows(await api.get("Mailbox?PropertySet=Audit&$top=1"))[0]).not.toHaveProperty("DefaultAuditSet");
    api.organization.setBehaviour({ propertySets: false });
    expect((await api.get("Mailbox?PropertySet=Audit")).status).toBe(400);
  });

  it("refuses unknown property sets, properties and query options", async () => {
    const api = new TestApi();
    for (const query of ["PropertySet=Nonsense", "$select=Nonsense", "$orderby=Alias", "$top=0"]) {
      expect((await api.get(`Mailbox?${query}`)).status).toBe(400);
    }
  });
});
