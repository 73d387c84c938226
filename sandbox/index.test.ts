import { existsSync, statSync } from "node:fs";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { dirname } from "node:path";
import { startSandbox, type Sandbox } from "./index";
import { connectTo, first, type Wire } from "./testing/wire";

// Each sandbox makes RSA and certificate keys of its own, which takes seconds on a busy machine.
jest.setTimeout(30_000);

describe("a sandbox", () => {
  let sandbox: Sandbox;
  let wire: Wire;
  beforeAll(async () => {
    sandbox = await startSandbox();
    wire = connectTo(sandbox);
  });
  afterAll(async () => {
    await wire.close();
    await sandbox.close();
  });

  it("has the tenants that the repository's stack files name", () => {
    expect(sandbox.tenants.map(({ initialDomain, id, deployer }) => [initialDomain, id, deployer.clientId])).toEqual([
      ["contoso.onmicrosoft.com", "cb58fcb5-b6ea-4c16-a2ac-6ace6ba6dc68", "678e7042-b60c-434e-81f3-f7a6653c4750"],
      ["fabrikam.onmicrosoft.com", "3f7cdb0b-1e2a-4ce3-85bc-cde920ea1359", "54de9843-bef0-4b2d-8cbb-97c2810fd4e5"],
    ]);
    expect(sandbox.tenants.map(({ displayName }) => displayName)).toEqual(["Contoso", "Fabrikam"]);
  });

  it("gives other ids for another seed, and the same for the same", async () => {
    const [same, other] = await Promise.all([startSandbox(), startSandbox({ seed: "another" })]);
    try {
      expect(same.tenants).toEqual(sandbox.tenants);
      expect(other.tenants[0]?.id).not.toBe(sandbox.tenants[0]?.id);
    } finally {
      await Promise.all([same.close(), other.close()]);
    }
  });

  it("gives a program all it needs to find the tenant", () => {
    const [tenant] = sandbox.tenants;
    if (tenant === undefined) throw new Error("no tenant");
    const environment = sandbox.environment(tenant);
    expect(environment).toMatchObject({
      ARM_METADATA_HOSTNAME: sandbox.origin.replace("https://", ""),
      ARM_TENANT_ID: tenant.id,
      ARM_CLIENT_ID: tenant.deployer.clientId,
      M365AUDIT_AUTHORITY_HOST: sandbox.origin,
      M365AUDIT_EXCHANGE_ENDPOINT: sandbox.origin,
      M365AUDIT_ONESECURE_ENDPOINT: `${sandbox.origin}/onesecure/v1`,
      SSL_CERT_FILE: sandbox.caFile,
    });
    expect(Object.values(environment)).not.toContain("");
  });

  it("keeps the CA in a folder that only its owner can read, and removes it on close", async () => {
    const short = await startSandbox();
    expect(statSync(dirname(short.caFile)).mode & 0o077).toBe(0);
    await short.close();
    expect(existsSync(dirname(short.caFile))).toBe(false);
  });

  it("can't be reached by this machine's other addresses", async () => {
    const port = Number(new URL(sandbox.origin).port);
    const others = Object.values(networkInterfaces()).flatMap((list) =>
      (list ?? []).filter(({ internal, family }) => !internal && family === "IPv4"),
    );
    // A machine without a network has nothing to try; 127.0.0.2 is loopback too, and not listened on.
    for (const host of [...others.map(({ address }) => address), "127.0.0.2"]) {
      const outcome = await new Promise((resolve) => {
        const socket = connect({ host, port, timeout: 1000 });
        for (const event of ["connect", "error", "timeout"]) {
          socket.once(event, () => {
            socket.destroy();
            resolve(event);
          });
        }
      });
      expect([host, outcome]).not.toEqual([host, "connect"]);
    }
  });

  it("says which port is busy", async () => {
    const port = Number(new URL(sandbox.origin).port);
    await expect(startSandbox({ port })).rejects.toMatchObject({ code: "EADDRINUSE" });
  });

  it("refuses two tenants of one domain", async () => {
    const initialDomain = "contoso.onmicrosoft.com";
    await expect(startSandbox({ tenants: [{ initialDomain }, { initialDomain }] })).rejects.toThrow("same domain");
  });

  it("has the documents that clients of the cloud read first", async () => {
    const metadata = await wire.json("GET", "/metadata/endpoints?api-version=2022-09-01");
    expect(metadata.body).toMatchObject({
      name: expect.stringMatching(/./),
      resourceManager: expect.stringMatching(/^https:/),
      microsoftGraphResourceId: sandbox.origin,
      authentication: { loginEndpoint: sandbox.origin, identityProvider: "AAD" },
      suffixes: {},
    });
    const tenantId = sandbox.tenants[0]?.id ?? "";
    for (const name of [tenantId, "CONTOSO.onmicrosoft.com"]) {
      const configuration = await wire.json("GET", `/${name}/v2.0/.well-known/openid-configuration`);
      expect(configuration.body).toMatchObject({
        issuer: `${sandbox.origin}/${tenantId}/v2.0`,
        token_endpoint: `${sandbox.origin}/${tenantId}/oauth2/v2.0/token`,
      });
      const keys = await wire.json("GET", new URL(configuration.body.jwks_uri).pathname);
      expect(keys.body.keys).toEqual([expect.objectContaining({ kty: "RSA", use: "sig", kid: expect.any(String) })]);
      expect(keys.body.keys[0]).not.toHaveProperty("d");
    }
    const discovery = await wire.json("GET", "/common/discovery/instance?api-version=1.1&authorization_endpoint=x");
    expect(first(discovery.body.metadata).aliases).toEqual([new URL(sandbox.origin).host]);
    expect((await wire.json("GET", "/nowhere.example/v2.0/.well-known/openid-configuration")).body.error_codes).toEqual(
      [90002],
    );
  });
});
