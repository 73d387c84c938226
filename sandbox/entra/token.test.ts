import { decodeJwt } from "jose";
import { startSandbox, type Sandbox, type TenantInfo } from "../index";
import {
  clientAssertion,
  connectTo,
  first,
  selfSigned,
  type Answer,
  type TestCertificate,
  type Wire,
} from "../testing/wire";

const hour = 3600_000;
/** Entra puts it into every app-only token; it is no directory role. */
const noDirectoryRole = "0997a1d0-0d1d-4acb-b408-d5ca73121e90";
const graphScope = "https://graph.microsoft.com/.default";
const exchangeScope = "https://outlook.office365.com/.default";

// Each sandbox makes RSA and certificate keys of its own, which takes seconds on a busy machine.
jest.setTimeout(30_000);

describe("the token endpoint", () => {
  let sandbox: Sandbox;
  let wire: Wire;
  let contoso: TenantInfo;
  let fabrikam: TenantInfo;
  let later = 0;
  beforeAll(async () => {
    sandbox = await startSandbox({ clock: { now: () => Date.now() + later } });
    wire = connectTo(sandbox);
    [contoso, fabrikam] = sandbox.tenants as [TenantInfo, TenantInfo];
  });
  afterEach(() => {
    later = 0;
  });
  afterAll(async () => {
    await wire.close();
    await sandbox.close();
  });

  const bySecret = (changes: Record<string, string> = {}, tenant = contoso.id): Promise<Answer> =>
    wire.token(tenant, {
      grant_type: "client_credentials",
      client_id: contoso.deployer.clientId,
      client_secret: contoso.deployer.clientSecret,
      scope: graphScope,
      ...changes,
    });

  it("gives the deployer a token that says who it is and what it may", async () => {
    const { status, body, headers } = await bySecret();
    expect(status).toBe(200);
    expect(headers["cache-control"]).toContain("no-store");
    expect(body).toMatchObject({ token_type: "Bearer", expires_in: 3599 });
    const claims = decodeJwt(body.access_token);
    expect(claims).toMatchObject({
      aud: "https://graph.microsoft.com",
      tid: contoso.id,
      appid: contoso.deployer.clientId,
      idtyp: "app",
      ver: "1.0",
      wids: ["f2ef992c-3afb-46b9-b7cf-a126ee74c451", noDirectoryRole],
    });
    expect(claims["oid"]).toBe(claims.sub);
    expect([...(claims["roles"] as string[])].sort()).toEqual([
      "AdministrativeUnit.Read.All",
      "AppRoleAssignment.ReadWrite.All",
      "Application.Read.All",
      "Application.ReadWrite.All",
      "RoleManagement.ReadWrite.Directory",
    ]);
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(3599);
  });

  it("takes the tenant's domain for its id, and the client's secret by HTTP Basic", async () => {
    expect((await bySecret({}, "contoso.onmicrosoft.com")).status).toBe(200);
    const { clientId, clientSecret } = contoso.deployer;
    const basic = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString("base64");
    const answer = await wire.token(
      contoso.id,
      { grant_type: "client_credentials", scope: graphScope },
      { authorization: `Basic ${basic}` },
    );
    expect(answer.status).toBe(200);
  });

  it("puts only the roles of the scope's API into the token", async () => {
    const { body } = await bySecret({ scope: exchangeScope });
    expect(decodeJwt(body.access_token)).toMatchObject({
      aud: "https://outlook.office365.com",
      roles: ["Exchange.ManageAsApp"],
    });
    const none = await bySecret({ scope: "https://manage.office.com/.default" });
    expect(decodeJwt(none.body.access_token)).not.toHaveProperty("roles");
  });

  it.each(["", "/"])("takes its own origin followed by '%s/.default' for Microsoft Graph", async (slashes) => {
    const { status, body } = await bySecret({ scope: `${sandbox.origin}${slashes}/.default` });
    expect(status).toBe(200);
    expect(decodeJwt(body.access_token)["roles"]).toContain("Application.ReadWrite.All");
  });

  it.each([
    ["another tenant's application", 700016, 400, "unauthorized_client", () => bySecret({}, fabrikam.id)],
    ["an unknown tenant", 90002, 400, "invalid_request", () => bySecret({}, "b1c6dd5e-7e3c-4d5e-9c55-111111111111")],
    ["a wrong secret", 7000215, 401, "invalid_client", () => bySecret({ client_secret: "wrong" })],
    ["no secret at all", 7000216, 401, "invalid_client", () => bySecret({ client_secret: "" })],
    ["an unknown API", 500011, 400, "invalid_resource", () => bySecret({ scope: "https://example.com/.default" })],
    [
      "a scope that is not .default",
      1002012,
      400,
      "invalid_scope",
      () => bySecret({ scope: "https://graph.microsoft.com/Mail.Read" }),
    ],
    ["another grant", 70003, 400, "unsupported_grant_type", () => bySecret({ grant_type: "password" })],
    ["no client id", 900144, 400, "invalid_request", () => bySecret({ client_id: "" })],
  ])("refuses %s with AADSTS%d", async (_what, code, status, error, ask) => {
    const answer = await ask();
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ error, error_codes: [code] });
    expect(answer.body.error_description).toMatch(
      new RegExp(`^AADSTS${String(code)}: .*Trace ID: .*Correlation ID: .*Timestamp: `),
    );
    expect(answer.body).toEqual(
      expect.objectContaining({
        trace_id: expect.any(String),
        correlation_id: expect.any(String),
        timestamp: expect.any(String),
      }),
    );
    expect(JSON.stringify(answer.body)).not.toContain(contoso.deployer.clientSecret);
  });

  it("lets a token of yesterday in nowhere", async () => {
    const token = await wire.deployerToken(contoso);
    expect((await wire.json("GET", "/v1.0/applications", undefined, token)).status).toBe(200);
    later = 2 * hour;
    const answer = await wire.json("GET", "/v1.0/applications", undefined, token);
    expect(answer.status).toBe(401);
    expect(answer.body.error).toMatchObject({
      code: "InvalidAuthenticationToken",
      message: expect.stringContaining("expired"),
    });
  });

  it("keeps tenants apart: a deployer gets no token of the other one, and its own opens nothing there", async () => {
    const { clientId, clientSecret } = fabrikam.deployer;
    const refused = await bySecret({ client_id: clientId, client_secret: clientSecret });
    expect([refused.status, refused.body.error_codes]).toEqual([400, [700016]]);
    expect(refused.body.error_description).toContain(`'${clientId}' was not found in the directory 'Contoso'`);
    const token = await wire.deployerToken(fabrikam, exchangeScope);
    expect((await wire.json("GET", `/adminapi/beta/${contoso.id}/Mailbox`, undefined, token)).status).toBe(403);
    const graph = await wire.deployerToken(fabrikam);
    const { value } = (await wire.json("GET", "/v1.0/applications", undefined, graph)).body;
    expect(value.map(({ appId }) => appId)).toEqual([clientId]);
  });

  it("lets neither a forged token nor one for another API into Graph", async () => {
    const token = await wire.deployerToken(contoso);
    const [head, claims] = token.split(".");
    const forged = `${String(head)}.${String(claims)}.${Buffer.alloc(256).toString("base64url")}`;
    for (const bad of [forged, "x.y.z", await wire.deployerToken(contoso, exchangeScope)]) {
      const answer = await wire.json("GET", "/v1.0/applications", undefined, bad);
      expect([answer.status, answer.body.error.code]).toEqual([401, "InvalidAuthenticationToken"]);
    }
    expect((await wire.json("GET", "/v1.0/applications")).status).toBe(401);
  });

  describe("for an application with an uploaded certificate", () => {
    let certificate: TestCertificate;
    let other: TestCertificate;
    let clientId: string;
    let objectId: string;
    let graph: (method: string, path: string, body?: unknown) => Promise<Answer>;
    beforeAll(async () => {
      const from = new Date(Date.now() - hour);
      [certificate, other] = await Promise.all([
        selfSigned(from, new Date(Date.now() + 48 * hour)),
        selfSigned(from, new Date(Date.now() + 48 * hour)),
      ]);
      const token = await wire.deployerToken(contoso);
      graph = (method, path, body) => wire.json(method, `/v1.0${path}`, body, token);
      const created = await graph("POST", "/applications", { displayName: "Audited" });
      clientId = created.body.appId;
      objectId = created.body.id;
      await graph("POST", "/servicePrincipals", { appId: clientId });
      await graph("PATCH", `/applications/${objectId}`, {
        keyCredentials: [
          {
            type: "AsymmetricX509Cert",
            usage: "Verify",
            key: Buffer.from(certificate.certificatePem).toString("base64"),
          },
        ],
      });
    });

    const byAssertion = async (changes: Partial<Parameters<typeof clientAssertion>[0]> = {}): Promise<Answer> =>
      wire.token(contoso.id, {
        grant_type: "client_credentials",
        client_id: clientId,
        scope: exchangeScope,
        client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        client_assertion: await clientAssertion({
          clientId,
          certificate,
          audience: `${sandbox.origin}/${contoso.id}/oauth2/v2.0/token`,
          ...changes,
        }),
      });

    it.each([
      ["RS256", "x5t"],
      ["PS256", "x5t#S256"],
      ["RS256", "kid"],
    ] as const)("takes an assertion signed with %s and named by %s", async (algorithm, named) => {
      const { status, body } = await byAssertion({ algorithm, named });
      expect(status).toBe(200);
      const claims = decodeJwt(body.access_token);
      expect(claims).toMatchObject({ appid: clientId, tid: contoso.id, appidacr: "2", wids: [noDirectoryRole] });
      expect(claims).not.toHaveProperty("roles");
    });

    it.each([
      ["a certificate that was never uploaded", 700027, () => byAssertion({ certificate: other })],
      ["another key's signature", 700027, () => byAssertion({ privateKeyPem: other.privateKeyPem })],
      [
        "another audience",
        700023,
        () => byAssertion({ audience: `${sandbox.origin}/${fabrikam.id}/oauth2/v2.0/token` }),
      ],
      ["another application's name", 700021, () => byAssertion({ issuer: contoso.deployer.clientId })],
      ["an assertion of yesterday", 700024, () => byAssertion({ expires: Math.floor(Date.now() / 1000) - 86400 })],
    ])("refuses %s with AADSTS%d", async (_what, code, ask) => {
      const answer = await ask();
      expect([answer.status, answer.body.error, answer.body.error_codes]).toEqual([401, "invalid_client", [code]]);
    });

    it("refuses the certificate once its credential has run out", async () => {
      later = 47 * hour + 59 * 60_000;
      // The client's clock stays where it is: its assertions are of today.
      expect((await byAssertion()).status).toBe(200);
      later = 49 * hour;
      expect((await byAssertion()).body.error_codes).toEqual([700027]);
    });

    it("tells in a new token what has been granted since the last", async () => {
      expect(decodeJwt((await byAssertion()).body.access_token)).not.toHaveProperty("roles");
      const find = async (appId: string) =>
        first((await graph("GET", `/servicePrincipals?$filter=appId+eq+'${appId}'`)).body.value).id;
      const exchange = await find("00000002-0000-0ff1-ce00-000000000000");
      const principalId = await find(clientId);
      await graph("POST", `/servicePrincipals/${exchange}/appRoleAssignedTo`, {
        principalId,
        resourceId: exchange,
        appRoleId: "dc50a0fb-09a3-484d-be87-e023b12c6440",
      });
      await graph("POST", "/roleManagement/directory/roleAssignments", {
        principalId,
        roleDefinitionId: "29232cdf-9323-42fd-ade2-1d097af3e4de",
        directoryScopeId: "/",
      });
      expect(decodeJwt((await byAssertion()).body.access_token)).toMatchObject({
        roles: ["Exchange.ManageAsApp"],
        wids: ["29232cdf-9323-42fd-ade2-1d097af3e4de", noDirectoryRole],
      });
    });

    it("gives a client secret's end the last word", async () => {
      const made = await graph("POST", `/applications/${objectId}/addPassword`, {
        passwordCredential: { displayName: "1Secure", endDateTime: new Date(Date.now() + hour).toISOString() },
      });
      const ask = () => bySecret({ client_id: clientId, client_secret: made.body.secretText });
      expect((await ask()).status).toBe(200);
      later = 2 * hour;
      expect((await ask()).body.error_codes).toEqual([7000222]);
    });

    it("needs the service principal to be there and switched on", async () => {
      const { body } = await graph("GET", `/servicePrincipals(appId='${clientId}')`);
      await graph("PATCH", `/servicePrincipals/${body.id}`, { accountEnabled: false });
      expect((await byAssertion()).body.error_codes).toEqual([7000112]);
      await graph("DELETE", `/servicePrincipals/${body.id}`);
      expect((await byAssertion()).body.error_codes).toEqual([7000229]);
    });
  });
});
