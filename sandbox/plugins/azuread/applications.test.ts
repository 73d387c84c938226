import { exchangeOnline } from "../../../provider/entra/wellKnown";
import { openTenant, APPLICATION, OWNER, ACCESS, applicationInputs, text, type TestTenant } from "../testing/tenant";
import { UNKNOWN, type ValueMap } from "../values";

const graphApi = "00000003-0000-0000-c000-000000000000";
const manageAsApp = exchangeOnline.appRoles[0].id;
const mailRead = "810c84a8-4a9e-49e6-bf7d-12d183f40d01";

// Each sandbox makes keys and certificates of its own, which takes seconds on a busy machine.
jest.setTimeout(30_000);

let tenant: TestTenant;

beforeAll(async () => {
  tenant = await openTenant();
});

afterAll(() => tenant.close());

describe("ApplicationRegistration", () => {
  it("takes defaults, notes them, and needs a name", async () => {
    expect((await tenant.azuread.check(APPLICATION, { displayName: "x" })).inputs).toEqual({
      __defaults: ["requestedAccessTokenVersion", "signInAudience"],
      displayName: "x",
      requestedAccessTokenVersion: 2,
      signInAudience: "AzureADMyOrg",
    });
    expect((await tenant.azuread.check(APPLICATION, { signInAudience: "Everyone", colour: "red" })).failures).toEqual([
      'colour: "colour" is not an input',
      'displayName: Missing required property "displayName"',
      expect.stringContaining('"signInAudience" must be one of AzureADMyOrg'),
    ]);
  });

  it("is renamed in place", async () => {
    const app = await tenant.application("before");
    const inputs = { ...applicationInputs("after"), description: "of the audit", homepageUrl: "https://example.com/" };
    expect(await tenant.azuread.diff(APPLICATION, app, inputs)).toEqual({
      changes: true,
      replaces: [],
      detailed: { displayName: "update", description: "add", homepageUrl: "add" },
    });
    const updated = await tenant.azuread.update(APPLICATION, app, inputs);
    expect(updated.outputs).toEqual({ ...app.outputs, ...inputs });
    expect(await tenant.graph(app.id)).toMatchObject({
      displayName: "after",
      web: { homePageUrl: "https://example.com/" },
    });
    await tenant.azuread.remove(APPLICATION, updated);
  });

  it("shows what someone changed in Entra, in the state and in the inputs that were declared", async () => {
    const app = await tenant.application();
    await tenant.graph(app.id, "PATCH", {
      displayName: "tampered",
      notes: "by hand",
      api: { requestedAccessTokenVersion: 1 },
    });
    const refreshed = await tenant.azuread.refresh(APPLICATION, app);
    expect(refreshed?.outputs).toMatchObject({ displayName: "tampered", notes: "by hand" });
    expect(refreshed?.inputs).toEqual({
      __defaults: [],
      displayName: "tampered",
      requestedAccessTokenVersion: 1,
      signInAudience: "AzureADMyOrg",
    });
    expect((await tenant.azuread.diff(APPLICATION, refreshed ?? app, applicationInputs("1Secure"))).detailed).toEqual({
      displayName: "update",
      notes: "delete",
      requestedAccessTokenVersion: "update",
    });
    await tenant.azuread.remove(APPLICATION, app);
  });

  it("leaves out of a difference what the program ignores", async () => {
    const app = await tenant.application();
    expect((await tenant.azuread.diff(APPLICATION, app, applicationInputs("other"), ["displayName"])).changes).toBe(
      false,
    );
    await tenant.azuread.remove(APPLICATION, app);
  });

  it("is imported by its id alone, with the inputs that a program would have to declare", async () => {
    const app = await tenant.application();
    const imported = await tenant.azuread.import(APPLICATION, app.id);
    expect(imported).toEqual({ ...app, inputs: { __defaults: [], displayName: "1Secure" } });
    expect((await tenant.azuread.diff(APPLICATION, imported ?? app, applicationInputs("1Secure"))).changes).toBe(false);
    await tenant.azuread.remove(APPLICATION, app);
    expect(await tenant.azuread.import(APPLICATION, app.id)).toBeUndefined();
    await expect(tenant.azuread.import(APPLICATION, "1Secure")).rejects.toThrow(
      "is not an id of the form /applications/GUID",
    );
  });

  it("knows in a preview what the program says, and nothing of what Entra will", async () => {
    const outputs = await tenant.azuread.previewCreate(APPLICATION, applicationInputs("1Secure"));
    expect(outputs).toEqual({
      displayName: "1Secure",
      signInAudience: "AzureADMyOrg",
      requestedAccessTokenVersion: 2,
      clientId: UNKNOWN,
      objectId: UNKNOWN,
      publisherDomain: UNKNOWN,
      disabledByMicrosoft: UNKNOWN,
    });
  });

  it("keeps what it knows in the preview of an update", async () => {
    const app = await tenant.application();
    const foreseen = await tenant.azuread.previewUpdate(APPLICATION, app, applicationInputs("other"));
    expect(foreseen).toMatchObject({ displayName: "other", clientId: app.outputs["clientId"] });
    await tenant.azuread.remove(APPLICATION, app);
  });

  it("reports the deletion of something that is gone, with the id and Graph's own words", async () => {
    const app = await tenant.application();
    await tenant.azuread.remove(APPLICATION, app);
    await expect(tenant.azuread.remove(APPLICATION, app)).rejects.toThrow(`deleting ${app.id}: unexpected status 404`);
  });
});

