import { startSandbox, type Sandbox, type TenantInfo } from "./index";
import { callerWith } from "./testing/apps";
import { connectTo, first, type Wire } from "./testing/wire";

const exchangeAppId = "00000002-0000-0ff1-ce00-000000000000";

// Each sandbox makes RSA and certificate keys of its own, which takes seconds on a busy machine.
jest.setTimeout(30_000);

describe("the control API", () => {
  let sandbox: Sandbox;
  let wire: Wire;
  let contoso: TenantInfo;
  let token: string;
  beforeEach(async () => {
    sandbox = await startSandbox({
      tenants: [
        { initialDomain: "contoso.onmicrosoft.com", mailboxes: 20 },
        { initialDomain: "fabrikam.onmicrosoft.com", exchangeBehaviour: { batchLimit: 5 } },
      ],
      exchangeBehaviour: { batchLimit: 7, defaultPageSize: 15 },
    });
    wire = connectTo(sandbox);
    [contoso] = sandbox.tenants as [TenantInfo];
    token = await wire.deployerToken(contoso);
  });
  afterEach(async () => {
    await wire.close();
    await sandbox.close();
  });
  const control = (method: string, path: string, body?: unknown) => wire.json(method, `/_sandbox${path}`, body);
  const tenant = "/tenants/contoso.onmicrosoft.com";

  const auditedApplication = async (): Promise<{ id: string; appId: string }> => {
    const { id, appId } = (await wire.json("POST", "/v1.0/applications", { displayName: "1Secure" }, token)).body;
    const principal = (await wire.json("POST", "/v1.0/servicePrincipals", { appId }, token)).body;
    const filter = `/v1.0/servicePrincipals?$filter=appId eq '${exchangeAppId}'`;
    const api = first((await wire.json("GET", filter, undefined, token)).body.value);
    const appRoleId = "dc50a0fb-09a3-484d-be87-e023b12c6440";
    const assignment = { principalId: principal.id, resourceId: api.id, appRoleId };
    await wire.json("POST", `/v1.0/servicePrincipals/${api.id}/appRoleAssignedTo`, assignment, token);
    const roleDefinitionId = "29232cdf-9323-42fd-ade2-1d097af3e4de";
    const role = { principalId: principal.id, roleDefinitionId, directoryScopeId: "/" };
    await wire.json("POST", "/v1.0/roleManagement/directory/roleAssignments", role, token);
    return { id, appId };
  };

  it("lists its tenants and its routes", async () => {
    expect((await control("GET", "/tenants")).body.value).toEqual([
      { id: contoso.id, initialDomain: "contoso.onmicrosoft.com", displayName: "Contoso", mailboxes: 20 },
      expect.objectContaining({ displayName: "Fabrikam", mailboxes: 50 }),
    ]);
    expect((await control("GET", "")).body).toMatchObject({
      routes: expect.arrayContaining(["GET /_sandbox/tenants"]),
    });
    expect((await control("GET", "/tenants/nobody.example")).status).toBe(404);
    expect((await control("GET", "/nonsense")).status).toBe(404);
  });

  it("shows nothing of ours in a new tenant, then all that was made, and nothing once it is deleted", async () => {
    const nothing = { applications: [], servicePrincipals: [], consents: [], roles: [] };
    expect((await control("GET", tenant)).body).toMatchObject({ directory: { ...nothing, deletedItems: [] } });
    const { id, appId } = await auditedApplication();
    const { directory } = sandbox.control.tenant(contoso.id);
    expect((await control("GET", tenant)).body).toMatchObject({ directory });
    expect(directory).toMatchObject({
      applications: [{ objectId: id, clientId: appId, displayName: "1Secure", certificates: [], clientSecrets: [] }],
      servicePrincipals: [{ clientId: appId }],
      consents: [{ clientId: appId, api: "Office 365 Exchange Online", permission: "Exchange.ManageAsApp" }],
      roles: [{ clientId: appId, role: "Exchange Administrator", directoryScopeId: "/" }],
    });
    await wire.json("DELETE", `/v1.0/applications/${id}`, undefined, token);
    expect(sandbox.control.tenant(contoso.id).directory).toMatchObject(nothing);
  });

  it("takes consent and roles away, once", async () => {
    const { appId } = await auditedApplication();
    for (const path of ["consents/Exchange.ManageAsApp", "roles/Exchange%20Administrator"]) {
      expect((await control("DELETE", `${tenant}/applications/${appId}/${path}`)).status).toBe(204);
      expect((await control("DELETE", `${tenant}/applications/${appId}/${path}`)).status).toBe(404);
    }
    expect(sandbox.control.tenant(contoso.id).directory).toMatchObject({ consents: [], roles: [] });
  });

  it("gives an app consent to what Microsoft Graph offers, as someone in the admin center may", async () => {
    const { appId } = await auditedApplication();
    expect((await control("PUT", `${tenant}/applications/${appId}/consents/Mail.Read`)).status).toBe(204);
    expect(sandbox.control.tenant(contoso.id).directory.consents).toContainEqual(
      expect.objectContaining({ clientId: appId, api: "Microsoft Graph", permission: "Mail.Read" }),
    );
    expect((await control("PUT", `${tenant}/applications/${appId}/consents/Mail.Everything`)).status).toBe(404);
    expect((await control("PUT", `${tenant}/applications/nobody/consents/Mail.Read`)).status).toBe(404);
  });

  it("narrows a mailbox's lists and reads them back", async () => {
    const mailbox = first(sandbox.control.mailboxes(contoso.id));
    const path = `${tenant}/mailboxes/${encodeURIComponent(mailbox.userPrincipalName)}`;
    const changed = await control("PATCH", path, { auditDelegate: ["SendAs"] });
    expect(changed.body).toMatchObject({ userPrincipalName: mailbox.userPrincipalName, auditDelegate: ["SendAs"] });
    const customised = sandbox.control.mailboxes(contoso.id, "customised").map(({ guid }) => guid);
    expect(customised).toContain(mailbox.guid);
    expect((await control("GET", `${tenant}/mailboxes?which=customised`)).body.value).toHaveLength(customised.length);
    expect((await control("GET", path)).body).toMatchObject({ auditDelegate: ["SendAs"] });
    expect((await control("PATCH", path, { nonsense: true })).status).toBe(400);
    expect((await control("GET", `${tenant}/mailboxes/nobody`)).status).toBe(404);
  });

  it("sets a share of all mailboxes, spread evenly, and leaves group mailboxes out", async () => {
    const settable = sandbox.control
      .mailboxes(contoso.id)
      .filter(({ recipientTypeDetails }) => recipientTypeDetails !== "GroupMailbox");
    const set = async (body: object) => (await control("PATCH", `${tenant}/mailboxes`, body)).body;
    const narrowed = () => sandbox.control.mailboxes(contoso.id).filter(({ auditOwner }) => auditOwner.length === 1);
    expect(await set({ audit: { auditOwner: ["Update", "Move"] } })).toEqual({ changed: settable.length });
    const share = Math.floor(settable.length * 0.3);
    expect(await set({ audit: { auditOwner: ["Update"] }, share: 0.3 })).toEqual({ changed: share });
    expect(narrowed()).toHaveLength(share);
    const whenChanged = Date.UTC(2025, 0, 1);
    await set({ audit: { auditOwner: ["Update", "Move"] }, whenChanged });
    expect(new Set(sandbox.control.mailboxes(contoso.id).map((one) => one.whenChanged))).toContain(whenChanged);
    expect(await set({ audit: { auditOwner: ["Move"] }, recipientTypes: ["GroupMailbox"] })).toMatchObject({
      changed: 20 - settable.length,
    });
    expect((await control("PATCH", `${tenant}/mailboxes`, { audit: {}, share: 2 })).status).toBe(400);
  });

  it("sets and ends what Exchange has to cope with", async () => {
    const nothing = { load: null, faults: null };
    expect((await control("GET", "/exchange")).body).toEqual(nothing);
    const exchangeToken = await wire.deployerToken(contoso, "https://outlook.office365.com/.default");
    const list = async () =>
      (await wire.json("GET", `/adminapi/beta/${contoso.id}/Mailbox`, undefined, exchangeToken)).status;
    expect(await list()).toBe(200);
    const faults = { unavailableRequests: 1 };
    expect((await control("PUT", "/exchange/faults", faults)).body).toEqual({ load: null, faults });
    expect(await list()).toBe(503);
    expect((await control("DELETE", "/exchange/faults")).status).toBe(204);
    const load = { writesPerMinute: 60, concurrentRequests: 2 };
    expect((await control("PUT", "/exchange/load", load)).body).toEqual({ load, faults: null });
    expect(await list()).toBe(200);
    expect((await control("DELETE", "/exchange/load")).status).toBe(204);
    expect((await control("GET", "/exchange")).body).toEqual(nothing);
    expect((await control("PUT", "/exchange/load", { writesPerMinute: -1 })).status).toBe(400);
    expect((await control("PUT", "/exchange/faults", { nonsense: 1 })).status).toBe(400);
  });

  it("turns the behaviour of a tenant's Exchange round, and back", async () => {
    const path = `${tenant}/exchange/behaviour`;
    expect((await control("GET", path)).body).toMatchObject({ batchRouting: "outerAnchor", batchLimit: 7 });
    expect(sandbox.control.exchangeBehaviour("fabrikam.onmicrosoft.com")).toMatchObject({
      batchLimit: 5,
      defaultPageSize: 15,
    });
    const change = { batchRouting: "itemAnchor", unifiedAuditLogDelayMs: 0 };
    expect((await control("PATCH", path, change)).body).toMatchObject({ ...change, batchLimit: 7 });
    expect(sandbox.control.exchangeBehaviour(contoso.id)).toMatchObject(change);
    expect(sandbox.control.exchangeBehaviour("fabrikam.onmicrosoft.com").batchRouting).toBe("outerAnchor");
    expect((await control("PATCH", path, { nonsense: true })).status).toBe(400);
    expect((await control("PATCH", path, { batchRouting: "nowhere" })).status).toBe(400);
    expect((await control("DELETE", path)).status).toBe(204);
    expect(sandbox.control.exchangeBehaviour(contoso.id)).toMatchObject({
      batchRouting: "outerAnchor",
      batchLimit: 10,
    });
  });

  it("knows a tenant's Exchange by its id and its verified domains, to tokens of that tenant", async () => {
    const exchangeToken = await wire.deployerToken(contoso, "https://outlook.office365.com/.default");
    const list = async (name: string) =>
      (await wire.json("GET", `/adminapi/beta/${name}/Mailbox`, undefined, exchangeToken)).status;
    for (const name of [contoso.id, "Contoso.onmicrosoft.com", "contoso.example"]) expect(await list(name)).toBe(200);
    for (const name of ["contoso-new.example", "fabrikam.example"]) expect(await list(name)).toBe(403);
  });

  it("takes a mailbox away, with its user", async () => {
    const { userPrincipalName } = first(sandbox.control.mailboxes(contoso.id));
    const path = `${tenant}/mailboxes/${userPrincipalName}`;
    expect((await control("DELETE", path)).status).toBe(204);
    expect((await control("GET", path)).status).toBe(404);
    expect((await control("DELETE", path)).status).toBe(404);
    expect((await control("GET", `${tenant}/mailboxes`)).body.value).toHaveLength(19);
    expect((await control("GET", tenant)).body).toMatchObject({ mailboxes: 19 });
    const reader = await callerWith(wire, contoso, "User.Read.All");
    expect((await wire.json("GET", `/v1.0/users/${userPrincipalName}`, undefined, reader)).status).toBe(404);
  });

  it("puts accounts on bypass and turns the organization's switches", async () => {
    const { userPrincipalName } = first(sandbox.control.mailboxes(contoso.id));
    const path = `${tenant}/bypass/${encodeURIComponent(userPrincipalName)}`;
    const before = sandbox.control.tenant(contoso.id).bypassed.length;
    expect((await control("PUT", path, { bypass: true })).body).toMatchObject({ auditBypassEnabled: true });
    expect(sandbox.control.tenant(contoso.id).bypassed.length).toBe(before + 1);
    expect((await control("PUT", `${tenant}/bypass/nobody`, { bypass: true })).status).toBe(404);
    const switches = { auditDisabled: true, unifiedAuditLogIngestionEnabled: false };
    expect((await control("PATCH", `${tenant}/organization`, switches)).body).toMatchObject(switches);
    expect(sandbox.control.tenant(contoso.id).organization).toMatchObject(switches);
  });

  it("shows and changes what 1Secure holds", async () => {
    expect(sandbox.control.oneSecure().organizations.map(({ name }) => name)).toEqual(["Contoso", "Fabrikam"]);
    await control("POST", "/onesecure/organizations", { name: "Third" });
    expect((await control("GET", "/onesecure")).body).toMatchObject({ organizations: [{}, {}, { name: "Third" }] });
    expect((await control("PATCH", "/onesecure/sources/none", { crawlSource: false })).status).toBe(404);
    expect((await control("PATCH", "/onesecure/sources/none", { crawlSource: "no" })).status).toBe(400);
  });

  it("counts what was asked, until it is told to start again", async () => {
    await control("DELETE", "/counters");
    await wire.deployerToken(contoso);
    await wire.json("GET", "/v1.0/applications", undefined, token);
    await wire.json("POST", "/v1.0/applications", {}, token);
    expect((await control("GET", "/counters")).body).toMatchObject({
      tokens: 1,
      graphReads: 1,
      graphWrites: 1,
      exchange: 0,
      oneSecure: 0,
      nowPrivacy: 0,
      tenants: { [contoso.id]: { cmdletWrites: 0, batches: 0, listPages: 0 } },
    });
    sandbox.control.resetCounters();
    expect(sandbox.control.counters()).toMatchObject({ tokens: 0, graphReads: 0, graphWrites: 0 });
  });

  it("knows every secret that was given out", async () => {
    const { value } = (await control("GET", "/secrets")).body;
    expect(value).toEqual(expect.arrayContaining([contoso.deployer.clientSecret, token]));
    expect(value).toContain(sandbox.environment(contoso)["M365AUDIT_ONESECURE_TOKEN"]);
  });
});
