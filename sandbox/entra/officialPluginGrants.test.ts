/**
 * What the official azuread plugin asks for service principals, consents and directory roles; see `officialPlugin.test.ts` for
 * applications and their credentials.
 */
import { directoryRoleTemplates, exchangeOnline } from "../../provider/entra/wellKnown";
import { startSandbox, type Sandbox, type TenantInfo } from "../index";
import { errorOf, goAzureSdk, unreadable, valuesOf, type GoAzureSdk, type Json } from "../testing/goAzureSdk";

// Each sandbox makes RSA and certificate keys of its own, which takes seconds on a busy machine.
jest.setTimeout(30_000);

const manageAsApp = exchangeOnline.appRoles[0].id;
const roleTemplate = directoryRoleTemplates["Exchange Administrator"];
const nobody = "00000000-0000-4000-8000-000000000000";

let sandbox: Sandbox;
let sdk: GoAzureSdk;
let caller: string;

beforeAll(async () => {
  sandbox = await startSandbox();
  const [contoso] = sandbox.tenants as [TenantInfo];
  sdk = await goAzureSdk(sandbox, contoso);
  caller = String(sdk.claims["oid"]);
});

afterAll(async () => {
  await sdk.close();
  await sandbox.close();
});

const ask: GoAzureSdk["ask"] = (...request) => sdk.ask(...request);
const isGone: GoAzureSdk["isGone"] = (path) => sdk.isGone(path);
const newApplication: GoAzureSdk["newApplication"] = (displayName) => sdk.newApplication(displayName);
const newPrincipal: GoAzureSdk["newPrincipal"] = (appId) => sdk.newPrincipal(appId);
const pathOf = (set: string, { id }: Json): string => `/v1.0/${set}/${String(id)}`;

describe("a service principal", () => {
  const fields = {
    accountEnabled: "flag",
    alternativeNames: "texts",
    appDisplayName: "text",
    appId: "text",
    appOwnerOrganizationId: "text",
    appRoleAssignmentRequired: "flag",
    appRoles: "objects",
    description: "text",
    displayName: "text",
    homepage: "text",
    id: "text",
    loginUrl: "text",
    logoutUrl: "text",
    notes: "text",
    notificationEmailAddresses: "texts",
    oauth2PermissionScopes: "objects",
    preferredSingleSignOnMode: "text",
    replyUrls: "texts",
    samlSingleSignOnSettings: "object",
    servicePrincipalNames: "texts",
    servicePrincipalType: "text",
    signInAudience: "text",
    tags: "texts",
  } as const;

  it("is looked for, created with the caller as its owner, freed of that owner, read, changed, and deleted", async () => {
    const { appId, id: applicationId } = await newApplication();
    const filtered = `/v1.0/servicePrincipals?%24filter=appId+eq+%27${String(appId)}%27`;
    expect(valuesOf(await ask("GET", filtered, 200))).toEqual([]);
    const made = await newPrincipal(appId);
    const path = pathOf("servicePrincipals", made);
    await ask("PATCH", path, 204, { "@odata.type": "#microsoft.graph.servicePrincipal", description: null });
    expect(valuesOf(await ask("GET", `${path}/owners`, 200))).toMatchObject([
      { "@odata.type": "#microsoft.graph.servicePrincipal", id: caller },
    ]);
    await ask("DELETE", `${path}/owners/${caller}/$ref`, 204);
    const found = await ask("GET", path, 200);
    expect(unreadable(found, fields)).toEqual([]);
    expect(found).toMatchObject({ description: null, servicePrincipalType: "Application" });
    const beta = await ask("GET", `${path.replace("v1.0", "beta")}?%24select=samlMetadataUrl`, 200);
    expect(unreadable(beta, { samlMetadataUrl: "text" })).toEqual([]);
    expect(valuesOf(await ask("GET", `${path}/owners`, 200))).toEqual([]);
    await ask("PATCH", path, 204, {
      "@odata.type": "#microsoft.graph.servicePrincipal",
      accountEnabled: false,
      notes: "off",
      tags: ["HideApp"],
    });
    expect(valuesOf(await ask("GET", filtered, 200))).toMatchObject([{ accountEnabled: false, tags: ["HideApp"] }]);
    await ask("DELETE", path, 204);
    await isGone(path);
    await ask("DELETE", `/v1.0/applications/${String(applicationId)}`, 204);
  });

  it("of a Microsoft API shows the roles by which permissions are found", async () => {
    const filter = `appId+eq+%27${exchangeOnline.appId}%27`;
    const [found = {}] = valuesOf(await ask("GET", `/v1.0/servicePrincipals?%24filter=${filter}`, 200));
    expect(unreadable(found, fields)).toEqual([]);
    const role = (found["appRoles"] as readonly Json[]).find(({ value }) => value === "Exchange.ManageAsApp") ?? {};
    expect(role["id"]).toBe(manageAsApp);
    const roleFields = {
      allowedMemberTypes: "texts",
      displayName: "text",
      description: "text",
      isEnabled: "flag",
    } as const;
    expect(unreadable(role, roleFields)).toEqual([]);
  });

  it("is not made for an application that is not there, in the words that the plugin tries again on", async () => {
    const answer = await ask("POST", "/v1.0/servicePrincipals", 400, {
      "@odata.type": "#microsoft.graph.servicePrincipal",
      appId: nobody,
    });
    expect(errorOf(answer).message).toMatch(
      /The appId '.+' of the service principal does not reference a valid application object/,
    );
  });
});

