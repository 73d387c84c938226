import { deviations } from "../testing/matchRecorded";
import { applicationInputs, openTenant, text, APPLICATION, FEDERATED, type TestTenant } from "../testing/tenant";
import type { Recorded } from "../testing/driver";
import type { ValueMap } from "../values";

// Each sandbox makes keys and certificates of its own, which takes seconds on a busy machine.
jest.setTimeout(30_000);

let tenant: TestTenant;
let app: Recorded;

beforeAll(async () => {
  tenant = await openTenant();
  app = await tenant.azuread.create(APPLICATION, applicationInputs("1Secure"));
});

afterAll(() => tenant.close());

const inputs = (more: ValueMap = {}): ValueMap => ({
  applicationId: app.id,
  audiences: ["api://AzureADTokenExchange"],
  displayName: "pipeline",
  issuer: "https://token.example.com",
  subject: "repo:contoso/audit:ref:refs/heads/main",
  ...more,
});

it("records what the provider's schema says, and stays as it is over a refresh and the same program", async () => {
  const made = await tenant.azuread.create(FEDERATED, inputs());
  expect(deviations(FEDERATED, made)).toEqual([]);
  expect(made.id).toBe(
    `${text(app.outputs["objectId"])}/federatedIdentityCredential/${text(made.outputs["credentialId"])}`,
  );
  expect(await tenant.azuread.refresh(FEDERATED, made)).toEqual(made);
  expect((await tenant.azuread.diff(FEDERATED, made, inputs())).changes).toBe(false);
  await tenant.azuread.remove(FEDERATED, made);
  expect(await tenant.azuread.refresh(FEDERATED, made)).toBeUndefined();
});

it("is imported by its id alone, with the inputs of the program", async () => {
  const made = await tenant.azuread.create(FEDERATED, inputs({ description: "for the pipeline" }));
  const imported = await tenant.azuread.import(FEDERATED, made.id);
  expect(imported).toEqual(made);
  await expect(tenant.azuread.import(FEDERATED, "pipeline")).rejects.toThrow(
    "is not an id of the form GUID/federatedIdentityCredential/GUID",
  );
  await tenant.azuread.remove(FEDERATED, made);
});

it("trusts another subject in place, and is replaced for another name or application", async () => {
  const made = await tenant.azuread.create(FEDERATED, inputs({ description: "first" }));
  const wanted = inputs({ subject: "repo:contoso/audit:environment:production" });
  expect(await tenant.azuread.diff(FEDERATED, made, wanted)).toEqual({
    changes: true,
    replaces: [],
    detailed: { description: "delete", subject: "update" },
  });
  const updated = await tenant.azuread.update(FEDERATED, made, wanted);
  expect(updated.outputs).toEqual({ ...made.outputs, description: "", subject: wanted["subject"] });
  const elsewhere = inputs({
    displayName: "other",
    applicationId: "/applications/00000000-0000-4000-8000-000000000000",
  });
  expect([...(await tenant.azuread.diff(FEDERATED, updated, elsewhere)).replaces].sort()).toEqual([
    "applicationId",
    "displayName",
  ]);
  await tenant.azuread.remove(FEDERATED, updated);
});

it("refuses two audiences and a name that is too long before it asks Entra", async () => {
  const wrong = inputs({ audiences: ["a", "b"], displayName: "x".repeat(121) });
  expect((await tenant.azuread.check(FEDERATED, wrong)).failures).toEqual([
    expect.stringContaining("audiences: audiences takes one audience only"),
    "displayName: displayName must have 1 to 120 characters",
  ]);
});

it("fails on an application that is not there", async () => {
  const nowhere = inputs({ applicationId: "/applications/00000000-0000-4000-8000-000000000000" });
  await expect(tenant.azuread.create(FEDERATED, nowhere)).rejects.toThrow("unexpected status 404 (404 Not Found)");
});
