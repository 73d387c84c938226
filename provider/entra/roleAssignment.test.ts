import * as pulumi from "@pulumi/pulumi";
import { mockEngine, valueOf } from "../pulumi/testing/mockEngine";
import { RoleAssignment, type RoleAssignmentArgs } from "./roleAssignment";
import { directoryRoleTemplates } from "./wellKnown";

const principalObjectId = "c4812c21-7022-44cd-9660-79719fdebbe5";
const globalAdministrator = directoryRoleTemplates["Global Administrator"];

/** The tenant's roles: a display name gives the template, a template the display name. */
const tenant = {
  outputs: (type: string, _: string, inputs: Readonly<Record<string, unknown>>) => {
    if (type !== "azuread:index/directoryRole:DirectoryRole") return { id: "assignment-1" };
    if (inputs.displayName === "Globaler Administrator") return { templateId: globalAdministrator };
    return { templateId: inputs.templateId ?? "template-of-another", displayName: inputs.displayName ?? "Some role" };
  },
};

async function made(args: Partial<RoleAssignmentArgs>) {
  const engine = await mockEngine(tenant);
  return engine.run(() => new RoleAssignment("role", { principalObjectId, ...args }));
}

test("Exchange Administrator is assigned unless another role is named", async () => {
  const { result, resources } = await made({});
  expect(resources).toMatchObject([
    { type: "m365audit:entra:RoleAssignment", name: "role" },
    {
      type: "azuread:index/directoryRoleAssignment:DirectoryRoleAssignment",
      name: "role-assignment",
      parent: "role",
      inputs: { principalObjectId, roleId: directoryRoleTemplates["Exchange Administrator"] },
      after: ["role-role"],
    },
    {
      type: "azuread:index/directoryRole:DirectoryRole",
      name: "role-role",
      parent: "role",
      inputs: { templateId: directoryRoleTemplates["Exchange Administrator"] },
    },
  ]);
  expect(await valueOf(result.roleAssignmentId)).toBe("assignment-1");
});

test.each([
  ["a built-in role by name", "security reader", { templateId: directoryRoleTemplates["Security Reader"] }],
  [
    "a role by template id",
    "29232CDF-9323-42FD-ADE2-1D097AF3E4DE",
    { templateId: "29232cdf-9323-42fd-ade2-1d097af3e4de" },
  ],
  ["any other role by its name in the tenant", "Mail Auditor", { displayName: "Mail Auditor" }],
])("%s", async (_, role, inputs) => {
  const { resources } = await made({ role });
  expect(resources.find(({ name }) => name === "role-role")?.inputs).toEqual(inputs);
});

test("a scope narrows the assignment", async () => {
  const { resources } = await made({ directoryScopeId: "/administrativeUnits/1" });
  expect(resources.find(({ name }) => name === "role-assignment")?.inputs).toMatchObject({
    directoryScopeId: "/administrativeUnits/1",
  });
});

test.each([
  "Global Administrator",
  "global administrator ",
  "Company Administrator",
  globalAdministrator.toUpperCase(),
])("%s is refused without the explicit switch, and nothing is registered", async (role) => {
  const engine = await mockEngine(tenant);
  const { problems, registered } = await engine.refused(() => new RoleAssignment("role", { principalObjectId, role }));
  expect(problems).toEqual([
    expect.stringContaining("role: ") && expect.stringContaining("allowGlobalAdministrator: true"),
  ]);
  expect(registered).toEqual([]);
});

test.each([
  ["is only known later", pulumi.output("Global Administrator")],
  ["has another name in this tenant", "Globaler Administrator"],
])("Global Administrator is not assigned either when its name %s", async (_, role) => {
  const engine = await mockEngine(tenant);
  const run = engine.run(() => new RoleAssignment("role", { principalObjectId, role }));
  await expect(run).rejects.toMatchObject({
    tag: "InvalidInput",
    message: expect.stringContaining("allowGlobalAdministrator"),
  });
  expect(engine.registered.map(({ name }) => name)).not.toContain("role-assignment");
});

test("Global Administrator is assigned with the explicit switch", async () => {
  const { resources } = await made({ role: "Global Administrator", allowGlobalAdministrator: true });
  expect(resources.find(({ name }) => name === "role-assignment")?.inputs).toMatchObject({
    roleId: globalAdministrator,
  });
});

test("a principal that is no GUID and a scope that is no path are refused together", async () => {
  const engine = await mockEngine(tenant);
  const { problems } = await engine.refused(
    () => new RoleAssignment("role", { principalObjectId: "me", directoryScopeId: "everything" }),
  );
  expect(problems).toEqual([
    expect.stringContaining("principalObjectId: "),
    expect.stringContaining("directoryScopeId: "),
  ]);
});

test("an administrative unit by its id is the same as its scope", async () => {
  const unit = "0f2a0001-0000-4000-8000-000000000001";
  const { resources } = await made({ administrativeUnitId: unit });
  expect(resources.find(({ name }) => name === "role-assignment")?.inputs).toMatchObject({
    directoryScopeId: `/administrativeUnits/${unit}`,
  });
});

test("two ways to say the scope, and an adoption that is only known later, are refused together", async () => {
  const engine = await mockEngine(tenant);
  const { problems, registered } = await engine.refused(
    () =>
      new RoleAssignment("role", {
        principalObjectId,
        directoryScopeId: "/",
        administrativeUnitId: "0f2a0001-0000-4000-8000-000000000001",
        adoptExisting: pulumi.output(true),
      }),
  );
  expect(problems).toEqual([
    expect.stringContaining("administrativeUnitId: not allowed together with directoryScopeId"),
    expect.stringContaining("adoptExisting: an Output or a Promise was given"),
  ]);
  expect(registered).toEqual([]);
});
