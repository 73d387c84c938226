/** Four stacks as users have them, to be made by one version of the package and looked at by those that come after it. */
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { AdminCenter } from "../support/adminCenter";
import { openScene, type Scene } from "../support/engine";

export interface Setup {
  readonly name: string;
  /** TypeScript; the reference project's example where there is none. */
  readonly program?: string;
  /** `{folder}` stands for the project's. */
  readonly config?: Readonly<Record<string, string>>;
  /** What is there before the stack; gives more configuration. */
  readonly before?: (scene: Scene) => Promise<Readonly<Record<string, string>>>;
}

/** Rotations and certificates are as on that day, when the states were made and when they are looked at. */
export const day = new Date("2027-03-01T08:00:00Z");

const dataSource = `
import { Config } from "@pulumi/pulumi";
import { nowprivacy } from "pulumi-m365audit";

new nowprivacy.Office365DataSource("files", {
  tenantId: new Config("m365audit").require("tenantId"),
  service: "oneDrive",
  dataset: { name: "Files", visibleToNobody: true },
  ingestionScope: { type: "domain", domain: "contoso.onmicrosoft.com" },
  folderPath: "/Documents",
  country: "GB",
  crawlPriority: 0.2,
  crawlMode: "once",
});
`;

const bulkTemplate = `# file version: 2.1
# office365,Application (Client) ID,Client Secret,Directory (Tenant) ID,Service (exchange|sharepoint|onedrive),Scope,Domain,Email,Folder Path,Data Set,Location,Crawler,Priority,Continuous,Start,Description
`;

const adopted = `
import * as pulumi from "@pulumi/pulumi";
import { entra } from "pulumi-m365audit";

const app = new entra.AppRegistration("app", { existingClientId: new pulumi.Config("clicked").require("clientId") });
const { applicationId, servicePrincipalObjectId: principalObjectId } = app;
const adopt = { applicationId, principalObjectId, adoptExisting: true };
new entra.ApiPermissionGrant("exchange", { ...adopt, api: "Office 365 Exchange Online", permissions: ["Exchange.ManageAsApp"] });
new entra.RoleAssignment("role", { principalObjectId, adoptExisting: true });
`;

export const setups: readonly Setup[] = [
  { name: "gateway" },
  { name: "operator", config: { "m365audit:onesecureBackend": "operator" } },
  {
    name: "bulkFile",
    program: dataSource,
    config: {
      "m365audit:nowprivacyBackend": "bulkFile",
      "m365audit:nowprivacyBulkTemplate": "{folder}/template.csv",
      "m365audit:nowprivacyBulkFile": "{folder}/upload.csv",
    },
    before: async ({ stack }: Scene): Promise<Readonly<Record<string, string>>> => {
      await writeFile(path.join(stack.folder, "template.csv"), bulkTemplate);
      return {};
    },
  },
  {
    name: "adoptedApp",
    program: adopted,
    before: async (scene: Scene): Promise<Readonly<Record<string, string>>> => {
      const adminCenter = new AdminCenter(scene);
      await adminCenter.clickTogether();
      await adminCenter.close();
      return { "clicked:clientId": adminCenter.clientId };
    },
  },
];

/** The set-up's stack, with nothing made yet. */
export async function openSetup({ program, config = {}, before }: Setup): Promise<Scene> {
  const scene = await openScene({
    ...(program === undefined ? {} : { program }),
    sandbox: { tenants: [{ initialDomain: "contoso.onmicrosoft.com", mailboxes: 20 }] },
  });
  await scene.stack.travelTo(day);
  const all = { ...config, ...(await before?.(scene)) };
  await scene.stack.setConfig(
    Object.fromEntries(
      Object.entries(all).map(([key, value]) => [key, { value: value.replace("{folder}", scene.stack.folder) }]),
    ),
  );
  return scene;
}

/** What differs from run to run, and what stands for it in a file. */
export function placesOf({ sandbox, stack }: Scene): readonly (readonly [string, string])[] {
  return [
    [sandbox.origin, "{sandbox}"],
    [new URL(sandbox.origin).host, "{host}"],
    [stack.folder, "{folder}"],
  ];
}
