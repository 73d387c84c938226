import { startSandbox, type Sandbox, type TenantInfo } from "../index";
import { callerWith } from "../testing/apps";
import { connectTo, first, type Answer, type Wire } from "../testing/wire";

const exchangeAppId = "00000002-0000-0ff1-ce00-000000000000";
const manageAsApp = "dc50a0fb-09a3-484d-be87-e023b12c6440";
const exchangeAdministrator = "29232cdf-9323-42fd-ade2-1d097af3e4de";
const nobody = "11111111-2222-4333-8444-555555555555";

// Each sandbox makes RSA and certificate keys of its own, which takes seconds on a busy machine.
jest.setTimeout(30_000);

describe("service principals and what they are granted", () => {
  let sandbox: Sandbox;
  let wire: Wire;
  let contoso: TenantInfo;
  let token: string;
  beforeAll(async () => {
    sandbox = await startSandbox();
    wire = connectTo(sandbox);
    [contoso] = sandbox.tenants as [TenantInfo];
    token = await wire.deployerToken(contoso);
  });
  afterAll(async () => {
    await wire.close();
    await sandbox.close();
  });
  const graph = (method: string, path: string, body?: unknown, as = token): Promise<Answer> =>
    wire.json(method, `/v1.0${path}`, body, as);
  const principalOf = async (appId: string) =>
    first((await graph("GET", `/servicePrincipals?$filter=appId+eq+'${appId}'`)).body.value);
  const newPrincipal = async (
    displayName = "1Secure",
  ): Promise<{ id: string; appId: string; applicationId: string }> => {
    const application = (await graph("POST", "/applications", { displayName })).body;
    const { body } = await graph("POST", "/servicePrincipals", { appId: application.appId });
    return { id: body.id, appId: application.appId, applicationId: application.id };
  };

  it("of Microsoft's APIs are in every tenant, with their app roles, published by Microsoft", async () => {
    const exchange = await principalOf(exchangeAppId);
    expect(exchange).toMatchObject({
      displayName: "Office 365 Exchange Online",
      appOwnerOrganizationId: "f8cdef31-a31e-4b4a-93e4-5f571e91255a",
      servicePrincipalType: "Application",
      accountEnabled: true,
      servicePrincipalNames: expect.arrayContaining([exchangeAppId, "https://outlook.office365.com"]),
    });
    expect(exchange.appRoles).toContainEqual({
      allowedMemberTypes: ["Application"],
      description: expect.any(String),
      displayName: expect.any(String),
      id: manageAsApp,
      isEnabled: true,
      origin: "Application",
      value: "Exchange.ManageAsApp",
    });
    const byName = await graph(
      "GET",
      "/servicePrincipals?$filter=displayName eq 'Office 365 Exchange Online'&$select=id",
    );
    expect(byName.body.value).toEqual([{ id: exchange.id }]);
    const saml = await wire.json(
      "GET",
      `/beta/servicePrincipals/${exchange.id}?$select=samlMetadataUrl`,
      undefined,
      token,
    );
    expect(saml.body).toMatchObject({ samlMetadataUrl: null });
  });

  it("take their names from the application, and follow when it is renamed", async () => {
    const { id, appId, applicationId } = await newPrincipal("First");
    await graph("PATCH", `/applications/${applicationId}`, { displayName: "Second" });
    expect((await graph("GET", `/servicePrincipals/${id}`)).body).toMatchObject({
      displayName: "Second",
      appDisplayName: "Second",
      appOwnerOrganizationId: contoso.id,
      servicePrincipalNames: [appId],
    });
    await graph("PATCH", `/servicePrincipals/${id}`, { description: "TERRAFORM_UPDATE_x", tags: ["HideApp"] });
    await graph("PATCH", `/servicePrincipals/${id}`, { description: null });
    expect((await graph("GET", `/servicePrincipals/${id}`)).body).toMatchObject({
      description: null,
      tags: ["HideApp"],
    });
  });

  it("exist once for an application, and only for one that exists", async () => {
    const { appId, id } = await newPrincipal();
    const again = await graph("POST", "/servicePrincipals", { appId });
    expect([again.status, again.body.error.message]).toEqual([
      400,
      `The service principal cannot be created, updated, or restored because the service principal name ${appId} is already in use.`,
    ]);
    expect((await graph("POST", "/servicePrincipals", { appId: nobody })).status).toBe(400);
    expect((await graph("POST", "/servicePrincipals", {})).status).toBe(400);
    expect((await graph("GET", `/directoryObjects/${id}`)).body["@odata.type"]).toBe(
      "#microsoft.graph.servicePrincipal",
    );
    const several = await graph("POST", "/directoryObjects/getByIds", {
      ids: [id, nobody],
      types: ["servicePrincipal"],
    });
    expect(several.body.value.map((one) => one.id)).toEqual([id]);
  });

  describe("app role assignments", () => {
    let exchangeId: string;
    beforeAll(async () => {
      exchangeId = (await principalOf(exchangeAppId)).id;
    });
    const assign = (principalId: string, change: object = {}) =>
      graph("POST", `/servicePrincipals/${exchangeId}/appRoleAssignedTo`, {
        principalId,
        resourceId: exchangeId,
        appRoleId: manageAsApp,
        ...change,
      });

    it("are made, seen from both ends, and removed", async () => {
      const { id } = await newPrincipal();
      const made = await assign(id);
      expect(made.status).toBe(201);
      expect(made.body).toMatchObject({
        id: expect.stringMatching(/^[\w-]{43}$/),
        appRoleId: manageAsApp,
        principalId: id,
        principalDisplayName: "1Secure",
        principalType: "ServicePrincipal",
        resourceId: exchangeId,
        resourceDisplayName: "Office 365 Exchange Online",
      });
      const path = `/servicePrincipals/${exchangeId}/appRoleAssignedTo/${made.body.id}`;
      expect((await graph("GET", path)).body).toMatchObject({ id: made.body.id });
      expect((await graph("GET", `/servicePrincipals/${id}/appRoleAssignments`)).body.value).toHaveLength(1);
      expect(
        (await graph("GET", `/servicePrincipals/${exchangeId}/appRoleAssignedTo?$filter=principalId eq ${id}`)).body
          .value,
      ).toHaveLength(1);
      expect((await graph("DELETE", path)).status).toBe(204);
      expect((await graph("GET", path)).status).toBe(404);
      expect((await graph("DELETE", path)).status).toBe(404);
    });

    it("are refused a second time in the words that clients look for", async () => {
      const { id } = await newPrincipal();
      await assign(id);
      const again = await assign(id);
      expect([again.status, again.body.error.message]).toEqual([
        400,
        "Permission being assigned already exists on the object",
      ]);
      expect((await graph("GET", `/servicePrincipals/${id}/appRoleAssignments`)).body.value).toHaveLength(1);
    });

    it("are refused for what does not exist", async () => {
      const { id } = await newPrincipal();
      for (const answer of [await assign(nobody), await assign(id, { appRoleId: nobody })]) {
        expect([answer.status, answer.body.error.code]).toEqual([404, "Request_ResourceNotFound"]);
      }
      expect((await graph("POST", `/servicePrincipals/${nobody}/appRoleAssignedTo`, {})).status).toBe(404);
      expect((await assign(id, { resourceId: id })).status).toBe(400);
    });

    it("go with the service principal that holds them", async () => {
      const { id, applicationId } = await newPrincipal();
      const { body } = await assign(id);
      await graph("DELETE", `/applications/${applicationId}`);
      expect((await graph("GET", `/servicePrincipals/${exchangeId}/appRoleAssignedTo/${body.id}`)).status).toBe(404);
    });
  });

  describe("directory roles", () => {
    const assign = (principalId: string, change: object = {}) =>
      graph("POST", "/roleManagement/directory/roleAssignments", {
        "@odata.type": "#microsoft.graph.unifiedRoleAssignment",
        principalId,
        roleDefinitionId: exchangeAdministrator,
        directoryScopeId: "/",
        ...change,
      });

    it("are activated from their template, once", async () => {
      const template = await graph("GET", `/directoryRoleTemplates/${exchangeAdministrator}`);
      expect(template.body).toMatchObject({ id: exchangeAdministrator, displayName: "Exchange Administrator" });
      const filter = `/directoryRoles?$filter=roleTemplateId eq '${exchangeAdministrator}'`;
      expect((await graph("GET", filter)).body.value).toEqual([]);
      const made = await graph("POST", "/directoryRoles", { roleTemplateId: exchangeAdministrator });
      expect([made.status, made.body.displayName]).toEqual([201, "Exchange Administrator"]);
      expect((await graph("GET", filter)).body.value).toHaveLength(1);
      expect((await graph("GET", `/directoryRoles/${made.body.id}`)).body.roleTemplateId).toBe(exchangeAdministrator);
      expect((await graph("GET", `/directoryRoles(roleTemplateId='${exchangeAdministrator}')`)).body.id).toBe(
        made.body.id,
      );
      expect((await graph("POST", "/directoryRoles", { roleTemplateId: exchangeAdministrator })).status).toBe(400);
      expect((await graph("POST", "/directoryRoles", { roleTemplateId: nobody })).status).toBe(404);
    });

    it("are assigned once, read, and removed", async () => {
      const { id } = await newPrincipal();
      const made = await assign(id);
      expect(made.status).toBe(201);
      expect(made.body).toMatchObject({
        principalId: id,
        roleDefinitionId: exchangeAdministrator,
        directoryScopeId: "/",
        appScopeId: null,
      });
      expect(made.body.id).not.toMatch(/^[0-9a-f]{8}-/);
      const again = await assign(id);
      expect([again.status, again.body.error.message]).toEqual([
        400,
        "A conflicting object with one or more of the specified property values is present in the directory.",
      ]);
      const path = `/roleManagement/directory/roleAssignments/${made.body.id}`;
      const listed = await graph("GET", `/roleManagement/directory/roleAssignments?$filter=principalId+eq+'${id}'`);
      expect(listed.body.value).toHaveLength(1);
      expect((await graph("GET", path)).status).toBe(200);
      expect((await graph("DELETE", path)).status).toBe(204);
      expect((await graph("GET", path)).status).toBe(404);
    });

    it("are refused for unknown roles, principals and scopes", async () => {
      const { id } = await newPrincipal();
      expect((await assign(nobody)).status).toBe(404);
      expect((await assign(id, { roleDefinitionId: nobody })).status).toBe(404);
      expect((await assign(id, { directoryScopeId: `/${nobody}` })).status).toBe(404);
      expect((await assign(id, { directoryScopeId: null })).status).toBe(400);
    });
  });

  describe("permissions of the caller", () => {
    const refused = {
      error: { code: "Authorization_RequestDenied", message: "Insufficient privileges to complete the operation." },
    };

    it("are needed for everything", async () => {
      const as = await callerWith(wire, contoso);
      for (const [method, path] of [
        ["GET", "/applications"],
        ["POST", "/applications"],
        ["GET", "/servicePrincipals"],
        ["GET", "/organization"],
        ["GET", "/directoryRoles"],
        ["POST", "/directoryRoles"],
      ] as const) {
        const answer = await graph(method, path, method === "POST" ? {} : undefined, as);
        expect([method, path, answer.status]).toEqual([method, path, 403]);
        expect(answer.body).toMatchObject(refused);
      }
    });

    it("to read do not let anyone write", async () => {
      const as = await callerWith(wire, contoso, "Directory.Read.All");
      expect((await graph("GET", "/applications", undefined, as)).status).toBe(200);
      expect((await graph("POST", "/applications", { displayName: "x" }, as)).status).toBe(403);
      const { id } = await newPrincipal();
      expect((await graph("DELETE", `/servicePrincipals/${id}`, undefined, as)).status).toBe(403);
    });

    it("over owned applications do not reach those of others", async () => {
      const as = await callerWith(wire, contoso, "Application.ReadWrite.OwnedBy");
      const own = await graph("POST", "/applications", { displayName: "Own" }, as);
      expect(own.status).toBe(201);
      expect((await graph("PATCH", `/applications/${own.body.id}`, { notes: "x" }, as)).status).toBe(204);
      expect((await graph("POST", "/servicePrincipals", { appId: own.body.appId }, as)).status).toBe(201);
      const { applicationId } = await newPrincipal();
      const patch = await graph("PATCH", `/applications/${applicationId}`, { notes: "x" }, as);
      expect(patch.status).toBe(403);
      expect((await graph("POST", `/applications/${applicationId}/addPassword`, {}, as)).status).toBe(403);
    });

    it("to manage applications do not let anyone grant", async () => {
      const as = await callerWith(wire, contoso, "Application.ReadWrite.All");
      const { id } = await newPrincipal();
      const exchange = await principalOf(exchangeAppId);
      const grant = await graph(
        "POST",
        `/servicePrincipals/${exchange.id}/appRoleAssignedTo`,
        { principalId: id, resourceId: exchange.id, appRoleId: manageAsApp },
        as,
      );
      expect(grant.status).toBe(403);
      const role = { principalId: id, roleDefinitionId: exchangeAdministrator, directoryScopeId: "/" };
      expect((await graph("POST", "/roleManagement/directory/roleAssignments", role, as)).status).toBe(403);
    });
  });

  it("have client secrets of their own, which the token endpoint takes", async () => {
    const { id, appId } = await newPrincipal();
    const made = await graph("POST", `/servicePrincipals/${id}/addPassword`, {
      passwordCredential: { displayName: "Own" },
    });
    const ask = async () =>
      (
        await wire.token(contoso.id, {
          grant_type: "client_credentials",
          client_id: appId,
          client_secret: made.body.secretText,
          scope: "https://graph.microsoft.com/.default",
        })
      ).status;
    expect(await ask()).toBe(200);
    expect((await graph("GET", `/servicePrincipals/${id}`)).body.passwordCredentials).toEqual([
      expect.objectContaining({ keyId: made.body.keyId, displayName: "Own", secretText: null }),
    ]);
    const removed = await graph("POST", `/servicePrincipals/${id}/removePassword`, { keyId: made.body.keyId });
    expect([removed.status, await ask()]).toEqual([204, 401]);
  });

  it("belong to the roles that they hold in the whole tenant, and have no delegated permissions", async () => {
    const { id } = await newPrincipal();
    const role = { principalId: id, roleDefinitionId: exchangeAdministrator, directoryScopeId: "/" };
    await graph("POST", "/roleManagement/directory/roleAssignments", role);
    for (const list of ["memberOf", "transitiveMemberOf"]) {
      expect((await graph("GET", `/servicePrincipals/${id}/${list}`)).body.value).toEqual([
        expect.objectContaining({
          "@odata.type": "#microsoft.graph.directoryRole",
          displayName: "Exchange Administrator",
        }),
      ]);
    }
    expect((await graph("GET", `/servicePrincipals/${id}/oauth2PermissionGrants`)).body.value).toEqual([]);
  });

  it("list what they were granted in pages", async () => {
    const { id } = await newPrincipal();
    const api = await principalOf("00000003-0000-0000-c000-000000000000");
    for (const { id: appRoleId } of api.appRoles.slice(0, 3)) {
      const assignment = { principalId: id, resourceId: api.id, appRoleId };
      await graph("POST", `/servicePrincipals/${id}/appRoleAssignments`, assignment);
    }
    const page = (await graph("GET", `/servicePrincipals/${id}/appRoleAssignments?$top=2`)).body;
    const next = String(page["@odata.nextLink"]).replace(`${sandbox.origin}/v1.0`, "");
    const rest = (await graph("GET", next)).body;
    expect([page.value.length, rest.value.length, rest["@odata.nextLink"]]).toEqual([2, 1, undefined]);
  });

  it("are sorted in an advanced query only, and expand nothing that Graph does not know", async () => {
    const path = "/v1.0/servicePrincipals?$orderby=displayName desc&$count=true";
    const headers = { authorization: `Bearer ${token}` };
    const plain = await wire.send("GET", path, { headers });
    expect([plain.status, plain.body.error.message]).toEqual([400, "Sorting not supported for current query."]);
    const { body } = await wire.send("GET", path, { headers: { ...headers, consistencylevel: "eventual" } });
    const names = body.value.map(({ displayName }) => displayName);
    expect(names).toEqual([...names].sort((a, b) => b.localeCompare(a)));
    const expanded = await graph("GET", "/servicePrincipals?$expand=nonsense");
    expect([expanded.status, expanded.body.error.message]).toEqual([400, expect.stringContaining("'nonsense'")]);
  });

  it("know their tenant, its domain and some of its users", async () => {
    const as = await callerWith(wire, contoso, "Directory.Read.All");
    const directory = (path: string) => graph("GET", path, undefined, as);
    expect((await directory("/organization")).body.value).toEqual([
      expect.objectContaining({ id: contoso.id, displayName: "Contoso" }),
    ]);
    expect((await directory("/domains")).body.value[0]).toMatchObject({
      id: "contoso.onmicrosoft.com",
      isInitial: true,
    });
    const user = first((await directory("/users?$top=1")).body.value);
    expect((await directory(`/users/${user.userPrincipalName}`)).body.id).toBe(user.id);
    expect((await graph("GET", "/me")).body.error.message).toContain("delegated");
    expect((await graph("GET", "/nonsense")).status).toBe(400);
  });
});
