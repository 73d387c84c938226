import * as pulumi from "@pulumi/pulumi";
import { type TestCertificate, testCertificate } from "../entra/testing/certificates";
import { directoryRoleTemplates, exchangeOnline, office365Management } from "../entra/wellKnown";
import { mockEngine, type Registered, valueOf } from "../pulumi/testing/mockEngine";
import { ExchangeOnlineAuditing, type ExchangeOnlineAuditingArgs } from "./exchangeOnlineAuditing";

const contoso = "cb58fcb5-b6ea-4c16-a2ac-6ace6ba6dc68";
const fabrikam = "3f7cdb0b-1e2a-4ce3-85bc-cde920ea1359";
const objectId = "984d51af-215f-437c-ab31-480cc7c04b0e";
const applicationId = `/applications/${objectId}`;
const clientId = "2cd265fb-3ae6-4f5d-b8b0-62db06d99364";
const principalObjectId = "c4812c21-7022-44cd-9660-79719fdebbe5";
const now = Date.parse("2026-11-22T17:51:31.008Z");

let ours: TestCertificate;
let theirs: TestCertificate;
beforeAll(async () => {
  ours = await testCertificate();
  theirs = await testCertificate({ commonName: "1Secure" });
});

/** The plugins and 1Secure, as far as the component sees them. */
const world = (signedInTo = contoso) => ({
  now,
  outputs: (type: string) => {
    switch (type) {
      case "azuread:index/applicationRegistration:ApplicationRegistration":
        return { id: applicationId, objectId, clientId };
      case "azuread:index/servicePrincipal:ServicePrincipal":
        return { objectId: principalObjectId };
      case "azuread:index/applicationPassword:ApplicationPassword":
        return { value: "abc8Q~not-a-real-secret", keyId: "key-secret" };
      case "tls:index/privateKey:PrivateKey":
        return { privateKeyPem: ours.privateKeyPem, privateKeyPemPkcs8: ours.privateKeyPem };
      case "tls:index/selfSignedCert:SelfSignedCert":
        return { certPem: ours.certificatePem, validityEndTime: "2028-11-21T17:51:30.906399734Z" };
      case "pulumi-nodejs:dynamic/m365audit/onesecure:Credential":
        return {
          id: "credential-1",
          certificatePem: theirs.certificatePem,
          certificateThumbprint: "A".repeat(40),
          certificateEndDate: "2027-11-22T17:51:31.008Z",
        };
      case "pulumi-nodejs:dynamic/m365audit/onesecure:Source":
        return { id: "source-1", status: "New" };
      case "pulumi-nodejs:dynamic/m365audit/onesecure:Connector":
        return { id: "source-1/exchangeOnlineActivity", status: "New" };
      case "pulumi-nodejs:dynamic/m365audit/exchange:MailboxAudit":
        return {
          mailboxes: 50,
          compliant: 50,
          changed: 12,
          failed: { count: 0, sample: [] },
          scannedAt: "2026-11-22T17:51:31Z",
          fullScanAt: "2026-11-20T17:51:31Z",
        };
      default:
        return {};
    }
  },
  answer: (token: string, inputs: Readonly<Record<string, unknown>>) => {
    if (token === "azuread:index/getClientConfig:getClientConfig") return { tenantId: signedInTo };
    if (token === "azuread:index/getApplication:getApplication") return { objectId, clientId, displayName: "Kept" };
    if (inputs["clientId"] === clientId) return { objectId: principalObjectId, clientId };
    const api = [exchangeOnline, office365Management].find(({ appId }) => appId === inputs["clientId"]);
    if (api === undefined) throw new Error(`no service principal of ${JSON.stringify(inputs)}`);
    return {
      clientId: api.appId,
      objectId: `object of ${api.displayName}`,
      displayName: api.displayName,
      appRoleIds: Object.fromEntries(api.appRoles.map(({ id, value }) => [value, id])),
    };
  },
});

const full: ExchangeOnlineAuditingArgs = {
  tenantId: contoso,
  organization: "Contoso",
  sourceGroup: "Exchange Online",
  crawlSource: true,
  exchangeOnlineActivity: true,
  collectNonOwnerMailboxAuditData: true,
  mailboxAudit: {},
};
const { mailboxAudit: _, ...rest } = full;
const withoutMailboxAudit: ExchangeOnlineAuditingArgs = { ...rest, collectNonOwnerMailboxAuditData: false };

