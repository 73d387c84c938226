/** What the official plugin does while the directory has not caught up, one test for each type: it looks once, or waits. */
import { directoryRoleTemplates, exchangeOnline } from "../../../provider/entra/wellKnown";
import { azureadPlugin } from ".";
import type { PluginClock } from "../clock";
import { drive, type Driver } from "../testing/driver";
import {
  impatient as noTime,
  openTenant,
  text,
  ACCESS,
  APPLICATION,
  applicationInputs,
  CERTIFICATE,
  CONSENT,
  FEDERATED,
  PASSWORD,
  PRINCIPAL,
  ROLE_ASSIGNMENT,
  type TestTenant,
} from "../testing/tenant";
import type { ValueMap } from "../values";

// Each sandbox makes keys and certificates of its own, which takes seconds on a busy machine.
jest.setTimeout(30_000);

/** The first look finds nothing, all others do. */
const onceLate = { reads: { min: 1, max: 1 } };
const late = { reads: { min: 8, max: 8 } };
const roleId = directoryRoleTemplates["Exchange Administrator"];
const appRoleId = exchangeOnline.appRoles[0].id;

let tenant: TestTenant;
let official: Driver;
const pauses: number[] = [];

beforeAll(async () => {
  tenant = await openTenant();
  const clock: PluginClock = {
    ...noTime,
    pause: (ms) => {
      pauses.push(ms);
      return Promise.resolve();
    },
  };
  const settings = {
    M365AUDIT_SANDBOX_PLUGINS: "impatient",
    M365AUDIT_SANDBOX_POLL_MS: "1",
    M365AUDIT_SANDBOX_DELETION_POLL_MS: "5",
  };
  official = await drive(azureadPlugin({ ...tenant.environment(), ...settings }, clock));
});

afterAll(async () => {
  await official.close();
  await tenant.close();
});

afterEach(() => {
  tenant.sandbox.control.setReplication(undefined);
  pauses.length = 0;
});

async function principalId(): Promise<string> {
  return text((await tenant.principalOf(await tenant.application())).outputs["objectId"]);
}

async function consentInputs(principalObjectId: string): Promise<ValueMap> {
  return { appRoleId, principalObjectId, resourceObjectId: (await tenant.exchange())["objectId"] ?? null };
}

it("looks once at a new application, and a second attempt makes another one", async () => {
  tenant.sandbox.control.setReplication({ applications: onceLate });
  for (const attempt of [1, 2]) {
    await expect(official.create(APPLICATION, applicationInputs(`Late ${String(attempt)}`))).rejects.toThrow(
      "nil state",
    );
  }
  const { value } = await tenant.graph("/applications?$filter=startswith(displayName,'Late')");
  expect(value).toHaveLength(2);
});

it("patches a new service principal once, and records what it made when that is too early", async () => {
  const app = await tenant.application();
  tenant.sandbox.control.setReplication({ servicePrincipals: onceLate });
  await expect(official.create(PRINCIPAL, { clientId: app.outputs["clientId"] ?? null })).rejects.toThrow(
    "Timed out whilst waiting for new service principal to be replicated",
  );
});

it("looks once at a new consent, and then is refused for ever", async () => {
  const inputs = await consentInputs(await principalId());
  tenant.sandbox.control.setReplication({ appRoleAssignments: onceLate });
  await expect(official.create(CONSENT, inputs)).rejects.toThrow("nil state");
  for (const nextUp of ["the second", "the third"]) {
    const refused = official.create(CONSENT, inputs).catch((error: unknown) => `${nextUp}: ${String(error)}`);
    expect(await refused).toContain("Permission being assigned already exists on the object");
  }
});

it("looks once for the application that an entry for an API belongs to", async () => {
  tenant.sandbox.control.setReplication({ applications: onceLate });
  const { id } = await tenant.graph("/applications", "POST", { displayName: "clicked" });
  const inputs = {
    applicationId: `/applications/${String(id)}`,
    apiClientId: exchangeOnline.appId,
    roleIds: [appRoleId],
  };
  await expect(official.create(ACCESS, inputs)).rejects.toThrow("unexpected status 404");
  expect((await official.create(ACCESS, inputs)).outputs).toMatchObject(inputs);
});

it("waits for a role assignment, but not for the principal that it is for", async () => {
  const principalObjectId = await principalId();
  tenant.sandbox.control.setReplication({ directoryRoleAssignments: late });
  expect((await official.create(ROLE_ASSIGNMENT, { principalObjectId, roleId })).outputs).toMatchObject({ roleId });

  tenant.sandbox.control.setReplication({ servicePrincipals: onceLate });
  const { appId } = await tenant.graph("/applications", "POST", { displayName: "clicked too" });
  const { id } = await tenant.graph("/servicePrincipals", "POST", { appId });
  const early = official.create(ROLE_ASSIGNMENT, { principalObjectId: String(id), roleId });
  await expect(early).rejects.toThrow("unexpected status 404");
});

it("does not wait for a consent or a role assignment to disappear", async () => {
  const principalObjectId = await principalId();
  const consent = await official.create(CONSENT, await consentInputs(principalObjectId));
  const assignment = await official.create(ROLE_ASSIGNMENT, { principalObjectId, roleId });
  pauses.length = 0;
  await official.remove(CONSENT, consent);
  await official.remove(ROLE_ASSIGNMENT, assignment);
  expect(pauses).toEqual([]);
});

it("waits for credentials, and four pauses of 5 seconds for each password, certificate, principal and application to disappear", async () => {
  const app = await tenant.application();
  const principal = await tenant.principalOf(app);
  tenant.sandbox.control.setReplication({ federatedIdentityCredentials: late });
  const trusted = await official.create(FEDERATED, {
    applicationId: app.id,
    audiences: ["api://AzureADTokenExchange"],
    displayName: "pipeline",
    issuer: "https://token.example.com",
    subject: "main",
  });
  const certificate = await official.create(CERTIFICATE, tenant.certificateInputs(app));
  const password = await official.create(PASSWORD, { applicationId: app.id, displayName: "1Secure" });
  await official.remove(FEDERATED, trusted);
  for (const [type, resource] of [
    [PASSWORD, password],
    [CERTIFICATE, certificate],
    [PRINCIPAL, principal],
    [APPLICATION, app],
  ] as const) {
    pauses.length = 0;
    await official.remove(type, resource);
    expect(pauses).toEqual([5, 5, 5, 5]);
  }
});
