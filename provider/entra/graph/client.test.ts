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

/** Graph's own error. */
const graphError = (status: number, code: string, message = "") => ({
  status,
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ error: { code, message } }),
});

test("two changes of one object at once are a conflict that passes by itself", async () => {
  const { principalId } = tenant.addApp("Audit");
  const role = tenant.assign(principalId, "Global Reader");
  tenant.faults.push(graphError(409, "Directory_ConcurrencyViolation", "Please retry your request."));
  await graph.removeRoleAssignment({ id: role });
  expect(tenant.held(principalId)).toEqual([]);
});

test("a quota that is used up is no lack of permission", async () => {
  tenant.faults.push(graphError(403, "Directory_QuotaExceeded", "The directory object quota limit has been exceeded."));
  const refused: unknown = await graph.application({ clientId: nobody }).catch((error: unknown) => error);
  expect(refused).toMatchObject({
    tag: "Rejected",
    status: 403,
    message: expect.stringContaining("have the quota raised"),
  });
  expect((refused as Error).message).not.toContain("application permission");
});

test("three waits of 315 s in a row are survived, each told as it begins", async () => {
  const { objectId } = tenant.addApp("Audit");
  for (let time = 0; time < 3; time += 1) tenant.faults.push({ status: 429, headers: { "retry-after": "315" } });
  expect(await graph.application({ objectId })).toMatchObject({ id: objectId });
  expect(tenant.clock.slept).toEqual([315_000, 315_000, 315_000]);
  expect(tenant.reported).toEqual(Array(3).fill(expect.stringContaining("Trying again in 5 min 15 s")));
});

test("a longer wait than is allowed ends the run at once with what was asked for", async () => {
  tenant.faults.push({ status: 429, headers: { "retry-after": "3600" } });
  await expect(graph.application({ clientId: nobody })).rejects.toMatchObject({
    tag: "DeadlineExceeded",
    message: expect.stringContaining("asks to wait for 60 min; allowed: no wait longer than 10 min"),
  });
  expect(tenant.clock.slept).toEqual([]);
});

test("a token that is repeated in an answer is in no message", async () => {
  await graph.application({ clientId: nobody });
  const [token = ""] = tenant.tokens;
  tenant.faults.push(graphError(400, "BadRequest", `Authorization: Bearer ${token} and once more ${token}`));
  const refused: unknown = await graph.application({ clientId: nobody }).catch((error: unknown) => error);
  expect(refused).toMatchObject({ tag: "Rejected", message: expect.stringContaining("(token)") });
  for (const part of token.split(".")) expect((refused as Error).message).not.toContain(part);
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