async function made(args: ExchangeOnlineAuditingArgs, at = now) {
  const engine = await mockEngine({ ...world(), now: at });
  const { result, resources } = await engine.run(() => new ExchangeOnlineAuditing("audit", args, {}, () => at));
  const named = (name: string): Registered => {
    const found = resources.find((resource) => resource.name === name);
    if (found === undefined) throw new Error(`${name} was not registered`);
    return found;
  };
  return { audit: result, resources, named };
}

async function refused(args: ExchangeOnlineAuditingArgs) {
  const engine = await mockEngine(world());
  return engine.refused(() => new ExchangeOnlineAuditing("audit", args, {}, () => now));
}

test("the end of the certificate that 1Secure issued is warned of from 60 days before, since nothing here renews it", async () => {
  const warn = jest.spyOn(pulumi.log, "warn").mockResolvedValue(undefined);
  const warned = () =>
    warn.mock.calls.map(([message]) => message).filter((message) => message.includes("1Secure issued"));
  try {
    await made(full, Date.parse("2027-09-20T00:00:00Z"));
    expect(warned()).toEqual([]);
    await made(full, Date.parse("2027-09-24T00:00:00Z"));
    expect(warned()).toEqual([
      "audit: the certificate that 1Secure issued with the credential ends 2027-11-22T17:51:31.008Z, and nothing here renews it: have 1Secure issue another one, for example by replacing the credential.",
    ]);
  } finally {
    warn.mockRestore();
  }
});

test("the tenant's cloud and the policy's scope and scan go on to the policy", async () => {
  const settings = { exclude: ["ada@contoso.com"], scan: "incremental" as const, fullScanEvery: "1d", maxFailures: 2 };
  const { audit, named } = await made({ ...full, environment: "usGovernment", mailboxAudit: settings });
  const { inputs } = named("audit-policy-mailbox-audit");
  expect(inputs).toMatchObject({ ...settings, environment: "usGovernment", tenantId: contoso });
  expect(audit.fullScanAt && (await valueOf(audit.fullScanAt))).toBe("2026-11-20T17:51:31Z");
  expect((await made(full)).named("audit-policy-mailbox-audit").inputs).not.toHaveProperty("environment");
});

test("one declaration makes everything from the application to the connector", async () => {
  const { resources } = await made(full);
  expect(
    resources.map(
      ({ name, type, parent }) => `${parent ?? "program"} > ${name}: ${type.replace(/^.*[:/](?=\w+$)/, "")}`,
    ),
  ).toEqual([
    "program > audit: ExchangeOnlineAuditing",
    "audit > audit-access: AppAccess",
    "audit > audit-activity-feed: ApiPermissionGrant",
    "audit-activity-feed > audit-activity-feed-ActivityFeed.Read: AppRoleAssignment",
    "audit-activity-feed > audit-activity-feed-api-access: ApplicationApiAccess",
    "audit > audit-app: AppRegistration",
    "audit-app > audit-app-application: ApplicationRegistration",
    "audit-app > audit-app-service-principal: ServicePrincipal",
    "audit > audit-certificate: Certificate",
    "audit-certificate > audit-certificate-credential-1: ApplicationCertificate",
    "audit-certificate > audit-certificate-key-1: PrivateKey",
    "audit-certificate > audit-certificate-rotation: CredentialRotation",
    "audit-certificate > audit-certificate-self-signed-1: SelfSignedCert",
    "audit > audit-connector: Connector",
    "audit > audit-credential: Credential",
    "audit > audit-exchange: ApiPermissionGrant",
    "audit-exchange > audit-exchange-Exchange.ManageAsApp: AppRoleAssignment",
    "audit-exchange > audit-exchange-api-access: ApplicationApiAccess",
    "audit > audit-issued-certificate: ApplicationCertificate",
    "audit > audit-policy: MailboxAuditPolicy",
    "audit-policy > audit-policy-mailbox-audit: MailboxAudit",
    "audit > audit-preflight: Preflight",
    "audit > audit-role: RoleAssignment",
    "audit-role > audit-role-assignment: DirectoryRoleAssignment",
    "audit-role > audit-role-role: DirectoryRole",
    "audit > audit-secret: ClientSecret",
    "audit-secret > audit-secret-password-1: ApplicationPassword",
    "audit-secret > audit-secret-rotation: CredentialRotation",
    "audit > audit-source: Source",
  ]);
});

