import { directoryRoleTemplates, exchangeOnline } from "../../../provider/entra/wellKnown";
import {
  openTenant,
  APPLICATION,
  PRINCIPAL,
  CONSENT,
  ROLE,
  ROLE_ASSIGNMENT,
  GET_CLIENT_CONFIG,
  text,
  type TestTenant,
} from "../testing/tenant";
import { type ValueMap } from "../values";

const graphApi = "00000003-0000-0000-c000-000000000000";
const manageAsApp = exchangeOnline.appRoles[0].id;
const mailRead = "810c84a8-4a9e-49e6-bf7d-12d183f40d01";
const administrator = directoryRoleTemplates["Exchange Administrator"];

// Each sandbox makes keys and certificates of its own, which takes seconds on a busy machine.
jest.setTimeout(30_000);

let tenant: TestTenant;

beforeAll(async () => {
  tenant = await openTenant();
});

afterAll(() => tenant.close());

describe("ServicePrincipal", () => {
  it("has no owner and no description left from its creation", async () => {
    const app = await tenant.application();
    const principal = await tenant.principalOf(app);
    expect(await tenant.graph(`${principal.id}/owners`)).toMatchObject({ value: [] });
    expect(await tenant.graph(principal.id)).toMatchObject({ description: null });
    await tenant.azuread.remove(PRINCIPAL, principal);
    await tenant.azuread.remove(APPLICATION, app);
  });

  it("refuses to take over one that exists, unless it is told to", async () => {
    const app = await tenant.application();
    const principal = await tenant.principalOf(app);
    const clientId = app.outputs["clientId"] ?? null;
    await expect(tenant.azuread.create(PRINCIPAL, { clientId })).rejects.toThrow(
      `"${principal.id}" already exists - to be managed here, this resource needs to be imported`,
    );
    const adopted = await tenant.azuread.create(PRINCIPAL, { clientId, useExisting: true, notes: "adopted" });
    expect(adopted.id).toBe(principal.id);
    expect(adopted.outputs).toMatchObject({ useExisting: true, notes: "adopted" });
    await tenant.azuread.remove(APPLICATION, app);
  });

  it("writes features as tags, and changes them and its owners in place", async () => {
    const app = await tenant.application();
    const me = await tenant.azuread.invoke(GET_CLIENT_CONFIG, {});
    const inputs: ValueMap = { clientId: app.outputs["clientId"] ?? null, owners: [me["objectId"] ?? null] };
    const principal = await tenant.azuread.create(PRINCIPAL, { ...inputs, featureTags: [{ hide: true }] });
    expect(principal.inputs["featureTags"]).toEqual([{ __defaults: [], hide: true }]);
    expect(principal.outputs).toMatchObject({ tags: ["HideApp"], owners: [me["objectId"]] });
    const wanted: ValueMap = {
      clientId: app.outputs["clientId"] ?? null,
      featureTags: [{ hide: true, enterprise: true }],
    };
    expect((await tenant.azuread.diff(PRINCIPAL, principal, wanted)).detailed).toEqual({
      "featureTags[0].enterprise": "add",
      owners: "delete",
    });
    const updated = await tenant.azuread.update(PRINCIPAL, principal, wanted);
    expect(updated.outputs["owners"]).toEqual([]);
    expect(updated.outputs["tags"]).toEqual(["WindowsAzureActiveDirectoryIntegratedApp", "HideApp"]);
    await tenant.azuread.remove(APPLICATION, app);
  });

  it("is replaced for another application", async () => {
    const app = await tenant.application();
    const principal = await tenant.principalOf(app);
    expect((await tenant.azuread.diff(PRINCIPAL, principal, { clientId: graphApi })).replaces).toEqual(["clientId"]);
    await tenant.azuread.remove(APPLICATION, app);
  });
});

describe("AppRoleAssignment", () => {
  it("names the assignment that exists already in its error, with Graph's own words", async () => {
    const app = await tenant.application();
    const principal = await tenant.principalOf(app);
    const principalId = text(principal.outputs["objectId"]);
    const resourceId = text((await tenant.exchange())["objectId"]);
    const inputs = { appRoleId: manageAsApp, principalObjectId: principalId, resourceObjectId: resourceId };
    const made = await tenant.azuread.create(CONSENT, inputs);
    await expect(tenant.azuread.create(CONSENT, inputs)).rejects.toThrow(
      `creating app role assignment of role ${manageAsApp} of resource ${resourceId} to principal ${principalId}: ` +
        "unexpected status 400",
    );
    await expect(tenant.azuread.create(CONSENT, inputs)).rejects.toThrow(
      "Permission being assigned already exists on the object",
    );
    expect(await tenant.azuread.import(CONSENT, made.id)).toEqual(made);
    const other = { ...inputs, appRoleId: mailRead };
    expect((await tenant.azuread.diff(CONSENT, made, other)).replaces).toEqual(["appRoleId"]);
    await tenant.azuread.remove(CONSENT, made);
    await tenant.azuread.remove(APPLICATION, app);
  });

  it("fails on a resource that is not there, at the property that names it", async () => {
    const nobody = "00000000-0000-4000-8000-000000000000";
    const inputs = { appRoleId: manageAsApp, principalObjectId: nobody, resourceObjectId: nobody };
    await expect(tenant.azuread.create(CONSENT, inputs)).rejects.toThrow(
      "resourceObjectId: service principal not found",
    );
  });
});

describe("DirectoryRole and DirectoryRoleAssignment", () => {
  it("find a role by its name too, and activate it only once", async () => {
    const byName = await tenant.azuread.create(ROLE, { displayName: "exchange administrator" });
    const byTemplate = await tenant.azuread.create(ROLE, { templateId: administrator });
    expect(byName.id).toBe(byTemplate.id);
    const both = await tenant.azuread.check(ROLE, { displayName: "x", templateId: administrator });
    expect(both.failures).toEqual(["templateId: exactly one of displayName and templateId must be given"]);
    const unknown = tenant.azuread.create(ROLE, { displayName: "Nobody" });
    await expect(unknown).rejects.toThrow("no directory role template Nobody was found");
  });

  it("import an assignment by its id, whole or bare", async () => {
    const app = await tenant.application();
    const principal = await tenant.principalOf(app);
    const inputs: ValueMap = { principalObjectId: principal.outputs["objectId"] ?? null, roleId: administrator };
    const made = await tenant.azuread.create(ROLE_ASSIGNMENT, inputs);
    const bare = made.id.split("/").at(-1) ?? "";
    for (const id of [made.id, bare]) {
      const imported = await tenant.azuread.import(ROLE_ASSIGNMENT, id);
      expect(imported?.id).toBe(made.id);
      expect((await tenant.azuread.diff(ROLE_ASSIGNMENT, imported ?? made, inputs)).changes).toBe(false);
    }
    await tenant.azuread.remove(ROLE_ASSIGNMENT, made);
    await tenant.azuread.remove(APPLICATION, app);
  });
});
