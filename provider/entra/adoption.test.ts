import fc from "fast-check";
import { manualClock } from "../core/clock";
import type { Context } from "../core/kind";
import { gone } from "../core/plan";
import { adoption, type AdoptionInputs, type Settled, settleAdoption } from "./adoption";
import { existingGrant, existingRoleAssignment, type GrantQuery } from "./adoption/lookUp";
import { takenOver } from "./adoptionResource";
import { GraphTenant } from "./testing/graphTenant";
import { directoryRoleTemplates, exchangeOnline, microsoftGraph } from "./wellKnown";

const context: Context = { clock: manualClock(), settings: { get: () => undefined }, report: () => undefined };

describe("what is adopted", () => {
  const first = settleAdoption({ declared: ["a", "b"], found: { a: "1" } });

  test("at first, what is there is adopted and the rest is the stack's own", () => {
    expect(first).toEqual({ adopted: { a: "1" }, own: ["b"] });
  });

  test("what the stack itself made is not taken for adopted later", () => {
    expect(settleAdoption({ declared: ["a", "b"], found: { a: "1", b: "2" } }, first)).toEqual(first);
  });

  test("what was adopted and disappeared is the stack's own from then on", () => {
    const after = settleAdoption({ declared: ["a", "b"], found: { b: "2" } }, first);
    expect(after).toEqual({ adopted: {}, own: ["a", "b"] });
    expect(settleAdoption({ declared: ["a", "b"], found: { a: "3", b: "2" } }, after)).toEqual(after);
  });

  test("what disappeared and came back with another id before anyone noticed is still not the stack's", () => {
    expect(settleAdoption({ declared: ["a", "b"], found: { a: "3", b: "2" } }, first).adopted).toEqual({ a: "3" });
  });

  test("what comes into the program later is adopted if it is there by then", () => {
    const after = settleAdoption({ declared: ["a", "b", "c"], found: { a: "1", b: "2", c: "3" } }, first);
    expect(after).toEqual({ adopted: { a: "1", c: "3" }, own: ["b"] });
  });

  test("while it is not known what is there, nothing new is adopted and nothing is given up", () => {
    expect(settleAdoption({ declared: ["a", "b"] })).toEqual({ adopted: {}, own: ["a", "b"] });
    expect(settleAdoption({ declared: ["a", "b"] }, first)).toEqual(first);
  });

  test("whatever comes and goes, each declared object is either adopted, and then there, or the stack's own, and then stays so", () => {
    const names = fc.subarray(["a", "b", "c", "d"]);
    const look = fc.record({ declared: names, there: names, id: fc.nat(3) });
    fc.assert(
      fc.property(fc.array(look, { maxLength: 8 }), (looks) => {
        let before: Settled | undefined;
        for (const { declared, there, id } of looks) {
          const found = Object.fromEntries(there.map((name) => [name, `${name}${String(id)}`]));
          const now = settleAdoption({ declared, found }, before);
          expect([...Object.keys(now.adopted), ...now.own].sort()).toEqual([...declared].sort());
          for (const [name, adopted] of Object.entries(now.adopted)) expect(found[name]).toBe(adopted);
          const stillDeclared = (before?.own ?? []).filter((name) => declared.includes(name));
          expect(now.own).toEqual(expect.arrayContaining(stillDeclared));
          before = now;
        }
      }),
    );
  });
});

describe("the kind", () => {
  const inputs: AdoptionInputs = { holder: "app", declared: ["a"], found: { a: "1" } };
  const settled = { ...inputs, adopted: { a: "1" }, own: [] };

  test("what is found changing is no change as long as what is adopted stays", () => {
    const later = { ...settled, found: { a: "1", other: "2" } };
    expect(adoption.plan(later, { id: "app", state: settled }).changes).toEqual([]);
    const given = { ...settled, adopted: {}, own: ["a"] };
    const { changes } = adoption.plan(given, { id: "app", state: settled });
    expect(changes.map(({ path, replaces }) => [path, replaces])).toEqual([
      ["adopted", false],
      ["own", false],
    ]);
  });

  test("another holder starts anew", () => {
    const { changes } = adoption.plan({ ...settled, holder: "other" }, { id: "app", state: settled });
    expect(changes).toEqual([expect.objectContaining({ path: "holder", replaces: true })]);
  });

  test("a refresh finds what was recorded, and nothing is there before it is made", async () => {
    expect(await adoption.observe(context, { inputs })).toBe(gone);
    const reference = { id: "app", inputs, last: settled };
    expect(await adoption.observe(context, reference)).toEqual({ id: "app", state: settled });
  });
});

