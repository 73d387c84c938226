/** The two kinds of NOW Privacy on the real engine: what previews show and refuse, and what an update does to the product. */
import { microsoftGraph } from "../../provider/entra/wellKnown";
import { connectTo, first, type Wire } from "../../sandbox/testing/wire";
import { openScene, type Scene } from "../support/engine";

const program = `
import { Config } from "@pulumi/pulumi";
import { nowprivacy } from "pulumi-m365audit";

const config = new Config("test");
const dataset = new nowprivacy.Dataset("mail", { name: "Mail", securityGroups: ["Privacy team"] });
new nowprivacy.DataSource("mail", {
  datasetId: dataset.datasetId,
  service: "exchange",
  applicationId: process.env.ARM_CLIENT_ID ?? "",
  clientSecret: process.env.ARM_CLIENT_SECRET ?? "",
  tenantId: process.env.ARM_TENANT_ID ?? "",
  ingestionScope: config.getBoolean("narrow") ? { type: "domain", domain: "fabrikam.com" } : { type: "everything" },
  country: "gb",
  crawlPriority: 0.5,
  crawlMode: config.getBoolean("once") ? "once" : "continuous",
  startImmediately: true,
  allowDataLoss: config.getBoolean("allowDataLoss") ?? false,
});
`;

let scene: Scene;
let wire: Wire;
beforeAll(async () => {
  scene = await openScene({ program, config: { "test:once": "true" } });
  wire = connectTo(scene.sandbox);
  const { sandbox, tenant } = scene;
  // What the crawl reads with. The app is the deployer's own, so that the test is about NOW Privacy alone.
  const token = await wire.deployerToken(tenant);
  const idOf = async (appId: string): Promise<string> => {
    const filter = encodeURIComponent(`appId eq '${appId}'`);
    return first((await wire.json("GET", `/v1.0/servicePrincipals?$filter=${filter}`, undefined, token)).body.value).id;
  };
  const [principalId, resourceId] = [await idOf(tenant.deployer.clientId), await idOf(microsoftGraph.appId)];
  for (const value of ["Directory.Read.All", "Mail.Read", "Calendars.Read"]) {
    const appRoleId = microsoftGraph.appRoles.find((role) => role.value === value)?.id;
    const path = `/v1.0/servicePrincipals/${principalId}/appRoleAssignments`;
    await wire.json("POST", path, { principalId, resourceId, appRoleId }, token);
  }
  expect(sandbox.control.nowPrivacy().dataSources).toEqual([]);
});
afterAll(async () => {
  await wire.close();
  await scene.close();
});

const source = () => first(scene.sandbox.control.nowPrivacy().dataSources);
const shown = async (): Promise<string> =>
  scene.stack.pulumi("preview", "--diff", "--refresh", "--stack", scene.stack.name).catch((error: unknown) => {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    return `refused: ${String(stdout)}${String(stderr)}`;
  });
/** Lets a round of the crawl pass. */
const pass = async (): Promise<void> => {
  await scene.stack.travelTo(new Date(scene.sandbox.control.now().getTime() + 120_000));
};

test("a dataset and a data source are made, the crawl runs, and nothing is left to do", async () => {
  await scene.stack.up();
  expect(source()).toMatchObject({ country: "GB", crawlMode: "once", crawl: { started: true } });
  expect((await scene.stack.preview()).changes).toEqual([]);
  await pass();
  expect(source().crawl.state).toBe("idle");
  expect(source().crawl.crawled).toBeGreaterThan(0);
  expect((await scene.stack.preview()).changes).toEqual([]);
});

test("from once to continuous, the preview shows the start that it needs, and the update makes it", async () => {
  await scene.stack.setConfig({ "test:once": { value: "false" } });
  const preview = await shown();
  expect(preview).toMatch(/crawl\s*:\s*"idle"\s*=>\s*"running"/);
  await scene.stack.up();
  expect(source()).toMatchObject({ crawlMode: "continuous", crawl: { state: "running" } });
  expect((await scene.stack.preview()).changes).toEqual([]);
});

test("a crawl that someone paused and a priority that someone changed show, and are put right", async () => {
  const { control } = scene.sandbox;
  control.crawl(source().id, "pause");
  control.patchDataSource(source().id, { crawlPriority: 1 });
  const preview = await shown();
  expect(preview).toMatch(/crawl\s*:\s*"paused"\s*=>\s*"running"/);
  expect(preview).toMatch(/crawlPriority\s*:\s*1\s*=>\s*0\.5/);
  await scene.stack.up();
  expect(source()).toMatchObject({ crawlPriority: 0.5, crawl: { state: "running" } });
});

test("what would make the product delete its copy is refused by the preview, and goes through when it is meant", async () => {
  await pass();
  const { crawled } = source().crawl;
  const items = new Intl.NumberFormat("en").format(crawled);
  await scene.stack.setConfig({ "test:narrow": { value: "true" } });
  const preview = await shown();
  expect(preview).toMatch(/^refused: /);
  expect(preview).toContain(`It holds ${items} items of`);
  expect(preview).toContain("allowDataLoss: true");
  await expect(scene.stack.up()).rejects.toThrow(/allowDataLoss: true/);
  expect(source()).toMatchObject({ ingestionScope: { type: "everything" }, crawl: { crawled } });
  expect(scene.sandbox.control.nowPrivacyLosses()).toEqual([]);

  await scene.stack.setConfig({ "test:allowDataLoss": { value: "true" } });
  await scene.stack.up();
  expect(source()).toMatchObject({ ingestionScope: { type: "domain" }, crawl: { crawled: 0 } });
  expect(scene.sandbox.control.nowPrivacyLosses()).toHaveLength(1);
});

test("destroying takes both away, and no state file ever held the token or the secret in the clear", async () => {
  const stored = await scene.stack.storedFiles();
  const { M365AUDIT_NOWPRIVACY_TOKEN: token = "" } = scene.sandbox.environment(scene.tenant);
  expect(token).not.toBe("");
  expect(stored).not.toContain(token);
  expect(stored).not.toContain(scene.tenant.deployer.clientSecret);
  await scene.stack.destroy();
  expect(scene.sandbox.control.nowPrivacy()).toMatchObject({ datasets: [], dataSources: [] });
});
