/** From clicked to coded, on a real engine: what a person clicked together is taken over as it is, and outlives the stack. */
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { exchangeOnline, microsoftGraph, office365Management } from "../../provider/entra/wellKnown";
import { nameOf } from "../../tools/stack/changes";
import { type Access, AdminCenter, roleId, userRead } from "../support/adminCenter";
import { openScene, type Scene } from "../support/engine";

const program = `
import * as pulumi from "@pulumi/pulumi";
import { entra } from "pulumi-m365audit";

const config = new pulumi.Config("clicked");
const app = new entra.AppRegistration("app", { existingClientId: config.require("clientId") });
const { applicationId, servicePrincipalObjectId: principalObjectId } = app;
const adopt = { applicationId, principalObjectId, adoptExisting: true };

// All of it is there, with more in the application's own list than is declared.
new entra.ApiPermissionGrant("exchange", { ...adopt, api: "Office 365 Exchange Online", permissions: ["Exchange.ManageAsApp"] });
// Nothing of it is there.
new entra.ApiPermissionGrant("activity", { ...adopt, api: "Office 365 Management APIs", permissions: ["ActivityFeed.Read"] });
// The application's own list has the API, but not the permission.
new entra.ApiPermissionGrant("graph", { ...adopt, api: "Microsoft Graph", permissions: ["Directory.Read.All"] });
new entra.RoleAssignment("role", { principalObjectId, adoptExisting: true });
`;

/** What the engine does to which resource, the program's own and unchanged ones left out: `import exchange-api-access`. */
function steps(): { readonly onEvent: (event: EngineEvent) => void; readonly done: () => string[] } {
  const seen: string[] = [];
  return {
    onEvent: ({ resourcePreEvent }) => {
      const { op, urn, type } = resourcePreEvent?.metadata ?? { op: "same", urn: "", type: "" };
      if (["same", "refresh", "diff"].includes(op) || /^pulumi:|^m365audit:/.test(type)) return;
      seen.push(`${op} ${nameOf(urn)}`);
    },
    done: () => seen.sort(),
  };
}

let scene: Scene;
let adminCenter: AdminCenter;
let before: Access;
beforeAll(async () => {
  scene = await openScene({ program });
  adminCenter = new AdminCenter(scene);
  await adminCenter.clickTogether();
  before = await adminCenter.access();
  await scene.stack.setConfig({ "clicked:clientId": { value: adminCenter.clientId } });
});
afterAll(async () => {
  await adminCenter.close();
  await scene.close();
});

const taken = [
  "create activity-ActivityFeed.Read",
  "create activity-adoption",
  "create activity-api-access",
  "create exchange-adoption",
  "create graph-Directory.Read.All",
  "create graph-adoption",
  "create role-adoption",
  "create role-role",
  "import exchange-Exchange.ManageAsApp",
  "import exchange-api-access",
  "import graph-api-access",
  "import role-assignment",
  "update graph-api-access",
];

test("a preview says what is taken over, what is made, and what is added, and does none of it", async () => {
  const { onEvent, done } = steps();
  await scene.stack.preview(onEvent);
  expect(done()).toEqual(taken);
  expect(await adminCenter.access()).toEqual(before);
});

test("up takes over what is there as it is, and makes only what is missing", async () => {
  const { onEvent, done } = steps();
  await scene.stack.up(onEvent);
  expect(done()).toEqual(taken);
  const after = await adminCenter.access();
  expect(after.roles).toEqual(before.roles);
  expect(after.consents).toEqual(expect.arrayContaining([...before.consents]));
  expect(after.consents).toHaveLength(3);
  expect(entry(after, exchangeOnline.appId)).toEqual(entry(before, exchangeOnline.appId));
  expect(entry(after, office365Management.appId)).toEqual([roleId(office365Management, "ActivityFeed.Read")]);
  expect(entry(after, microsoftGraph.appId)).toEqual([roleId(microsoftGraph, "Directory.Read.All"), userRead]);
});

test("then there is nothing to do, in a preview and in an update", async () => {
  const { onEvent, done } = steps();
  await scene.stack.preview(onEvent);
  await scene.stack.up(onEvent);
  expect(done()).toEqual([]);
});

test("a consent of the stack's own that someone took away is made anew", async () => {
  const { consents } = await adminCenter.access();
  const activity = consents.find(({ appRoleId }) => appRoleId === roleId(office365Management, "ActivityFeed.Read"));
  await adminCenter.removeConsent(activity?.id ?? "");
  const { onEvent, done } = steps();
  await scene.stack.up(onEvent);
  expect(done()).toEqual(["create activity-ActivityFeed.Read"]);
});

test("destroy leaves what was there before, and takes away what the stack made", async () => {
  await scene.stack.destroy();
  const after = await adminCenter.access();
  expect(after.consents).toEqual(before.consents);
  expect(after.roles).toEqual(before.roles);
  expect(entry(after, exchangeOnline.appId)).toEqual(entry(before, exchangeOnline.appId));
  expect(entry(after, office365Management.appId)).toEqual([]);
  expect(entry(after, microsoftGraph.appId)).toContain(userRead);
});

test("an adopted consent that disappeared is made anew, and then goes with the stack", async () => {
  await scene.stack.up();
  const [clicked] = before.consents;
  await adminCenter.removeConsent(clicked?.id ?? "");
  const { onEvent, done } = steps();
  await scene.stack.up(onEvent);
  expect(done()).toEqual(["create exchange-Exchange.ManageAsApp", "update exchange-adoption"]);
  expect((await scene.stack.preview()).changes).toEqual([]);
  await scene.stack.destroy();
  const after = await adminCenter.access();
  expect(after.consents).toEqual([]);
  expect(after.roles).toEqual(before.roles);
});

/** What the application asks for of an API, by id, in alphabetical order. */
function entry({ askedFor }: Access, apiClientId: string): string[] {
  return askedFor
    .filter(({ resourceAppId }) => resourceAppId === apiClientId)
    .flatMap(({ resourceAccess }) => resourceAccess.map(({ id }) => id))
    .sort();
}
