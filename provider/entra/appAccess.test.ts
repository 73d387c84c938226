import fc from "fast-check";
import { PartiallyApplied } from "../core/errors";
import { reconcile } from "../core/kind";
import { gone } from "../core/plan";
import { type AppAccessKind, appAccessOver } from "./appAccess";
import type { AppAccessInputs, AppAccessState } from "./appAccess/contract";
import { GraphTenant } from "./testing/graphTenant";
import { directoryRoleTemplates, exchangeOnline, microsoftGraph, office365Management } from "./wellKnown";

let tenant: GraphTenant;
let kind: AppAccessKind;
let app: ReturnType<GraphTenant["addApp"]>;
beforeEach(async () => {
  tenant = await GraphTenant.start();
  kind = appAccessOver(tenant.connect);
  app = tenant.addApp("Audit");
});
afterEach(() => tenant.stop());

const activityFeed = { api: office365Management.appId, permission: "ActivityFeed.Read" };
const manageAsApp = { api: exchangeOnline.appId, permission: "Exchange.ManageAsApp" };
const exchangeAdministrator = { role: directoryRoleTemplates["Exchange Administrator"], scope: "/" };

const declared = (more: Partial<AppAccessInputs> = {}): AppAccessInputs => ({
  tenantId: tenant.id,
  servicePrincipalObjectId: app.principalId,
  permissions: [activityFeed],
  directoryRoles: [],
  ...more,
});

const up = async (inputs: AppAccessInputs, last?: AppAccessState): Promise<AppAccessState> => {
  const reference = last === undefined ? { inputs } : { id: "access", inputs, last: { ...last } };
  return (await reconcile(kind, tenant.context(), reference)).state;
};
const refresh = async (last: AppAccessState): Promise<AppAccessState> => {
  const reference = { id: "access", inputs: last, last: { ...last }, purpose: "refresh" } as const;
  const observed = await kind.observe(tenant.context(), reference);
  if (observed === gone) throw new Error("gone");
  return observed.state;
};
/** What a preview shows as changing. */
const preview = (state: AppAccessState, inputs: AppAccessInputs): readonly string[] =>
  kind.plan(inputs, { id: "access", state }).changes.map(({ path }) => path);

const consent = (...[api, permission]: [typeof microsoftGraph | typeof office365Management, string]): string =>
  tenant.consent(app.principalId, api, permission);

test("an app that holds just what is declared, or less, is left alone", async () => {
  consent(office365Management, "ActivityFeed.Read");
  const inputs = declared({ permissions: [activityFeed, manageAsApp], directoryRoles: [exchangeAdministrator] });
  const state = await up(inputs);
  expect(state).toEqual({ ...inputs, excessive: { count: 0, sample: [] } });
  expect(preview(await refresh(state), inputs)).toEqual([]);
  expect(tenant.requests("DELETE")).toEqual([]);
});

test("what it holds beyond is shown as drift by name, and an update takes away just that", async () => {
  const kept = consent(office365Management, "ActivityFeed.Read");
  const state = await up(declared());
  consent(microsoftGraph, "Mail.Read");
  tenant.assign(app.principalId, "Global Administrator");
  tenant.assign(app.principalId, "Exchange Administrator", "/administrativeUnits/0f2a0001-0000-4000-8000-000000000001");
  const drifted = await refresh(state);
  const found = {
    count: 3,
    sample: [
      "Microsoft Graph: Mail.Read",
      "role Exchange Administrator (/administrativeUnits/0f2a0001-0000-4000-8000-000000000001)",
      "role Global Administrator (whole tenant)",
    ],
  };
  expect(drifted).toMatchObject({ beyondDeclared: found, excessive: found });
  expect(preview(drifted, declared())).toEqual(["beyondDeclared"]);
  const repaired = await up(declared(), drifted);
  expect(repaired).toEqual({ ...declared(), excessive: { count: 0, sample: [] } });
  expect(tenant.held(app.principalId)).toEqual([kept]);
  expect(preview(repaired, declared())).toEqual([]);
});

