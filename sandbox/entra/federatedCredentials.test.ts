import { decodeJwt } from "jose";
import { startSandbox, type Sandbox, type TenantInfo } from "../index";
import { callerWith, deployerOf, newApp, type Deploy, type TestApp } from "../testing/apps";
import { connectTo, type Answer, type Wire } from "../testing/wire";

// Each sandbox makes RSA and certificate keys of its own, which takes seconds on a busy machine.
jest.setTimeout(30_000);

const audience = "api://AzureADTokenExchange";
const subject = "repo:contoso/audit:ref:refs/heads/main";

describe("federated identity credentials", () => {
  let sandbox: Sandbox;
  let wire: Wire;
  let contoso: TenantInfo;
  let deploy: Deploy;
  let app: TestApp;
  let issuer: string;
  beforeAll(async () => {
    sandbox = await startSandbox();
    wire = connectTo(sandbox);
    [contoso] = sandbox.tenants as [TenantInfo];
    deploy = await deployerOf(wire, contoso);
    issuer = sandbox.control.federatedIssuer();
  });
  beforeEach(async () => {
    app = await newApp(wire, contoso);
  });
  afterAll(async () => {
    await wire.close();
    await sandbox.close();
  });

  const list = () => `/applications/${app.applicationId}/federatedIdentityCredentials`;
  const add = (changes: object = {}): Promise<Answer> =>
    deploy("POST", list(), { name: "github-main", issuer, subject, audiences: [audience], ...changes });

  describe("in Graph", () => {
    it("are made, read by id and by name, listed, changed and deleted", async () => {
      const made = await add({ description: "CI" });
      expect(made.status).toBe(201);
      const shown = { name: "github-main", issuer, subject, audiences: [audience], description: "CI" };
      expect(made.body).toMatchObject(shown);
      const { id } = made.body;
      for (const path of [`${list()}/${id}`, `${list()}/github-main`, `${list()}(name='github-main')`]) {
        expect((await deploy("GET", path)).body).toMatchObject({ id, ...shown });
      }
      expect((await deploy("GET", list())).body.value).toEqual([expect.objectContaining({ id })]);
      expect((await deploy("PATCH", `${list()}/${id}`, { subject: "other" })).status).toBe(204);
      expect((await deploy("GET", `${list()}/${id}`)).body).toMatchObject({ subject: "other", issuer });
      expect(sandbox.control.tenant(contoso.id).directory.applications).toContainEqual(
        expect.objectContaining({ clientId: app.clientId, federatedCredentials: [expect.objectContaining({ id })] }),
      );
      expect((await deploy("DELETE", `${list()}/${id}`)).status).toBe(204);
      expect((await deploy("GET", `${list()}/${id}`)).status).toBe(404);
    });

    it.each([
      ["a name of two letters", { name: "ab" }],
      ["a name with a space", { name: "git hub" }],
      ["no name", { name: undefined }],
      ["an issuer without https", { issuer: "http://issuer.example" }],
      ["no subject", { subject: "" }],
      ["two audiences", { audiences: [audience, "other"] }],
      ["no audience", { audiences: [] }],
      ["a description that is too long", { description: "x".repeat(601) }],
    ])("are refused with %s", async (_what, changes) => {
      const { status, body } = await add(changes);
      expect([status, body.error.code]).toEqual([400, "Request_BadRequest"]);
      expect((await deploy("GET", list())).body.value).toEqual([]);
    });

    it("are unique by name, and by issuer and subject together", async () => {
      const { id } = (await add()).body;
      const sameName = await add({ subject: "other" });
      expect([sameName.status, sameName.body.error]).toEqual([
        409,
        expect.objectContaining({
          code: "Request_MultipleObjectsWithSameKeyValue",
          message: "FederatedIdentityCredential with name github-main already exists.",
        }),
      ]);
      const sameTrust = await add({ name: "second" });
      expect([sameTrust.status, sameTrust.body.error.code]).toEqual([400, "InvalidFederatedIdentityCredentialValue"]);
      expect((await deploy("PATCH", `${list()}/${id}`, { description: "still itself" })).status).toBe(204);
      expect((await deploy("PATCH", `${list()}/${id}`, { name: "renamed" })).status).toBe(400);
    });

    it("are at most twenty, and gone with their application", async () => {
      for (let count = 0; count < 20; count++) {
        expect((await add({ name: `name-${String(count)}`, subject: String(count) })).status).toBe(201);
      }
      const { status, body } = await add({ name: "one-more", subject: "one more" });
      expect(status).toBe(403);
      expect(body.error.message).toContain("The size of the object has exceeded its limit");
      await deploy("DELETE", `/applications/${app.applicationId}`);
      await deploy("POST", `/directory/deletedItems/${app.applicationId}/restore`);
      expect((await deploy("GET", list())).body.value).toEqual([]);
    });

    it("want the permission to write applications", async () => {
      const as = await callerWith(wire, contoso, "Application.Read.All");
      expect((await wire.json("GET", `/v1.0${list()}`, undefined, as)).status).toBe(200);
      expect((await wire.json("POST", `/v1.0${list()}`, {}, as)).status).toBe(403);
    });
  });

  describe("at the token endpoint", () => {
    const exchange = (assertion: string): Promise<Answer> =>
      wire.token(contoso.id, {
        grant_type: "client_credentials",
        client_id: app.clientId,
        scope: "https://outlook.office365.com/.default",
        client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        client_assertion: assertion,
      });

    it("give a token for an assertion of the issuer that they trust", async () => {
      await add();
      const assertion = await sandbox.control.federatedAssertion({ subject });
      const { status, body } = await exchange(assertion);
      expect(status).toBe(200);
      expect(decodeJwt(body.access_token)).toMatchObject({ appid: app.clientId, appidacr: "2", tid: contoso.id });
      expect(sandbox.control.issuedSecrets()).toContain(assertion);
    });

    it.each([
      ["another issuer", 700211, { issuer: "https://elsewhere.example" }],
      ["another subject", 700213, { subject: "repo:contoso/other" }],
      ["the same subject in another case", 7002138, { subject: subject.toUpperCase() }],
      ["another audience", 700212, { audiences: ["api://other"] }],
    ])("refuse an assertion when they trust %s: AADSTS%d", async (_what, code, changes) => {
      await add(changes);
      const { status, body } = await exchange(await sandbox.control.federatedAssertion({ subject }));
      expect([status, body.error, body.error_codes]).toEqual([401, "invalid_client", [code]]);
      expect(body.error_description).toContain("No matching federated identity record found");
    });

    it("refuse a forged assertion and an issuer that cannot be asked", async () => {
      await add();
      const good = await sandbox.control.federatedAssertion({ subject });
      const forged = `${good.slice(0, good.lastIndexOf("."))}.${Buffer.alloc(256).toString("base64url")}`;
      expect((await exchange(forged)).body.error_codes).toEqual([50013]);
      const strangers = "https://stranger.example";
      await add({ name: "stranger", issuer: strangers });
      const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
      const foreign = [{ alg: "RS256" }, { iss: strangers, sub: subject, aud: audience }].map(encode).join(".");
      expect((await exchange(`${foreign}.AAAA`)).body.error_codes).toEqual([50166]);
    });

    it("are not known there before they have replicated", async () => {
      sandbox.control.setReplication({ federatedIdentityCredentials: { reads: { min: 1, max: 1 } } });
      try {
        await add();
        const assertion = await sandbox.control.federatedAssertion({ subject });
        expect((await exchange(assertion)).body.error_codes).toEqual([70021]);
        expect((await exchange(assertion)).status).toBe(200);
      } finally {
        sandbox.control.setReplication(undefined);
      }
    });

    it("do not mind that the sandbox's time has moved: an issuer outside has its own clock", async () => {
      await add();
      sandbox.control.travelTo(new Date(Date.now() + 300 * 24 * 3600_000));
      try {
        expect((await exchange(await sandbox.control.federatedAssertion({ subject }))).status).toBe(200);
      } finally {
        sandbox.control.travelTo(new Date());
      }
    });
  });

  describe("and the sandbox's own issuer", () => {
    it("describe themselves as an OpenID provider does", async () => {
      const configuration = (await wire.json("GET", "/_sandbox/issuer/.well-known/openid-configuration")).body;
      expect(configuration).toMatchObject({ issuer, jwks_uri: `${issuer}/jwks` });
      expect((await wire.json("GET", "/_sandbox/issuer/jwks")).body.keys).toEqual([
        expect.objectContaining({ kty: "RSA", use: "sig" }),
      ]);
    });

    it("hand out tokens as GitHub Actions does", async () => {
      const request = `/_sandbox/issuer/token?subject=${encodeURIComponent(subject)}`;
      const headers = { authorization: "bearer anything" };
      expect((await wire.send("GET", request)).status).toBe(401);
      expect((await wire.send("GET", "/_sandbox/issuer/token", { headers })).status).toBe(400);
      const { body } = await wire.send("GET", `${request}&audience=${encodeURIComponent(audience)}`, { headers });
      const valueOf = (answer: unknown): string => (answer as { value: string }).value;
      expect(decodeJwt(valueOf(body))).toMatchObject({ iss: issuer, sub: subject, aud: audience });
      const asked = (await wire.json("POST", "/_sandbox/issuer/assertions", { subject })).body;
      expect(decodeJwt(valueOf(asked))).toMatchObject({ sub: subject, aud: audience });
    });
  });
});
