/** NOW Privacy as a real customer has it, on the real engine: a person enters what is declared, and attests it. */
import type { IngestionScope } from "../../sandbox/nowprivacy/model";
import { connectTo, first, type Wire } from "../../sandbox/testing/wire";
import type { Scene } from "../support/engine";
import { Operator } from "../support/nowPrivacyOperator";
import { attest, openOperatorScene, runbook, stepsOf } from "../support/operator";
import { refused, resourcesOf } from "../support/refusals";

const program = `
import { Config } from "@pulumi/pulumi";
import { nowprivacy } from "pulumi-m365audit";

const config = new Config("test");
const email = config.get("email");
const domain = "contoso.onmicrosoft.com";
const existing = config.get("existing");
const trigger = config.get("trigger");
const mail = new nowprivacy.Office365DataSource("mail", {
  tenantId: new Config("m365audit").require("tenantId"),
  service: "exchange",
  dataset: existing === undefined ? { name: "Mail", securityGroups: ["Privacy team"] } : { existing },
  ingestionScope: email === undefined ? { type: "everything" } : { type: "groupEmail", domain, email },
  country: "GB",
  customDescription: "Finance mail",
  crawlPriority: config.getNumber("priority") ?? 0.5,
  crawlMode: config.get("mode") === "once" ? "once" : "continuous",
  startImmediately: true,
  limitToScope: config.getBoolean("limit") ?? false,
  allowDataLoss: config.getBoolean("allowDataLoss") ?? false,
  clientSecret: trigger === undefined ? {} : { rotationTrigger: trigger },
});
export const clientSecret = mail.clientSecret;
export const status = mail.status;
export const openSteps = mail.openSteps;
export const dataSourceId = mail.dataSourceId;
`;

const leadership = "leadership@contoso.onmicrosoft.com";
const day = 86_400_000;

let scene: Scene;
let wire: Wire;
let operator: Operator;
beforeAll(async () => {
  scene = await openOperatorScene({
    program,
    sandbox: { tenants: [{ initialDomain: "contoso.onmicrosoft.com", mailboxes: 20 }] },
  });
  wire = connectTo(scene.sandbox);
  operator = new Operator(scene, wire);
});
afterAll(async () => {
  await wire.close();
  await scene.close();
});

const product = () => scene.sandbox.control.nowPrivacy();
const source = () => first(product().dataSources);
const secretsOf = () => first(scene.sandbox.control.tenant(scene.tenant.id).directory.applications).clientSecrets;
const later = (milliseconds: number) =>
  scene.stack.travelTo(new Date(scene.sandbox.control.now().getTime() + milliseconds));
const set = (config: Readonly<Record<string, string>>) =>
  scene.stack.setConfig(Object.fromEntries(Object.entries(config).map(([key, value]) => [`test:${key}`, { value }])));

/** An update, and how it stands after that. */
async function up(): Promise<{ status: unknown; open: unknown; said: string }> {
  const { outputs, diagnostics } = await scene.stack.up();
  return { status: outputs["status"]?.value, open: outputs["openSteps"]?.value, said: diagnostics.join("\n") };
}

/** What a person applies, as it is recorded. */
async function handedOver(): Promise<readonly object[]> {
  return (await resourcesOf(scene.stack)).filter(({ urn }) => /::mail-(source|dataset)$/.test(urn));
}

/** The count of open steps that the last line of news has; 0 without such a line. */
function countIn(said: string): number {
  return Number(/mail: (\d+) steps? (?:is|are) open for a person in NOW Privacy/.exec(said)?.[1] ?? 0);
}

let count: number;

test("a preview shows the steps to come, and how many they are", async () => {
  const { changes, diagnostics } = await scene.stack.preview();
  expect(new Set(changes.map(({ operation }) => operation))).toEqual(new Set(["create"]));
  const said = diagnostics.join("\n");
  expect(said).toContain("NOW Privacy, mail-dataset: 6 steps for a person (Create the dataset `Mail`):");
  expect(said).toContain("**Application (Client) ID**: enter (known after `pulumi up`).");
  expect(said).toContain("14. Select the country `United Kingdom` (`GB`) and click **Next**.");
  count = countIn(said);
  expect(count).toBeGreaterThan(15);
  expect(product()).toMatchObject({ datasets: [], dataSources: [] });
});

