/**
 * What the official azuread plugin (Terraform's azuread provider 3 on go-azure-sdk) puts on the wire, request by request, and what it
 * needs in the answers. The requests are written out here as its Go code makes them, so that a slip of the stand-in, which is
 * TypeScript of our own, can't hide one of the sandbox.
 *
 * Source: {@link https://github.com/hashicorp/terraform-provider-azuread} (`internal/services`) and
 * {@link https://github.com/hashicorp/go-azure-sdk} (`sdk/client`, `sdk/odata`, `microsoft-graph`).
 */
import { randomUUID } from "node:crypto";
import { exchangeOnline } from "../../provider/entra/wellKnown";
import { startSandbox, type Sandbox, type TenantInfo } from "../index";
import { errorOf, goAzureSdk, unreadable, valuesOf, type GoAzureSdk, type Json } from "../testing/goAzureSdk";
import { connectTo, selfSigned } from "../testing/wire";

// Each sandbox makes RSA and certificate keys of its own, which takes seconds on a busy machine.
jest.setTimeout(30_000);

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const manageAsApp = exchangeOnline.appRoles[0].id;
const graphApi = "00000003-0000-0000-c000-000000000000";
const mailRead = "810c84a8-4a9e-49e6-bf7d-12d183f40d01";
const mailSend = "b633e1c5-b582-4048-a93e-9f11b44c7e96";

let sandbox: Sandbox;
let contoso: TenantInfo;
let sdk: GoAzureSdk;

