import { gone, reconcile } from "../core";
import { credential } from "./credential";
import { type Gateway, clientId, organization, startGateway, tenantId } from "./testing/gateway";

let gateway: Gateway;
beforeEach(async () => {
  gateway = await startGateway();
});
afterEach(() => gateway.close());

const inputs = { organization, displayName: "Exchange Online", clientId, clientSecret: "first-secret" };

test("credentials are made with everything that was declared, and give the certificate that 1Secure issued", async () => {
  const { id, state } = await reconcile(credential, gateway.context(), { inputs });
  const [held] = gateway.store.credentials();
  expect(held).toMatchObject({ id, organization, displayName: "Exchange Online", clientId });
  expect(gateway.store.hasSecret(id, "first-secret")).toBe(true);
  expect(state).toEqual({
    ...inputs,
    credentialId: id,
    certificatePem: held?.certificate.pem,
    certificateThumbprint: held?.certificate.thumbprint,
    certificateEndDate: held?.certificate.notAfter,
  });
});

test("what is as declared is not written", async () => {
  const ctx = gateway.context();
  const { id, state } = await reconcile(credential, ctx, { inputs });
  gateway.requests.length = 0;
  await expect(reconcile(credential, ctx, { id, inputs, last: state })).resolves.toEqual({ id, state });
  expect(gateway.requests).toEqual([`GET /credentials/${id}`]);
});

test("a new secret is set in place, and the certificate stays", async () => {
  const ctx = gateway.context();
  const first = await reconcile(credential, ctx, { inputs });
  const second = await reconcile(credential, ctx, {
    id: first.id,
    inputs: { ...inputs, clientSecret: "second-secret" },
    last: first.state,
  });
  expect(gateway.store.hasSecret(first.id, "second-secret")).toBe(true);
  expect(second.state).toEqual({ ...first.state, clientSecret: "second-secret" });
});

test("a display name that someone changed is observed and put back, without touching the secret", async () => {
  const ctx = gateway.context();
  const { id, state } = await reconcile(credential, ctx, { inputs });
  gateway.store.patchCredential(id, { displayName: "Renamed", clientSecret: "someone-else's" });
  const observed = await credential.observe(ctx, { id, inputs, last: state });
  expect(observed).toMatchObject({ state: { displayName: "Renamed", clientSecret: "first-secret" } });
  await reconcile(credential, ctx, { id, inputs, last: state });
  expect(gateway.store.credential(id).displayName).toBe("Exchange Online");
  expect(gateway.store.hasSecret(id, "someone-else's")).toBe(true);
});

test("a creation whose answer was lost makes no second credential", async () => {
  gateway.loseNextAnswerTo("POST");
  const { id } = await reconcile(credential, gateway.context(), { inputs });
  expect(gateway.store.credentials().map((held) => held.id)).toEqual([id]);
});

test("a run that broke off is gone on with by the next, which brings what was made up to date", async () => {
  const broken = await reconcile(credential, gateway.context(), { inputs });
  const ctx = gateway.context();
  const repeated = await reconcile(credential, ctx, {
    inputs: { ...inputs, displayName: "New name", clientSecret: "newer" },
  });
  expect(repeated.id).toBe(broken.id);
  expect(gateway.store.credentials()).toEqual([expect.objectContaining({ id: broken.id, displayName: "New name" })]);
  expect(gateway.store.hasSecret(broken.id, "newer")).toBe(true);
  expect(ctx.reported).toEqual([expect.stringContaining(broken.id)]);
});

test("two declarations of the same credentials make two", async () => {
  await reconcile(credential, gateway.context({ declaration: "urn:a" }), { inputs });
  await reconcile(credential, gateway.context({ declaration: "urn:b" }), { inputs });
  expect(gateway.store.credentials()).toHaveLength(2);
});

test("removing is idempotent", async () => {
  const ctx = gateway.context();
  const { id, state } = await reconcile(credential, ctx, { inputs });
  await credential.remove(ctx, id, state);
  await credential.remove(ctx, id, state);
  await expect(credential.observe(ctx, { id, inputs })).resolves.toBe(gone);
});

test("credentials that a source uses are not removed, and the message says what to do", async () => {
  const ctx = gateway.context();
  const { id, state } = await reconcile(credential, ctx, { inputs });
  gateway.store.createSource("0123456789abcdef", {
    organization,
    type: "exchangeOnline",
    sourceGroup: "M365",
    tenantId,
    crawlSource: true,
    credentialId: id,
  });
  await expect(credential.remove(ctx, id, state)).rejects.toMatchObject({
    tag: "Conflict",
    message: expect.stringContaining("another credential in 1Secure"),
  });
});

test("an organization that does not exist is named as the property at fault", async () => {
  const unknown = reconcile(credential, gateway.context(), { inputs: { ...inputs, organization: "Nobody" } });
  await expect(unknown).rejects.toMatchObject({ tag: "Rejected", property: "organization" });
});
