import { directoryRoleTemplates } from "../../provider/entra/wellKnown";
import { TestApi, bearer, failure, otherTenantId, rows, tenantId } from "./testing/adminApi";

let api: TestApi;
beforeEach(() => {
  api = new TestApi({ mailboxes: 20 });
});
const call = async (authorization: string | undefined, cmdlet = "Get-Mailbox", parameters: object = {}) =>
  api.request(
    "POST",
    `/adminapi/beta/${tenantId}/InvokeCommand`,
    authorization === undefined ? {} : { authorization },
    { CmdletInput: { CmdletName: cmdlet, Parameters: parameters } },
  );

describe("the ladder to the admin API", () => {
  it("starts at 401 with a challenge for a request without a token", async () => {
    const { status, headers, text } = await call(undefined);
    expect([status, text]).toEqual([401, ""]);
    expect(headers["www-authenticate"]).toContain("Bearer client_id=");
  });

  it("says of an expired token that it has expired", async () => {
    const { status, headers } = await call("Bearer expired");
    expect(status).toBe(401);
    expect(headers["x-ms-diagnostics"]).toContain('error_category="token_expired"');
  });

  it("stays at 401 for an app that has a directory role but not the app role", async () => {
    expect((await call(bearer({ roles: [] }))).status).toBe(401);
  });

  it("is at 403 with NUL bytes for an app role without a directory role, and the reason is in x-ms-diagnostics", async () => {
    const { status, headers, text } = await call(bearer({ wids: [] }));
    expect(status).toBe(403);
    expect(text).toMatch(/^\0+$/);
    expect(headers["x-ms-diagnostics"]).toContain("isn't supported in this scenario");
  });

  it("doesn't count a directory role that app-only access doesn't support", async () => {
    const wids = [directoryRoleTemplates["Application Administrator"]];
    expect((await call(bearer({ wids }))).status).toBe(403);
  });

  it("gives an app with only the permission for version 2 a 403 without a body", async () => {
    const { status, text } = await call(bearer({ roles: ["Exchange.ManageAsAppV2"] }));
    expect([status, text]).toEqual([403, ""]);
  });

  it("refuses a token of another tenant", async () => {
    expect((await call(bearer({ tenantId: otherTenantId }))).status).toBe(403);
  });

  it("ends at 200 with both grants", async () => {
    expect((await call(bearer())).status).toBe(200);
  });
});

describe("what directory roles expose", () => {
  const as = (role: keyof typeof directoryRoleTemplates) => bearer({ wids: [directoryRoleTemplates[role]] });

  it("lets a Global Reader read everything and change nothing", async () => {
    expect((await call(as("Global Reader"), "Get-OrganizationConfig")).status).toBe(200);
    const refused = await call(as("Global Reader"), "Set-Mailbox", { Identity: "x" });
    expect([refused.status, refused.text]).toEqual([403, expect.stringMatching(/^\0+$/)]);
    expect(refused.headers["x-ms-diagnostics"]).toContain("Set-Mailbox");
  });

  it("keeps the organization's configuration from a Security Reader", async () => {
    expect((await call(as("Security Reader"), "Get-AdminAuditLogConfig")).status).toBe(200);
    expect((await call(as("Security Reader"), "Get-OrganizationConfig")).status).toBe(403);
  });

  it("makes no difference between a cmdlet that isn't allowed and one that isn't there", async () => {
    const [forbidden, unknown] = [
      await call(as("Global Reader"), "Set-Mailbox", { Identity: "x" }),
      await call(as("Global Reader"), "Get-Nonsense"),
    ];
    expect([unknown.status, unknown.text]).toEqual([forbidden.status, forbidden.text]);
  });

  it("can be made to say what is refused", async () => {
    api.organization.setBehaviour({ refusedCmdlet: "namedError" });
    const refused = await call(as("Global Reader"), "Set-Mailbox", { Identity: "x" });
    expect([refused.status, failure(refused).text]).toEqual([401, "User is not allowed to call Set-Mailbox"]);
    expect(failure(await call(bearer(), "Get-Nonsense")).type).toBe("CommandNotFoundException");
  });

  it("is told by EXOModuleFile, also in the spelling and without the headers that ScubaGear uses", async () => {
    const exported = async (authorization: string) => {
      const answer = await api.request("GET", `/AdminApi/v1.0/${tenantId}/EXOModuleFile`, { authorization });
      return String(rows(answer)[0]?.exportedCmdlets).split(",");
    };
    expect(await exported(bearer())).toContain("Set-Mailbox");
    expect(await exported(as("Global Reader"))).toContain("Get-Mailbox");
    expect(await exported(as("Global Reader"))).not.toContain("Set-Mailbox");
  });
});
