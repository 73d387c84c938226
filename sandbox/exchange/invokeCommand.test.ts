import {
  TestApi,
  bearer,
  customDomain,
  domain,
  failure,
  otherTenantId,
  rows,
  tenantId,
  warnings,
} from "./testing/adminApi";

describe("InvokeCommand", () => {
  it("announces collections and scalars with their two spellings of a type", async () => {
    const api = new TestApi();
    const { body, headers } = await api.invoke("Get-Mailbox", { ResultSize: 1 });
    expect(body["@odata.context"]).toBe(
      `${await api.origin()}/adminapi/beta/${tenantId}/$metadata#Collection(Exchange.GenericHashTable)`,
    );
    expect(body["adminapi.warnings@odata.type"]).toBe("#Collection(String)");
    const [mailbox] = rows({ body });
    expect(mailbox).toMatchObject({
      "Guid@data.type": "System.Guid",
      "WhenChangedUTC@data.type": "System.DateTime",
      "AuditAdmin@odata.type": "#Collection(String)",
      AuditLogAgeLimit: "90.00:00:00",
    });
    expect(mailbox?.WhenChangedUTC).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(headers["content-type"]).toContain("application/json");
    expect(headers).toHaveProperty("request-id");
    expect(headers["rate-limit-limit"]).toBe("30000");
  });

  it("shows only what $select names, with its types", async () => {
    const api = new TestApi();
    const [mailbox] = rows(await api.invoke("Get-Mailbox", { ResultSize: 1 }, { query: "?$select=Guid,AuditAdmin" }));
    expect(Object.keys(mailbox ?? {}).sort()).toEqual([
      "AuditAdmin",
      "AuditAdmin@odata.type",
      "Guid",
      "Guid@data.type",
    ]);
  });

  it("refuses null in place of parameters", async () => {
    const api = new TestApi();
    const { status, body } = await api.request(
      "POST",
      `/adminapi/beta/${tenantId}/InvokeCommand`,
      { authorization: bearer() },
      { CmdletInput: { CmdletName: "Get-Mailbox", Parameters: null } },
    );
    expect(status).toBe(400);
    expect(failure({ body }).text).toContain("'Parameters'");
  });

  it("names a parameter that the cmdlet doesn't have, as the service was seen to", async () => {
    const { status, body } = await new TestApi().invoke("Get-Mailbox", { BogusParameter: 1 });
    expect(status).toBe(400);
    expect(body).toMatchObject({
      error: {
        code: "BadRequest",
        message: "Invalid Operation",
        details: [
          {
            message:
              "|Microsoft.Exchange.AdminApi.CommandInvocation.AmbiguousParameterSetException|Parameter set cannot be resolved using the specified named parameters. Invalid cmdlet parameters specified. BogusParameter",
          },
        ],
      },
    });
  });

  it("says of an unknown identity that it couldn't be found", async () => {
    const { status, body } = await new TestApi().invoke("Get-Mailbox", { Identity: "nobody@contoso.com" });
    expect(status).toBe(404);
    expect(body).toMatchObject({ error: { code: "NotFound", message: "Error executing cmdlet" } });
    expect(JSON.stringify(body)).toContain(
      "Ex6F9304|Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException|The operation couldn't be performed because object 'nobody@contoso.com' couldn't be found on",
    );
  });

  it("takes names of cmdlets and parameters in any letter case", async () => {
    const api = new TestApi();
    expect(rows(await api.invoke("get-mailbox", { resultsize: "3" }))).toHaveLength(3);
  });

  it("asks back and changes nothing with Confirm", async () => {
    const api = new TestApi();
    const { body } = await api.invoke("Set-OrganizationConfig", { AuditDisabled: true, Confirm: true });
    expect(body).toHaveProperty(["@adminapi.confirmationmessage"]);
    expect(api.organization.switches().auditDisabled).toBe(false);
    expect(api.organization.counters.cmdletWrites).toBe(0);
  });

  it("answers bodies that are no JSON, and addresses that are nothing, in the API's own form", async () => {
    const api = new TestApi();
    const { status, body } = await api.request(
      "POST",
      `/adminapi/beta/${tenantId}/InvokeCommand`,
      { authorization: bearer() },
      "{",
    );
    expect([status, failure({ body }).text]).toEqual([400, "The request body is no valid JSON."]);
    expect((await api.get("Nothing")).status).toBe(404);
  });

  it("doesn't exist for a tenant that isn't there", async () => {
    const api = new TestApi();
    const url = `/adminapi/beta/${otherTenantId}/InvokeCommand`;
    const headers = { authorization: bearer({ tenantId: otherTenantId }) };
    expect((await api.invoke("Get-Mailbox", {}, { url, headers })).status).toBe(403);
  });
});

