/** Test Credentials and Test Connection on the real engine: the product is told nothing until both pass. */
import { graphAppId, newApp, type TestApp } from "../../sandbox/testing/apps";
import { connectTo, first, type Wire } from "../../sandbox/testing/wire";
import { openScene, type Scene } from "../support/engine";

const program = `
import { Config } from "@pulumi/pulumi";
import { nowprivacy } from "pulumi-m365audit";

const config = new Config("test");
const type = config.require("scope") as "groupEmail" | "userEmail";
const connection = new nowprivacy.Connection("mail", {
  tenantId: process.env.ARM_TENANT_ID ?? "",
  applicationId: config.require("clientId"),
  clientSecret: config.requireSecret("clientSecret"),
  service: "exchange",
  ingestionScope: { type, domain: "contoso.onmicrosoft.com", email: "leadership@contoso.onmicrosoft.com" },
  timeoutSeconds: 0,
  inARow: 1,
});
const dataset = new nowprivacy.Dataset("mail", { name: "Mail", securityGroups: ["Privacy team"] });
new nowprivacy.DataSource("mail", {
  datasetId: dataset.datasetId,
  service: connection.service,
  applicationId: connection.applicationId,
  clientSecret: connection.clientSecret,
  tenantId: connection.tenantId,
  ingestionScope: connection.ingestionScope,
  country: "GB",
  crawlPriority: 0.5,
  crawlMode: "once",
  startImmediately: true,
});
export const found = connection.found;
`;

let scene: Scene;
let wire: Wire;
let app: TestApp;
beforeAll(async () => {
  scene = await openScene({ program, config: { "test:scope": "userEmail" } });
  wire = connectTo(scene.sandbox);
  app = await newApp(wire, scene.tenant, "NOW Privacy");
  for (const permission of ["Directory.Read.All", "Mail.Read", "Calendars.Read"]) {
    await app.consent(graphAppId, permission);
  }
  await scene.stack.setConfig({
    "test:clientId": { value: app.clientId },
    "test:clientSecret": { value: app.clientSecret, secret: true },
  });
});
afterAll(async () => {
  await wire.close();
  await scene.close();
});

const sources = () => scene.sandbox.control.nowPrivacy().dataSources;

test("a distribution list that is declared as a user stops the update before the product has a data source", async () => {
  await expect(scene.stack.up()).rejects.toThrow(/a distribution list is a group: use groupEmail/);
  expect(sources()).toEqual([]);
});

test("declared as a group it is found and crawled, and a refresh asks nobody", async () => {
  await scene.stack.setConfig({ "test:scope": { value: "groupEmail" } });
  await scene.stack.up();
  expect(first(sources()).ingestionScope).toMatchObject({ type: "groupEmail" });
  expect(await scene.stack.pulumi("stack", "output", "found", "--stack", scene.stack.name)).toContain(
    "groupEmail leadership@contoso.onmicrosoft.com",
  );
  await scene.stack.travelTo(new Date(scene.sandbox.control.now().getTime() + 120_000));
  expect(first(sources()).crawl).toMatchObject({ containers: 6, errors: [] });

  await app.consent(graphAppId, "Files.Read.All");
  const before = scene.sandbox.control.issuedSecrets().length;
  expect((await scene.stack.preview()).changes).toEqual([]);
  expect(scene.sandbox.control.issuedSecrets()).toHaveLength(before);
});

test("the secret is in no file in the clear, and destroying leaves nothing", async () => {
  expect(await scene.stack.storedFiles()).not.toContain(app.clientSecret);
  await scene.stack.destroy();
  expect(sources()).toEqual([]);
});
