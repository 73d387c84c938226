import { directoryRoleTemplates, exchangeOnline } from "../../../provider/entra/wellKnown";
import { serve } from "../server";
import { connect, drive, type Recorded } from "../testing/driver";
import { deviations } from "../testing/matchRecorded";
import {
  openTenant,
  APPLICATION,
  PRINCIPAL,
  ACCESS,
  CONSENT,
  ROLE,
  ROLE_ASSIGNMENT,
  CERTIFICATE,
  PASSWORD,
  GET_SERVICE_PRINCIPAL,
  GET_APPLICATION,
  GET_CLIENT_CONFIG,
  impatient,
  type TestTenant,
} from "../testing/tenant";
import { Secret, type ValueMap } from "../values";
import { azureadPlugin } from ".";

const manageAsApp = exchangeOnline.appRoles[0].id;
const administrator = directoryRoleTemplates["Exchange Administrator"];

// Each sandbox makes keys and certificates of its own, which takes seconds on a busy machine.
jest.setTimeout(30_000);

let tenant: TestTenant;

beforeAll(async () => {
  tenant = await openTenant();
});

afterAll(() => tenant.close());

it("says that it is the official version", async () => {
  expect((await tenant.azuread.info()).getVersion()).toBe("6.9.1");
});

describe("what is recorded", () => {
  it("is, for every resource type, what the official plugin records", async () => {
    const app = await tenant.application();
    const principal = await tenant.principalOf(app);
    const resource = await tenant.exchange();
    const role = await tenant.azuread.create(ROLE, { templateId: administrator });
    const principalObjectId = principal.outputs["objectId"] ?? null;
    const made: Readonly<Record<string, Recorded>> = {
      [APPLICATION]: app,
      [PRINCIPAL]: principal,
      [ACCESS]: await tenant.azuread.create(ACCESS, {
        applicationId: app.id,
        apiClientId: exchangeOnline.appId,
        roleIds: [manageAsApp],
      }),
      [CONSENT]: await tenant.azuread.create(CONSENT, {
        appRoleId: manageAsApp,
        principalObjectId,
        resourceObjectId: resource["objectId"] ?? null,
      }),
      [ROLE]: role,
      [ROLE_ASSIGNMENT]: await tenant.azuread.create(ROLE_ASSIGNMENT, {
        principalObjectId,
        roleId: role.outputs["templateId"] ?? null,
      }),
      [CERTIFICATE]: await tenant.azuread.create(CERTIFICATE, tenant.certificateInputs(app)),
      [PASSWORD]: await tenant.azuread.create(PASSWORD, { applicationId: app.id, displayName: "1Secure" }),
    };
    const found = Object.entries(made).map(([token, recorded]) => [token, deviations(token, recorded)]);
    expect(found).toEqual(Object.keys(made).map((token) => [token, []]));
    for (const [token, recorded] of Object.entries(made)) {
      expect(await tenant.azuread.refresh(token, recorded)).toEqual(recorded);
    }
    for (const [token, recorded] of Object.entries(made).reverse()) {
      await tenant.azuread.remove(token, recorded);
      // A role that is active stays so.
      const left = await tenant.azuread.refresh(token, recorded);
      expect(left === undefined).toBe(token !== ROLE);
    }
  });
});

describe("functions", () => {
  it("find a service principal by client id, name or object id", async () => {
    const byClientId = await tenant.exchange();
    expect(byClientId["appRoleIds"]).toMatchObject({ "Exchange.ManageAsApp": manageAsApp });
    const get = (args: ValueMap): Promise<ValueMap> => tenant.azuread.invoke(GET_SERVICE_PRINCIPAL, args);
    expect(await get({ displayName: exchangeOnline.displayName })).toEqual(byClientId);
    expect(await get({ objectId: byClientId["objectId"] ?? null })).toEqual(byClientId);
    await expect(get({ displayName: "it's nobody" })).rejects.toThrow(
      `no service principal with display name "it's nobody" was found`,
    );
    await expect(get({})).rejects.toThrow("one of clientId, displayName and objectId must be given");
  });

  it("find an application", async () => {
    const app = await tenant.application("to be found");
    const get = (args: ValueMap): Promise<ValueMap> => tenant.azuread.invoke(GET_APPLICATION, args);
    const found = await get({ displayName: "to be found" });
    expect(found).toMatchObject({ id: app.id, clientId: app.outputs["clientId"], objectId: app.outputs["objectId"] });
    expect(await get({ clientId: app.outputs["clientId"] ?? null })).toEqual(found);
    expect(await get({ objectId: app.outputs["objectId"] ?? null })).toEqual(found);
    await tenant.azuread.remove(APPLICATION, app);
  });
});

describe("configuration", () => {
  it("may come from the provider, for each of two on one process its own", async () => {
    const serving = await serve(azureadPlugin({ SSL_CERT_FILE: tenant.sandbox.caFile }, impatient));
    const configuration = (index: number): ValueMap => {
      const {
        ARM_TENANT_ID = "",
        ARM_CLIENT_ID = "",
        ARM_CLIENT_SECRET = "",
        ARM_METADATA_HOSTNAME = "",
      } = tenant.environment(index);
      return {
        tenantId: ARM_TENANT_ID,
        clientId: ARM_CLIENT_ID,
        clientSecret: new Secret(ARM_CLIENT_SECRET),
        metadataHost: ARM_METADATA_HOSTNAME,
      };
    };
    const drivers = await Promise.all([0, 1].map((index) => connect(serving.port, configuration(index))));
    const tenants = await Promise.all(drivers.map((driver) => driver.invoke(GET_CLIENT_CONFIG, {})));
    expect(tenants.map(({ tenantId }) => tenantId)).toEqual(tenant.sandbox.tenants.map(({ id }) => id));
    await Promise.all(drivers.map((driver) => driver.close()));
    await serving.close();
  });

  it("is refused when a part is missing, and when the secret is wrong, without a word of the secret", async () => {
    const { ARM_CLIENT_ID: _id, ...incomplete } = tenant.environment();
    await expect(drive(azureadPlugin(incomplete, impatient))).rejects.toThrow("azuread:clientId, or ARM_CLIENT_ID");
    const wrong = drive(azureadPlugin({ ...tenant.environment(), ARM_CLIENT_SECRET: "not-the-secret" }, impatient));
    await expect(wrong).rejects.toThrow("Obtaining an access token for client");
    await expect(wrong).rejects.not.toThrow("not-the-secret");
  });

  it("does not reach a server whose certificate is not trusted", async () => {
    const { SSL_CERT_FILE: _only, NODE_EXTRA_CA_CERTS: _extra, ...distrusting } = tenant.environment();
    await expect(drive(azureadPlugin(distrusting, impatient))).rejects.toThrow();
  });
});
