/** An app that came to hold more than was declared, on a real engine. */
import { connectTo } from "../../sandbox/testing/wire";
import { microsoftGraph } from "../../provider/entra/wellKnown";
import { openScene, type Scene } from "../support/engine";

const program = `
import * as pulumi from "@pulumi/pulumi";
import { entra } from "pulumi-m365audit";

const permissions = new pulumi.Config("audited").requireObject<string[]>("permissions");
const tenantId = new pulumi.Config("m365audit").require("tenantId");
const app = new entra.AppRegistration("app", { displayName: "Audit" });
const { applicationId, servicePrincipalObjectId } = app;
const grant = new entra.ApiPermissionGrant("graph", {
  applicationId, principalObjectId: servicePrincipalObjectId, api: "Microsoft Graph", permissions,
});
new entra.AppAccess("access", {
  tenantId,
  servicePrincipalObjectId,
  permissions: permissions.map((permission) => ({ api: entra.wellKnown.microsoftGraph.appId, permission })),
  directoryRoles: [],
}, { dependsOn: [grant] });
export const principalId = servicePrincipalObjectId;
`;

const globalAdministrator = "62e90394-69f5-4237-9190-012177145e10";

let scene: Scene;
beforeAll(async () => {
  scene = await openScene({ program });
});
afterAll(async () => {
  await scene.close();
});

const declare = (...permissions: string[]): Promise<void> =>
  scene.stack.setConfig({ "audited:permissions": { value: JSON.stringify(permissions) } });
const held = (): string[] => {
  const { consents, roles } = scene.sandbox.control.tenant(scene.tenant.id).directory;
  return [...consents.map(({ permission }) => permission), ...roles.map(({ role }) => role)].sort();
};

/** What someone with the right to do so gives the app behind the program's back. */
async function giveMore(principalId: string): Promise<void> {
  const wire = connectTo(scene.sandbox);
  const token = await wire.deployerToken(scene.tenant);
  const { body: api } = await wire.json(
    "GET",
    `/v1.0/servicePrincipals(appId='${microsoftGraph.appId}')`,
    undefined,
    token,
  );
  const appRoleId = microsoftGraph.appRoles.find(({ value }) => value === "Mail.Read")?.id;
  const consent = { principalId, resourceId: api.id, appRoleId };
  await wire.json("POST", `/v1.0/servicePrincipals/${principalId}/appRoleAssignments`, consent, token);
  const role = { principalId, roleDefinitionId: globalAdministrator, directoryScopeId: "/" };
  await wire.json("POST", "/v1.0/roleManagement/directory/roleAssignments", role, token);
  await wire.close();
}

test("what the app holds beyond what is declared shows in a preview, and nothing else does; an update takes it away", async () => {
  await declare("Directory.Read.All", "Calendars.Read");
  const { outputs } = await scene.stack.up();
  await giveMore(String(outputs["principalId"]?.value));
  expect(held()).toEqual(["Calendars.Read", "Directory.Read.All", "Global Administrator", "Mail.Read"]);

  const { changes } = await scene.stack.preview();
  const sample = ["Microsoft Graph: Mail.Read", "role Global Administrator (whole tenant)"];
  expect(changes.map(({ operation, name, properties }) => ({ operation, name, properties }))).toEqual([
    {
      operation: "update",
      name: "access",
      properties: [{ path: "beyondDeclared", from: { count: 2, sample }, to: undefined }],
    },
  ]);
  await scene.stack.up();
  expect(held()).toEqual(["Calendars.Read", "Directory.Read.All"]);
  expect((await scene.stack.preview()).changes).toEqual([]);
});

test("a permission that leaves the program is taken away once, by the resource that granted it", async () => {
  await declare("Directory.Read.All");
  const { diagnostics } = await scene.stack.up();
  expect(diagnostics.filter((line) => line.includes("taken away"))).toEqual([]);
  expect(held()).toEqual(["Directory.Read.All"]);
  expect((await scene.stack.preview()).changes).toEqual([]);
});