test("an adopted child is imported and retained, with its other options as they were", () => {
  expect(takenOver({ protect: true, ignoreChanges: ["x"] }, "/id")).toEqual({
    protect: true,
    ignoreChanges: ["x"],
    import: "/id",
    retainOnDelete: true,
  });
});

describe("looking up what is there", () => {
  let tenant: GraphTenant;
  let app: ReturnType<GraphTenant["addApp"]>;
  beforeEach(async () => {
    tenant = await GraphTenant.start();
    app = tenant.addApp("Clicked");
  });
  afterEach(() => tenant.stop());

  const manageAsApp = exchangeOnline.appRoles[0].id;
  const query = (more: Partial<GrantQuery> = {}): GrantQuery => ({
    applicationId: `/applications/${app.objectId}`,
    principalObjectId: app.principalId,
    apiClientId: exchangeOnline.appId,
    apiObjectId: tenant.tenant.directory.servicePrincipalByAppId(exchangeOnline.appId)?.id ?? "",
    appRoleIds: { "Exchange.ManageAsApp": manageAsApp },
    ...more,
  });
  const grantOf = (asked: GrantQuery) =>
    existingGrant(tenant.context(), { tenantId: tenant.id }, asked, tenant.connect);

  test("consents and the application's entry are found by the ids that azuread imports", async () => {
    const id = tenant.consent(app.principalId, exchangeOnline, "Exchange.ManageAsApp");
    tenant.consent(app.principalId, microsoftGraph, "Mail.Read");
    const application = tenant.tenant.directory.applications.get(app.objectId);
    Object.assign(application?.properties ?? {}, {
      requiredResourceAccess: [
        {
          resourceAppId: exchangeOnline.appId,
          resourceAccess: [
            { id: manageAsApp, type: "Role" },
            { id: "e1fe6dd8-ba31-4d61-89e7-88639da4683d", type: "Scope" },
          ],
        },
      ],
    });
    const { apiObjectId } = query();
    expect(await grantOf(query())).toEqual({
      found: {
        "api-access": `/applications/${app.objectId}/apiAccess/${exchangeOnline.appId}`,
        "Exchange.ManageAsApp": `/servicePrincipals/${apiObjectId}/appRoleAssignedTo/${id}`,
      },
      askedFor: { roleIds: [manageAsApp], scopeIds: ["e1fe6dd8-ba31-4d61-89e7-88639da4683d"] },
    });
  });

  test("an application and a principal that Graph does not know yet have nothing", async () => {
    const nobody = "00000000-0000-4000-8000-000000000000";
    const unknown = query({ applicationId: `/applications/${nobody}`, principalObjectId: nobody });
    expect(await grantOf(unknown)).toEqual({ found: {}, askedFor: undefined });
  });

  test("a role assignment is found only with the very scope", async () => {
    const id = tenant.assign(app.principalId, "Exchange Administrator");
    const held = (directoryScopeId: string) =>
      existingRoleAssignment(
        tenant.context(),
        { tenantId: tenant.id },
        {
          principalObjectId: app.principalId,
          roleTemplateId: directoryRoleTemplates["Exchange Administrator"],
          directoryScopeId,
        },
        tenant.connect,
      );
    expect(await held("/")).toEqual({ assignment: `/roleManagement/directory/roleAssignments/${id}` });
    expect(await held("/administrativeUnits/0f2a0001-0000-4000-8000-000000000001")).toEqual({});
  });

  test("an identity that may not read is an error that names the permission, never an empty answer", async () => {
    tenant.grants.roles = [];
    await expect(grantOf(query())).rejects.toThrow(/Application\.Read\.All/);
  });
});
