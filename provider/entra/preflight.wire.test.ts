/** Preflights over HTTPS: real tokens from the sandbox's token endpoint, and its Exchange Online. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { type ReplicationOptions, type Sandbox, startSandbox, type TenantInfo } from "../../sandbox";
import { connectTo, first, selfSigned, type TestCertificate, type Wire } from "../../sandbox/testing/wire";
import { directoryRoleTemplates, exchangeOnline, office365Management } from "./wellKnown";

// A process of its own takes seconds on a busy machine.
jest.setTimeout(120_000);

/** Runs the kind in a process of its own: Node reads NODE_EXTRA_CA_CERTS only when it starts. No time passes but on its clock. */
const program = `
  require("./scripts/typescript.cjs");
  const { preflight } = require("./provider/entra/preflight");
  const { manualClock } = require("./provider/core/clock");
  const { reconcile } = require("./provider/core/kind");
  let text = "";
  process.stdin.on("data", (part) => (text += part)).on("end", async () => {
    const { runs, settings } = JSON.parse(text);
    const results = [];
    for (const inputs of runs) {
      const reported = [];
      const clock = manualClock(Date.now());
      const start = clock.now();
      const ctx = { clock, report: (line) => reported.push(line), settings: { get: (name) => settings[name] } };
      const result = await reconcile(preflight, ctx, { inputs: preflight.contract.inputs.parse(inputs) }).then(
        ({ state }) => ({ state }),
        ({ tag, message, reach }) => ({ tag, message, reach }),
      );
      results.push({ ...result, reported, waited: (clock.now() - start) / 1000 });
    }
    console.log(JSON.stringify(results));
  });
`;

interface Row {
  readonly need: string;
  readonly answer: string;
}
interface Result {
  readonly state?: {
    readonly reach: Row[];
    readonly beyond: string[];
    readonly warnings: string[];
    readonly tokenTenantId: string;
  };
  readonly tag?: string;
  readonly message?: string;
  readonly reach?: { readonly rows: Row[] };
  readonly reported: string[];
  /** Seconds. */
  readonly waited: number;
}

const feed = { service: "Activity", api: office365Management.displayName, permissions: ["ActivityFeed.Read"] };
const manage = {
  service: "Mailbox audit",
  api: exchangeOnline.displayName,
  permissions: ["Exchange.ManageAsApp"],
  directoryRole: "Exchange Administrator",
  probe: "exchangeOnline",
};
const graph = { service: "Directory", api: "Microsoft Graph", permissions: ["Directory.Read.All"] };

let sandbox: Sandbox;
let wire: Wire;
let tenant: TenantInfo;
let other: TenantInfo;
let certificate: TestCertificate;
beforeAll(async () => {
  sandbox = await startSandbox();
  wire = connectTo(sandbox);
  tenant = first(sandbox.tenants);
  other = first(sandbox.tenants.slice(1));
  certificate = await selfSigned(new Date(Date.now() - 60_000), new Date(Date.now() + 3_600_000));
});
afterAll(async () => {
  await wire.close();
  await sandbox.close();
});

