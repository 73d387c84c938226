import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { startSandbox, type Sandbox, type TenantInfo } from "../index";
import { connectTo, selfSigned, type Wire } from "../testing/wire";

/** A process of its own, because Node reads NODE_EXTRA_CA_CERTS only when it starts. */
const program = `
  const { ClientCertificateCredential, ClientSecretCredential } = require("@azure/identity");
  const { tenant, client, secret, certificate, authorityHost, scope } = JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8"));
  const options = { authorityHost, disableInstanceDiscovery: true };
  const credential = secret === undefined
    ? new ClientCertificateCredential(tenant, client, { certificate }, options)
    : new ClientSecretCredential(tenant, client, secret, options);
  credential.getToken(scope).then(
    ({ token }) => console.log(Buffer.from(token.split(".")[1], "base64url").toString()),
    (error) => { console.error(error.message); process.exitCode = 1; },
  );
`;

// Each token is fetched by a process of its own, which takes seconds on a busy machine.
jest.setTimeout(60_000);

describe("@azure/identity", () => {
  let sandbox: Sandbox;
  let wire: Wire;
  let contoso: TenantInfo;
  let folder: string;
  beforeAll(async () => {
    sandbox = await startSandbox();
    wire = connectTo(sandbox);
    [contoso] = sandbox.tenants as [TenantInfo];
    folder = mkdtempSync(join(tmpdir(), "m365audit-test-"));
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await wire.close();
    await sandbox.close();
  });

  const claims = async (credential: object): Promise<unknown> => {
    const file = join(folder, "credential.json");
    writeFileSync(
      file,
      JSON.stringify({ authorityHost: sandbox.origin, scope: "https://outlook.office365.com/.default", ...credential }),
    );
    const { stdout } = await promisify(execFile)(process.execPath, ["-e", program, file], {
      cwd: join(__dirname, "..", ".."),
      env: { ...process.env, NODE_EXTRA_CA_CERTS: sandbox.caFile },
    });
    return JSON.parse(stdout);
  };

  it("gets a token by client secret", async () => {
    const { clientId, clientSecret } = contoso.deployer;
    const token = await claims({ tenant: contoso.id, client: clientId, secret: clientSecret });
    expect(token).toMatchObject({ tid: contoso.id, appid: clientId, roles: ["Exchange.ManageAsApp"] });
  });

  it("gets a token by a certificate that was uploaded, and none by one that was not", async () => {
    const graph = await wire.deployerToken(contoso);
    const [certificate, stranger] = await Promise.all(
      [1, 2].map(() => selfSigned(new Date(Date.now() - 60_000), new Date(Date.now() + 3600_000))),
    );
    if (certificate === undefined || stranger === undefined) throw new Error("no certificate");
    const { id, appId } = (await wire.json("POST", "/v1.0/applications", { displayName: "Audited" }, graph)).body;
    await wire.json("POST", "/v1.0/servicePrincipals", { appId }, graph);
    const key = Buffer.from(certificate.certificatePem).toString("base64");
    const keyCredentials = [{ type: "AsymmetricX509Cert", usage: "Verify", key }];
    await wire.json("PATCH", `/v1.0/applications/${id}`, { keyCredentials }, graph);
    const pem = (one: typeof certificate) => `${one.privateKeyPem}\n${one.certificatePem}\n`;
    const token = await claims({ tenant: contoso.id, client: appId, certificate: pem(certificate) });
    expect(token).toMatchObject({ tid: contoso.id, appid: appId });
    await expect(claims({ tenant: contoso.id, client: appId, certificate: pem(stranger) })).rejects.toThrow(
      "AADSTS700027",
    );
  });
});
