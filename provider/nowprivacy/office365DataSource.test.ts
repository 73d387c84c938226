import * as pulumi from "@pulumi/pulumi";
import { microsoftGraph } from "../entra/wellKnown";
import { mockEngine, type Registered, valueOf } from "../pulumi/testing/mockEngine";
import { Office365DataSource, type Office365DataSourceArgs } from "./office365DataSource";

const contoso = "cb58fcb5-b6ea-4c16-a2ac-6ace6ba6dc68";
const fabrikam = "3f7cdb0b-1e2a-4ce3-85bc-cde920ea1359";
const objectId = "984d51af-215f-437c-ab31-480cc7c04b0e";
const applicationId = `/applications/${objectId}`;
const clientId = "2cd265fb-3ae6-4f5d-b8b0-62db06d99364";
const principalObjectId = "c4812c21-7022-44cd-9660-79719fdebbe5";
const now = Date.parse("2026-11-22T17:51:31.008Z");
const domain = "contoso.com";

/** The plugins, Exchange Online and NOW Privacy, as far as the component sees them. */
const world = (signedInTo = contoso, preview = false) => ({
  now,
  preview,
  outputs: (type: string, name: string) => {
    switch (type) {
      case "azuread:index/applicationRegistration:ApplicationRegistration":
        return { id: applicationId, objectId, clientId };
      case "azuread:index/servicePrincipal:ServicePrincipal":
        return { objectId: principalObjectId };
      case "azuread:index/applicationPassword:ApplicationPassword":
        return { value: "abc8Q~not-a-real-secret", keyId: "key-secret" };
      case "pulumi-nodejs:dynamic/m365audit/nowprivacy:Connection":
        return { found: [{ lookedFor: "everything", answer: "yes", found: "3 users" }], mayCrawl: [], warnings: [] };
      case "pulumi-nodejs:dynamic/m365audit/nowprivacy:Dataset":
        return { id: "dataset-1" };
      case "pulumi-nodejs:dynamic/m365audit/nowprivacy:DataSource":
        return { id: "source-1", description: "Office 365 Exchange", crawl: "running" };
      case "pulumi-nodejs:dynamic/m365audit/exchange:ApplicationScope":
        return { proof: { inside: { mailbox: "ada@contoso.com", inScope: true } } };
      default:
        return { id: `${name}-id` };
    }
  },
  answer: (token: string, inputs: Readonly<Record<string, unknown>>) => {
    if (token === "azuread:index/getClientConfig:getClientConfig") return { tenantId: signedInTo };
    if (token === "azuread:index/getApplication:getApplication") return { objectId, clientId, displayName: "Kept" };
    if (inputs["clientId"] === clientId) return { objectId: principalObjectId, clientId };
    return {
      clientId: microsoftGraph.appId,
      objectId: "object of Graph",
      displayName: microsoftGraph.displayName,
      appRoleIds: Object.fromEntries(microsoftGraph.appRoles.map(({ id, value }) => [value, id])),
    };
  },
});

const mail: Office365DataSourceArgs = {
  tenantId: contoso,
  service: "exchange",
  dataset: { name: "Mail", securityGroups: ["Privacy team"] },
  ingestionScope: { type: "groupEmail", domain, email: `finance@${domain}` },
  country: "GB",
  crawlPriority: 0.5,
  crawlMode: "continuous",
  startImmediately: true,
};

async function made(args: Office365DataSourceArgs, preview = false) {
  const engine = await mockEngine(world(contoso, preview));
  const { result, resources } = await engine.run(() => new Office365DataSource("mail", args));
  const named = (name: string): Registered => {
    const found = resources.find((resource) => resource.name === name);
    if (found === undefined) throw new Error(`${name} was not registered`);
    return found;
  };
  return { mail: result, resources, named };
}

async function refused(args: Office365DataSourceArgs) {
  const engine = await mockEngine(world());
  return engine.refused(() => new Office365DataSource("mail", args));
}

