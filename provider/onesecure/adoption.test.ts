import { type Context, gone, reconcile } from "../core";
import { connector } from "./connector";
import { type SourceInputs, source } from "./source";
import { type Gateway, clientId, organization, startGateway, tenantId } from "./testing/gateway";

let gateway: Gateway;
/** What a person had made in the product, and its credential. */
let existing: { readonly id: string; readonly credentialId: string };
/** A credential of the stack's own. */
let ours: string;

beforeEach(async () => {
  gateway = await startGateway();
  existing = gateway.store.addSource({
    organization,
    type: "exchangeOnline",
    sourceGroup: "Clicked",
    tenantId,
    crawlSource: false,
    credentialId: await newCredential("the key of a person"),
  });
  ours = await newCredential("the key of the stack");
  gateway.requests.length = 0;
});
afterEach(() => gateway.close());

async function newCredential(key: string): Promise<string> {
  const body = { organization, displayName: "EXO", clientId, clientSecret: "secret" };
  return (await gateway.store.createCredential(key, body)).object.id;
}

const asItIs = (): SourceInputs => ({
  organization,
  sourceGroup: "Clicked",
  tenantId,
  crawlSource: false,
  credentialId: existing.credentialId,
  adoptExisting: true,
});
const before = (): object => ({ sourceGroup: "Clicked", crawlSource: false, credentialId: existing.credentialId });
const other = (): SourceInputs => ({ ...asItIs(), sourceGroup: "Coded", crawlSource: true, credentialId: ours });
const writes = (): string[] => gateway.requests.filter((request) => !request.startsWith("GET"));
const held = (): object => gateway.store.source(existing.id);

describe("a source that exists", () => {
  test("is taken over without a write when it is as declared", async () => {
    const { id, state } = await reconcile(source, gateway.context(), { inputs: asItIs() });
    expect(state).toEqual({ ...asItIs(), sourceId: existing.id, status: "New", adopted: true, before: before() });
    expect(id).toBe(existing.id);
    expect(writes()).toEqual([]);
  });

  test("gets just what differs", async () => {
    const ctx = gateway.context();
    const inputs = { ...asItIs(), crawlSource: true };
    const observed = await source.observe(ctx, { inputs });
    expect(source.plan(inputs, observed).changes.map(({ path, from, to }) => [path, from, to])).toEqual([
      ["crawlSource", false, true],
    ]);
    const { state } = await reconcile(source, ctx, { inputs });
    expect(state).toMatchObject({ crawlSource: true, adopted: true, before: before() });
    expect(writes()).toEqual([`PATCH /sources/${existing.id}`]);
  });

  test("is not taken over unasked", async () => {
    const refused = reconcile(source, gateway.context(), { inputs: { ...asItIs(), adoptExisting: false } });
    await expect(refused).rejects.toMatchObject({
      tag: "Conflict",
      message: expect.stringMatching(new RegExp(`${existing.id}.*adoptExisting: true`)),
    });
  });

  test("of another organization or another tenant is left alone, and a new one is made", async () => {
    gateway.store.addOrganization("Fabrikam");
    const body = { organization: "Fabrikam", displayName: "F", clientId, clientSecret: "secret" };
    const { object } = await gateway.store.createCredential("0123456789abcdef", body);
    const inputs = { ...asItIs(), organization: "Fabrikam", credentialId: object.id };
    const made = await reconcile(source, gateway.context(), { inputs });
    expect(made.id).not.toBe(existing.id);
    expect(made.state).toMatchObject({ adopted: false });
    const elsewhere = { ...asItIs(), tenantId: "33333333-3333-4333-8333-333333333333" };
    const second = await reconcile(source, gateway.context(), { inputs: elsewhere });
    expect(second.id).not.toBe(existing.id);
  });

  test("that this declaration began to make in an earlier run is its own, and is deleted with it", async () => {
    gateway.store.deleteSource(existing.id);
    const ctx = gateway.context();
    const begun = await reconcile(source, ctx, { inputs: asItIs() });
    const repeated = await reconcile(source, ctx, { inputs: other() });
    expect(repeated).toMatchObject({ id: begun.id, state: { adopted: false, sourceGroup: "Coded" } });
    expect(ctx.reported.join()).toContain("which an earlier run had begun");
    await source.remove(ctx, repeated.id, repeated.state);
    expect(gateway.store.sources()).toEqual([]);
  });

  test("keeps what it was before in every later run and refresh", async () => {
    const ctx = gateway.context();
    const first = await reconcile(source, ctx, { inputs: other() });
    const again = { id: first.id, inputs: other(), last: first.state };
    await expect(source.observe(ctx, { ...again, purpose: "refresh" })).resolves.toMatchObject({
      state: { adopted: true, before: before() },
    });
    const changed = await reconcile(source, ctx, { ...again, inputs: { ...other(), sourceGroup: "Renamed" } });
    expect(changed.state).toMatchObject({ sourceGroup: "Renamed", adopted: true, before: before() });
  });

  test("is known for what it was even if the answer to the first change never came", async () => {
    gateway.loseAnswersTo("PATCH");
    const broken: unknown = await reconcile(source, gateway.context(), { inputs: other() }).catch(
      (error: unknown) => error,
    );
    expect(broken).toMatchObject({ tag: "PartiallyApplied", id: existing.id, state: { before: before() } });
    expect(held()).toMatchObject({ sourceGroup: "Coded" });

    gateway.loseAnswersTo(undefined);
    const { state: last } = broken as { state: Record<string, unknown> };
    const { id, state } = await reconcile(source, gateway.context(), { id: existing.id, inputs: other(), last });
    expect(state).toMatchObject({ sourceGroup: "Coded", adopted: true, before: before() });
    await source.remove(gateway.context(), id, state);
    expect(held()).toMatchObject(before());
  });
});

