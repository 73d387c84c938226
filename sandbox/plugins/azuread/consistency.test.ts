import { directoryRoleTemplates, exchangeOnline } from "../../../provider/entra/wellKnown";
import { azureadPlugin } from ".";
import { drive } from "../testing/driver";
import {
  applicationInputs,
  impatient,
  openTenant,
  text,
  ACCESS,
  APPLICATION,
  CERTIFICATE,
  CONSENT,
  FEDERATED,
  PASSWORD,
  PRINCIPAL,
  ROLE_ASSIGNMENT,
  type TestTenant,
} from "../testing/tenant";
import type { ValueMap } from "../values";
import { patienceOf } from "./patience";

// Each sandbox makes keys and certificates of its own, which takes seconds on a busy machine.
jest.setTimeout(30_000);

const manageAsApp = exchangeOnline.appRoles[0].id;
const mailRead = "810c84a8-4a9e-49e6-bf7d-12d183f40d01";
const graphApi = "00000003-0000-0000-c000-000000000000";
const roleId = directoryRoleTemplates["Exchange Administrator"];

let tenant: TestTenant;

beforeAll(async () => {
  tenant = await openTenant();
});

afterAll(() => tenant.close());

afterEach(() => {
  tenant.sandbox.control.setReplication(undefined);
  tenant.sandbox.control.setWriteLatency(0);
});

it("waits for each new object until it is seen several times in a row", async () => {
  const slow = { reads: { min: 6, max: 12 } };
  tenant.sandbox.control.setReplication({
    applications: slow,
    servicePrincipals: slow,
    appRoleAssignments: slow,
    directoryRoleAssignments: slow,
    federatedIdentityCredentials: slow,
  });
  const app = await tenant.application();
  const principal = await tenant.principalOf(app);
  const principalObjectId = principal.outputs["objectId"] ?? null;
  const resourceObjectId = (await tenant.exchange())["objectId"] ?? null;
  const consent: ValueMap = { appRoleId: manageAsApp, principalObjectId, resourceObjectId };
  expect((await tenant.azuread.create(CONSENT, consent)).outputs).toMatchObject(consent);
  const assignment: ValueMap = { principalObjectId, roleId };
  expect((await tenant.azuread.create(ROLE_ASSIGNMENT, assignment)).outputs).toMatchObject(assignment);
  const trusted = await tenant.azuread.create(FEDERATED, {
    applicationId: app.id,
    audiences: ["api://AzureADTokenExchange"],
    displayName: "pipeline",
    issuer: "https://token.example.com",
    subject: "main",
  });
  expect(await tenant.azuread.refresh(FEDERATED, trusted)).toEqual(trusted);
  await tenant.azuread.remove(APPLICATION, app);
});

it("tries again while what a grant needs has only just been made by someone else", async () => {
  const slow = { reads: { min: 6, max: 12 } };
  tenant.sandbox.control.setReplication({ applications: slow, servicePrincipals: slow });
  const { appId } = await tenant.graph("/applications", "POST", { displayName: "clicked" });
  const principal = await tenant.azuread.create(PRINCIPAL, { clientId: String(appId) });
  expect(principal.outputs["clientId"]).toBe(appId);

  tenant.sandbox.control.setReplication({ servicePrincipals: slow });
  const other = await tenant.graph("/applications", "POST", { displayName: "clicked too" });
  const { id } = await tenant.graph("/servicePrincipals", "POST", { appId: other["appId"] });
  const consent: ValueMap = {
    appRoleId: manageAsApp,
    principalObjectId: String(id),
    resourceObjectId: (await tenant.exchange())["objectId"] ?? null,
  };
  expect((await tenant.azuread.create(CONSENT, consent)).outputs).toMatchObject(consent);
  const { id: third } = await tenant.graph("/servicePrincipals", "POST", {
    appId: (await tenant.graph("/applications", "POST", { displayName: "clicked again" }))["appId"],
  });
  const assignment: ValueMap = { principalObjectId: String(third), roleId };
  expect((await tenant.azuread.create(ROLE_ASSIGNMENT, assignment)).outputs).toMatchObject(assignment);
});

