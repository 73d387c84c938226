import { reconcile } from "../core";
import { credential } from "./credential";
import { type SourceInputs, source } from "./source";
import { type Gateway, clientId, organization, startGateway, tenantId } from "./testing/gateway";

const another = "33333333-3333-4333-8333-333333333333";
const credentialInputs = { organization, displayName: "EXO", clientId, clientSecret: "secret" };
let gateway: Gateway;
let inputs: SourceInputs;
beforeEach(async () => {
  gateway = await startGateway();
  const { object } = await gateway.store.createCredential("0123456789abcdef", credentialInputs);
  inputs = {
    organization,
    sourceGroup: "M365",
    tenantId,
    crawlSource: true,
    credentialId: object.id,
    adoptExisting: false,
  };
});
afterEach(() => gateway.close());

const writes = (): string[] => gateway.requests.filter((request) => !request.startsWith("GET"));

test.each([true, false])(
  "a stack of another tenant makes no request for a source (adoptExisting: %s)",
  async (adopt) => {
    const ctx = gateway.context({}, { tenantId: another });
    const made = reconcile(source, ctx, { inputs: { ...inputs, adoptExisting: adopt } });
    await expect(made).rejects.toMatchObject({
      tag: "WrongTenant",
      property: "tenantId",
      message: expect.stringContaining(`the stack is for tenant ${another}`),
    });
    expect(gateway.requests).toEqual([]);
  },
);

test("a stack of another tenant neither refreshes nor removes a source", async () => {
  const { id, state } = await reconcile(source, gateway.context(), { inputs });
  gateway.requests.length = 0;
  const ctx = gateway.context({}, { tenantId: another });
  const refreshed = source.observe(ctx, { id, inputs, last: state, purpose: "refresh" });
  await expect(refreshed).rejects.toMatchObject({ tag: "WrongTenant" });
  await expect(source.remove(ctx, id, state)).rejects.toMatchObject({ tag: "WrongTenant" });
  expect(gateway.requests).toEqual([]);
});

test("a stack of the same tenant works, however the tenant's id is written", async () => {
  const upper = "ABCDEFAB-0000-4000-8000-000000000000";
  const ctx = gateway.context({}, { tenantId: upper });
  await expect(reconcile(source, ctx, { inputs: { ...inputs, tenantId: upper.toLowerCase() } })).resolves.toBeDefined();
});

test.each([
  ["tenantId", { tenantId: another }],
  ["organization", { organization: "Fabrikam" }],
])(
  "a source whose %s is another one behind our id is not ours: nothing is written, nothing deleted",
  async (property, moved) => {
    const ctx = gateway.context();
    const { id, state } = await reconcile(source, ctx, { inputs });
    gateway.store.patchSource(id, moved);
    gateway.requests.length = 0;
    const wrong = { tag: "WrongTenant", property, message: expect.stringContaining("Nothing was written") };
    await expect(source.observe(ctx, { id, inputs, last: state })).rejects.toMatchObject(wrong);
    await expect(reconcile(source, ctx, { id, inputs, last: state })).rejects.toMatchObject(wrong);
    await expect(source.remove(ctx, id, state)).rejects.toMatchObject({ ...wrong, operation: "removing source" });
    expect(writes()).toEqual([]);
    expect(gateway.store.sources()).toHaveLength(1);
  },
);

test("a credential whose organization is another one behind our id is not ours", async () => {
  const ctx = gateway.context();
  const { id, state } = await reconcile(credential, ctx, { inputs: credentialInputs });
  gateway.store.patchCredential(id, { organization: "Fabrikam" });
  gateway.requests.length = 0;
  const wrong = { tag: "WrongTenant", property: "organization" };
  const rotated = { ...credentialInputs, clientSecret: "newer" };
  await expect(reconcile(credential, ctx, { id, inputs: rotated, last: state })).rejects.toMatchObject(wrong);
  await expect(credential.remove(ctx, id, state)).rejects.toMatchObject(wrong);
  expect(writes()).toEqual([]);
  expect(gateway.store.hasSecret(id, "secret")).toBe(true);
});