test("a role with a narrower scope than declared is beyond what is declared, and so is a wider one", async () => {
  const unit = "/administrativeUnits/0f2a0001-0000-4000-8000-000000000001";
  tenant.assign(app.principalId, "Exchange Administrator");
  const inputs = declared({ directoryRoles: [{ ...exchangeAdministrator, scope: unit }], excess: "report" });
  expect((await up(inputs)).excessive.sample).toEqual(["role Exchange Administrator (whole tenant)"]);
});

test("with report nothing is taken away and nothing is drift, but it is listed", async () => {
  consent(microsoftGraph, "Mail.Read");
  const inputs = declared({ excess: "report" });
  const state = await up(inputs);
  expect(state).toEqual({ ...inputs, excessive: { count: 1, sample: ["Microsoft Graph: Mail.Read"] } });
  expect(preview(await refresh(state), inputs)).toEqual([]);
  expect(tenant.held(app.principalId)).toHaveLength(1);
});

test("a permission that has left the program is left to its own resource in that update, and is drift after it", async () => {
  const other = tenant.consent(app.principalId, exchangeOnline, "Exchange.ManageAsApp");
  const before = await up(declared({ permissions: [activityFeed, manageAsApp] }));
  const after = await up(declared(), before);
  expect(after.beyondDeclared).toBeUndefined();
  expect(tenant.held(app.principalId)).toEqual([other]);
  const later = await refresh(after);
  expect(later.beyondDeclared?.sample).toEqual(["Office 365 Exchange Online: Exchange.ManageAsApp"]);
  await up(declared(), later);
  expect(tenant.held(app.principalId)).toEqual([]);
});

test("a role of an API that no longer offers it is named by its id, and one without a role as default access", async () => {
  const unknown = "5f1d0001-0000-4000-8000-000000000001";
  consent(microsoftGraph, unknown);
  consent(microsoftGraph, "00000000-0000-0000-0000-000000000000");
  expect((await up(declared({ excess: "report" }))).excessive.sample).toEqual([
    `Microsoft Graph: app role ${unknown}`,
    "Microsoft Graph: default access",
  ]);
});

test("each API is asked for once, however many of its permissions the app holds; no more than 20 are listed", async () => {
  for (let index = 0; index < 30; index += 1)
    consent(microsoftGraph, `5f1d0001-0000-4000-8000-${String(index).padStart(12, "0")}`);
  const { excessive } = await up(declared({ excess: "report" }));
  expect(excessive.count).toBe(30);
  expect(excessive.sample).toHaveLength(20);
  expect(tenant.seen).toHaveLength(3);
});

test("a refresh that is refused says so in the preview, with what was recorded; an update that is refused is an error", async () => {
  const state = await up(declared());
  tenant.grants.roles = [];
  const unread = await refresh(state);
  expect(unread).toEqual({ ...state, unreadable: expect.stringContaining("Application.Read.All") });
  expect(preview(unread, declared())).toEqual(["unreadable"]);
  await expect(up(declared(), unread)).rejects.toMatchObject({ tag: "AccessRefused" });
});

test("what may not be taken away is named with the permission that it takes; the rest is done, and the next run goes on", async () => {
  consent(microsoftGraph, "Mail.Read");
  tenant.assign(app.principalId, "Global Administrator");
  tenant.grants.roles = tenant.grants.roles.filter((role) => role !== "RoleManagement.ReadWrite.Directory");
  const failure: unknown = await up(declared()).catch((error: unknown) => error);
  if (!(failure instanceof PartiallyApplied)) throw new Error(String(failure));
  expect(failure.message).toMatch(/role Global Administrator.*RoleManagement\.ReadWrite\.Directory/s);
  expect(failure.state).toMatchObject({ beyondDeclared: { count: 1 } });
  expect(tenant.held(app.principalId)).toHaveLength(1);
  tenant.grants.roles.push("RoleManagement.ReadWrite.Directory");
  await up(declared(), failure.state as unknown as AppAccessState);
  expect(tenant.held(app.principalId)).toEqual([]);
});

