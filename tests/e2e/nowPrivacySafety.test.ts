/** What NOW Privacy must never suffer, on the real engine: a copy that is lost unasked, and a secret that Entra does not hold. */
import { exchangeAdministratorOf } from "../../sandbox/testing/applicationRoles";
import { connectTo, first, type Wire } from "../../sandbox/testing/wire";
import { openScene, type Scene } from "../support/engine";

const program = `
import { Config } from "@pulumi/pulumi";
import { nowprivacy } from "pulumi-m365audit";

const config = new Config("test");
const domain = "contoso.onmicrosoft.com";
const mail = new nowprivacy.Office365DataSource("mail", {
  tenantId: new Config("m365audit").require("tenantId"),
  service: "exchange",
  dataset: { name: "Mail", securityGroups: ["Privacy team"] },
  ingestionScope: { type: "groupEmail", domain, email: (config.get("group") ?? "all-staff") + "@" + domain },
  country: "GB",
  crawlPriority: 0.5,
  crawlMode: config.get("mode") === "once" ? "once" : "continuous",
  startImmediately: true,
  limitToScope: config.getBoolean("limit") ?? false,
  allowDataLoss: config.getBoolean("allowDataLoss") ?? false,
});
export const { rotations, scopeProof, reach, found, mayCrawl } = mail;
`;

const day = 86_400_000;

let scene: Scene;
let wire: Wire;
beforeAll(async () => {
  const tenants = [
    {
      initialDomain: "contoso.onmicrosoft.com",
      mailboxes: 120,
      deployerRoles: ["Exchange Administrator"] as const,
    },
  ];
  scene = await openScene({ program, config: { "test:mode": "once" }, sandbox: { tenants, writeLatencyMs: 20 } });
  wire = connectTo(scene.sandbox);
});
afterAll(async () => {
  await wire.close();
  await scene.close();
});

const control = () => scene.sandbox.control;
const source = () => first(control().nowPrivacy().dataSources);
const app = () => first(control().tenant(scene.tenant.id).directory.applications);
const consents = (): string[] =>
  control()
    .tenant(scene.tenant.id)
    .directory.consents.filter(({ clientId }) => clientId === app().clientId)
    .map(({ permission }) => permission)
    .sort();
const set = (config: Readonly<Record<string, string>>): Promise<void> =>
  scene.stack.setConfig(Object.fromEntries(Object.entries(config).map(([key, value]) => [`test:${key}`, { value }])));
const later = (milliseconds: number): Promise<void> =>
  scene.stack.travelTo(new Date(control().now().getTime() + milliseconds));
/** Lets a round of the crawl pass. */
const pass = async (): Promise<void> => {
  source();
  await later(120_000);
};
const shown = async (): Promise<string> =>
  scene.stack.pulumi("preview", "--diff", "--refresh", "--stack", scene.stack.name).catch((error: unknown) => {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    return `refused: ${String(stdout)}${String(stderr)}`;
  });
const nothingSuffered = (): void => {
  expect(control().nowPrivacyOutages()).toEqual([]);
  expect(control().nowPrivacyLosses()).toEqual([]);
};

test("both tests are made before the product is told, and their answers come out", async () => {
  const { outputs } = await scene.stack.up();
  expect(outputs["found"]?.value).toEqual([
    expect.objectContaining({ lookedFor: "domain contoso.onmicrosoft.com", answer: "yes" }),
    expect.objectContaining({ lookedFor: "groupEmail all-staff@contoso.onmicrosoft.com", answer: "yes" }),
  ]);
  expect(outputs["mayCrawl"]?.value).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ service: "Exchange", crawls: "mailboxes", answer: "yes" }),
      expect.objectContaining({ service: "OneDrive", crawls: "drives", answer: "no" }),
    ]),
  );
  expect(outputs["reach"]?.value).toHaveLength(3);
});

test("from once to continuous, the preview shows the start that it needs, and the update makes it", async () => {
  await pass();
  expect(source().crawl).toMatchObject({ state: "idle", containers: 50 });
  await set({ mode: "continuous" });
  expect(await shown()).toMatch(/crawl\s*:\s*"idle"\s*=>\s*"running"/);
  await scene.stack.up();
  expect(source()).toMatchObject({ crawlMode: "continuous", crawl: { state: "running" } });
});

