/** One declaration whose NOW Privacy side a person applies. */
import * as pulumi from "@pulumi/pulumi";
import { microsoftGraph } from "../entra/wellKnown";
import { attestationsOfTest } from "../pulumi/testing/attestations";
import { type EngineRecord, mockEngine, type MockEngineOptions, valueOf } from "../pulumi/testing/mockEngine";
import { Office365DataSource, type Office365DataSourceArgs } from "./office365DataSource";

const contoso = "cb58fcb5-b6ea-4c16-a2ac-6ace6ba6dc68";
const clientId = "2cd265fb-3ae6-4f5d-b8b0-62db06d99364";
const now = Date.parse("2026-11-22T17:51:31.008Z");
const domain = "contoso.com";
const parts = ["mail-dataset", "mail-source"];

const attestations = attestationsOfTest();

let warned: jest.SpyInstance;
beforeEach(() => {
  warned = jest.spyOn(pulumi.log, "warn").mockResolvedValue(undefined);
});
afterEach(() => {
  warned.mockRestore();
});

/** The plugins, as far as the component sees them; of NOW Privacy nothing answers. */
const world = (options: MockEngineOptions = {}): MockEngineOptions => ({
  now,
  config: attestations.config,
  outputs: (type, name) => {
    switch (type) {
      case "azuread:index/applicationRegistration:ApplicationRegistration":
        return { id: "/applications/app", objectId: "app", clientId };
      case "azuread:index/servicePrincipal:ServicePrincipal":
        return { objectId: "principal" };
      case "azuread:index/applicationPassword:ApplicationPassword":
        return { value: "abc8Q~not-a-real-secret", keyId: "key-secret" };
      default:
        return { id: `${name}-id` };
    }
  },
  answer: (token) => {
    if (token === "azuread:index/getClientConfig:getClientConfig") return { tenantId: contoso };
    return {
      clientId: microsoftGraph.appId,
      objectId: "object of Graph",
      appRoleIds: Object.fromEntries(microsoftGraph.appRoles.map(({ id, value }) => [value, id])),
    };
  },
  ...options,
});

const declared: Office365DataSourceArgs = {
  tenantId: contoso,
  service: "exchange",
  dataset: { name: "Mail", securityGroups: ["Privacy team"] },
  ingestionScope: { type: "everything" },
  country: "GB",
  crawlPriority: 0.5,
  crawlMode: "continuous",
  startImmediately: true,
};

async function made(args: Partial<Office365DataSourceArgs> = {}, options: MockEngineOptions = {}) {
  const engine = await mockEngine(world(options));
  const { result, resources } = await engine.run(() => new Office365DataSource("mail", { ...declared, ...args }));
  const inputsOf = (name: string): Readonly<Record<string, unknown>> | undefined =>
    resources.find((resource) => resource.name === name)?.inputs;
  return { mail: result, inputsOf, ...engine };
}

async function attested(args: Partial<Office365DataSourceArgs> = {}, names = parts): Promise<EngineRecord> {
  const { record } = await made(args);
  await attestations.attest(record, names);
  return record;
}

const stepsOf = (record: EngineRecord, name: string): string[] => record.get(name)?.["runSheet"] as string[];

test("the dataset is made in the dialog of its data source, and the steps are counted so", async () => {
  const { mail, record } = await made();
  const [dataset, source] = parts.map((name) => stepsOf(record, name).length);
  expect(await valueOf(mail.openSteps)).toBe((source ?? 0) + 2);
  expect(dataset).toBe(6);
  expect(await valueOf(mail.status)).toBe("awaitingOperator");
  expect(await valueOf(mail.dataSourceId)).toMatch(/^operator:dataSource\/[0-9a-f]{8}$/);
  expect(warned).toHaveBeenCalledWith(
    expect.stringMatching(/^mail: \d+ steps are open for a person in NOW Privacy/),
    mail,
  );
});