test("a service principal that was only just made is waited for; one that went away is gone", async () => {
  const principal = tenant.tenant.directory.servicePrincipals.get(app.principalId);
  tenant.world.replication.set({ servicePrincipals: { reads: { min: 6, max: 6 } } });
  tenant.world.replication.created("servicePrincipals", app.principalId);
  const state = await up(declared());
  expect(tenant.clock.slept.length).toBeGreaterThan(0);
  tenant.world.replication.set(undefined);
  if (principal !== undefined) tenant.tenant.directory.deleteServicePrincipal(principal, "2026-11-23T00:00:00Z");
  const reference = { id: "access", inputs: state, last: { ...state }, purpose: "refresh" } as const;
  expect(await kind.observe(tenant.context(), reference)).toBe(gone);
});

test("nothing is sent for a tenant that is not the stack's", async () => {
  tenant.settings.set("tenantId", "11111111-1111-4111-8111-111111111111");
  await expect(up(declared())).rejects.toMatchObject({ tag: "WrongTenant" });
  expect(tenant.seen).toEqual([]);
});

test("removing the resource takes nothing from the app", async () => {
  consent(microsoftGraph, "Mail.Read");
  const state = await up(declared({ excess: "report" }));
  tenant.seen.length = 0;
  await kind.remove(tenant.context(), "access", state);
  expect(tenant.seen).toEqual([]);
});

test("another app or tenant is another resource; order, case and a written default are no change", async () => {
  const state = await up(declared({ permissions: [activityFeed, manageAsApp] }));
  const same = declared({
    servicePrincipalObjectId: app.principalId.toUpperCase(),
    permissions: [manageAsApp, { ...activityFeed, api: activityFeed.api.toUpperCase() }],
    excess: "remove",
  });
  expect(preview(state, same)).toEqual([]);
  const other = declared({ servicePrincipalObjectId: tenant.id, permissions: [] });
  expect(kind.plan(other, { id: "access", state }).changes).toEqual([
    expect.objectContaining({ path: "servicePrincipalObjectId", replaces: true }),
    expect.objectContaining({ path: "permissions", replaces: false }),
  ]);
});

test("whatever is held and declared, an update leaves just what is both, and the next finds nothing", async () => {
  const roles = microsoftGraph.appRoles.map(({ value }) => value);
  const units = ["/", "/administrativeUnits/0f2a0001-0000-4000-8000-000000000001"];
  const templates = Object.values(directoryRoleTemplates);
  const assigned = fc.tuple(fc.constantFrom(...templates), fc.constantFrom(...units));
  await fc.assert(
    fc.asyncProperty(
      fc.subarray(roles),
      fc.subarray(roles),
      fc.uniqueArray(assigned, { maxLength: 4, selector: (one) => one.join(" ") }),
      fc.uniqueArray(assigned, { maxLength: 4, selector: (one) => one.join(" ") }),
      async (held, allowed, heldRoles, allowedRoles) => {
        app = tenant.addApp("Any");
        const ids = new Map<string, string>([
          ...held.map((value) => [value, consent(microsoftGraph, value)] as const),
          ...heldRoles.map(
            ([role, scope]) => [`${role}${scope}`, tenant.assign(app.principalId, role, scope)] as const,
          ),
        ]);
        const inputs = declared({
          permissions: allowed.map((permission) => ({ api: microsoftGraph.appId, permission })),
          directoryRoles: allowedRoles.map(([role, scope]) => ({ role, scope })),
        });
        const state = await up(inputs);
        const both = new Set([...allowed, ...allowedRoles.map(([role, scope]) => `${role}${scope}`)]);
        const left = [...ids].filter(([name]) => both.has(name)).map(([, id]) => id);
        expect(tenant.held(app.principalId).sort()).toEqual(left.sort());
        expect(preview(await refresh(state), inputs)).toEqual([]);
      },
    ),
    { numRuns: 15 },
  );
});