test("without a mailbox audit policy the application gets ActivityFeed.Read and a secret, and nothing else", async () => {
  const { audit, resources } = await made(withoutMailboxAudit);
  const types = resources.map(({ type }) => type);
  expect(resources.filter(({ type }) => type.endsWith(":AppRoleAssignment")).map(({ name }) => name)).toEqual([
    "audit-activity-feed-ActivityFeed.Read",
  ]);
  expect(types.filter((type) => /Role:|DirectoryRole|tls:|MailboxAudit/.test(type))).toEqual([]);
  expect(audit.certificateThumbprint).toBeUndefined();
  expect(audit.mailboxes).toBeUndefined();
});

test("what the seed documents ask for is in 1Secure: credential, source and connector", async () => {
  const { named } = await made(full);
  expect(named("audit-credential")).toMatchObject({
    inputs: {
      organization: "Contoso",
      displayName: "Netwrix 1Secure",
      clientId,
      clientSecret: "abc8Q~not-a-real-secret",
    },
    secrets: ["clientSecret"],
  });
  expect(named("audit-source").inputs).toMatchObject({
    organization: "Contoso",
    sourceGroup: "Exchange Online",
    tenantId: contoso,
    crawlSource: true,
    credentialId: "credential-1",
  });
  expect(named("audit-connector").inputs).toMatchObject({
    sourceId: "source-1",
    exchangeOnlineActivity: true,
    collectNonOwnerMailboxAuditData: true,
  });
});

test("the application can sign in to Exchange Online as Exchange Administrator", async () => {
  const { named } = await made(full);
  expect(named("audit-exchange-Exchange.ManageAsApp").inputs).toMatchObject({
    principalObjectId,
    appRoleId: "dc50a0fb-09a3-484d-be87-e023b12c6440",
  });
  expect(named("audit-role-assignment").inputs).toMatchObject({
    principalObjectId,
    roleId: directoryRoleTemplates["Exchange Administrator"],
  });
});

test("the two certificates are never merged", async () => {
  const { named, resources } = await made(full);
  expect(named("audit-certificate-credential-1").inputs).toMatchObject({
    applicationId,
    value: ours.certificatePem,
    endDate: "2028-11-21T17:51:30Z",
  });
  expect(named("audit-issued-certificate").inputs).toMatchObject({
    applicationId,
    value: theirs.certificatePem,
    endDate: "2027-11-22T17:51:31Z",
  });
  const mailboxAudit = resources.find(({ type }) => type.endsWith(":MailboxAudit"));
  expect(mailboxAudit?.inputs).toMatchObject({
    certificatePem: ours.certificatePem,
    privateKeyPem: ours.privateKeyPem,
  });
  expect(mailboxAudit?.secrets).toContain("privateKeyPem");
  expect(JSON.stringify(named("audit-credential").inputs)).not.toContain("PRIVATE KEY");
});

test("the certificate that 1Secure issues is not uploaded when the program says so", async () => {
  const { resources } = await made({ ...full, credential: { uploadIssuedCertificate: false } });
  expect(resources.map(({ name }) => name)).not.toContain("audit-issued-certificate");
});

test("mailboxes are audited only once consent, role and certificate are there", async () => {
  const { named } = await made(full);
  expect(named("audit-policy").after).toEqual(
    expect.arrayContaining([
      "audit-exchange-Exchange.ManageAsApp",
      "audit-role-assignment",
      "audit-certificate-credential-1",
    ]),
  );
});

test("credentials of the application are written one after another", async () => {
  const { named } = await made(full);
  expect(named("audit-secret").after).toContain("audit-certificate-credential-1");
  expect(named("audit-issued-certificate").after).toContain("audit-secret-password-1");
});

test("1Secure is told of the secret only once it is proven with what it must reach", async () => {
  const { named } = await made(full);
  expect(named("audit-preflight").inputs).toMatchObject({
    tenantId: contoso,
    clientId,
    needs: [
      { api: "Office 365 Management APIs", permissions: ["ActivityFeed.Read"] },
      {
        api: "Office 365 Exchange Online",
        permissions: ["Exchange.ManageAsApp"],
        directoryRole: directoryRoleTemplates["Exchange Administrator"],
      },
    ],
  });
  expect(named("audit-preflight").after).toEqual(
    expect.arrayContaining([
      "audit-access",
      "audit-activity-feed-ActivityFeed.Read",
      "audit-exchange-Exchange.ManageAsApp",
      "audit-secret-password-1",
    ]),
  );
  expect(named("audit-credential").after).toContain("audit-preflight");
});

