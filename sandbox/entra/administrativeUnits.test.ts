import { startSandbox, type Sandbox, type TenantInfo } from "../index";
import { callerWith, deployerOf, exchangeAdministrator, exchangeAppId, newApp, type Deploy } from "../testing/apps";
import { connectTo, first, type Answer, type Wire } from "../testing/wire";

// Each sandbox makes RSA and certificate keys of its own, which takes seconds on a busy machine.
jest.setTimeout(30_000);

describe("administrative units", () => {
  let sandbox: Sandbox;
  let wire: Wire;
  let contoso: TenantInfo;
  let deploy: Deploy;
  let inside: string;
  let outside: string;
  beforeAll(async () => {
    sandbox = await startSandbox();
    wire = connectTo(sandbox);
    [contoso] = sandbox.tenants as [TenantInfo];
    deploy = await deployerOf(wire, contoso);
    const users = sandbox.control.mailboxes(contoso.id).filter((one) => one.recipientTypeDetails === "UserMailbox");
    [inside, outside] = users.slice(20, 22).map(({ userPrincipalName }) => userPrincipalName) as [string, string];
  });
  afterAll(async () => {
    await wire.close();
    await sandbox.close();
  });

  it("are made, filled, read and deleted by who may", async () => {
    const as = await callerWith(wire, contoso, "AdministrativeUnit.ReadWrite.All");
    const admin = (method: string, path: string, body?: unknown): Promise<Answer> =>
      wire.json(method, `/v1.0/directory/administrativeUnits${path}`, body, as);
    const { status, body } = await admin("POST", "", { displayName: "Finance", description: "Money" });
    expect([status, body]).toEqual([201, expect.objectContaining({ displayName: "Finance", visibility: null })]);
    const user = sandbox.control.mailbox(contoso.id, inside).externalDirectoryObjectId;
    const member = { "@odata.id": `${sandbox.origin}/v1.0/directoryObjects/${user}` };
    expect((await admin("POST", `/${body.id}/members/$ref`, member)).status).toBe(204);
    expect((await admin("POST", `/${body.id}/members/$ref`, member)).status).toBe(400);
    expect((await admin("GET", `/${body.id}/members`)).body.value).toEqual([
      expect.objectContaining({ "@odata.type": "#microsoft.graph.user", id: user, userPrincipalName: inside }),
    ]);
    expect((await admin("GET", "?$filter=displayName eq 'Finance'")).body.value).toHaveLength(1);
    expect((await admin("PATCH", `/${body.id}`, { displayName: "Treasury" })).status).toBe(204);
    expect((await admin("GET", `/${body.id}`)).body.displayName).toBe("Treasury");
    expect((await admin("DELETE", `/${body.id}/members/${user}/$ref`)).status).toBe(204);
    expect((await admin("DELETE", `/${body.id}`)).status).toBe(204);
    expect((await admin("GET", `/${body.id}`)).status).toBe(404);
    expect((await deploy("GET", "/directory/administrativeUnits")).status).toBe(200);
    expect((await deploy("POST", "/directory/administrativeUnits", { displayName: "x" })).status).toBe(403);
  });

  it("limit a role: no token carries it, and it disappears with the unit", async () => {
    const { id } = sandbox.control.addAdministrativeUnit(contoso.id, "Sales", [inside]);
    const app = await newApp(wire, contoso);
    expect((await app.assign(exchangeAdministrator, `/administrativeUnits/${contoso.id}`)).status).toBe(404);
    expect((await app.assign(exchangeAdministrator, `/administrativeUnits/${app.principalId}`)).status).toBe(404);
    expect((await app.assign(exchangeAdministrator, `/administrativeUnits/${id}`)).status).toBe(201);
    expect((await app.claims()).wids).not.toContain(exchangeAdministrator);
    const path = `/roleManagement/directory/roleAssignments?$filter=principalId eq '${app.principalId}'&$expand=roleDefinition`;
    expect(first((await deploy("GET", path)).body.value)).toMatchObject({
      directoryScopeId: `/administrativeUnits/${id}`,
      roleDefinition: { displayName: "Exchange Administrator" },
    });
    const as = await callerWith(wire, contoso, "AdministrativeUnit.ReadWrite.All");
    await wire.json("DELETE", `/v1.0/directory/administrativeUnits/${id}`, undefined, as);
    expect((await deploy("GET", path)).body.value).toEqual([]);
  });

  it("limit what Exchange lets an app change, and not what it reads", async () => {
    const { body: unit } = await wire.json("POST", `/_sandbox/tenants/${contoso.id}/administrativeUnits`, {
      displayName: "Legal",
      members: [inside],
    });
    const app = await newApp(wire, contoso);
    await app.consent(exchangeAppId, "Exchange.ManageAsApp");
    const token = (await app.ask()).body.access_token;
    const invoke = (CmdletName: string, Parameters: Readonly<Record<string, unknown>>, as = token): Promise<Answer> =>
      wire.send("POST", `/adminapi/beta/${contoso.id}/InvokeCommand`, {
        headers: {
          authorization: `Bearer ${as}`,
          "content-type": "application/json",
          "x-anchormailbox": `UPN:${String(Parameters["Identity"])}`,
        },
        body: JSON.stringify({ CmdletInput: { CmdletName, Parameters } }),
      });
    const set = (Identity: string) => invoke("Set-Mailbox", { Identity, AuditDelegate: ["SendAs"] });
    expect((await set(inside)).status).toBe(403);
    await app.assign(exchangeAdministrator, `/administrativeUnits/${unit.id}`);
    expect((await set(inside)).status).toBe(200);
    const refused = await set(outside);
    expect([refused.status, JSON.stringify(refused.body)]).toEqual([400, expect.stringContaining("write scope")]);
    expect(sandbox.control.mailbox(contoso.id, outside).auditDelegate).not.toEqual(["SendAs"]);
    expect((await invoke("Get-Mailbox", { Identity: outside })).status).toBe(200);
    const bypass = { Identity: outside, AuditBypassEnabled: false };
    expect((await invoke("Set-MailboxAuditBypassAssociation", bypass)).status).toBe(400);
    expect((await invoke("Set-OrganizationConfig", { AuditDisabled: false })).status).toBe(403);
    await app.assign(exchangeAdministrator);
    const wide = (await app.ask()).body.access_token;
    expect((await invoke("Set-Mailbox", { Identity: outside, AuditEnabled: true }, wide)).status).toBe(200);
  });

  it("are the tenant's own", async () => {
    const [, fabrikam] = sandbox.tenants as [TenantInfo, TenantInfo];
    const { id } = sandbox.control.addAdministrativeUnit(contoso.id, "Ours", []);
    const theirs = await deployerOf(wire, fabrikam);
    expect((await theirs("GET", `/directory/administrativeUnits/${id}`)).status).toBe(404);
    expect(() => sandbox.control.addAdministrativeUnit(fabrikam.id, "Theirs", [inside])).toThrow("has no user");
  });
});
