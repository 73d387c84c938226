import * as pulumi from "@pulumi/pulumi";
import { mockEngine, valueOf } from "../pulumi/testing/mockEngine";
import { AppRegistration, type AppRegistrationArgs } from "./appRegistration";

const objectId = "984d51af-215f-437c-ab31-480cc7c04b0e";
const clientId = "2cd265fb-3ae6-4f5d-b8b0-62db06d99364";
const principalId = "c4812c21-7022-44cd-9660-79719fdebbe5";
const owner = "aaaaaaaa-0000-4000-8000-000000000001";

const tenant = {
  outputs: (type: string) =>
    type === "azuread:index/applicationRegistration:ApplicationRegistration"
      ? { id: `/applications/${objectId}`, objectId, clientId }
      : type === "azuread:index/servicePrincipal:ServicePrincipal"
        ? { id: `/servicePrincipals/${principalId}`, objectId: principalId }
        : {},
};

async function outputsOf(app: AppRegistration): Promise<Record<string, string>> {
  return {
    applicationId: await valueOf(app.applicationId),
    objectId: await valueOf(app.objectId),
    clientId: await valueOf(app.clientId),
    servicePrincipalObjectId: await valueOf(app.servicePrincipalObjectId),
    displayName: await valueOf(app.displayName),
  };
}

test("a new application is of this tenant alone and has a service principal and its owners", async () => {
  const engine = await mockEngine(tenant);
  const { result, resources } = await engine.run(
    () => new AppRegistration("audit", { displayName: "Netwrix 1Secure", owners: [owner] }),
  );
  expect(resources).toMatchObject([
    { type: "m365audit:entra:AppRegistration", name: "audit", inputs: {} },
    {
      type: "azuread:index/applicationRegistration:ApplicationRegistration",
      name: "audit-application",
      parent: "audit",
      inputs: { displayName: "Netwrix 1Secure", signInAudience: "AzureADMyOrg" },
    },
    {
      type: "azuread:index/applicationOwner:ApplicationOwner",
      name: `audit-owner-${owner}`,
      parent: "audit",
      inputs: { applicationId: `/applications/${objectId}`, ownerObjectId: owner },
    },
    {
      type: "azuread:index/servicePrincipal:ServicePrincipal",
      name: "audit-service-principal",
      parent: "audit",
      inputs: { clientId },
    },
  ]);
  expect(await outputsOf(result)).toEqual({
    applicationId: `/applications/${objectId}`,
    objectId,
    clientId,
    servicePrincipalObjectId: principalId,
    displayName: "Netwrix 1Secure",
  });
});

test("an existing application is only looked up, so nothing of it can be destroyed", async () => {
  const engine = await mockEngine({
    answer: (token) =>
      token === "azuread:index/getApplication:getApplication"
        ? { objectId, clientId, displayName: "Kept" }
        : { objectId: principalId, clientId },
  });
  const { result, resources } = await engine.run(() => new AppRegistration("audit", { existingClientId: clientId }));
  expect(resources.map(({ type }) => type)).toEqual(["m365audit:entra:AppRegistration"]);
  expect(engine.asked.map(({ inputs }) => inputs)).toEqual([{ clientId }, { clientId }]);
  expect(await outputsOf(result)).toEqual({
    applicationId: `/applications/${objectId}`,
    objectId,
    clientId,
    servicePrincipalObjectId: principalId,
    displayName: "Kept",
  });
});

test("an existing application without a service principal is an error that says what to do", async () => {
  const engine = await mockEngine({
    answer: (token) => {
      if (token === "azuread:index/getApplication:getApplication") return { objectId, clientId, displayName: "Kept" };
      throw new Error("Service principal not found");
    },
  });
  await expect(engine.run(() => new AppRegistration("audit", { existingClientId: clientId }))).rejects.toMatchObject({
    tag: "NotFound",
    property: "existingClientId",
    message: expect.stringMatching(
      new RegExp(`service principal.*${clientId}.*Service principal not found.*az ad sp create`, "s"),
    ),
  });
});

const bad: readonly [string, AppRegistrationArgs, readonly string[]][] = [
  ["neither a name nor an existing application", {}, ["displayName: required"]],
  [
    "a name and owners for an existing application",
    { existingClientId: clientId, displayName: "New", owners: [owner] },
    ["displayName: not allowed together with existingClientId", "owners: not allowed together with existingClientId"],
  ],
  [
    "an existing application by an Output, with a name",
    { existingClientId: pulumi.output(clientId), displayName: "New" },
    ["displayName: not allowed together with existingClientId"],
  ],
  [
    "ids that are no GUIDs and an unknown property",
    { displayName: "New", owners: ["ada@contoso.com"], color: "red" } as AppRegistrationArgs,
    ['owners[0]: "ada@contoso.com" was given; allowed: a GUID', "color: no such property"],
  ],
  ["owners that are known later", { displayName: "New", owners: [pulumi.output(owner)] }, ["owners: an Output"]],
];
test.each(bad)("%s: refused with every problem, and nothing is registered", async (_, args, expected) => {
  const engine = await mockEngine(tenant);
  const { problems, registered } = await engine.refused(() => new AppRegistration("audit", args));
  expect(problems).toEqual(expected.map((problem): unknown => expect.stringContaining(problem)));
  expect(registered).toEqual([]);
});