test("what the application may hold is what is declared, and no more for an application made here", async () => {
  const { named } = await made(full);
  expect(named("audit-access").inputs).toMatchObject({
    excess: "remove",
    permissions: [
      { api: office365Management.appId, permission: "ActivityFeed.Read" },
      { api: exchangeOnline.appId, permission: "Exchange.ManageAsApp" },
    ],
    directoryRoles: [{ role: directoryRoleTemplates["Exchange Administrator"], scope: "/" }],
  });
});

test("with mailboxes that are audited elsewhere, the application needs no access to Exchange Online", async () => {
  const { mailboxAudit: _none, ...others } = full;
  const { resources } = await made({ ...others, mailboxesAuditedElsewhere: true });
  expect(resources.filter(({ name }) => /^audit-(exchange|role|certificate)/.test(name))).toEqual([]);
});

test("the larger reading of the documentation adds the permission, and no role", async () => {
  const { mailboxAudit: _none, ...others } = full;
  const { named, resources } = await made({
    ...others,
    collectNonOwnerMailboxAuditData: false,
    exchangeManageAsApp: true,
  });
  expect(named("audit-exchange-Exchange.ManageAsApp")).toBeDefined();
  expect(resources.filter(({ name }) => name.startsWith("audit-role"))).toEqual([]);
});

test("without a key, the Exchange Online connection signs in by a federated credential", async () => {
  const keyless = {
    issuer: "https://token.actions.githubusercontent.com",
    subject: "repo:contoso/audit:ref:refs/heads/main",
  };
  const { named, resources } = await made({ ...full, keyless });
  expect(resources.filter(({ type }) => type.startsWith("tls:"))).toEqual([]);
  expect(resources.find(({ type }) => type.endsWith(":MailboxAudit"))?.inputs).toMatchObject({ keyless: true });
  expect(named("audit-policy").after).toContain("audit-federation-credential");
});

test("the source follows proof and credentials, and non-owner collection follows the mailbox audit policy", async () => {
  const { named } = await made(full);
  expect(named("audit-source").after).toEqual(
    expect.arrayContaining(["audit-preflight", "audit-issued-certificate", "audit-credential"]),
  );
  expect(named("audit-connector").after).toEqual(
    expect.arrayContaining(["audit-source", "audit-policy-mailbox-audit"]),
  );
});

test("an existing application is used as it is", async () => {
  // What of it is there already is asked of the tenant itself, so that is tested end to end.
  const { named, resources } = await made({ ...full, app: { existingClientId: clientId }, adoptExisting: false });
  expect(
    resources.map(({ type }) => type).filter((type) => /ApplicationRegistration|ServicePrincipal/.test(type)),
  ).toEqual([]);
  expect(named("audit-credential").inputs).toMatchObject({ clientId, displayName: "Kept" });
  expect(named("audit-secret-password-1").inputs).toMatchObject({ applicationId });
});

test("app, certificate, secret and credential can be shaped", async () => {
  const { named } = await made({
    ...full,
    app: { displayName: "Audit of Contoso" },
    certificate: { commonName: "Contoso", validityDays: 365 },
    clientSecret: { displayName: "1Secure", validityDays: 30, rotateBeforeDays: 7 },
    credential: { displayName: "Exchange Online" },
    role: "Compliance Administrator",
  });
  expect(named("audit-app-application").inputs).toMatchObject({ displayName: "Audit of Contoso" });
  expect(named("audit-certificate-self-signed-1").inputs).toMatchObject({ validityPeriodHours: 8760 });
  expect(named("audit-secret-password-1").inputs).toMatchObject({
    displayName: "1Secure",
    endDate: "2026-12-22T17:51:31Z",
  });
  expect(named("audit-credential").inputs).toMatchObject({ displayName: "Exchange Online" });
  expect(named("audit-role-role").inputs).toMatchObject({
    templateId: directoryRoleTemplates["Compliance Administrator"],
  });
});

