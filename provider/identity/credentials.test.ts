import { spawn } from "node:child_process";
import { join } from "node:path";
import { type Sandbox, startSandbox, type TenantInfo } from "../../sandbox";
import { connectTo, first, selfSigned, type TestCertificate, type Wire } from "../../sandbox/testing/wire";
import { InvalidInput } from "../core/errors";
import { directoryRoleTemplates, exchangeOnline } from "../entra/wellKnown";
import { environmentHosts } from "./environments";
import { appTokens } from "./credentials";

// A process of its own takes seconds on a busy machine.
jest.setTimeout(120_000);

const { authorityHost, exchangeScope: scope } = environmentHosts.public;
const authority = { authorityHost, scope, service: "Exchange Online" };
const clientId = "aaaaaaaa-2222-4333-8444-555555555555";
const tenantId = "11111111-2222-4333-8444-555555555555";

let ours: TestCertificate;
let theirs: TestCertificate;
beforeAll(async () => {
  const validity = [new Date(Date.now() - 60_000), new Date(Date.now() + 3_600_000)] as const;
  [ours, theirs] = await Promise.all([selfSigned(...validity), selfSigned(...validity)]);
});

describe("a certificate and its key", () => {
  const refused = (certificatePem: string, privateKeyPem: string): readonly string[] => {
    try {
      appTokens({ tenantId, clientId, proof: { kind: "certificate", certificatePem, privateKeyPem } }, authority);
      return [];
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      expect(error.message).not.toContain("MII");
      return error.problems.map(({ path, message }) => `${path}: ${message}`);
    }
  };

  test("have to belong together", () => {
    expect(refused(ours.certificatePem, ours.privateKeyPem)).toEqual([]);
    expect(refused(ours.certificatePem, theirs.privateKeyPem)).toEqual([
      "privateKeyPem: it is not the key of certificatePem",
    ]);
  });

  test("have to be readable, and both are told when neither is", () => {
    const broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    expect(refused(broken, broken.replaceAll("CERTIFICATE", "PRIVATE KEY"))).toEqual([
      "certificatePem: it cannot be read as an X.509 certificate",
      "privateKeyPem: it cannot be read as a private key",
    ]);
  });
});

/** Runs a policy's kind in a process of its own: Node reads NODE_EXTRA_CA_CERTS only when it starts. */
const program = `
  require("./scripts/typescript.cjs");
  const { mailboxAudit } = require("./provider/exchange/mailboxAudit");
  const { systemClock } = require("./provider/core/clock");
  let text = "";
  process.stdin.on("data", (part) => (text += part)).on("end", () => {
    const { reference, settings } = JSON.parse(text);
    const ctx = { clock: systemClock, report: () => {}, settings: { get: (name) => settings[name] } };
    mailboxAudit.observe(ctx, reference).then(
      ({ state }) => console.log(JSON.stringify(state)),
      (error) => console.log(JSON.stringify({ tag: error.tag, message: error.message })),
    );
  });
`;

describe("against a tenant over HTTPS", () => {
  let sandbox: Sandbox;
  let wire: Wire;
  let tenant: TenantInfo;
  let app: string;
  beforeAll(async () => {
    sandbox = await startSandbox({ tenants: [{ initialDomain: "contoso.onmicrosoft.com" }] });
    wire = connectTo(sandbox);
    tenant = first(sandbox.tenants);
    app = await audited();
  });
  afterAll(async () => {
    await wire.close();
    await sandbox.close();
  });

  /** An app that signs in with `ours` and may administer Exchange. */
  async function audited(): Promise<string> {
    const graph = await wire.deployerToken(tenant);
    const post = async (path: string, body: object) => (await wire.json("POST", `/v1.0${path}`, body, graph)).body;
    const { id, appId } = await post("/applications", { displayName: "Audited" });
    const principal = await post("/servicePrincipals", { appId });
    const key = Buffer.from(ours.certificatePem).toString("base64");
    const keyCredentials = [{ type: "AsymmetricX509Cert", usage: "Verify", key }];
    await wire.json("PATCH", `/v1.0/applications/${id}`, { keyCredentials }, graph);
    const filter = `$filter=appId eq '${exchangeOnline.appId}'`;
    const exchange = first(
      (await wire.json("GET", `/v1.0/servicePrincipals?${encodeURI(filter)}`, undefined, graph)).body.value,
    );
    await post(`/servicePrincipals/${exchange.id}/appRoleAssignedTo`, {
      principalId: principal.id,
      resourceId: exchange.id,
      appRoleId: exchangeOnline.appRoles[0].id,
    });
    await post("/roleManagement/directory/roleAssignments", {
      principalId: principal.id,
      roleDefinitionId: directoryRoleTemplates["Exchange Administrator"],
      directoryScopeId: "/",
    });
    return appId;
  }

  function observe(
    more: { inputs?: object; purpose?: string; settings?: object } = {},
  ): Promise<Record<string, unknown>> {
    const inputs = { tenantId: tenant.id, clientId: app, ...pem(ours), ...more.inputs };
    const id = `${tenant.id}/mailboxAudit`;
    const settings = { authorityHost: sandbox.origin, exchangeEndpoint: sandbox.origin, ...more.settings };
    const child = spawn(process.execPath, ["-e", program], {
      cwd: join(__dirname, "..", ".."),
      env: { ...process.env, ...sandbox.environment(tenant) },
      stdio: ["pipe", "pipe", "inherit"],
    });
    child.stdin.end(
      JSON.stringify({ reference: { id, inputs, last: inputs, purpose: more.purpose ?? "refresh" }, settings }),
    );
    return new Promise((resolve) => {
      let printed = "";
      child.stdout.on("data", (part: Buffer) => (printed += part.toString()));
      child.on("close", () => {
        resolve(JSON.parse(printed) as Record<string, unknown>);
      });
    });
  }
  const pem = ({ certificatePem, privateKeyPem }: TestCertificate) => ({ certificatePem, privateKeyPem });

  /** Whom a token is for; nothing for a secret that is no token. */
  function audienceOf(secret: string): string[] {
    const [, payload, ...rest] = secret.split(".");
    if (payload === undefined || rest.length !== 1) return [];
    return [(JSON.parse(Buffer.from(payload, "base64url").toString()) as { aud: string }).aud];
  }

  test("the app signs in with its certificate and reads the mailboxes", async () => {
    const state = await observe({ purpose: "apply" });
    expect(state.mailboxes).toBeGreaterThan(0);
    expect(state).not.toHaveProperty("unreadable");
  });

  test("the token is asked for the Exchange Online of the tenant's cloud, wherever the requests go", async () => {
    const before = sandbox.control.issuedSecrets().length;
    await observe({ inputs: { environment: "usGovernmentDod" } });
    await observe({ settings: { environment: "china" } });
    const audiences = sandbox.control.issuedSecrets().slice(before).flatMap(audienceOf);
    expect(audiences).toEqual(["https://outlook-dod.office365.us", "https://outlook.office365.cn"]);
  });

  test("an app with another certificate is refused, and a refresh says so without a secret", async () => {
    const { unreadable } = await observe({ inputs: pem(theirs) });
    expect(unreadable).toMatch(/^signing in to Exchange Online as app .*AADSTS700027/);
    expect(unreadable).not.toMatch(/Trace ID|Timestamp|MII/);
  });

  test("the deploying identity reads in the app's place when the stack says so", async () => {
    const state = await observe({ inputs: pem(theirs), settings: { exchangeObserver: "deployer" } });
    expect(state.mailboxes).toBeGreaterThan(0);
    expect(state).not.toHaveProperty("unreadable");
  });
});
