/** NOW Privacy by its bulk-upload file, on the real engine: the file is all that the product is told with. */
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { first } from "../../sandbox/testing/wire";
import { openScene, type Scene } from "../support/engine";

const program = `
import { Config } from "@pulumi/pulumi";
import { nowprivacy } from "pulumi-m365audit";

new nowprivacy.Office365DataSource("files", {
  tenantId: new Config("m365audit").require("tenantId"),
  service: "oneDrive",
  dataset: { name: "Files", visibleToNobody: true },
  ingestionScope: { type: "domain", domain: "contoso.onmicrosoft.com" },
  folderPath: "/Documents",
  country: "GB",
  crawlPriority: Number(new Config("test").get("priority") ?? "0.2"),
  crawlMode: "once",
});
`;

/** Invented for the test, as everything about Office 365 in it is. */
const template = `# file version: 2.1
# office365,Application (Client) ID,Client Secret,Directory (Tenant) ID,Service (exchange|sharepoint|onedrive),Scope,Domain,Email,Folder Path,Data Set,Location,Crawler,Priority,Continuous,Start,Description
`;

let folder: string;
let file: string;
let scene: Scene;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "m365audit-bulk-"));
  file = path.join(folder, "upload.csv");
  await writeFile(path.join(folder, "template.csv"), template);
  scene = await openScene({
    program,
    config: {
      "m365audit:nowprivacyBackend": "bulkFile",
      "m365audit:nowprivacyBulkTemplate": path.join(folder, "template.csv"),
      "m365audit:nowprivacyBulkFile": file,
    },
  });
});
afterAll(async () => {
  await scene.close();
  await rm(folder, { recursive: true, force: true });
});

test("a proven credential is written for its owner only, where the template has it, and who has to upload it is said", async () => {
  const { diagnostics } = await scene.stack.up();
  const text = await readFile(file, "utf8");
  const { applications } = scene.sandbox.control.tenant(scene.tenant.id).directory;
  expect(text).toContain(`office365,${first(applications).clientId},`);
  expect(text).toContain(",onedrive,Domain,contoso.onmicrosoft.com,,/Documents,Files,GB,,0.2,false,false,");
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(diagnostics.join("\n")).toContain("under Data Sources > New > Add Multiple Data Sources");
  expect(scene.sandbox.control.nowPrivacy().dataSources).toEqual([]);
  expect((await scene.stack.preview()).changes).toEqual([]);
  const stored = await scene.stack.storedFiles();
  for (const secret of scene.sandbox.control.issuedSecrets()) expect(stored).not.toContain(secret);
});

test("a change is handed to a person, and counts once that person says so", async () => {
  await scene.stack.setConfig({ "test:priority": { value: "1" } });
  const refused = await scene.stack.up().then(
    () => "",
    (error: unknown) => String(error),
  );
  expect(refused).toContain("crawlPriority: 0.2 → 1");
  const word = /M365AUDIT_NOWPRIVACY_APPLIED_BY_HAND=(\w+)/.exec(refused)?.[1] ?? "";
  await scene.stack.setConfig({ "m365audit:nowprivacyAppliedByHand": { value: word } });
  await scene.stack.up();
  expect((await scene.stack.preview()).changes).toEqual([]);
});

test("destroying takes the row back, and says what a person has to delete", async () => {
  const { diagnostics } = await scene.stack.destroy();
  expect(diagnostics.join("\n")).toContain("in the product");
  const text = await readFile(file, "utf8").catch(() => "");
  expect(text).not.toContain("office365,");
});