const consents = (resources: readonly Registered[]): string[] =>
  resources
    .filter(({ type }) => type.endsWith(":AppRoleAssignment"))
    .map(({ name }) => name.replace("mail-graph-", ""));

test("one declaration makes everything from the application to the data source", async () => {
  const { resources } = await made(mail);
  expect(
    resources.map(
      ({ name, type, parent }) => `${parent ?? "program"} > ${name}: ${type.replace(/^.*[:/](?=\w+$)/, "")}`,
    ),
  ).toEqual([
    "program > mail: Office365DataSource",
    "mail > mail-access: AppAccess",
    "mail > mail-app: AppRegistration",
    "mail-app > mail-app-application: ApplicationRegistration",
    "mail-app > mail-app-service-principal: ServicePrincipal",
    "mail > mail-connection: Connection",
    "mail > mail-dataset: Dataset",
    "mail > mail-graph: ApiPermissionGrant",
    "mail-graph > mail-graph-Calendars.Read: AppRoleAssignment",
    "mail-graph > mail-graph-Directory.Read.All: AppRoleAssignment",
    "mail-graph > mail-graph-Mail.Read: AppRoleAssignment",
    "mail-graph > mail-graph-api-access: ApplicationApiAccess",
    "mail > mail-preflight: Preflight",
    "mail > mail-secret: ClientSecret",
    "mail-secret > mail-secret-password-1: ApplicationPassword",
    "mail-secret > mail-secret-rotation: CredentialRotation",
    "mail > mail-source: DataSource",
  ]);
});

test("every field of the product's dialogs reaches the data source", async () => {
  const { named } = await made({
    ...mail,
    service: "oneDrive",
    folderPath: "/Documents/Reports",
    customDescription: "Reports",
    allowDataLoss: true,
  });
  expect(named("mail-source")).toMatchObject({
    inputs: {
      datasetId: "dataset-1",
      service: "oneDrive",
      tenantId: contoso,
      applicationId: clientId,
      clientSecret: "abc8Q~not-a-real-secret",
      ingestionScope: mail.ingestionScope,
      folderPath: "/Documents/Reports",
      country: "GB",
      customDescription: "Reports",
      crawlPriority: 0.5,
      crawlMode: "continuous",
      startImmediately: true,
      allowDataLoss: true,
      reach: ["Directory.Read.All", "Files.Read.All"],
    },
    secrets: ["clientSecret"],
  });
});

test("the product is told after both tests, and the tests come after what they test", async () => {
  const { named } = await made({ ...mail, limitToScope: true });
  expect(named("mail-preflight").after).toEqual(
    expect.arrayContaining(["mail-graph-Directory.Read.All", "mail-secret-password-1"]),
  );
  expect(named("mail-connection").after).toEqual(expect.arrayContaining(["mail-preflight", "mail-application-scope"]));
  expect(named("mail-source").after).toEqual(expect.arrayContaining(["mail-connection", "mail-dataset"]));
});

test("access is only taken away after the data source had its say", async () => {
  const { named } = await made({ ...mail, limitToScope: true });
  expect(named("mail-access").after).toContain("mail-source");
  expect(named("mail-application-scope").after).toContain("mail-scope-guard");
  expect(named("mail-scope-guard").inputs).toMatchObject({
    applicationId: clientId,
    ingestionScope: mail.ingestionScope,
  });
});

test.each([
  ["exchange", ["Calendars.Read", "Directory.Read.All", "Mail.Read"]],
  ["sharePoint", ["Directory.Read.All", "Sites.Read.All"]],
  ["oneDrive", ["Directory.Read.All", "Files.Read.All"]],
] as const)(
  "for %s the application is granted, and holds, just what the service needs",
  async (service, permissions) => {
    const { resources, named } = await made({ ...mail, service });
    expect(consents(resources)).toEqual(permissions);
    expect(named("mail-access").inputs).toMatchObject({
      permissions: permissions.map((permission) => ({ api: microsoftGraph.appId, permission })),
      directoryRoles: [],
      excess: "remove",
    });
    expect(named("mail-preflight").inputs["needs"]).toMatchObject([{ api: "Microsoft Graph", permissions }]);
  },
);