test("taking the consent away is refused while the crawl goes on, as often as it is tried, and nothing is touched", async () => {
  await set({ limit: "true" });
  const preview = await shown();
  expect(preview).toMatch(/^refused: /);
  expect(preview).toMatch(/taking Calendars\.Read, Mail\.Read away/);
  expect(preview).toMatch(/It holds [\d,]+ items of 50 mailboxes and calendars/);
  // The second time from what the first has left behind.
  for (let time = 1; time <= 2; time += 1) {
    await expect(scene.stack.up()).rejects.toThrow(/allowDataLoss: true/);
    expect(consents()).toEqual(["Calendars.Read", "Directory.Read.All", "Mail.Read"]);
    await pass();
    nothingSuffered();
  }
});

test("with allowDataLoss the app is limited to its scope: nobody else's mailbox opens to it, whatever the product asks for", async () => {
  await set({ allowDataLoss: "true" });
  const { outputs } = await scene.stack.up();
  expect(consents()).toEqual(["Directory.Read.All"]);
  expect(outputs["scopeProof"]?.value).toMatchObject({ inside: { inScope: true }, outside: { inScope: false } });
  expect(outputs["reach"]?.value).toEqual([expect.objectContaining({ need: "Directory.Read.All", answer: "yes" })]);
  await set({ allowDataLoss: "false" });
  await scene.stack.up();
  expect((await scene.stack.preview()).changes).toEqual([]);

  const { ingestionScope } = source();
  control().patchDataSource(source().id, { ingestionScope: { type: "everything" } });
  await pass();
  expect(source().crawl.containers).toBe(50);
  control().patchDataSource(source().id, { ingestionScope });
  nothingSuffered();
});

test("the secret is rotated under a continuous crawl, which is paused and resumed, and Entra holds what the product has at every moment", async () => {
  await later(151 * day);
  const { changes, diagnostics } = await scene.stack.preview();
  expect(diagnostics.join("\n")).toMatch(/client secret .*generation 2 replaces generation 1/);
  expect(changes.map(({ operation, name }) => `${operation} ${name}`).sort()).toEqual([
    "create mail-secret-password-2",
    "update mail-connection",
    "update mail-preflight",
    "update mail-secret-rotation",
    "update mail-source",
  ]);
  const rotated = await scene.stack.up();
  expect(rotated.diagnostics.filter((line) => line.startsWith("NOW Privacy:"))).toEqual([
    expect.stringMatching(/pausing the crawl .* while its credential is switched/),
    expect.stringMatching(/resuming the crawl/),
  ]);
  expect(app().clientSecrets).toHaveLength(2);
  expect(source().crawl.state).toBe("running");
  await later(2 * day);
  const cleared = await scene.stack.up();
  expect(cleared.changes.map(({ operation, name }) => `${operation} ${name}`).sort()).toEqual([
    "delete mail-secret-password-1",
    "update mail-secret-rotation",
  ]);
  expect(app().clientSecrets).toHaveLength(1);
  await pass();
  expect(source().crawl).toMatchObject({ state: "running", errors: [] });
  nothingSuffered();
  expect(control().counters().concurrencyViolations).toBe(0);
});

test("with a limited app, a narrower scope is refused before Exchange Online is told of it", async () => {
  await set({ group: "leadership" });
  await expect(scene.stack.up()).rejects.toThrow(/from groupEmail all-staff@.* to groupEmail leadership@/);
  await expect(scene.stack.up()).rejects.toThrow(/allowDataLoss: true/);
  await pass();
  expect(source().crawl.containers).toBe(50);
  nothingSuffered();
});

test("when it is meant, the scope is narrowed in the product and in Exchange Online", async () => {
  await set({ allowDataLoss: "true" });
  const { outputs } = await scene.stack.up();
  await pass();
  expect(source().crawl.containers).toBe(6);
  expect(outputs["scopeProof"]?.value).toMatchObject({ inside: { inScope: true }, outside: { inScope: false } });
  expect(control().nowPrivacyLosses().length).toBeGreaterThan(0);
});

test("destroying leaves nothing in Entra, Exchange Online and NOW Privacy", async () => {
  const { clientId } = app();
  await scene.stack.destroy();
  expect(control().nowPrivacy()).toMatchObject({ datasets: [], dataSources: [] });
  const { applications, consents: held } = control().tenant(scene.tenant.id).directory;
  expect([applications, held]).toEqual([[], []]);
  const exchange = await exchangeAdministratorOf(wire, scene.tenant);
  const { body } = await exchange("Get-ServicePrincipal", {});
  expect(JSON.stringify(body)).not.toContain(clientId);
  const scopes = await exchange("Get-ManagementScope", {});
  expect(JSON.stringify(scopes.body)).not.toContain(clientId);
});
