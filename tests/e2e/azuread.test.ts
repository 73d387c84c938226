/** Plain azuread and tls, with nothing of ours, on a real engine: everything that our components use, from its creation to its end. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { connectTo } from "../../sandbox/testing/wire";
import { openScene, type Scene } from "../support/engine";

const program = `
import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";

const config = new pulumi.Config("plain");
const second = config.getBoolean("second") ?? false;
const there = config.getObject<Record<string, string>>("there");
// Of a resource that is taken over: its id, and what Entra does not tell of it.
const from = (name: string, ...untold: string[]): pulumi.CustomResourceOptions =>
  there === undefined ? {} : { import: there[name], ignoreChanges: untold };

const permissions: Record<string, string[]> = second
  ? { "00000002-0000-0ff1-ce00-000000000000": ["Exchange.ManageAsApp", "full_access_as_app"],
      "00000003-0000-0000-c000-000000000000": ["Directory.Read.All"] }
  : { "00000002-0000-0ff1-ce00-000000000000": ["Exchange.ManageAsApp"],
      "00000003-0000-0000-c000-000000000000": ["Directory.Read.All", "Mail.Read"] };

const app = new azuread.ApplicationRegistration("app", {
  displayName: second ? "Renamed" : "Plain",
  signInAudience: "AzureADMyOrg",
  notes: "made by a test",
}, from("app"));
const applicationId = app.id;
const principal = new azuread.ServicePrincipal("principal", { clientId: app.clientId }, from("principal"));
new azuread.ApplicationOwner("owner", { applicationId, ownerObjectId: principal.objectId }, from("owner"));

for (const [apiClientId, values] of Object.entries(permissions)) {
  const api = azuread.getServicePrincipalOutput({ clientId: apiClientId });
  const id = (value: string) => api.appRoleIds.apply((ids) => ids[value] ?? "");
  const access = \`access-\${apiClientId}\`;
  new azuread.ApplicationApiAccess(access, { applicationId, apiClientId, roleIds: values.map(id) }, from(access));
  for (const value of values) {
    new azuread.AppRoleAssignment(\`consent-\${value}\`, {
      appRoleId: id(value), principalObjectId: principal.objectId, resourceObjectId: api.objectId,
    }, from(\`consent-\${value}\`));
  }
}

const role = new azuread.DirectoryRole("role", { displayName: "Exchange Administrator" }, from("role"));
new azuread.DirectoryRoleAssignment("assignment", {
  roleId: role.templateId, principalObjectId: principal.objectId,
}, from("assignment"));

// Neither the key nor the certificate's own text can be had from Entra, so a program that takes over leaves both alone.
if (there === undefined) {
  const key = new tls.PrivateKey("key", { algorithm: "RSA", rsaBits: 2048 });
  const signed = new tls.SelfSignedCert("signed", {
    privateKeyPem: key.privateKeyPem,
    subject: { commonName: second ? "Second" : "First" },
    validityPeriodHours: 24 * 365,
    allowedUses: ["digital_signature"],
  });
  new azuread.ApplicationCertificate("certificate", {
    applicationId,
    type: "AsymmetricX509Cert",
    value: signed.certPem,
    endDate: signed.validityEndTime.apply((end) => end.replace(/\\.\\d+/, "")),
  });
}
// It has no importer, so a program that takes over has to do without it.
if (there === undefined) {
  new azuread.ApplicationPassword("password", {
    applicationId, displayName: "1Secure", rotateWhenChanged: { round: second ? "2" : "1" },
  });
}
new azuread.ApplicationFederatedIdentityCredential("federated", {
  applicationId,
  displayName: "pipeline",
  audiences: ["api://AzureADTokenExchange"],
  issuer: "https://token.actions.githubusercontent.com",
  subject: second ? "repo:contoso/audit:environment:production" : "repo:contoso/audit:ref:refs/heads/main",
}, from("federated"));

export const seenName = azuread.getApplicationOutput({ clientId: app.clientId }).displayName;
export const tenantId = azuread.getClientConfigOutput().tenantId;
`;

let scene: Scene;
beforeAll(async () => {
  scene = await openScene({ program, sandbox: { writeLatencyMs: 100 } });
});
afterAll(() => scene.close());

const directory = () => scene.sandbox.control.tenant(scene.tenant.id).directory;
const held = (): string[] => [
  ...directory()
    .consents.map(({ permission }) => permission)
    .sort(),
  ...directory().roles.map(({ role }) => role),
];
const pulumi = (...args: string[]): Promise<string> => scene.stack.pulumi(...args, "--stack", scene.stack.name);

interface Exported {
  readonly version: number;
  readonly deployment: { readonly resources: readonly { type: string; urn: string; id?: string }[] };
}

async function expectNothingToDo(): Promise<void> {
  expect((await scene.stack.preview()).changes).toEqual([]);
  await pulumi("refresh", "--yes", "--expect-no-changes");
}

test("every type is made, and then a preview and a refresh find no difference", async () => {
  const { outputs, changes } = await scene.stack.up();
  expect(outputs["seenName"]?.value).toBe("Plain");
  expect(outputs["tenantId"]?.value).toBe(scene.tenant.id);
  expect(held()).toEqual(["Directory.Read.All", "Exchange.ManageAsApp", "Mail.Read", "Exchange Administrator"]);
  const types = changes.filter(({ type }) => type.startsWith("azuread:")).map(({ type }) => type.split(":")[2]);
  expect([...new Set(types)].sort()).toEqual([
    "AppRoleAssignment",
    "ApplicationApiAccess",
    "ApplicationCertificate",
    "ApplicationFederatedIdentityCredential",
    "ApplicationOwner",
    "ApplicationPassword",
    "ApplicationRegistration",
    "DirectoryRole",
    "DirectoryRoleAssignment",
    "ServicePrincipal",
  ]);
  await expectNothingToDo();
});

test("renamed, with a permission more and one less, and new credentials: done in one run, with nothing left over", async () => {
  const before = directory().applications[0];
  await scene.stack.setConfig({ "plain:second": { value: "true" } });
  const { outputs } = await scene.stack.up();
  const after = directory().applications[0];
  expect(outputs["seenName"]?.value).toBe("Renamed");
  expect(after?.objectId).toBe(before?.objectId);
  expect(held()).toEqual([
    "Directory.Read.All",
    "Exchange.ManageAsApp",
    "full_access_as_app",
    "Exchange Administrator",
  ]);
  expect(after?.federatedCredentials).toEqual([
    expect.objectContaining({ subject: "repo:contoso/audit:environment:production" }),
  ]);
  for (const kind of ["certificates", "clientSecrets"] as const) {
    expect(after?.[kind]).toHaveLength(1);
    expect(after?.[kind][0]?.keyId).not.toBe(before?.[kind][0]?.keyId);
  }
  await expectNothingToDo();
});

test("a stack that knows nothing of it takes all of it over as it is", async () => {
  const exported = JSON.parse(await pulumi("stack", "export")) as Exported;
  const ids = exported.deployment.resources
    .filter(({ type }) => type.startsWith("azuread:"))
    .map(({ urn, id }) => [urn.split("::").at(-1) ?? "", id ?? ""] as const);
  const before = directory();
  const forgotten = { ...exported, deployment: { ...exported.deployment, resources: [] } };
  const file = path.join(scene.stack.folder, "forgotten.json");
  writeFileSync(file, JSON.stringify(forgotten));
  await pulumi("stack", "import", "--file", file);
  await scene.stack.setConfig({ "plain:there": { value: JSON.stringify(Object.fromEntries(ids)) } });

  const taken = (await scene.stack.up()).changes;
  expect(taken.map(({ operation, name }) => `${operation} ${name}`).sort()).toEqual(
    ids
      .map(([name]) => `import ${name}`)
      .filter((step) => step !== "import certificate" && step !== "import password")
      .sort(),
  );
  expect(directory()).toEqual(before);
  await expectNothingToDo();

  // The one that a program cannot describe as it is: by the command, which asks Entra for everything.
  const certificate = Object.fromEntries(ids)["certificate"] ?? "";
  const token = "azuread:index/applicationCertificate:ApplicationCertificate";
  await pulumi("import", token, "certificate", certificate, "--yes", "--generate-code=false", "--protect=false");
  expect(directory()).toEqual(before);
  // The program does not know it. What is imported so depends on nothing, hence a destroy would take it at the same time as the application.
  const { changes } = await scene.stack.up();
  expect(changes).toEqual([expect.objectContaining({ operation: "delete", name: "certificate" })]);
  expect(directory().applications[0]?.certificates).toEqual([]);
});

test("destroy removes what was taken over, down to the last object", async () => {
  await scene.stack.destroy();
  expect(directory()).toMatchObject({ applications: [], servicePrincipals: [], consents: [], roles: [] });
});

test("at no time did two writes of the application meet", async () => {
  expect(scene.sandbox.control.counters().concurrencyViolations).toBe(0);
  // They would have been noticed: two from outside do meet.
  const wire = connectTo(scene.sandbox);
  const token = await wire.deployerToken(scene.tenant);
  const { body } = await wire.json("POST", "/v1.0/applications", { displayName: "Contested" }, token);
  const write = (): Promise<{ status: number }> =>
    wire.json("POST", `/v1.0/applications/${body.id}/addPassword`, { passwordCredential: {} }, token);
  const statuses = (await Promise.all([write(), write()])).map(({ status }) => status);
  await wire.close();
  expect(statuses.sort()).toEqual([200, 409]);
});
