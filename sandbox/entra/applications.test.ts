import { X509Certificate } from "node:crypto";
import { startSandbox, type Sandbox, type TenantInfo } from "../index";
import { callerWith } from "../testing/apps";
import { connectTo, first, selfSigned, type Answer, type TestCertificate, type Wire } from "../testing/wire";

const hour = 3600_000;
const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

// Each sandbox makes RSA and certificate keys of its own, which takes seconds on a busy machine.
jest.setTimeout(30_000);

describe("applications", () => {
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
  const graph = (method: string, path: string, body?: unknown, version = "v1.0"): Promise<Answer> =>
    wire.json(method, `/${version}${path}`, body, token);
  const create = async (more: object = {}): Promise<{ id: string; appId: string }> =>
    (await graph("POST", "/applications", { displayName: "1Secure", ...more })).body;

  it("are created as the azuread plugin asks for them, with everything else as Entra would set it", async () => {
    const answer = await graph("POST", "/applications", {
      "@odata.type": "#microsoft.graph.application",
      displayName: "1Secure",
      signInAudience: "AzureADMyOrg",
      description: null,
      api: { requestedAccessTokenVersion: 2 },
      web: { implicitGrantSettings: { enableAccessTokenIssuance: false } },
    });
    expect(answer.status).toBe(201);
    expect(answer.headers).toMatchObject({
      "request-id": expect.stringMatching(/./),
      "odata-version": "4.0",
      location: `${sandbox.origin}/v1.0/directoryObjects/${answer.body.id}`,
      "content-type": expect.stringContaining("odata.metadata=minimal"),
    });
    expect(answer.body).toMatchObject({
      "@odata.context": `${sandbox.origin}/v1.0/$metadata#applications/$entity`,
      id: expect.stringMatching(guid),
      appId: expect.stringMatching(guid),
      createdDateTime: expect.stringMatching(instant),
      deletedDateTime: null,
      displayName: "1Secure",
      signInAudience: "AzureADMyOrg",
      publisherDomain: "contoso.onmicrosoft.com",
      identifierUris: [],
      requiredResourceAccess: [],
      keyCredentials: [],
      passwordCredentials: [],
      api: { requestedAccessTokenVersion: 2, oauth2PermissionScopes: [] },
      web: {
        homePageUrl: null,
        implicitGrantSettings: { enableAccessTokenIssuance: false, enableIdTokenIssuance: false },
      },
    });
    expect(answer.body).not.toHaveProperty("@odata.type");
  });

  it("are found by filter, by alternate key, and shown with what is selected", async () => {
    const { id, appId } = await create({ displayName: "Looked for" });
    for (const filter of [
      `appId+eq+'${appId}'`,
      "displayName+eq+%27Looked%20for%27",
      "startswith(displayName,'Looked')",
    ]) {
      const { body } = await graph("GET", `/applications?$filter=${filter}&$select=id,displayName`);
      expect(body).toEqual({
        "@odata.context": `${sandbox.origin}/v1.0/$metadata#applications(id,displayName)`,
        value: [{ id, displayName: "Looked for" }],
      });
    }
    expect((await graph("GET", `/applications(appId='${appId.toUpperCase()}')`)).body.id).toBe(id);
    expect(
      (await graph("GET", `/applications/${id.toUpperCase()}?$select=oauth2RequirePostResponse`, undefined, "beta"))
        .body,
    ).toEqual({
      "@odata.context": `${sandbox.origin}/beta/$metadata#applications(oauth2RequirePostResponse)/$entity`,
      oauth2RequirePostResponse: false,
    });
    expect((await graph("GET", "/applications?$filter=nonsense")).status).toBe(400);
  });

  it("are listed in pages that lead to each other", async () => {
    await create();
    await create();
    const ids: string[] = [];
    let path: string | undefined = "/applications?$top=2&$filter=displayName+ne+'x'";
    while (path !== undefined) {
      const { body }: Answer = await graph("GET", path);
      expect(body.value.length).toBeLessThanOrEqual(2);
      ids.push(...body.value.map((one) => one.id));
      const next: string | undefined = body["@odata.nextLink"];
      path = next?.slice(`${sandbox.origin}/v1.0`.length);
    }
    const whole = await graph("GET", "/applications");
    expect(ids).toEqual(whole.body.value.map((one) => one.id));
    expect(ids.length).toBeGreaterThan(2);
  });

  it("take a PATCH of a part and keep the rest", async () => {
    const { id } = await create({ web: { homePageUrl: "https://example.com" }, notes: "keep" });
    const answer = await graph("PATCH", `/applications/${id}`, {
      "@odata.type": "#microsoft.graph.application",
      displayName: "TERRAFORM_UPDATE_x",
      web: { logoutUrl: "https://example.com/out" },
    });
    expect([answer.status, answer.body]).toEqual([204, undefined]);
    expect((await graph("GET", `/applications/${id}`)).body).toMatchObject({
      displayName: "TERRAFORM_UPDATE_x",
      notes: "keep",
      web: { homePageUrl: "https://example.com", logoutUrl: "https://example.com/out" },
    });
  });

  it.each([
    ["without a name", { displayName: "" }, "displayName"],
    ["with a property that does not exist", { displayName: "x", nonsense: 1 }, "nonsense"],
    ["for an audience that does not exist", { displayName: "x", signInAudience: "Everyone" }, "signInAudience"],
    [
      "with permissions in no known form",
      { displayName: "x", requiredResourceAccess: [{ resourceAccess: [] }] },
      "requiredResourceAccess",
    ],
  ])("are refused %s", async (_what, body, word) => {
    const before = (await graph("GET", "/applications?$count=true")).body["@odata.count"];
    const answer = await graph("POST", "/applications", body);
    expect(answer.status).toBe(400);
    expect(answer.body.error).toMatchObject({
      code: "Request_BadRequest",
      message: expect.stringContaining(word),
      innerError: {
        date: expect.any(String),
        "request-id": answer.headers["request-id"],
        "client-request-id": expect.any(String),
      },
    });
    expect((await graph("GET", "/applications?$count=true")).body["@odata.count"]).toBe(before);
  });

  it("answer broken JSON with 400, and a DELETE with a content type and no body like any other", async () => {
    const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
    const broken = await wire.send("POST", "/v1.0/applications", { headers, body: "{" });
    expect([broken.status, broken.body.error.code]).toEqual([400, "Request_BadRequest"]);
    const { id } = await create();
    expect((await wire.send("DELETE", `/v1.0/applications/${id}`, { headers })).status).toBe(204);
  });

  it("echo the client's own request id", async () => {
    const id = "11111111-2222-4333-8444-555555555555";
    const headers = { authorization: `Bearer ${token}`, "client-request-id": id };
    const answer = await wire.send("GET", "/v1.0/applications/none", { headers });
    expect(answer.headers["client-request-id"]).toBe(id);
    expect(answer.body.error).toMatchObject({
      code: "Request_ResourceNotFound",
      innerError: { "client-request-id": id },
    });
  });

  it("are gone when deleted, with their service principal and its grants, but can be restored", async () => {
    const { id, appId } = await create();
    const principal = (await graph("POST", "/servicePrincipals", { appId })).body.id;
    expect((await graph("DELETE", `/applications/${id}`)).status).toBe(204);
    expect((await graph("GET", `/applications/${id}`)).body.error).toEqual(
      expect.objectContaining({
        code: "Request_ResourceNotFound",
        message: `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
      }),
    );
    expect((await graph("GET", `/servicePrincipals/${principal}`)).status).toBe(404);
    expect((await graph("DELETE", `/applications/${id}`)).status).toBe(404);
    expect((await graph("GET", `/directory/deletedItems/${id}`)).body).toMatchObject({
      "@odata.type": "#microsoft.graph.application",
      id,
      deletedDateTime: expect.stringMatching(instant),
    });
    expect((await graph("POST", `/directory/deletedItems/${id}/restore`)).body).toMatchObject({
      id,
      deletedDateTime: null,
    });
    expect((await graph("GET", `/applications/${id}`)).status).toBe(200);
    await graph("DELETE", `/applications/${id}`);
    expect((await graph("DELETE", `/directory/deletedItems/${id}`)).status).toBe(204);
    expect((await graph("GET", `/directory/deletedItems/${id}`)).status).toBe(404);
  });

  it("are their tenant's own", async () => {
    const { id } = await create();
    const [, fabrikam] = sandbox.tenants as [TenantInfo, TenantInfo];
    const theirs = await wire.deployerToken(fabrikam);
    expect((await wire.json("GET", `/v1.0/applications/${id}`, undefined, theirs)).status).toBe(404);
  });

  describe("owners", () => {
    it("are bound at creation, added once, listed with their type, and removed", async () => {
      const user = first(
        (await wire.json("GET", "/v1.0/users", undefined, await callerWith(wire, contoso, "Directory.Read.All"))).body
          .value,
      );
      const deployer = first(
        (await graph("GET", `/servicePrincipals?$filter=appId eq '${contoso.deployer.clientId}'`)).body.value,
      );
      const reference = (id: string) => `${sandbox.origin}/v1.0/directoryObjects/${id}`;
      const { id } = await create({ "owners@odata.bind": [reference(deployer.id)] });
      const add = () => graph("POST", `/applications/${id}/owners/$ref`, { "@odata.id": reference(user.id) });
      expect((await add()).status).toBe(204);
      const again = await add();
      expect([again.status, again.body.error.message]).toEqual([
        400,
        "One or more added object references already exist for the following modified properties: 'owners'.",
      ]);
      const owners = await graph("GET", `/applications/${id}/owners`);
      expect(owners.body.value.map((one) => [one["@odata.type"], one.id])).toEqual([
        ["#microsoft.graph.servicePrincipal", deployer.id],
        ["#microsoft.graph.user", user.id],
      ]);
      expect((await graph("DELETE", `/applications/${id}/owners/${deployer.id}/$ref`)).status).toBe(204);
      expect((await graph("DELETE", `/applications/${id}/owners/${deployer.id}/$ref`)).status).toBe(404);
      expect((await graph("GET", `/applications/${id}/owners/$ref`)).body.value).toEqual([
        { "@odata.id": reference(user.id) },
      ]);
      const unknown = await graph("POST", `/applications/${id}/owners/$ref`, { "@odata.id": reference(id) });
      expect(unknown.status).toBe(400);
    });
  });

  describe("client secrets", () => {
    it("show their text once, and live two years unless told otherwise", async () => {
      const { id } = await create();
      const made = await graph("POST", `/applications/${id}/addPassword`, {
        passwordCredential: { displayName: "1Secure" },
      });
      expect(made.status).toBe(200);
      const { secretText, keyId, hint, startDateTime, endDateTime } = made.body;
      expect(secretText).toHaveLength(40);
      expect(secretText.startsWith(hint)).toBe(true);
      expect(sandbox.control.issuedSecrets()).toContain(secretText);
      expect(new Date(endDateTime).getUTCFullYear() - new Date(startDateTime).getUTCFullYear()).toBe(2);
      const read = await graph("GET", `/applications/${id}`);
      expect(read.body.passwordCredentials).toEqual([
        {
          customKeyIdentifier: null,
          displayName: "1Secure",
          endDateTime,
          hint,
          keyId,
          secretText: null,
          startDateTime,
        },
      ]);
      expect((await graph("POST", `/applications/${id}/removePassword`, { keyId })).status).toBe(204);
      expect((await graph("POST", `/applications/${id}/removePassword`, { keyId })).status).toBe(400);
      expect((await graph("GET", `/applications/${id}`)).body.passwordCredentials).toEqual([]);
    });

    it("keep the end that was asked for, and refuse one in the past", async () => {
      const { id } = await create();
      const end = new Date(Math.floor(Date.now() / 1000) * 1000 + 180 * 24 * hour).toISOString().replace(".000Z", "Z");
      const made = await graph("POST", `/applications/${id}/addPassword`, { passwordCredential: { endDateTime: end } });
      expect(made.body).toMatchObject({ endDateTime: end, displayName: null });
      const past = await graph("POST", `/applications/${id}/addPassword`, {
        passwordCredential: { endDateTime: "2020-01-01T00:00:00Z" },
      });
      expect(past.status).toBe(400);
    });

    it("are not made by a PATCH", async () => {
      const { id } = await create();
      expect(
        (await graph("PATCH", `/applications/${id}`, { passwordCredentials: [{ displayName: "x" }] })).status,
      ).toBe(400);
    });
  });

  describe("certificates", () => {
    let certificate: TestCertificate;
    let second: TestCertificate;
    beforeAll(async () => {
      const from = new Date(Math.floor(Date.now() / 1000) * 1000 - hour);
      const to = new Date(from.getTime() + 1000 * hour);
      [certificate, second] = await Promise.all([selfSigned(from, to), selfSigned(from, to)]);
    });
    const entry = ({ certificatePem }: TestCertificate, more: object = {}) => ({
      type: "AsymmetricX509Cert",
      usage: "Verify",
      key: Buffer.from(certificatePem).toString("base64"),
      ...more,
    });

    it("are kept without being sent again when the list is written with the key of only the new one", async () => {
      const { id } = await create();
      const keyId = "3933e1a7-3747-4e61-9fff-ae2e568b2719";
      const endDateTime = certificate.notAfter.toISOString().replace(".000Z", "Z");
      await graph("PATCH", `/applications/${id}`, { keyCredentials: [entry(certificate, { keyId, endDateTime })] });
      const [first] = (await graph("GET", `/applications/${id}`)).body.keyCredentials;
      expect(first).toEqual({
        customKeyIdentifier: new X509Certificate(certificate.certificatePem).fingerprint.replaceAll(":", ""),
        displayName: "CN=Netwrix 1Secure",
        endDateTime,
        key: null,
        keyId,
        startDateTime: expect.stringMatching(instant),
        type: "AsymmetricX509Cert",
        usage: "Verify",
      });
      const der = new X509Certificate(second.certificatePem).raw.toString("base64");
      const both = await graph("PATCH", `/applications/${id}`, {
        keyCredentials: [first, entry(second, { key: der })],
      });
      expect(both.status).toBe(204);
      const keys = (await graph("GET", `/applications/${id}?$select=keyCredentials`)).body.keyCredentials;
      expect(keys.map((one) => one.key)).toEqual([entry(certificate).key, der]);
      expect(keys[0]).toMatchObject({ ...first, key: entry(certificate).key });
      await graph("PATCH", `/applications/${id}`, { keyCredentials: [keys[1]] });
      expect((await graph("GET", `/applications/${id}`)).body.keyCredentials).toHaveLength(1);
    });

    it("may end in the certificate's last second and not after it", async () => {
      const { id } = await create();
      const patch = (endDateTime: string) =>
        graph("PATCH", `/applications/${id}`, { keyCredentials: [entry(certificate, { endDateTime })] });
      expect((await patch(certificate.notAfter.toISOString().replace(".000Z", ".906Z"))).status).toBe(204);
      const late = await patch(new Date(certificate.notAfter.getTime() + 1000).toISOString());
      expect([late.status, late.body.error.message]).toEqual([400, "Key credential end date is invalid."]);
    });

    it.each([
      ["that can't be read", { key: Buffer.from("no certificate").toString("base64") }],
      ["without a key", { key: null }],
      ["of another type", { type: "Nonsense" }],
    ])("are refused when there is one %s, and nothing is changed", async (_what, change) => {
      const { id } = await create();
      const answer = await graph("PATCH", `/applications/${id}`, {
        displayName: "changed",
        keyCredentials: [entry(certificate, change)],
      });
      expect([answer.status, answer.body.error.code]).toEqual([400, "Request_BadRequest"]);
      expect((await graph("GET", `/applications/${id}`)).body).toMatchObject({
        displayName: "1Secure",
        keyCredentials: [],
      });
    });
  });
});