test("ids, dates and counts come out of it", async () => {
  const { audit } = await made(full);
  const values = {
    tenantId: await valueOf(audit.tenantId),
    applicationId: await valueOf(audit.applicationId),
    clientId: await valueOf(audit.clientId),
    credentialId: await valueOf(audit.credentialId),
    sourceId: await valueOf(audit.sourceId),
    connectorId: await valueOf(audit.connectorId),
    clientSecretEndDate: await valueOf(audit.clientSecretEndDate),
    certificateEndDate: await valueOf(pulumi.output(audit.certificateEndDate)),
    mailboxes: await valueOf(pulumi.output(audit.mailboxes)),
    compliant: await valueOf(pulumi.output(audit.compliant)),
  };
  expect(values).toEqual({
    tenantId: contoso,
    applicationId,
    clientId,
    credentialId: "credential-1",
    sourceId: "source-1",
    connectorId: "source-1/exchangeOnlineActivity",
    clientSecretEndDate: "2027-05-21T17:51:31Z",
    certificateEndDate: "2028-11-21T17:51:30Z",
    mailboxes: 50,
    compliant: 50,
  });
});

test("in another tenant than the declared one nothing is made", async () => {
  const engine = await mockEngine(world(fabrikam));
  const run = engine.run(() => new ExchangeOnlineAuditing("audit", full, {}, () => now));
  await expect(run).rejects.toMatchObject({
    tag: "WrongTenant",
    message: expect.stringMatching(new RegExp(`${contoso}.*${fabrikam}`)),
  });
  expect(engine.registered.filter(({ type }) => !type.startsWith("m365audit:"))).toEqual([]);
});

const bad: readonly [string, ExchangeOnlineAuditingArgs, readonly string[]][] = [
  [
    "non-owner collection without a mailbox audit policy",
    { ...withoutMailboxAudit, collectNonOwnerMailboxAuditData: true },
    ["collectNonOwnerMailboxAuditData: true was given without mailboxAudit"],
  ],
  [
    "non-owner collection with the connector off",
    { ...full, exchangeOnlineActivity: false },
    ["collectNonOwnerMailboxAuditData: true was given; allowed: false while exchangeOnlineActivity is false"],
  ],
  [
    "role and certificate without a mailbox audit policy",
    { ...withoutMailboxAudit, role: "Security Reader", certificate: {} },
    ["certificate: not allowed without mailboxAudit", "role: not allowed without mailboxAudit"],
  ],
  [
    "everything that the product's issue lists, at once",
    {
      ...full,
      tenantId: "contoso.onmicrosoft.com",
      role: "Global Administrator",
      certificate: { validityDays: 731 },
      clientSecret: { validityDays: 0 },
      app: { displayName: "a", existingClientId: clientId },
      mailboxAudit: { baseline: "custom", auditDelegate: ["Send"], recipientTypes: ["Desk"] },
    } as unknown as ExchangeOnlineAuditingArgs,
    [
      'tenantId: "contoso.onmicrosoft.com" was given; allowed: a GUID',
      "mailboxAudit.auditDelegate[0]: ",
      "mailboxAudit.recipientTypes[0]: ",
      "certificate.validityDays: 731 was given",
      "clientSecret.validityDays: 0 was given",
      "app.displayName: not allowed together with app.existingClientId",
      "clientSecret.rotateBeforeDays: 30 days is the default; allowed: less than validityDays (0)",
      'role: "Global Administrator" was given; allowed only with allowGlobalAdministrator: true',
    ],
  ],
  [
    "arguments that decide what is made, known only later",
    { ...full, mailboxAudit: pulumi.output({}), credential: { uploadIssuedCertificate: pulumi.output(true) } },
    [
      "mailboxAudit: an Output or a Promise was given",
      "credential.uploadIssuedCertificate: an Output or a Promise was given",
    ],
  ],
  ["nothing", undefined as unknown as ExchangeOnlineAuditingArgs, [": required (object)"]],
];
test.each(bad)("%s: refused with every problem, and nothing is registered", async (_name, args, expected) => {
  const { problems, registered } = await refused(args);
  expect(problems).toEqual(expected.map((problem): unknown => expect.stringContaining(problem)));
  expect(registered).toEqual([]);
});

test("non-owner collection that is only known later is held to the same rule", async () => {
  const engine = await mockEngine(world());
  const collectNonOwnerMailboxAuditData = pulumi.output(true);
  const run = engine.run(
    () =>
      new ExchangeOnlineAuditing("audit", { ...withoutMailboxAudit, collectNonOwnerMailboxAuditData }, {}, () => now),
  );
  await expect(run).rejects.toMatchObject({
    tag: "InvalidInput",
    problems: [{ path: "collectNonOwnerMailboxAuditData" }],
  });
});
