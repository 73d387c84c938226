import { gone } from "../../core/plan";
import { GraphTenant } from "../testing/graphTenant";
import { exchangeOnline, microsoftGraph } from "../wellKnown";
import type { GraphClient } from "./client";

let tenant: GraphTenant;
let graph: GraphClient;
beforeEach(async () => {
  tenant = await GraphTenant.start();
  graph = await tenant.open();
});
afterEach(async () => {
  await graph.close();
  await tenant.stop();
});

const nobody = "00000000-0000-4000-8000-000000000000";

test("an application and a service principal are found by object id and by client id", async () => {
  const { objectId, clientId, principalId } = tenant.addApp("Audit");
  expect(await graph.application({ clientId })).toEqual(await graph.application({ objectId }));
  expect(await graph.application({ objectId })).toMatchObject({ id: objectId, appId: clientId });
  expect(await graph.servicePrincipal({ clientId })).toEqual(await graph.servicePrincipal({ objectId: principalId }));
  const api = await graph.servicePrincipal({ clientId: exchangeOnline.appId });
  expect(api).toMatchObject({ displayName: exchangeOnline.displayName });
});

test("what the tenant does not have is gone, not an error", async () => {
  expect(await graph.application({ clientId: nobody })).toBe(gone);
  expect(await graph.servicePrincipal({ objectId: nobody })).toBe(gone);
  expect(await graph.roleName(nobody)).toBe(gone);
});

test("a page that some server in between does not know is an error, not an absence", async () => {
  tenant.faults.push({ status: 404, headers: { "content-type": "text/html" }, body: "<h1>Not found</h1>" });
  await expect(graph.application({ clientId: nobody })).rejects.toMatchObject({
    tag: "Rejected",
    message: expect.stringContaining("m365audit:graphEndpoint"),
  });
});

test("a listing goes on over all its pages", async () => {
  const { principalId } = tenant.addApp("Audit");
  const ids = microsoftGraph.appRoles
    .slice(0, 5)
    .map(({ value }) => tenant.consent(principalId, microsoftGraph, value));
  const link = `${tenant.endpoint}/v1.0/servicePrincipals/${principalId}/appRoleAssignments?$top=2`;
  tenant.faults.push({
    status: 200,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ value: [], "@odata.nextLink": link }),
  });
  const found = await graph.appRoleAssignments(principalId);
  expect(found.map(({ id }) => id)).toEqual(ids);
  expect(tenant.requests("appRoleAssignments")).toHaveLength(4);
});

test("the next page is never asked for on another host, since the token would go there", async () => {
  const { principalId } = tenant.addApp("Audit");
  const link = "https://graph.example/v1.0/servicePrincipals/x/appRoleAssignments?$skiptoken=1";
  tenant.faults.push({
    status: 200,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ value: [], "@odata.nextLink": link }),
  });
  await expect(graph.appRoleAssignments(principalId)).rejects.toThrow(/graph\.example.*was not asked for/);
});

test("only the principal's own directory roles are listed", async () => {
  const [one, other] = [tenant.addApp("Audit"), tenant.addApp("Other")];
  const id = tenant.assign(one.principalId, "Exchange Administrator");
  tenant.assign(other.principalId, "Global Reader");
  expect(await graph.roleAssignments(one.principalId)).toEqual([
    expect.objectContaining({ id, directoryScopeId: "/" }),
  ]);
});

test("removing takes away just that, and is no error when it is gone already", async () => {
  const { principalId } = tenant.addApp("Audit");
  const consent = tenant.consent(principalId, microsoftGraph, "Mail.Read");
  const kept = tenant.consent(principalId, microsoftGraph, "Calendars.Read");
  const role = tenant.assign(principalId, "Global Reader");
  for (let time = 0; time < 2; time += 1) {
    await graph.removeAppRoleAssignment({ id: consent, principalId });
    await graph.removeRoleAssignment({ id: role });
  }
  expect(tenant.held(principalId)).toEqual([kept]);
});

test.each([429, 503])("a %s is waited out for as long as Graph asks, and told", async (status) => {
  const { objectId } = tenant.addApp("Audit");
  tenant.faults.push({ status, headers: { "retry-after": "17" } });
  expect(await graph.application({ objectId })).toMatchObject({ id: objectId });
  expect(tenant.clock.slept).toEqual([17_000]);
  expect(tenant.reported).toEqual([expect.stringContaining("Trying again in 17 s")]);
});

test("a token that is refused is renewed once", async () => {
  const { objectId } = tenant.addApp("Audit");
  await graph.application({ objectId });
  tenant.revoked.add(tenant.tokens[0] ?? "");
  expect(await graph.application({ objectId })).toMatchObject({ id: objectId });
  expect(tenant.tokens).toHaveLength(2);
});

test("a token that is refused even when it is new is an error with Graph's words", async () => {
  tenant.faults.push(
    { status: 401 },
    {
      status: 401,
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ error: { code: "InvalidAuthenticationToken", message: "Access token is empty." } }),
    },
  );
  await expect(graph.application({ clientId: nobody })).rejects.toMatchObject({
    tag: "AccessRefused",
    status: 401,
    message: expect.stringContaining("InvalidAuthenticationToken: Access token is empty"),
  });
});

test.each<[string, (client: GraphClient) => Promise<unknown>, string]>([
  ["applications", (client) => client.application({ clientId: nobody }), "Application.Read.All (or "],
  ["consents", (client) => client.appRoleAssignments(nobody), "Application.Read.All (or "],
  ["directory roles", (client) => client.roleAssignments(nobody), "RoleManagement.Read.Directory (or "],
  [
    "removing a consent",
    (client) => client.removeAppRoleAssignment({ id: "x", principalId: nobody }),
    "AppRoleAssignment.ReadWrite.All, with admin consent",
  ],
  [
    "removing a role",
    (client) => client.removeRoleAssignment({ id: "x" }),
    "RoleManagement.ReadWrite.Directory, with admin consent",
  ],
])(
  "when it may not do it, %s: the error names the permission that the deploying identity lacks",
  async (_, ask, needed) => {
    tenant.grants.roles = [];
    const refused: unknown = await ask(graph).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      tag: "AccessRefused",
      status: 403,
      message: expect.stringContaining("Authorization_RequestDenied: Insufficient privileges"),
    });
    expect((refused as Error).message).toContain(`needs the Microsoft Graph application permission ${needed}`);
  },
);

test("with a token of another tenant nothing is sent", async () => {
  tenant.grants.tid = nobody;
  await expect(graph.application({ clientId: nobody })).rejects.toMatchObject({ tag: "WrongTenant" });
  expect(tenant.seen).toEqual([]);
});

test("an answer that is not what Graph documents is an error that says where", async () => {
  tenant.faults.push({ status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify({ id: 7 }) });
  await expect(graph.application({ clientId: nobody })).rejects.toMatchObject({
    tag: "Rejected",
    message: expect.stringContaining("(id, appId)"),
  });
});