test("a preview counts as many, and takes what was not given for what it is", async () => {
  const preview = await made({}, { preview: true });
  expect(await valueOf(preview.mail.openSteps)).toBe(await valueOf((await made()).mail.openSteps));
  await attested();
  expect(await valueOf((await made({}, { preview: true })).mail.openSteps)).toBe(0);
  expect(await valueOf((await made({ customDescription: "Mail" }, { preview: true })).mail.openSteps)).toBeGreaterThan(
    0,
  );
});

test("once all of it is attested nothing is open, and what is changed then is just that", async () => {
  await attested();
  const { mail } = await made();
  expect([await valueOf(mail.status), await valueOf(mail.openSteps)]).toEqual(["attested", 0]);
  const { mail: other, record } = await made({ crawlPriority: 0.8 });
  expect(stepsOf(record, "mail-source").join("\n")).toContain("**Crawl priority**: `0.5` → `0.8`");
  expect(stepsOf(record, "mail-source").join("\n")).not.toContain("Continuous");
  expect(await valueOf(other.openSteps)).toBe(stepsOf(record, "mail-source").length);
});

test("what is half attested awaits a person for the rest", async () => {
  await attested({}, ["mail-dataset"]);
  const { mail } = await made();
  expect(await valueOf(mail.status)).toBe("awaitingOperator");
});

test("a scope that leaves out what was attested is refused unless that is meant", async () => {
  await attested();
  const ingestionScope = { type: "domain", domain } as const;
  for (const preview of [true, false]) {
    await expect(made({ ingestionScope }, { preview })).rejects.toThrow(/allowDataLoss/);
  }
  const { record } = await made({ ingestionScope, allowDataLoss: true });
  expect(stepsOf(record, "mail-source").join("\n")).toContain("This deletes data");
});

test("another's dataset is only named, and none of its steps are counted", async () => {
  const { mail, record } = await made({ dataset: { datasetId: "operator:dataset/12345678" } });
  expect([...record.keys()]).not.toContain("mail-dataset");
  expect(await valueOf(mail.openSteps)).toBe(stepsOf(record, "mail-source").length);
});

test("the secret is held until its successor was attested, and named by the program's stack output", async () => {
  const record = await attested({ clientSecretOutput: "mailSecret" });
  expect(stepsOf(record, "mail-source").join("\n")).toContain("pulumi stack output mailSecret --show-secrets");
  const { endDate } = record.get("mail-source")?.["clientSecretReference"] as { endDate: string };
  const { inputsOf } = await made();
  expect(inputsOf("mail-secret-rotation")).toMatchObject({ holdOld: true, enteredEndDate: endDate });
  const own = await made({ clientSecret: { holdOld: false } });
  expect(own.inputsOf("mail-secret-rotation")).toMatchObject({ holdOld: false });
  expect(own.inputsOf("mail-secret-rotation")).not.toHaveProperty("enteredEndDate");
});

test("required attestations fail an update, and no preview", async () => {
  await expect(made({ requireAttested: true })).rejects.toThrow(/steps are open for a person in NOW Privacy:/);
  const { mail } = await made({ requireAttested: true }, { preview: true });
  expect(await valueOf(mail.openSteps)).toBeGreaterThan(0);
  await attested();
  expect(await valueOf((await made({ requireAttested: true })).mail.status)).toBe("attested");
});

test("with a gateway nothing is said to a person", async () => {
  const config = { "m365audit:nowprivacyEndpoint": "https://gateway.example/nowprivacy" };
  const { mail, inputsOf } = await made({}, { config });
  expect(inputsOf("mail-source")).not.toHaveProperty("clientSecretReference");
  expect(inputsOf("mail-source")).not.toHaveProperty("datasetName");
  expect(inputsOf("mail-secret-rotation")).not.toHaveProperty("holdOld");
  expect([await valueOf(mail.status), await valueOf(mail.openSteps)]).toEqual([undefined, 0]);
});