describe("ApplicationApiAccess", () => {
  it("keeps the other APIs of the application, also when two are written at once", async () => {
    const app = await tenant.application();
    const [first, second] = await Promise.all([
      tenant.azuread.create(ACCESS, {
        applicationId: app.id,
        apiClientId: exchangeOnline.appId,
        roleIds: [manageAsApp],
      }),
      tenant.azuread.create(ACCESS, { applicationId: app.id, apiClientId: graphApi, roleIds: [mailRead] }),
    ]);
    const access = async (): Promise<readonly string[]> =>
      ((await tenant.graph(app.id))["requiredResourceAccess"] as { resourceAppId: string }[]).map(
        (entry) => entry.resourceAppId,
      );
    expect([...(await access())].sort()).toEqual([exchangeOnline.appId, graphApi].sort());
    const added = "798ee544-9d2d-430c-a058-570e29e34338";
    const inputs = { applicationId: app.id, apiClientId: graphApi, roleIds: [added, mailRead] };
    expect(await tenant.azuread.diff(ACCESS, second, inputs)).toEqual({
      changes: true,
      replaces: [],
      detailed: { "roleIds[0]": "add" },
    });
    expect((await tenant.azuread.update(ACCESS, second, inputs)).outputs["roleIds"]).toEqual([added, mailRead]);
    expect((await tenant.azuread.diff(ACCESS, second, { ...inputs, roleIds: [mailRead] })).changes).toBe(false);
    await tenant.azuread.remove(ACCESS, second);
    expect(await access()).toEqual([exchangeOnline.appId]);
    expect(await tenant.azuread.refresh(ACCESS, second)).toBeUndefined();
    await expect(tenant.azuread.create(ACCESS, first.inputs)).rejects.toThrow(
      `A resource with the ID "${first.id}" already exists`,
    );
    await tenant.azuread.remove(APPLICATION, app);
  });

  it("needs a role or a scope", async () => {
    const inputs = { applicationId: "/applications/00000000-0000-0000-0000-000000000000", apiClientId: graphApi };
    expect((await tenant.azuread.check(ACCESS, inputs)).failures).toEqual([
      "roleIds: one of roleIds and scopeIds must be given",
    ]);
  });
});

describe("ApplicationOwner", () => {
  it("adds one owner, sees when it is taken away, and takes it away", async () => {
    const app = await tenant.application();
    const other = await tenant.application("the owner's application");
    const owner = await tenant.principalOf(other);
    const inputs: ValueMap = { applicationId: app.id, ownerObjectId: owner.outputs["objectId"] ?? null };
    const made = await tenant.azuread.create(OWNER, inputs);
    expect(made.id).toBe(`${app.id}/owners/${text(owner.outputs["objectId"])}`);
    expect(made.outputs).toEqual({ ...inputs, id: made.id });
    await expect(tenant.azuread.create(OWNER, inputs)).rejects.toThrow(`"${made.id}" already exists`);
    expect(await tenant.azuread.import(OWNER, made.id)).toEqual(made);
    await tenant.azuread.remove(OWNER, made);
    expect(await tenant.azuread.refresh(OWNER, made)).toBeUndefined();
    await tenant.azuread.remove(APPLICATION, app);
    await tenant.azuread.remove(APPLICATION, other);
  });
});
