import { gone, problemsOf, reconcile } from "../core";
import { type SourceInputs, source, sourceContract } from "./source";
import { type Gateway, clientId, organization, startGateway, tenantId } from "./testing/gateway";

let gateway: Gateway;
let inputs: SourceInputs;
beforeEach(async () => {
  gateway = await startGateway();
  const credential = { organization, displayName: "EXO", clientId, clientSecret: "secret" };
  const { object } = await gateway.store.createCredential("0123456789abcdef", credential);
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

test("a source is made with everything that was declared, and its status is the product's", async () => {
  const { id, state } = await reconcile(source, gateway.context(), { inputs });
  const { adoptExisting: _, ...declared } = inputs;
  expect(gateway.store.sources()).toEqual([
    { id, type: "exchangeOnline", status: "New", ...declared, idempotencyKey: expect.any(String) },
  ]);
  expect(state).toEqual({ ...inputs, sourceId: id, status: "New", adopted: false });
});

test("just what someone changed is put back", async () => {
  const ctx = gateway.context();
  const { id, state } = await reconcile(source, ctx, { inputs });
  gateway.store.patchSource(id, { crawlSource: false, status: "Disabled" });
  const observed = await source.observe(ctx, { id, inputs, last: state });
  if (observed === gone) throw new Error("the source is there");
  expect(source.plan(inputs, observed).changes).toEqual([
    { path: "crawlSource", from: false, to: true, replaces: false, secret: false },
  ]);
  await expect(reconcile(source, ctx, { id, inputs, last: state })).resolves.toMatchObject({
    state: { crawlSource: true },
  });
});

test("a status that nobody knows is no change", async () => {
  const ctx = gateway.context();
  const { id } = await reconcile(source, ctx, { inputs });
  gateway.store.patchSource(id, { status: "Napping" });
  const observed = await source.observe(ctx, { id, inputs });
  expect(observed).toMatchObject({ state: { status: "Napping" } });
  expect(source.plan(inputs, observed).changes).toEqual([]);
});

test("another tenant or another organization makes another source; the rest changes in place", () => {
  const state = { ...inputs, sourceId: "s", status: "New", adopted: false };
  const values = { organization: "X", sourceGroup: "X", tenantId: "X", crawlSource: false, credentialId: "X" };
  const other = { ...values, adoptExisting: true };
  const replacing = source.plan(other, { id: "s", state }).changes.filter(({ replaces }) => replaces);
  expect(replacing.map(({ path }) => path)).toEqual(["organization", "tenantId"]);
});

test("how the tenant's id is written is no difference", () => {
  const upper = { ...inputs, tenantId: "ABCDEFAB-0000-0000-0000-000000000000" };
  expect(sourceContract.inputs.parse(upper).tenantId).toBe("abcdefab-0000-0000-0000-000000000000");
});

test("a second source for the tenant is refused; the first one is named, and how to take it over", async () => {
  const first = await reconcile(source, gateway.context({ declaration: "urn:a" }), { inputs });
  const second = reconcile(source, gateway.context({ declaration: "urn:b" }), { inputs });
  await expect(second).rejects.toMatchObject({
    tag: "Conflict",
    property: "tenantId",
    message: expect.stringMatching(new RegExp(`${first.id}.*adoptExisting: true`)),
  });
});

test("a run that broke off is gone on with by the next", async () => {
  const broken = await reconcile(source, gateway.context(), { inputs });
  const repeated = await reconcile(source, gateway.context(), { inputs: { ...inputs, sourceGroup: "Other" } });
  expect(repeated).toMatchObject({ id: broken.id, state: { sourceGroup: "Other" } });
});

test("removing is idempotent and leaves the credentials", async () => {
  const ctx = gateway.context();
  const { id, state } = await reconcile(source, ctx, { inputs });
  await source.remove(ctx, id, state);
  await source.remove(ctx, id, state);
  await expect(source.observe(ctx, { id, inputs })).resolves.toBe(gone);
  expect(gateway.store.credentials()).toHaveLength(1);
});

test("every argument is required, and each problem says what is allowed", () => {
  const problems = problemsOf(sourceContract.inputs, { tenantId: "contoso.onmicrosoft.com", credentialId: "" });
  expect(problems).toEqual([
    { path: "organization", message: "required (string)" },
    { path: "sourceGroup", message: "required (string)" },
    {
      path: "tenantId",
      message: '"contoso.onmicrosoft.com" was given; allowed: a GUID such as 00000000-0000-0000-0000-000000000000',
    },
    { path: "crawlSource", message: "required (boolean)" },
    { path: "credentialId", message: '"" was given; allowed: any text that is not empty' },
  ]);
});
