import { directoryRoleTemplates, exchangeOnline } from "../../../provider/entra/wellKnown";
import type { Recorded } from "../testing/driver";
import {
  applicationInputs,
  openTenant,
  ACCESS,
  APPLICATION,
  CERTIFICATE,
  CONSENT,
  OWNER,
  PASSWORD,
  PRINCIPAL,
  ROLE,
  ROLE_ASSIGNMENT,
  type TestTenant,
} from "../testing/tenant";
import type { ValueMap } from "../values";

// Each sandbox makes keys and certificates of its own, which takes seconds on a busy machine.
jest.setTimeout(30_000);

let tenant: TestTenant;
let app: Recorded;
let principal: Recorded;

beforeAll(async () => {
  tenant = await openTenant();
  app = await tenant.application();
  principal = await tenant.principalOf(app);
});

afterAll(() => tenant.close());

const objectId = (): ValueMap[string] => principal.outputs["objectId"] ?? null;
const everyType: readonly (readonly [string, string, () => Promise<ValueMap> | ValueMap])[] = [
  ["an application", APPLICATION, () => applicationInputs("Imported")],
  [
    "access to an API",
    ACCESS,
    () => ({ applicationId: app.id, apiClientId: exchangeOnline.appId, roleIds: [exchangeOnline.appRoles[0].id] }),
  ],
  ["an owner", OWNER, () => ({ applicationId: app.id, ownerObjectId: objectId() })],
  ["a directory role", ROLE, () => ({ templateId: directoryRoleTemplates["Exchange Administrator"] })],
  [
    "a role assignment",
    ROLE_ASSIGNMENT,
    () => ({ principalObjectId: objectId(), roleId: directoryRoleTemplates["Exchange Administrator"] }),
  ],
  [
    "a consent",
    CONSENT,
    async () => ({
      appRoleId: exchangeOnline.appRoles[0].id,
      principalObjectId: objectId(),
      resourceObjectId: (await tenant.exchange())["objectId"] ?? null,
    }),
  ],
];

it.each(everyType)(
  "shows no difference after %s was imported with the inputs that it has",
  async (_what, token, of) => {
    const inputs = await of();
    const made = await tenant.azuread.create(token, inputs);
    const imported = await tenant.azuread.import(token, made.id);
    expect(imported?.id).toBe(made.id);
    expect(imported?.inputs["__defaults"]).toEqual([]);
    expect(Object.keys(imported?.outputs ?? {}).sort()).toEqual(Object.keys(made.outputs).sort());
    expect(await tenant.azuread.diff(token, imported ?? made, inputs)).toEqual({
      changes: false,
      replaces: [],
      detailed: {},
    });
  },
);

it("shows no difference after a service principal was imported", async () => {
  const imported = await tenant.azuread.import(PRINCIPAL, principal.id);
  expect(imported?.outputs).toEqual(principal.outputs);
  const inputs: ValueMap = { clientId: app.outputs["clientId"] ?? null };
  expect((await tenant.azuread.diff(PRINCIPAL, imported ?? principal, inputs)).changes).toBe(false);
});

it("has no importer for client secrets", async () => {
  const made = await tenant.azuread.create(PASSWORD, { applicationId: app.id, displayName: "1Secure" });
  expect(await tenant.azuread.import(PASSWORD, made.id)).toBeUndefined();
  expect(await tenant.azuread.refresh(PASSWORD, made)).toEqual(made);
});

it("can't know the value of an imported certificate, which the program then has to ignore", async () => {
  const inputs = tenant.certificateInputs(app);
  const made = await tenant.azuread.create(CERTIFICATE, inputs);
  const imported = await tenant.azuread.import(CERTIFICATE, made.id);
  expect(imported?.outputs).toMatchObject({ value: null, encoding: null, endDate: inputs["endDate"] });
  const difference = await tenant.azuread.diff(CERTIFICATE, imported ?? made, inputs);
  expect([...difference.replaces].sort()).toEqual(["encoding", "value"]);
  expect((await tenant.azuread.diff(CERTIFICATE, imported ?? made, inputs, ["value", "encoding"])).changes).toBe(false);
});

it.each([
  [ROLE, "/directoryRoles/00000000-0000-4000-8000-000000000000"],
  [ROLE_ASSIGNMENT, "/roleManagement/directory/roleAssignments/nothing"],
  [PRINCIPAL, "/servicePrincipals/00000000-0000-4000-8000-000000000000"],
])("finds nothing of %s at an id that is not there", async (token, id) => {
  expect(await tenant.azuread.import(token, id)).toBeUndefined();
});