beforeAll(async () => {
  sandbox = await startSandbox();
  [contoso] = sandbox.tenants as [TenantInfo];
  sdk = await goAzureSdk(sandbox, contoso);
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

it("finds the cloud by its metadata, and itself by the claims of its token", async () => {
  const wire = connectTo(sandbox);
  const { status, body } = await wire.send("GET", "/metadata/endpoints?api-version=2022-09-01");
  expect(status).toBe(200);
  expect(body).toMatchObject({
    name: expect.stringMatching(/./) as string,
    resourceManager: expect.stringMatching(/^https:/) as string,
    microsoftGraphResourceId: sandbox.origin,
    authentication: {
      loginEndpoint: sandbox.origin,
      audiences: [expect.any(String)],
      tenant: expect.any(String) as string,
      identityProvider: "AAD",
    },
    suffixes: {},
  });
  await wire.close();
  expect(sdk.claims).toMatchObject({
    tid: contoso.id,
    appid: contoso.deployer.clientId,
    oid: expect.stringMatching(guid) as string,
    roles: expect.any(Array) as string[],
    exp: expect.any(Number) as number,
  });
});

describe("an application registration", () => {
  it("is created, seen to have replicated, read, renamed, and deleted until it is gone", async () => {
    const made = await newApplication();
    const path = pathOf("applications", made);
    for (const displayName of [`TERRAFORM_UPDATE_${randomUUID()}`, "1Secure"])
      await ask("PATCH", path, 204, { "@odata.type": "#microsoft.graph.application", displayName });
    const found = await ask("GET", path, 200);
    expect(found["@odata.context"]).toBe(`${sandbox.origin}/v1.0/$metadata#applications/$entity`);
    expect(
      unreadable(found, {
        id: "text",
        appId: "text",
        description: "text",
        disabledByMicrosoftStatus: "text",
        displayName: "text",
        groupMembershipClaims: "text",
        notes: "text",
        publisherDomain: "text",
        serviceManagementReference: "text",
        signInAudience: "text",
        api: "object",
        info: "object",
        web: "object",
        keyCredentials: "objects",
        passwordCredentials: "objects",
        requiredResourceAccess: "objects",
        tags: "texts",
        identifierUris: "texts",
      }),
    ).toEqual([]);
    await ask("PATCH", path, 204, {
      "@odata.type": "#microsoft.graph.application",
      displayName: "Renamed",
      info: { marketingUrl: null },
      web: { homePageUrl: "https://example.com/" },
    });
    expect(await ask("GET", path, 200)).toMatchObject({
      displayName: "Renamed",
      signInAudience: "AzureADMyOrg",
      api: { requestedAccessTokenVersion: 2 },
      web: { homePageUrl: "https://example.com/", implicitGrantSettings: { enableIdTokenIssuance: false } },
    });
    await ask("DELETE", path, 204);
    await isGone(path);
  });

  it("has its permissions replaced as one list, which the plugin reads and sends back", async () => {
    const path = pathOf("applications", await newApplication());
    const change = async (to: (list: readonly Json[]) => readonly Json[]): Promise<void> => {
      const { id, requiredResourceAccess } = await ask("GET", path, 200);
      await ask("PATCH", path, 204, {
        "@odata.type": "#microsoft.graph.application",
        id,
        requiredResourceAccess: to(requiredResourceAccess as readonly Json[]),
      });
    };
    const access = (resourceAppId: string, ...ids: readonly string[]): Json => ({
      resourceAccess: ids.map((id) => ({ id, type: "Role" })),
      resourceAppId,
    });
    await change((list) => [...list, access(exchangeOnline.appId, manageAsApp)]);
    await change((list) => [...list, access(graphApi, mailRead)]);
    await change((list) =>
      list.map((one) => (one["resourceAppId"] === graphApi ? access(graphApi, mailRead, mailSend) : one)),
    );
    await change((list) => list.map((one) => (one["resourceAppId"] === graphApi ? access(graphApi, mailSend) : one)));
    expect((await ask("GET", path, 200))["requiredResourceAccess"]).toEqual([
      access(exchangeOnline.appId, manageAsApp),
      access(graphApi, mailSend),
    ]);
    await change((list) => list.filter((one) => one["resourceAppId"] !== exchangeOnline.appId));
    expect((await ask("GET", path, 200))["requiredResourceAccess"]).toEqual([access(graphApi, mailSend)]);
    await ask("DELETE", path, 204);
  });

  it("gets an owner by reference, whatever host the reference names, and is asked for that owner by a filter", async () => {
    const path = pathOf("applications", await newApplication());
    const other = await newApplication("the owner's");
    const owner = String((await newPrincipal(other["appId"]))["id"]);
    const filtered = `${path}/owners?%24filter=id+eq+%27${owner}%27`;
    for (const root of [sandbox.origin, "https://graph.microsoft.com"]) {
      expect(valuesOf(await ask("GET", filtered, 200))).toEqual([]);
      await ask("POST", `${path}/owners/$ref`, 204, { "@odata.id": `${root}/v1.0/directoryObjects/${owner}` });
      expect(valuesOf(await ask("GET", filtered, 200))).toMatchObject([
        { "@odata.type": "#microsoft.graph.servicePrincipal", id: owner },
      ]);
      await ask("DELETE", `${path}/owners/${owner}/$ref`, 204);
    }
    await ask("DELETE", path, 204);
    await ask("DELETE", pathOf("applications", other), 204);
  });

  it("is looked up by the functions", async () => {
    const made = await newApplication("Looked up");
    for (const filter of [`appId+eq+%27${String(made["appId"])}%27`, "displayName+eq+%27Looked+up%27"]) {
      expect(valuesOf(await ask("GET", `/v1.0/applications?%24filter=${filter}`, 200))).toMatchObject([
        { id: made["id"] },
      ]);
    }
    const beta = `/beta/applications/${String(made["id"])}?%24select=oauth2RequirePostResponse`;
    expect(unreadable(await ask("GET", beta, 200), { oauth2RequirePostResponse: "flag" })).toEqual([]);
    await ask("DELETE", pathOf("applications", made), 204);
  });
});

describe("credentials of an application", () => {
  it("are certificates that are replaced as one list: the old entries without their key, the new one with it", async () => {
    const path = pathOf("applications", await newApplication());
    const hour = 3_600_000;
    const now = Date.now();
    const { certificatePem } = await selfSigned(new Date(now - hour), new Date(now + 1000 * hour));
    const entryOf = (keyId: string): Json => ({
      endDateTime: new Date(now + 999 * hour).toISOString().replace(/\.\d+Z$/, "Z"),
      key: Buffer.from(certificatePem).toString("base64"),
      keyId,
      type: "AsymmetricX509Cert",
      usage: "Verify",
    });
    const list = async (): Promise<readonly Json[]> =>
      (await ask("GET", path, 200))["keyCredentials"] as readonly Json[];
    const write = (keyCredentials: readonly Json[]): Promise<Json> =>
      ask("PATCH", path, 204, {
        "@odata.type": "#microsoft.graph.application",
        id: path.split("/").at(-1),
        keyCredentials,
      });
    const [old, next] = [randomUUID(), randomUUID()];
    await write([...(await list()), entryOf(old)]);
    const [stored = {}] = await list();
    expect(stored).toMatchObject({ key: null, keyId: old, endDateTime: entryOf(old)["endDateTime"] });
    const fields = { keyId: "text", type: "text", usage: "text", startDateTime: "text", endDateTime: "text" } as const;
    expect(unreadable(stored, fields)).toEqual([]);
    await write([...(await list()), entryOf(next)]);
    // `key` is null as it was read, or left out.
    await write((await list()).map(({ key: _none, ...entry }) => entry));
    await write((await list()).filter(({ keyId }) => keyId !== old));
    expect(await list()).toMatchObject([{ keyId: next }]);
    const { keyCredentials } = await ask("GET", `${path}?%24select=keyCredentials`, 200);
    expect(keyCredentials).toMatchObject([{ key: entryOf(next)["key"] }]);
    await ask("DELETE", path, 204);
  });

  it("are client secrets that the service makes, and whose text only the answer to that has", async () => {
    const path = pathOf("applications", await newApplication());
    const made = await ask("POST", `${path}/addPassword`, 200, {
      passwordCredential: { displayName: "1Secure", endDateTime: "2199-01-31T12:00:00Z" },
    });
    expect(made).toMatchObject({ displayName: "1Secure", endDateTime: "2199-01-31T12:00:00Z" });
    expect(unreadable(made, { keyId: "text", secretText: "text", startDateTime: "text" })).toEqual([]);
    expect(made["secretText"]).not.toBeNull();
    const stored = async (): Promise<unknown> => (await ask("GET", path, 200))["passwordCredentials"];
    expect(await stored()).toMatchObject([{ keyId: made["keyId"], displayName: "1Secure", secretText: null }]);
    await ask("POST", `${path}/removePassword`, 204, { keyId: made["keyId"] });
    expect(await stored()).toEqual([]);
    await ask("POST", `${path}/removePassword`, 400, { keyId: made["keyId"] });
    await ask("DELETE", path, 204);
  });

  it("are trusted issuers, of which all is written each time", async () => {
    const application = pathOf("applications", await newApplication());
    const credential = {
      "@odata.type": "#microsoft.graph.federatedIdentityCredential",
      audiences: ["api://AzureADTokenExchange"],
      description: "",
      issuer: "https://token.example.com",
      name: "pipeline",
      subject: "repo:contoso/audit:ref:refs/heads/main",
    };
    const made = await ask("POST", `${application}/federatedIdentityCredentials`, 201, credential);
    const path = `${application}/federatedIdentityCredentials/${String(made["id"])}`;
    const fields = { audiences: "texts", description: "text", issuer: "text", name: "text", subject: "text" } as const;
    expect(unreadable(await ask("GET", path, 200), fields)).toEqual([]);
    const changed = {
      ...credential,
      id: made["id"],
      description: "now told",
      subject: "repo:contoso/audit:pull_request",
    };
    await ask("PATCH", path, 204, changed);
    const { "@odata.type": _type, ...written } = changed;
    expect(await ask("GET", path, 200)).toMatchObject(written);
    await ask("DELETE", path, 204);
    await isGone(path);
    await ask("DELETE", application, 204);
  });

  it("meet with a 409 that names itself, when two are written at the same time", async () => {
    const path = pathOf("applications", await newApplication());
    sandbox.control.setWriteLatency(200);
    const body = { passwordCredential: { displayName: "1Secure" } };
    const [, late] = await Promise.all([
      ask("POST", `${path}/addPassword`, 200, body),
      ask("PATCH", path, 409, { "@odata.type": "#microsoft.graph.application", displayName: "Renamed" }),
    ]);
    sandbox.control.setWriteLatency(0);
    expect(errorOf(late).code).toBe("Directory_ConcurrencyViolation");
    await ask("DELETE", path, 204);
  });
});
