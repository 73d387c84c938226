import * as pulumi from "@pulumi/pulumi";
import { mockEngine, valueOf } from "../pulumi/testing/mockEngine";
import { provenTenant } from "./tenantGuard";

const contoso = "11111111-1111-4111-8111-11111111aaaa";
const fabrikam = "22222222-2222-4222-8222-222222222222";
const signedInTo = (tenantId: string) => ({ answer: () => ({ tenantId, clientId: "c", objectId: "o", id: "i" }) });

test("the declared tenant is proven when azuread works in it, whatever the case of its letters", async () => {
  const engine = await mockEngine(signedInTo(contoso));
  const { result } = await engine.run(() => provenTenant(contoso.toUpperCase()));
  expect(await valueOf(result)).toBe(contoso);
});

test("credentials of another tenant are an error that names both", async () => {
  const engine = await mockEngine(signedInTo(fabrikam));
  await expect(engine.run(() => provenTenant(contoso))).rejects.toMatchObject({
    tag: "WrongTenant",
    property: "tenantId",
    message: expect.stringMatching(new RegExp(`${contoso}.*${fabrikam}`)),
  });
});

test("an azuread that cannot sign in at all is an error that says how it could", async () => {
  const engine = await mockEngine({
    answer: () => {
      throw new Error("no credentials were found");
    },
  });
  await expect(engine.run(() => provenTenant(contoso))).rejects.toMatchObject({
    tag: "AccessRefused",
    message: expect.stringMatching(/no credentials were found.*ARM_TENANT_ID/s),
  });
});

test("a stack that is for another tenant is an error before azuread is even asked", async () => {
  const engine = await mockEngine(signedInTo(contoso));
  pulumi.runtime.setConfig("m365audit:tenantId", fabrikam);
  try {
    await expect(engine.run(() => provenTenant(contoso))).rejects.toMatchObject({
      tag: "WrongTenant",
      property: "tenantId",
      message: expect.stringContaining(`the stack is for tenant ${fabrikam}`),
    });
    expect(engine.asked).toEqual([]);
  } finally {
    pulumi.runtime.setConfig("m365audit:tenantId", "");
  }
});