it("never lets two of its writes to one application meet", async () => {
  const app = await tenant.application();
  tenant.sandbox.control.setWriteLatency(20);
  const before = tenant.sandbox.control.counters().concurrencyViolations;
  const [renamed] = await Promise.all([
    tenant.azuread.update(APPLICATION, app, applicationInputs("Renamed")),
    tenant.azuread.create(CERTIFICATE, tenant.certificateInputs(app)),
    tenant.azuread.create(PASSWORD, { applicationId: app.id, displayName: "1Secure" }),
    tenant.azuread.create(ACCESS, { applicationId: app.id, apiClientId: graphApi, roleIds: [mailRead] }),
  ]);
  expect(renamed.outputs["displayName"]).toBe("Renamed");
  expect(tenant.sandbox.control.counters().concurrencyViolations).toBe(before);
  const found = await tenant.graph(app.id);
  expect(found["keyCredentials"]).toHaveLength(1);
  expect(found["passwordCredentials"]).toHaveLength(1);
});

it("fails at once when another provider's write is met, as the queue is that of one provider", async () => {
  const app = await tenant.application();
  const other = await drive(azureadPlugin(tenant.environment(), impatient));
  tenant.sandbox.control.setWriteLatency(200);
  const outcomes = await Promise.allSettled(
    [tenant.azuread, other].map((driver) => driver.create(PASSWORD, { applicationId: app.id })),
  );
  const refused = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [String(outcome.reason)] : []));
  expect(refused).toEqual([
    expect.stringContaining("unexpected status 409 (409 Conflict) with error: Directory_ConcurrencyViolation: "),
  ]);
  await other.close();
});

it("changes the permissions of one API and keeps the others", async () => {
  const app = await tenant.application();
  const exchange = { applicationId: app.id, apiClientId: exchangeOnline.appId, roleIds: [manageAsApp] };
  await tenant.azuread.create(ACCESS, exchange);
  const added = "798ee544-9d2d-430c-a058-570e29e34338";
  const both = { applicationId: app.id, apiClientId: graphApi, roleIds: [added, mailRead] };
  const made = await tenant.azuread.create(ACCESS, both);
  const fewer = { ...both, roleIds: [mailRead] };
  expect((await tenant.azuread.diff(ACCESS, made, fewer)).detailed).toEqual({ "roleIds[0]": "delete" });
  await tenant.azuread.update(ACCESS, made, fewer);
  expect((await tenant.graph(app.id))["requiredResourceAccess"]).toEqual([
    { resourceAppId: exchangeOnline.appId, resourceAccess: [{ id: manageAsApp, type: "Role" }] },
    { resourceAppId: graphApi, resourceAccess: [{ id: mailRead, type: "Role" }] },
  ]);
});

it("passes on what Graph says of a role that is assigned already", async () => {
  const principal = await tenant.principalOf(await tenant.application());
  const principalId = text(principal.outputs["objectId"]);
  const inputs = { principalObjectId: principalId, roleId };
  await tenant.azuread.create(ROLE_ASSIGNMENT, inputs);
  await expect(tenant.azuread.create(ROLE_ASSIGNMENT, inputs)).rejects.toThrow(
    `assigning directory role ${roleId} to principal ${principalId}: unexpected status 400 (400 Bad Request) with error: ` +
      "Request_BadRequest: A conflicting object with one or more of the specified property values is present in the directory.",
  );
});

it("looks as often as it is told, every 20 milliseconds unless told, and refuses what is no such number", () => {
  expect(patienceOf({})).toEqual({ poll: 20, deletionPoll: 20, isPatient: true });
  const told = { M365AUDIT_SANDBOX_POLL_MS: "1", M365AUDIT_SANDBOX_DELETION_POLL_MS: "5" };
  expect(patienceOf(told)).toMatchObject({ poll: 1, deletionPoll: 5 });
  for (const name of Object.keys(told)) {
    for (const wrong of ["0", "-1", "often"])
      expect(() => patienceOf({ [name]: wrong })).toThrow(`${name} is not a positive number of milliseconds.`);
  }
  expect(() => patienceOf({ M365AUDIT_SANDBOX_PLUGINS: "calm" })).toThrow("is neither patient nor impatient");
});