test("with limitToScope Exchange Online gives what Entra does not, and nobody expects it in a token", async () => {
  const { mail: source, resources, named } = await made({ ...mail, limitToScope: true });
  expect(consents(resources)).toEqual(["Directory.Read.All"]);
  expect(named("mail-application-scope").inputs).toMatchObject({
    tenantId: contoso,
    clientId,
    servicePrincipalObjectId: principalObjectId,
    roles: ["Application Mail.Read", "Application Calendars.Read"],
    scope: mail.ingestionScope,
    excess: "remove",
  });
  expect(named("mail-preflight").inputs["needs"]).toMatchObject([{ permissions: ["Directory.Read.All"] }]);
  expect(named("mail-connection").inputs).toMatchObject({
    limitedToScope: true,
    mailboxInScope: "ada@contoso.com",
  });
  expect(named("mail-source").inputs).toMatchObject({ reach: ["Directory.Read.All"] });
  expect(source.scopeProof && (await valueOf(source.scopeProof))).toMatchObject({ inside: { inScope: true } });
  expect((await made(mail)).mail.scopeProof).toBeUndefined();
});

test("an application that was there is used as it is, and what else it holds is only reported", async () => {
  // What is there already would be looked up over the wire; an end-to-end test does that.
  const app = { existingClientId: clientId };
  const { resources, named } = await made({ ...mail, limitToScope: true, app, adoptExisting: false });
  expect(resources.some(({ name }) => name === "mail-app-application")).toBe(false);
  expect(named("mail-access").inputs).toMatchObject({ excess: "report" });
  expect(named("mail-application-scope").inputs).toMatchObject({ excess: "report" });
});

describe("the dataset", () => {
  test("is made with its security groups", async () => {
    const { named } = await made(mail);
    expect(named("mail-dataset").inputs).toMatchObject({ name: "Mail", securityGroups: ["Privacy team"] });
  });

  test("can be one that is there, which is taken over as it is", async () => {
    const { named } = await made({ ...mail, dataset: { existing: "Mail" } });
    const { inputs } = named("mail-dataset-Mail");
    expect(inputs).toMatchObject({ name: "Mail", adoptExisting: true });
    expect(inputs).not.toHaveProperty("securityGroups");
  });

  test("that is there is never renamed: another name is another dataset", async () => {
    const { resources } = await made({ ...mail, dataset: { existing: "Post" } });
    const datasets = resources.filter(({ type }) => type.endsWith(":Dataset")).map(({ name }) => name);
    expect(datasets).toEqual(["mail-dataset-Post"]);
    const { problems } = await refused({ ...mail, dataset: { existing: pulumi.output("Post") } });
    expect(problems).toEqual([expect.stringMatching(/^dataset.existing: an Output or a Promise was given/)]);
  });

  test("can be another resource's, and then none is made", async () => {
    const { resources, named } = await made({ ...mail, dataset: { datasetId: pulumi.output("dataset-7") } });
    expect(resources.some(({ name }) => name === "mail-dataset")).toBe(false);
    expect(named("mail-source").inputs).toMatchObject({ datasetId: "dataset-7" });
  });

  test.each([
    [{}, []],
    [{ name: "Mail" }, ["dataset.securityGroups: none was given; allowed: at least one security group"]],
    [
      { name: "Mail", securityGroups: [] },
      ["dataset.securityGroups: none was given; allowed: at least one security group"],
    ],
    [
      { name: "Mail", securityGroups: ["A"], visibleToNobody: true },
      ["dataset.securityGroups: security groups were given together"],
    ],
    [{ name: "Mail", existing: "Mail" }, ["dataset: name and existing were given; allowed: one of name"]],
    [
      { existing: "Mail", securityGroups: ["A"] },
      ["dataset.securityGroups: not allowed together with dataset.existing"],
    ],
  ])("%j is refused", async (dataset, expected) => {
    const { problems, registered } = await refused({ ...mail, dataset });
    const told = expected.length === 0 ? ["dataset: none was given; allowed: one of name"] : expected;
    expect(problems).toEqual(told.map((text) => expect.stringContaining(text) as string));
    expect(registered).toEqual([]);
  });

  test("that nobody is meant to see is allowed where that is said", async () => {
    const { named } = await made({ ...mail, dataset: { name: "Mail", visibleToNobody: true } });
    expect(named("mail-dataset").inputs).toMatchObject({ visibleToNobody: true });
  });
});