test("an update makes what can be made, awaits a person for the rest, and warns of as many steps as the runbook has", async () => {
  const { status, open, said } = await up();
  expect([status, open, countIn(said)]).toEqual(["awaitingOperator", count, count]);
  expect(product()).toMatchObject({ datasets: [], dataSources: [] });
  const document = await runbook(scene.stack);
  expect(stepsOf(document)).toHaveLength(count);
  for (const secret of scene.sandbox.control.issuedSecrets()) expect(said + document).not.toContain(secret);
  expect((await scene.stack.preview()).changes).toEqual([]);
});

test("a person who goes by the runbook alone gets a crawl that works, and once it is attested nothing is left to do", async () => {
  await operator.entersAll(await runbook(scene.stack));
  await later(120_000);
  expect(product()).toMatchObject({
    datasets: [{ name: "Mail", securityGroups: ["Privacy team"] }],
    dataSources: [{ description: "Finance mail", crawlMode: "continuous", crawl: { state: "running", errors: [] } }],
  });

  expect(await attest(scene.stack, "--all")).toContain("mail-source (DataSource in NOW Privacy): entered as declared");
  const { status, open, said } = await up();
  expect([status, open, countIn(said)]).toEqual(["attested", 0, 0]);
  expect(await runbook(scene.stack)).toContain("Nothing is open");
  const { changes, diagnostics } = await scene.stack.preview();
  expect([changes, diagnostics]).toEqual([[], []]);
});

test("another priority and crawl mode are just these two steps more, until they are attested", async () => {
  await set({ priority: "0.8", mode: "once" });
  const preview = await scene.stack.preview();
  expect(preview.changes.map(({ name }) => name)).toEqual(["mail-source"]);
  expect(
    first(preview.changes)
      .properties.map(({ path }) => path)
      .sort(),
  ).toEqual(["crawlMode", "crawlPriority", "fingerprint", "runSheet"]);
  const { status, open } = await up();
  const steps = stepsOf(await runbook(scene.stack));
  expect([status, open]).toEqual(["awaitingOperator", steps.length]);
  expect(steps).toEqual([
    "From the main menu select **Data Sources** and select the data source `Finance mail`.",
    "Open the data source's settings.",
    "**Crawl priority**: `0.5` → `0.8`.",
    "Crawl mode: **Continuous** → **Crawl Once**.",
    "Save the settings.",
  ]);
  await operator.changes({ crawlPriority: 0.8, crawlMode: "once" });
  await attest(scene.stack, "mail-source");
  expect(await up()).toMatchObject({ status: "attested", open: 0 });
  expect((await scene.stack.preview()).changes).toEqual([]);
  expect(source()).toMatchObject({ crawlPriority: 0.8, crawlMode: "once" });
});

describe("a scope that leaves out what was crawled", () => {
  test("is refused in the preview, as is whatever would lose data of the product's copy that nobody can read", async () => {
    await set({ email: leadership });
    const before = await handedOver();
    for (const run of ["preview", "up"] as const) {
      const { errors, said } = await refused((tap) => scene.stack[run](tap));
      expect(errors.join("\n")).toMatch(/mail-source: .*allowDataLoss/s);
      expect(said).not.toMatch(/^\s+at |promises were still active/m);
    }
    expect(await handedOver()).toEqual(before);
  });

  test("is shown with what will be lost where that is meant", async () => {
    await set({ allowDataLoss: "true" });
    const { diagnostics } = await scene.stack.preview();
    expect(diagnostics.join("\n")).toMatch(
      /Ingestion scope: \*\*Everything\*\* → \*\*Group email\*\*.*This deletes data: the next crawl no longer sees what is left out/,
    );
    await scene.stack.pulumi("config", "rm", "test:email", "--stack", scene.stack.name);
    await scene.stack.pulumi("config", "rm", "test:allowDataLoss", "--stack", scene.stack.name);
    expect(await up()).toMatchObject({ status: "attested", open: 0 });
  });
});