describe("removing a source that was taken over", () => {
  async function adopted(ctx: Context): Promise<() => Promise<void>> {
    const { id, state } = await reconcile(source, ctx, { inputs: other() });
    gateway.requests.length = 0;
    return () => source.remove(ctx, id, state);
  }

  test("gives it back as it was and never deletes it, however often it is run", async () => {
    const remove = await adopted(gateway.context());
    await remove();
    await remove();
    expect(held()).toMatchObject(before());
    expect(writes()).toEqual([`PATCH /sources/${existing.id}`]);
    gateway.store.deleteCredential(ours);
  });

  test("leaves our credential where the earlier one is gone, and says what that means", async () => {
    const ctx = gateway.context();
    const remove = await adopted(ctx);
    gateway.store.deleteCredential(existing.credentialId);
    await remove();
    expect(held()).toMatchObject({ sourceGroup: "Clicked", crawlSource: false, credentialId: ours });
    expect(ctx.reported.join("\n")).toMatch(
      new RegExp(`keeps credential ${ours}.*${existing.credentialId}.*give the source another one`),
    );
  });

  test("does nothing when someone deleted it", async () => {
    const remove = await adopted(gateway.context());
    gateway.store.deleteSource(existing.id);
    await remove();
    expect(writes()).toEqual([]);
  });

  test("does not delete it even if what it was is not recorded", async () => {
    const ctx = gateway.context();
    const { id, state } = await reconcile(source, ctx, { inputs: other() });
    const { before: _, ...forgotten } = state;
    await source.remove(ctx, id, forgotten);
    expect(held()).toMatchObject({ sourceGroup: "Coded" });
    expect(ctx.reported.join()).toContain("stays as it is");
  });
});

test("the switch is in the plan when it is changed later, and does nothing", async () => {
  const ctx = gateway.context();
  const first = await reconcile(source, ctx, { inputs: asItIs() });
  const inputs = { ...asItIs(), adoptExisting: false };
  const plan = source.plan(inputs, first);
  expect(plan.changes.map(({ path, replaces }) => [path, replaces])).toEqual([["adoptExisting", false]]);
  const second = await reconcile(source, ctx, { id: first.id, inputs, last: first.state });
  expect(second.state).toMatchObject({ adoptExisting: false, adopted: true, before: before() });
  expect(writes()).toEqual([]);
});

test("state that is older than adoption is no difference, and its source is deleted with the resource", async () => {
  gateway.store.deleteSource(existing.id);
  const ctx = gateway.context();
  const made = await reconcile(source, ctx, { inputs: { ...other(), adoptExisting: false } });
  const { adoptExisting: _, adopted: __, ...older } = made.state;
  const state = older as typeof made.state;
  expect(source.plan({ ...other(), adoptExisting: false }, { id: made.id, state }).changes).toEqual([]);
  expect(source.plan(older as typeof made.state, { id: made.id, state }).changes).toEqual([]);
  await source.remove(ctx, made.id, state);
  expect(gateway.store.sources()).toEqual([]);
});

describe("the connector of a source that is taken over", () => {
  const on = { exchangeOnlineActivity: true, collectNonOwnerMailboxAuditData: true };
  const half = { exchangeOnlineActivity: true, collectNonOwnerMailboxAuditData: false };
  const inputs = (switches: typeof on): Parameters<typeof connector.plan>[0] => ({
    sourceId: existing.id,
    ...switches,
    adoptExisting: true,
  });
  const switched = (): unknown =>
    gateway.store.connectors(existing.id).map((one) => [one.enabled, one.collectNonOwnerMailboxAuditData]);
  beforeEach(() => {
    gateway.store.updateConnector(existing.id, { enabled: true });
  });

  test("is not written when it is as declared", async () => {
    const { state } = await reconcile(connector, gateway.context(), { inputs: inputs(half) });
    expect(state).toMatchObject({ ...half, adopted: true, before: half });
    expect(writes()).toEqual([]);
  });

  test("is switched as declared, and back when it is removed", async () => {
    const ctx = gateway.context();
    const first = await reconcile(connector, ctx, { inputs: inputs(on) });
    expect(switched()).toEqual([[true, true]]);
    const again = await reconcile(connector, ctx, { id: first.id, inputs: inputs(on), last: first.state });
    expect(again.state).toMatchObject({ adopted: true, before: half });
    await connector.remove(ctx, again.id, again.state);
    expect(switched()).toEqual([[true, false]]);
    await connector.remove(ctx, again.id, again.state);
    expect(writes()).toHaveLength(2);
  });

  test("is known for what it was even if the answer to the first change never came", async () => {
    gateway.loseAnswersTo("PATCH");
    const broken: unknown = await reconcile(connector, gateway.context(), { inputs: inputs(on) }).catch(
      (error: unknown) => error,
    );
    expect(broken).toMatchObject({ tag: "PartiallyApplied", state: { adopted: true, before: half } });
  });

  test("goes with the source when that is deleted", async () => {
    const ctx = gateway.context();
    const { id, state } = await reconcile(connector, ctx, { inputs: inputs(on) });
    gateway.store.deleteSource(existing.id);
    await connector.remove(ctx, id, state);
    await expect(connector.observe(ctx, { id, inputs: inputs(on), last: state })).resolves.toBe(gone);
  });
});
