import * as pulumi from "@pulumi/pulumi";
import { mockEngine, valueOf } from "../pulumi/testing/mockEngine";
import { ApiPermissionGrant, type ApiPermissionGrantArgs } from "./apiPermissionGrant";
import { exchangeOnline, office365Management } from "./wellKnown";

const applicationId = "/applications/984d51af-215f-437c-ab31-480cc7c04b0e";
const principalObjectId = "c4812c21-7022-44cd-9660-79719fdebbe5";
const apiObjectId = "476cfe8f-20e6-4e7e-b7a7-9926199cd28a";
// Ids as this tenant has them, on purpose other ones than the published.
const appRoleIds = { "Exchange.ManageAsApp": "role-1", full_access_as_app: "role-2", "Mail.Read": "role-3" };
const exchange = {
  answer: () => ({
    clientId: exchangeOnline.appId,
    objectId: apiObjectId,
    displayName: exchangeOnline.displayName,
    appRoleIds,
  }),
};
const args: ApiPermissionGrantArgs = {
  applicationId,
  principalObjectId,
  api: "Office 365 Exchange Online",
  permissions: ["Exchange.ManageAsApp", "Mail.Read"],
};

test("the application asks for the permissions and the tenant consents to each, by the role ids that the tenant itself has", async () => {
  const engine = await mockEngine(exchange);
  const { result, resources } = await engine.run(() => new ApiPermissionGrant("exchange", args));
  const assignment = (permission: string, appRoleId: string) => ({
    type: "azuread:index/appRoleAssignment:AppRoleAssignment",
    name: `exchange-${permission}`,
    parent: "exchange",
    inputs: { principalObjectId, resourceObjectId: apiObjectId, appRoleId },
  });
  expect(resources).toMatchObject([
    { type: "m365audit:entra:ApiPermissionGrant", name: "exchange" },
    assignment("Exchange.ManageAsApp", "role-1"),
    assignment("Mail.Read", "role-3"),
    {
      type: "azuread:index/applicationApiAccess:ApplicationApiAccess",
      name: "exchange-api-access",
      parent: "exchange",
      inputs: { applicationId, apiClientId: exchangeOnline.appId, roleIds: ["role-1", "role-3"] },
    },
  ]);
  expect(await valueOf(result.appRoleIds)).toEqual(["role-1", "role-3"]);
  expect(await valueOf(result.assignmentIds)).toEqual(["exchange-Exchange.ManageAsApp-id", "exchange-Mail.Read-id"]);
});

test("the API's own service principal is looked up, never made a resource", async () => {
  const engine = await mockEngine(exchange);
  const { resources } = await engine.run(() => new ApiPermissionGrant("exchange", args));
  expect(resources.filter(({ type }) => type.includes("ServicePrincipal"))).toEqual([]);
  expect(new Set(engine.asked.map(({ token }) => token))).toEqual(
    new Set(["azuread:index/getServicePrincipal:getServicePrincipal"]),
  );
});

test.each([
  [
    "a name that Microsoft gives in every tenant",
    "office 365 management APIs",
    { clientId: office365Management.appId },
  ],
  ["a client id", "00000003-0000-0000-c000-000000000000", { clientId: "00000003-0000-0000-c000-000000000000" }],
  ["any other name", "Contoso Payroll", { displayName: "Contoso Payroll" }],
])("the API is found by %s", async (_, api, asked) => {
  const engine = await mockEngine(exchange);
  await engine.run(() => new ApiPermissionGrant("exchange", { ...args, api }));
  expect(engine.asked[0]?.inputs).toEqual(asked);
});

test("permissions that the API does not have are an error that lists those which it has", async () => {
  const engine = await mockEngine(exchange);
  const run = engine.run(
    () => new ApiPermissionGrant("exchange", { ...args, permissions: ["Exchange.Manage", "Mail.Read", "Mail.Reed"] }),
  );
  await expect(run).rejects.toMatchObject({
    tag: "InvalidInput",
    problems: [
      {
        path: "permissions[0]",
        message:
          '"Exchange.Manage" was given; Office 365 Exchange Online offers: Exchange.ManageAsApp, Mail.Read, full_access_as_app',
      },
      { path: "permissions[2]", message: expect.stringContaining('"Mail.Reed" was given') },
    ],
  });
});

test("an API that the tenant does not have is an error that names it", async () => {
  const engine = await mockEngine({
    answer: () => {
      throw new Error("not found");
    },
  });
  await expect(engine.run(() => new ApiPermissionGrant("exchange", args))).rejects.toMatchObject({
    tag: "NotFound",
    property: "api",
    message: expect.stringContaining("looking up the API Office 365 Exchange Online [api]: not found"),
  });
});

test("bad arguments are refused with every problem, and nothing is registered", async () => {
  const engine = await mockEngine(exchange);
  const { problems, registered } = await engine.refused(
    () =>
      new ApiPermissionGrant("exchange", {
        applicationId: "984d51af-215f-437c-ab31-480cc7c04b0e",
        principalObjectId: "Netwrix 1Secure",
        api: "",
        permissions: [],
      }),
  );
  expect(problems).toEqual([
    expect.stringContaining("applicationId: "),
    expect.stringContaining("principalObjectId: "),
    expect.stringContaining("api: "),
    expect.stringContaining("permissions: "),
  ]);
  expect(registered).toEqual([]);
});

test("permissions must be known when the program runs, because each becomes a resource", async () => {
  const engine = await mockEngine(exchange);
  const { problems } = await engine.refused(
    () => new ApiPermissionGrant("exchange", { ...args, permissions: pulumi.output(["Mail.Read"]) }),
  );
  expect(problems).toEqual([expect.stringContaining("permissions: an Output or a Promise was given")]);
});

test("whether to adopt must be known when the program runs, because it decides what is looked up", async () => {
  const engine = await mockEngine(exchange);
  const { problems } = await engine.refused(
    () => new ApiPermissionGrant("exchange", { ...args, adoptExisting: pulumi.output(true) }),
  );
  expect(problems).toEqual([expect.stringContaining("adoptExisting: an Output or a Promise was given")]);
});