describe("a secret that is made anew", () => {
  let old: string;

  test("is to be entered between a pause and a resumption of the crawl, and the old one stays", async () => {
    old = first(secretsOf()).keyId;
    await set({ trigger: "2026-11-24" });
    const { status, open } = await up();
    const steps = stepsOf(await runbook(scene.stack));
    expect([status, open]).toEqual(["awaitingOperator", steps.length]);
    expect(steps.join("\n")).toMatch(
      new RegExp(`pause it before[^]*Client Secret[^]*the one with the Secret ID \`${old}\`[^]*resume it`),
    );
    expect(secretsOf().map(({ keyId }) => keyId)).toContain(old);
  });

  test("leaves the old one for as long as nobody attests that it was entered", async () => {
    await later(20 * day);
    expect(await up()).toMatchObject({ status: "awaitingOperator" });
    expect(secretsOf()).toHaveLength(2);
  });

  test("replaces the old one once that was attested", async () => {
    await operator.changes({ clientSecret: await operator.clientSecret() });
    await attest(scene.stack, "mail-source");
    expect(await up()).toMatchObject({ status: "attested", open: 0 });
    await later(2 * day);
    await up();
    expect(secretsOf()).toHaveLength(1);
    expect(first(secretsOf()).keyId).not.toBe(old);
    expect(scene.sandbox.control.nowPrivacyOutages()).toEqual([]);
    expect(scene.sandbox.control.nowPrivacyLosses()).toEqual([]);
    expect((await scene.stack.preview()).changes).toEqual([]);
  });
});

describe("when it is destroyed", () => {
  test("the removal is told, data source before dataset, and the runbook has it until it is attested", async () => {
    const { diagnostics } = await scene.stack.destroy();
    const said = diagnostics.join("\n");
    expect(said).toMatch(/mail-source: still in the product[^]*mail-dataset: still in the product/);
    for (let round = 0; round < 2; round += 1) {
      const steps = stepsOf(await runbook(scene.stack));
      const at = (text: string): number => steps.findIndex((step) => step.includes(text));
      expect(at("Delete that data source.")).toBeGreaterThanOrEqual(0);
      expect(at("Delete the dataset `Mail`.")).toBeGreaterThan(at("Delete that data source."));
    }
  });

  test("what was removed is attested as that, and nothing is left in the product or the runbook", async () => {
    scene.sandbox.control.deleteDataSource(source().id);
    expect(await attest(scene.stack, "mail-source")).toContain("mail-source (DataSource in NOW Privacy): removed");
    expect(stepsOf(await runbook(scene.stack)).join("\n")).not.toContain("data source `Finance mail`");
    scene.sandbox.control.deleteDataset("Mail");
    await attest(scene.stack, "mail-dataset");
    expect(await runbook(scene.stack)).toContain("Nothing is open");
    expect(product()).toMatchObject({ datasets: [], dataSources: [] });
  });
});

describe("a dataset that is there already, and an app that reads no more than a group", () => {
  test("are taken as they are, and the dataset stays", async () => {
    const other = await openOperatorScene({
      program,
      sandbox: {
        tenants: [
          { initialDomain: "contoso.onmicrosoft.com", mailboxes: 20, deployerRoles: ["Exchange Administrator"] },
        ],
      },
      config: { "test:existing": "Archive", "test:email": leadership, "test:limit": "true" },
    });
    const connection = connectTo(other.sandbox);
    try {
      const { control } = other.sandbox;
      const archive = control.addDataset("Archive", ["Privacy team"]);
      const preview = (await other.stack.preview()).diagnostics.join("\n");
      expect(preview).toContain("check that the dataset `Archive` is there: it is taken over");
      expect(preview).toContain("The app may read mail by a rule of Exchange Online");

      const { outputs } = await other.stack.up();
      const document = await runbook(other.stack);
      const steps = stepsOf(document).join("\n");
      expect(outputs["openSteps"]?.value).toBe(stepsOf(document).length);
      expect(steps).toMatch(/Leave the dataset `Archive` in the security groups that it is in\./);
      expect(steps).not.toMatch(/New Data Set/);
      const scope: IngestionScope = { type: "groupEmail", domain: "contoso.onmicrosoft.com", email: leadership };
      await new Operator(other, connection).entersAll(document);
      expect(control.nowPrivacy()).toMatchObject({
        datasets: [archive],
        dataSources: [{ datasetId: archive.id, ingestionScope: scope }],
      });
      await attest(other.stack, "--all");
      expect((await other.stack.up()).outputs["status"]?.value).toBe("attested");
      expect((await other.stack.preview()).changes).toEqual([]);

      const { diagnostics } = await other.stack.destroy();
      expect(diagnostics.join("\n")).toContain("nothing to do (Leave the dataset `Archive` as it is");
      const removal = stepsOf(await runbook(other.stack)).join("\n");
      expect(removal).toContain("Delete that data source.");
      expect(removal).not.toContain("Delete the dataset");
      await attest(other.stack, "--all");
      expect(await runbook(other.stack)).toContain("Nothing is open");
    } finally {
      await connection.close();
      await other.close();
    }
  });
});