test("every problem of the arguments is told at once, before anything is registered", async () => {
  const args = {
    ...mail,
    tenantId: "contoso",
    service: "sharePoint",
    dataset: { name: "Mail" },
    ingestionScope: { type: "userEmail", domain, email: "ada@fabrikam.com" },
    folderPath: "/Documents",
    country: "Great Britain",
    crawlPriority: 2,
    limitToScope: true,
    app: { existingClientId: clientId, displayName: "Mine" },
    clientSecret: { validityDays: 20 },
    crawlmode: "once",
  } as unknown as Office365DataSourceArgs;
  const { problems, registered } = await refused(args);
  expect(problems.map((problem) => problem.split(": ")[0]).sort()).toEqual([
    "app.displayName",
    "clientSecret.rotateBeforeDays",
    "country",
    "crawlPriority",
    "crawlmode",
    "dataset.securityGroups",
    "folderPath",
    "ingestionScope.email",
    "limitToScope",
    "tenantId",
  ]);
  expect(problems).toContainEqual(
    expect.stringMatching(/^limitToScope: true was given; allowed: only with the service exchange/),
  );
  expect(registered).toEqual([]);
});

test("what decides which resources there are has to be a plain value", async () => {
  const args = { ...mail, service: pulumi.output("exchange" as const), limitToScope: pulumi.output(true) };
  const { problems } = await refused(args);
  expect(problems).toEqual([
    expect.stringMatching(/^service: an Output or a Promise was given; allowed: plain values/),
    expect.stringMatching(/^limitToScope: an Output or a Promise was given; allowed: plain values/),
  ]);
});

test("nothing is made in another tenant than the declared one", async () => {
  const engine = await mockEngine(world(fabrikam));
  await expect(engine.run(() => new Office365DataSource("mail", mail))).rejects.toThrow(
    `its credentials are of tenant ${fabrikam}`,
  );
  expect(engine.registered.filter(({ type }) => type.startsWith("azuread:") || type.includes("dynamic"))).toEqual([]);
});

test("a preview knows when the secret is rotated, and what the data source will be", async () => {
  const { mail: source, named } = await made(mail, true);
  expect(await valueOf(source.rotations)).toEqual([
    { credential: "client secret", generation: 1, rotatesOn: expect.stringMatching(/^2027-04-21T/) as string },
  ]);
  expect(named("mail-source").inputs).toMatchObject({ tenantId: contoso, reach: expect.any(Array) as unknown[] });
});

test("the secret and the application are called NOW Privacy unless they are given other names", async () => {
  const { named } = await made(mail);
  expect(named("mail-app-application").inputs).toMatchObject({ displayName: "NOW Privacy" });
  expect(named("mail-secret-password-1").inputs).toMatchObject({ displayName: "NOW Privacy" });
  const other = await made({ ...mail, app: { displayName: "Crawler" }, clientSecret: { displayName: "Crawl" } });
  expect(other.named("mail-app-application").inputs).toMatchObject({ displayName: "Crawler" });
  expect(other.named("mail-secret-password-1").inputs).toMatchObject({ displayName: "Crawl" });
});

test("what the product says comes out", async () => {
  const { mail: source } = await made(mail);
  expect(await valueOf(source.dataSourceId)).toBe("source-1");
  expect(await valueOf(source.datasetId)).toBe("dataset-1");
  expect(await valueOf(source.description)).toBe("Office 365 Exchange");
  expect(await valueOf(source.crawl)).toBe("running");
  expect(await valueOf(source.found)).toEqual([{ lookedFor: "everything", answer: "yes", found: "3 users" }]);
});
