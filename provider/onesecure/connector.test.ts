import { gone, problemsOf, reconcile } from "../core";
import { connector, connectorContract } from "./connector";
import { type Gateway, clientId, organization, startGateway, tenantId } from "./testing/gateway";

let gateway: Gateway;
let sourceId: string;
beforeEach(async () => {
  gateway = await startGateway();
  const credential = { organization, displayName: "EXO", clientId, clientSecret: "secret" };
  const { object } = await gateway.store.createCredential("0123456789abcdef", credential);
  sourceId = gateway.store.createSource("0123456789abcdef", {
    organization,
    type: "exchangeOnline",
    sourceGroup: "M365",
    tenantId,
    crawlSource: true,
    credentialId: object.id,
  }).object.id;
});
afterEach(() => gateway.close());

const on = { exchangeOnlineActivity: true, collectNonOwnerMailboxAuditData: true, adoptExisting: false };
const off = { ...on, exchangeOnlineActivity: false, collectNonOwnerMailboxAuditData: false };
const switches = (): unknown =>
  gateway.store.connectors(sourceId).map((one) => [one.enabled, one.collectNonOwnerMailboxAuditData]);

test("the connector that came with the source is switched on", async () => {
  const { id, state } = await reconcile(connector, gateway.context(), { inputs: { sourceId, ...on } });
  expect(id).toBe(`${sourceId}/exchangeOnlineActivity`);
  expect(state).toEqual({ sourceId, ...on, connectorId: id, status: "New", adopted: false });
  expect(switches()).toEqual([[true, true]]);
});

test("it is switched off in one step, although the checkbox may not be on without the toggle", async () => {
  const ctx = gateway.context();
  const { id } = await reconcile(connector, ctx, { inputs: { sourceId, ...on } });
  await reconcile(connector, ctx, { id, inputs: { sourceId, ...off } });
  expect(switches()).toEqual([[false, false]]);
});

test("a connector that is as declared is not written", async () => {
  await reconcile(connector, gateway.context(), { inputs: { sourceId, ...off } });
  expect(gateway.requests).toEqual([`GET /sources/${sourceId}/connectors/exchangeOnlineActivity`]);
});

test("a checkbox that someone cleared is found and put back", async () => {
  const ctx = gateway.context();
  const inputs = { sourceId, ...on };
  const { id } = await reconcile(connector, ctx, { inputs });
  gateway.store.patchConnector(sourceId, { collectNonOwnerMailboxAuditData: false });
  const observed = await connector.observe(ctx, { id, inputs });
  expect(connector.plan(inputs, observed).changes.map(({ path, from, to }) => [path, from, to])).toEqual([
    ["collectNonOwnerMailboxAuditData", false, true],
  ]);
  await reconcile(connector, ctx, { id, inputs });
  expect(switches()).toEqual([[true, true]]);
});

test("removing switches it off, however often, and whether the source is still there or not", async () => {
  const ctx = gateway.context();
  const { id, state } = await reconcile(connector, ctx, { inputs: { sourceId, ...on } });
  await connector.remove(ctx, id, state);
  expect(switches()).toEqual([[false, false]]);
  await connector.remove(ctx, id, state);
  gateway.store.deleteSource(sourceId);
  await connector.remove(ctx, id, state);
  await expect(connector.observe(ctx, { id, inputs: { sourceId, ...on } })).resolves.toBe(gone);
});

test("there is no connector without a source", async () => {
  const missing = reconcile(connector, gateway.context(), { inputs: { sourceId: "nowhere", ...on } });
  await expect(missing).rejects.toMatchObject({ tag: "NotFound", property: "sourceId" });
});

test("another source is another connector", () => {
  const state = { sourceId, ...on, connectorId: "c", status: "New", adopted: false };
  const { changes } = connector.plan({ sourceId: "other", ...off }, { id: "c", state });
  expect(changes.map(({ path, replaces }) => [path, replaces])).toEqual([
    ["sourceId", true],
    ["exchangeOnlineActivity", false],
    ["collectNonOwnerMailboxAuditData", false],
  ]);
});

test("non-owner data can't be collected while the connector is off, and that is said with whatever else is wrong", () => {
  const given = { sourceId: "", exchangeOnlineActivity: false, collectNonOwnerMailboxAuditData: true };
  expect(problemsOf(connectorContract.inputs, given).map(({ path }) => path)).toEqual([
    "sourceId",
    "collectNonOwnerMailboxAuditData",
  ]);
});