interface App {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** An app with a secret and a certificate that has just got all that `feed` and `manage` need, and no more. */
async function newApp({ granted = true }: { granted?: boolean } = {}): Promise<App> {
  const token = await wire.deployerToken(tenant);
  const post = async (path: string, body: object) => (await wire.json("POST", `/v1.0${path}`, body, token)).body;
  const { id, appId } = await post("/applications", { displayName: "Audited" });
  const principal = await post("/servicePrincipals", { appId });
  const { secretText } = await post(`/applications/${id}/addPassword`, { passwordCredential: { displayName: "one" } });
  const key = Buffer.from(certificate.certificatePem).toString("base64");
  const keyCredentials = [{ type: "AsymmetricX509Cert", usage: "Verify", key }];
  await wire.json("PATCH", `/v1.0/applications/${id}`, { keyCredentials }, token);
  if (granted) {
    for (const api of [office365Management, exchangeOnline]) {
      const filter = encodeURI(`$filter=appId eq '${api.appId}'`);
      const found = await wire.json("GET", `/v1.0/servicePrincipals?${filter}`, undefined, token);
      const resourceId = first(found.body.value).id;
      const appRoleId = api.appRoles[0].id;
      await post(`/servicePrincipals/${resourceId}/appRoleAssignedTo`, {
        principalId: principal.id,
        resourceId,
        appRoleId,
      });
    }
    await post("/roleManagement/directory/roleAssignments", {
      principalId: principal.id,
      roleDefinitionId: directoryRoleTemplates["Exchange Administrator"],
      directoryScopeId: "/",
    });
  }
  return { clientId: appId, clientSecret: secretText };
}

async function run(runs: readonly object[], settings: object = {}): Promise<readonly Result[]> {
  const child = spawn(process.execPath, ["-e", program], {
    cwd: join(__dirname, "..", ".."),
    env: { ...process.env, ...sandbox.environment(tenant) },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const all = { authorityHost: sandbox.origin, exchangeEndpoint: sandbox.origin, ...settings };
  child.stdin.end(JSON.stringify({ runs: runs.map((one) => ({ tenantId: tenant.id, ...one })), settings: all }));
  return new Promise((resolve, reject) => {
    let printed = "";
    child.stdout.on("data", (part: Buffer) => (printed += part.toString()));
    child.on("close", () => {
      if (printed === "") reject(new Error("The process ended without an answer."));
      else resolve(JSON.parse(printed) as Result[]);
    });
  });
}

const pick = (results: readonly Result[], index: number): Result => first(results.slice(index));
const answers = (rows: readonly Row[] = []): readonly string[] => rows.map(({ need, answer }) => `${need}: ${answer}`);

test("a secret and a certificate prove what they reach, and no proof holds a token", async () => {
  const { clientId, clientSecret } = await newApp();
  const { certificatePem, privateKeyPem } = certificate;
  const before = sandbox.control.issuedSecrets().length;
  const results = await run([
    { clientId, clientSecret, needs: [feed, manage] },
    { clientId, certificatePem, privateKeyPem, needs: [manage] },
  ]);
  expect(results.map(({ state }) => answers(state?.reach))).toEqual([
    [
      "ActivityFeed.Read: yes",
      "Exchange.ManageAsApp: yes",
      "role Exchange Administrator: yes",
      "Exchange Online answers: yes",
    ],
    ["Exchange.ManageAsApp: yes", "role Exchange Administrator: yes", "Exchange Online answers: yes"],
  ]);
  expect(results.map(({ state }) => state?.tokenTenantId)).toEqual([tenant.id, tenant.id]);
  expect(pick(results, 0).state).toMatchObject({ beyond: [], warnings: [] });
  const issued = sandbox.control.issuedSecrets().slice(before);
  // Each of the looks takes new ones: two APIs and the probe three times, then one API and the probe.
  expect(issued).toHaveLength(3 * 3 + 3 * 2);
  for (const token of issued) expect(JSON.stringify(results)).not.toContain(token);
});

test("what is missing, a wrong secret and a foreign tenant are told apart, and no secret is", async () => {
  const { clientId, clientSecret } = await newApp();
  const wrong = "a-secret-that-is-wrong";
  const results = await run([
    { clientId, clientSecret, needs: [feed, graph] },
    { clientId, clientSecret: wrong, needs: [feed] },
    { clientId: other.deployer.clientId, clientSecret: other.deployer.clientSecret, needs: [feed] },
    { clientId, clientSecret, needs: [feed], tenantId: "b1c6dd5e-7e3c-4d5e-9c55-111111111111" },
    { clientId, clientSecret, needs: [{ ...feed, api: "b1c6dd5e-7e3c-4d5e-9c55-222222222222" }] },
  ]);
  const [missing, refused, foreign, nowhere, noApi] = results.map(({ message }) => message ?? "");
  expect(results.map(({ tag }) => tag)).toEqual(results.map(() => "NotProven"));
  expect(answers(pick(results, 0).reach?.rows)).toEqual(["ActivityFeed.Read: yes", "Directory.Read.All: no"]);
  expect(missing).toMatch(/1 of 2 needs not met after 600 s/);
  expect(missing).toMatch(/Microsoft Graph +Directory\.Read\.All +no +.*a Privileged Role Administrator consent/);
  expect(refused).toMatch(/AADSTS7000215.*check that it is the secret's value/);
  expect(foreign).toMatch(/AADSTS700016.*check clientId and tenantId/);
  expect(nowhere).toMatch(/1 of 1 not known.*check .*tenantId and environment/s);
  expect(noApi).toMatch(/1 of 1 not known.*AADSTS500011/s);
  expect(results.map(({ waited }) => waited)).toEqual([
    600,
    600,
    expect.any(Number),
    expect.any(Number),
    expect.any(Number),
  ]);
  for (const secret of [clientSecret, other.deployer.clientSecret, wrong]) {
    expect(JSON.stringify(results)).not.toContain(secret);
  }
});

test("a stack of another tenant is told so before anything is sent", async () => {
  const before = sandbox.control.issuedSecrets().length;
  const [result] = await run([{ ...(await newApp()), needs: [feed] }], { tenantId: other.id });
  expect(result).toMatchObject({ tag: "WrongTenant", waited: 0 });
  // The one of the test's own set-up.
  expect(
    sandbox.control
      .issuedSecrets()
      .slice(before)
      .filter((secret) => secret.split(".").length === 3),
  ).toHaveLength(1);
});

test("a service that is down cannot be known, which may be ignored", async () => {
  const { clientId, clientSecret } = await newApp();
  const needs = [feed, manage];
  const nobody = { exchangeEndpoint: "https://localhost:9" };
  const results = await run(
    [
      { clientId, clientSecret, needs, ignoreWarnings: true },
      { clientId, clientSecret, needs },
    ],
    nobody,
  );
  expect(answers(pick(results, 0).state?.reach)).toContain("Exchange Online answers: unknown");
  expect(pick(results, 0).state?.warnings).toEqual([expect.stringMatching(/ECONNREFUSED/)]);
  expect(pick(results, 1)).toMatchObject({ tag: "NotProven", message: expect.stringContaining("1 of 4 not known") });
});

describe("while the directory replicates", () => {
  // What the set-up reads back through Graph is seen at once.
  const slow: ReplicationOptions = {
    credentials: { reads: { min: 2, max: 4 } },
    appRoleAssignments: { reads: { min: 2, max: 6 } },
    directoryRoleAssignments: { reads: { min: 2, max: 6 } },
    exchangeAuthorization: { reads: { min: 2, max: 6 } },
  };
  beforeAll(async () => {
    await wire.close();
    await sandbox.close();
    sandbox = await startSandbox({ replication: slow });
    wire = connectTo(sandbox);
    tenant = first(sandbox.tenants);
  });

  test("a proof waits for what is new and flaps, says what for, and then holds", async () => {
    const results = await run([{ ...(await newApp()), needs: [feed, manage] }]);
    const { state, reported, waited } = first(results);
    expect(answers(state?.reach)).toEqual([
      "ActivityFeed.Read: yes",
      "Exchange.ManageAsApp: yes",
      "role Exchange Administrator: yes",
      "Exchange Online answers: yes",
    ]);
    expect(waited).toBeGreaterThan(0);
    expect(reported.join("\n")).toMatch(/waited .* looking again/);
  });
});
