/** Every service and every scope of NOW Privacy's Office 365 data source, end to end on the real engine. */
import { graphAppId, newApp } from "../../sandbox/testing/apps";
import { connectTo, first } from "../../sandbox/testing/wire";
import { openScene, type Scene } from "../support/engine";

const program = `
import { Config } from "@pulumi/pulumi";
import { nowprivacy } from "pulumi-m365audit";

const tenantId = new Config("m365audit").require("tenantId");
const person = new Config("test").require("person");
const domain = "contoso.onmicrosoft.com";
const scopes = {
  everything: { type: "everything" },
  domain: { type: "domain", domain },
  group: { type: "groupEmail", domain, email: "leadership@" + domain },
  user: { type: "userEmail", domain, email: person },
} as const;

const dataset = new nowprivacy.Dataset("privacy", { name: "Privacy", securityGroups: ["Privacy team"] });
for (const service of ["exchange", "sharePoint", "oneDrive"] as const) {
  for (const [scope, ingestionScope] of Object.entries(scopes)) {
    new nowprivacy.Office365DataSource(service + "-" + scope, {
      tenantId,
      service,
      dataset: { datasetId: dataset.datasetId },
      ingestionScope,
      country: "de",
      customDescription: service + " " + scope,
      crawlPriority: 0.3,
      crawlMode: "once",
      startImmediately: true,
      app: { displayName: service + " " + scope },
    });
  }
}
`;

let scene: Scene;
let people: readonly string[];
beforeAll(async () => {
  scene = await openScene({ program });
  people = scene.sandbox.control
    .mailboxes(scene.tenant.id)
    .filter(({ recipientTypeDetails }) => recipientTypeDetails === "UserMailbox")
    .map(({ userPrincipalName }) => userPrincipalName.toLowerCase());
  await scene.stack.setConfig({ "test:person": { value: first(people) } });
});
afterAll(async () => {
  await scene.close();
});

const sources = () => scene.sandbox.control.nowPrivacy().dataSources;
const sourceOf = (description: string) => first(sources().filter((source) => source.description === description));
const consentsOf = (name: string): string[] => {
  const { applications, consents } = scene.sandbox.control.tenant(scene.tenant.id).directory;
  const { clientId } = first(applications.filter(({ displayName }) => displayName === name));
  return consents.filter((consent) => consent.clientId === clientId).map(({ permission }) => permission);
};

test("one declaration each makes twelve data sources, and a preview then finds nothing to do", async () => {
  await scene.stack.up();
  expect(sources()).toHaveLength(12);
  expect((await scene.stack.preview()).changes).toEqual([]);
});

test.each([
  ["exchange", ["Calendars.Read", "Directory.Read.All", "Mail.Read"]],
  ["sharePoint", ["Directory.Read.All", "Sites.Read.All"]],
  ["oneDrive", ["Directory.Read.All", "Files.Read.All"]],
])("for %s an app gets just the permissions that the service needs", (service, permissions) => {
  for (const scope of ["everything", "domain", "group", "user"]) {
    expect(consentsOf(`${service} ${scope}`).sort()).toEqual(permissions);
  }
});

describe("what is crawled", () => {
  /** Mailboxes and calendars, drives or sites that are to be in the product's copy. */
  const expected = (): Readonly<Record<string, number>> => {
    const shared = scene.sandbox.control
      .mailboxes(scene.tenant.id)
      .filter(({ recipientTypeDetails }) => recipientTypeDetails === "SharedMailbox").length;
    const mail = 2 * (people.length + shared);
    return {
      "exchange everything": mail,
      "exchange domain": mail,
      "exchange group": 6,
      "exchange user": 2,
      "oneDrive everything": people.length,
      "oneDrive domain": people.length,
      "oneDrive group": 3,
      "oneDrive user": 1,
      "sharePoint everything": 1,
      "sharePoint domain": 1,
      // The site is nobody's.
      "sharePoint group": 0,
      "sharePoint user": 0,
    };
  };

  test("is what is in scope, by service", async () => {
    sources();
    await scene.stack.travelTo(new Date(scene.sandbox.control.now().getTime() + 120_000));
    const crawled = sources().map(({ description, crawl }) => [description, crawl.containers] as const);
    expect(Object.fromEntries(crawled)).toEqual(expected());
  });

  test("is in the words that were declared", () => {
    expect(sourceOf("oneDrive group")).toMatchObject({
      service: "oneDrive",
      country: "DE",
      crawlPriority: 0.3,
      crawlMode: "once",
      crawl: { state: "idle", started: true, errors: [] },
      ingestionScope: { type: "groupEmail", email: "leadership@contoso.onmicrosoft.com" },
    });
  });
});

test("destroying leaves nothing, and no file of the state ever held a secret in the clear", async () => {
  const stored = await scene.stack.storedFiles();
  for (const secret of scene.sandbox.control.issuedSecrets()) expect(stored).not.toContain(secret);
  await scene.stack.destroy();
  expect(scene.sandbox.control.nowPrivacy()).toMatchObject({ datasets: [], dataSources: [] });
  const { applications, servicePrincipals, consents } = scene.sandbox.control.tenant(scene.tenant.id).directory;
  expect([applications, servicePrincipals, consents]).toEqual([[], [], []]);
});

describe("what is there already", () => {
  const adopting = `
import { Config } from "@pulumi/pulumi";
import { nowprivacy } from "pulumi-m365audit";

new nowprivacy.Office365DataSource("mail", {
  tenantId: new Config("m365audit").require("tenantId"),
  service: "exchange",
  dataset: { existing: "Mail" },
  ingestionScope: { type: "everything" },
  country: "GB",
  crawlPriority: 0.5,
  crawlMode: "continuous",
  app: { existingClientId: new Config("test").require("clientId") },
});
`;

  test("is taken over as it is, and outlives the stack: app, consent and dataset", async () => {
    const { sandbox, tenant, stack, close } = await openScene({ program: adopting });
    const wire = connectTo(sandbox);
    try {
      const app = await newApp(wire, tenant, "Clicked together");
      for (const permission of ["Directory.Read.All", "Mail.Read", "Files.Read.All"]) {
        await app.consent(graphAppId, permission);
      }
      const dataset = sandbox.control.addDataset("Mail", ["Privacy team"]);
      const consents = () =>
        sandbox.control
          .tenant(tenant.id)
          .directory.consents.map(({ permission }) => permission)
          .sort();
      const before = consents();
      await stack.setConfig({ "test:clientId": { value: app.clientId } });
      await stack.up();
      const { datasets, dataSources } = sandbox.control.nowPrivacy();
      expect(datasets).toEqual([dataset]);
      expect(dataSources).toMatchObject([
        { applicationId: app.clientId, datasetId: dataset.id, crawlMode: "continuous" },
      ]);
      expect(consents()).toEqual(["Calendars.Read", ...before]);
      expect((await stack.preview()).changes).toEqual([]);

      await stack.destroy();
      expect(consents()).toEqual(before);
      expect(sandbox.control.nowPrivacy()).toMatchObject({ datasets: [dataset], dataSources: [] });
      const [left] = sandbox.control.tenant(tenant.id).directory.applications;
      expect(left?.clientSecrets).toHaveLength(1);
    } finally {
      await wire.close();
      await close();
    }
  });
});