describe("paging of InvokeCommand", () => {
  const anchor = { "x-anchormailbox": `APP:SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}@${tenantId}` };
  const everything = { ResultSize: "Unlimited" };
  const firstPage = async (api: TestApi) =>
    api.invoke("Get-Mailbox", everything, { headers: { ...anchor, prefer: "odata.maxpagesize=80" } });

  it("is continued by posting the same request to the next link until there is none", async () => {
    const api = new TestApi();
    const guids: string[] = [];
    let url: string | undefined;
    do {
      const options = { headers: { ...anchor, prefer: "odata.maxpagesize=80" }, ...(url === undefined ? {} : { url }) };
      const answer = await api.invoke("Get-Mailbox", everything, options);
      expect(warnings(answer)).toEqual([]);
      guids.push(...rows(answer).map(({ Guid }) => Guid));
      url = answer.body["@odata.nextLink"] as string | undefined;
    } while (url !== undefined);
    const expected = [...api.organization.each()].filter((one) => one.recipientTypeDetails !== "GroupMailbox");
    expect(guids).toEqual(expected.map(({ guid }) => guid));
    expect(api.organization.counters).toMatchObject({ requests: 3, listPages: 3, cmdletReads: 3 });
  });

  it("breaks when the next page is asked for with another anchor, other parameters, or too late", async () => {
    const api = new TestApi();
    const url = (await firstPage(api)).body["@odata.nextLink"] as string;
    const expired = "Expired or Invalid pagination request. Default Expiry time is 00:30:00";
    const elsewhere = await api.invoke("Get-Mailbox", everything, { url, headers: { "x-anchormailbox": "UPN:else" } });
    expect([elsewhere.status, failure(elsewhere).text]).toEqual([400, expired]);
    expect(JSON.stringify(elsewhere.body)).toContain('"type":"System.Exception"');
    const other = await api.invoke("Get-Mailbox", { ResultSize: 1000 }, { url, headers: anchor });
    expect(failure(other).text).toBe(expired);
    api.now += 31 * 60 * 1000;
    expect(failure(await api.invoke("Get-Mailbox", everything, { url, headers: anchor })).text).toBe(expired);
  });

  it("stops at ResultSize, which is 1,000 unless told otherwise, and warns of it", async () => {
    const api = new TestApi({ mailboxes: 1300 });
    const answer = await api.invoke("Get-Mailbox");
    expect(rows(answer)).toHaveLength(1000);
    expect(warnings(answer)).toEqual([expect.stringContaining("increase the value for the ResultSize parameter")]);
    expect(answer.body).not.toHaveProperty(["@odata.nextLink"]);
    const paged = { headers: { prefer: "odata.maxpagesize=1000" } };
    expect(warnings(await api.invoke("Get-Mailbox", { ResultSize: 5000 }, paged))).toHaveLength(1);
  });

  it("gives the whole list in one answer when no page size is preferred", async () => {
    const api = new TestApi({ mailboxes: 2500 });
    const answer = await api.invoke("Get-Mailbox", { ...everything, RecipientTypeDetails: "UserMailbox" });
    expect(rows(answer).length).toBeGreaterThan(1900);
    expect(answer.body).not.toHaveProperty(["@odata.nextLink"]);
    api.organization.setBehaviour({ wholeListInOneAnswer: false });
    expect(rows(await api.invoke("Get-Mailbox", everything))).toHaveLength(1000);
  });

  it("takes the tenant's domains in place of its id, but goes on at a page only by the initial one or the id", async () => {
    const api = new TestApi();
    const second = async (name: string) => {
      const url = `/adminapi/beta/${name}/InvokeCommand`;
      const headers = { ...anchor, prefer: "odata.maxpagesize=80" };
      const first = await api.invoke("Get-Mailbox", everything, { url, headers });
      expect(rows(first)).toHaveLength(80);
      return api.invoke("Get-Mailbox", everything, { url: first.body["@odata.nextLink"] as string, headers: anchor });
    };
    expect((await second(domain.toUpperCase())).status).toBe(200);
    expect(failure(await second(customDomain))).toMatchObject({ type: "Exception" });
    api.organization.setBehaviour({ customDomainsPage: true });
    expect((await second(customDomain)).status).toBe(200);
    api.organization.setBehaviour({ domainInPath: false });
    const url = `/adminapi/beta/${domain}/InvokeCommand`;
    expect((await api.invoke("Get-Mailbox", everything, { url })).status).toBe(403);
  });

  it("takes spaces in the preference, and ignores the header X-Prefer", async () => {
    const api = new TestApi();
    const prefer = "odata.maxpagesize = 7;odata.continue-on-error";
    expect(rows(await api.invoke("Get-Mailbox", everything, { headers: { prefer } }))).toHaveLength(7);
    expect(
      rows(await api.invoke("Get-Mailbox", everything, { headers: { "x-prefer": prefer } })).length,
    ).toBeGreaterThan(7);
  });
});

describe("faults", () => {
  it("come in before an operation, and after it so that its answer is lost", async () => {
    const api = new TestApi();
    const [{ guid } = { guid: "" }] = api.users(1);
    api.hooks.before = async (operation) =>
      Promise.resolve(
        operation.cmdlet === "Get-Mailbox" ? { status: 429, headers: { "retry-after": "3" } } : undefined,
      );
    api.hooks.after = async () => Promise.resolve({ status: 504 });
    const throttled = await api.invoke("Get-Mailbox");
    expect([throttled.status, throttled.headers["retry-after"]]).toEqual([429, "3"]);
    expect(api.organization.counters.cmdletReads).toBe(0);
    expect(
      (await api.invoke("Set-MailboxAuditBypassAssociation", { Identity: guid, AuditBypassEnabled: true })).status,
    ).toBe(504);
    expect(api.organization.bypass(guid)?.auditBypassEnabled).toBe(true);
  });
});