describe("grants to a service principal", () => {
  let principalId: unknown;
  let resource: string;

  beforeAll(async () => {
    principalId = (await newPrincipal((await newApplication())["appId"]))["id"];
    const filter = `appId+eq+%27${exchangeOnline.appId}%27`;
    const [found = {}] = valuesOf(await ask("GET", `/v1.0/servicePrincipals?%24filter=${filter}`, 200));
    resource = String(found["id"]);
  });

  it("are an app role assignment by the API's end, refused a second time in Graph's own words, and taken away", async () => {
    const collection = `/v1.0/servicePrincipals/${resource}/appRoleAssignedTo`;
    const body = {
      "@odata.type": "#microsoft.graph.appRoleAssignment",
      appRoleId: manageAsApp,
      principalId,
      resourceId: resource,
    };
    const made = await ask("POST", collection, 201, body);
    expect(errorOf(await ask("POST", collection, 400, body))).toEqual({
      code: "Request_BadRequest",
      message: "Permission being assigned already exists on the object",
    });
    const path = `${collection}/${String(made["id"])}`;
    expect(await ask("GET", path, 200)).toMatchObject({
      id: made["id"],
      appRoleId: manageAsApp,
      principalDisplayName: "1Secure",
      principalId,
      principalType: "ServicePrincipal",
      resourceDisplayName: exchangeOnline.displayName,
      resourceId: resource,
    });
    await ask("DELETE", path, 204);
    await isGone(path);
    // A principal that is not there (yet) is a 404, which the plugin tries again.
    expect(errorOf(await ask("POST", collection, 404, { ...body, principalId: nobody })).code).toBe(
      "Request_ResourceNotFound",
    );
  });

  it("are a directory role, activated by its template, and its assignment", async () => {
    await ask("GET", `/v1.0/directoryRoleTemplates/${roleTemplate}`, 200);
    const filtered = `/v1.0/directoryRoles?%24filter=roleTemplateId+eq+%27${roleTemplate}%27`;
    expect(valuesOf(await ask("GET", filtered, 200))).toEqual([]);
    const role = await ask("POST", "/v1.0/directoryRoles", 201, {
      "@odata.type": "#microsoft.graph.directoryRole",
      roleTemplateId: roleTemplate,
    });
    const fields = { id: "text", description: "text", displayName: "text", roleTemplateId: "text" } as const;
    expect(unreadable(await ask("GET", pathOf("directoryRoles", role), 200), fields)).toEqual([]);
    expect(valuesOf(await ask("GET", filtered, 200))).toMatchObject([{ id: role["id"] }]);

    const assignments = "/v1.0/roleManagement/directory/roleAssignments";
    const body = {
      "@odata.type": "#microsoft.graph.unifiedRoleAssignment",
      directoryScopeId: "/",
      principalId,
      roleDefinitionId: roleTemplate,
    };
    const made = await ask("POST", assignments, 201, body);
    expect(errorOf(await ask("POST", assignments, 400, body)).message).toBe(
      "A conflicting object with one or more of the specified property values is present in the directory.",
    );
    const path = `${assignments}/${String(made["id"])}`;
    const { "@odata.type": _type, ...written } = body;
    expect(await ask("GET", path, 200)).toMatchObject({ ...written, appScopeId: null });
    await ask("DELETE", path, 204);
    await isGone(path);
  });
});

it.each(["full", "minimal"])("takes a request for %s metadata, and one for an advanced query", async (metadata) => {
  const accept = `application/json; charset=utf-8; IEEE754Compatible=false; odata.metadata=${metadata}`;
  const query = "%24count=true&%24filter=displayName+eq+%27Nobody%27";
  const found = await ask("GET", `/v1.0/servicePrincipals?${query}`, 200, undefined, {
    Accept: accept,
    Consistencylevel: "eventual",
  });
  expect(found).toMatchObject({ "@odata.count": 0, value: [] });
});
