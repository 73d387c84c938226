import { gone, problemsOf, reconcile } from "../core";
import { type DatasetInputs, dataset, datasetContract } from "./dataset";
import { type Gateway, securityGroup, startGateway } from "./testing/gateway";

const declared = (more: Partial<DatasetInputs> = {}): DatasetInputs =>
  datasetContract.inputs.parse({ name: "Mail", securityGroups: [securityGroup], ...more });

let gateway: Gateway;
beforeEach(async () => {
  gateway = await startGateway();
  gateway.store.addSecurityGroup("Legal");
});
afterEach(() => gateway.close());

test("a dataset is made with its security groups", async () => {
  const { id, state } = await reconcile(dataset, gateway.context(), { inputs: declared() });
  expect(gateway.store.datasets()).toEqual([
    expect.objectContaining({ id, name: "Mail", securityGroups: [securityGroup] }),
  ]);
  expect(state).toEqual({ ...declared(), datasetId: id, visibleTo: [securityGroup], adopted: false });
});

test("a new one that nobody could see is refused before anything is sent", () => {
  expect(problemsOf(datasetContract.inputs, { name: "Mail" })).toEqual([
    { path: "securityGroups", message: expect.stringContaining("`visibleToNobody: true`") },
  ]);
  expect(problemsOf(datasetContract.inputs, { name: "", securityGroups: [] })).toHaveLength(2);
  expect(problemsOf(datasetContract.inputs, { name: "Mail", visibleToNobody: true })).toEqual([]);
  const both = { name: "Mail", visibleToNobody: true, securityGroups: ["Legal"] };
  expect(problemsOf(datasetContract.inputs, both)).toEqual([
    { path: "securityGroups", message: expect.stringContaining("one of the two") },
  ]);
});

test("one that nobody is meant to see is made, and stays so", async () => {
  const inputs = declared({ securityGroups: undefined, visibleToNobody: true });
  const ctx = gateway.context();
  const { id, state } = await reconcile(dataset, ctx, { inputs });
  gateway.store.patchDataset(id, { securityGroups: ["Legal"] });
  const observed = await dataset.observe(ctx, { id, inputs, last: state });
  expect(dataset.plan(inputs, observed).changes).toEqual([
    { path: "visibleToNobody", from: false, to: true, replaces: false, secret: false },
  ]);
  await reconcile(dataset, ctx, { id, inputs, last: state });
  expect(gateway.store.dataset(id).securityGroups).toEqual([]);
});

test("just what someone changed is put back, and the order of groups is no difference", async () => {
  const inputs = declared({ securityGroups: [securityGroup, "Legal"] });
  const ctx = gateway.context();
  const { id, state } = await reconcile(dataset, ctx, { inputs });
  const same = await dataset.observe(ctx, { id, inputs, last: state });
  expect(dataset.plan({ ...inputs, securityGroups: ["Legal", securityGroup] }, same).changes).toEqual([]);

  gateway.store.patchDataset(id, { name: "Renamed", securityGroups: ["Legal"] });
  const observed = await dataset.observe(ctx, { id, inputs, last: state });
  expect(dataset.plan(inputs, observed).changes.map(({ path }) => path)).toEqual(["name", "securityGroups"]);
  await reconcile(dataset, ctx, { id, inputs, last: state });
  expect(gateway.store.dataset(id)).toMatchObject({ name: "Mail", securityGroups: ["Legal", securityGroup] });
});

test("no change replaces a dataset: all its data would go with it", () => {
  const state = { ...declared(), datasetId: "d", visibleTo: [securityGroup], adopted: false };
  const other = declared({ name: "Other", securityGroups: ["X"], adoptExisting: true });
  expect(dataset.plan(other, { id: "d", state }).changes.filter(({ replaces }) => replaces)).toEqual([]);
});

test("a security group that is not there is named by its property", async () => {
  const made = reconcile(dataset, gateway.context(), { inputs: declared({ securityGroups: ["Nobody"] }) });
  await expect(made).rejects.toMatchObject({
    tag: "Rejected",
    property: "securityGroups[0]",
    message: expect.stringContaining("Nobody"),
  });
});

test("a name that is taken is refused with the way to take it over", async () => {
  const { id } = gateway.store.addDataset("Mail", ["Legal"]);
  await expect(reconcile(dataset, gateway.context(), { inputs: declared() })).rejects.toMatchObject({
    tag: "Conflict",
    property: "name",
    message: expect.stringMatching(new RegExp(`${id}.*adoptExisting: true`)),
  });
});

describe("taking over", () => {
  const inputs = declared({ securityGroups: undefined, adoptExisting: true });

  test("leaves the dataset as it is, and there when it is removed", async () => {
    const { id } = gateway.store.addDataset("Mail", ["Legal"]);
    const ctx = gateway.context();
    const made = await reconcile(dataset, ctx, { inputs });
    expect(made).toMatchObject({ id, state: { adopted: true, visibleTo: ["Legal"] } });
    expect(gateway.requests.filter((request) => !request.startsWith("GET"))).toEqual([]);
    const observed = await dataset.observe(ctx, { id, inputs, last: made.state });
    expect(dataset.plan(inputs, observed).changes).toEqual([]);
    await dataset.remove(ctx, id, made.state);
    expect(gateway.store.datasets()).toHaveLength(1);
  });

  test("with security groups declared gives it those", async () => {
    const { id } = gateway.store.addDataset("Mail", ["Legal"]);
    await reconcile(dataset, gateway.context(), { inputs: declared({ adoptExisting: true }) });
    expect(gateway.store.dataset(id).securityGroups).toEqual([securityGroup]);
  });

  test("needs something to take over, or what a new one needs", async () => {
    await expect(reconcile(dataset, gateway.context(), { inputs })).rejects.toMatchObject({
      tag: "InvalidInput",
      message: expect.stringContaining('no dataset "Mail" to take over'),
    });
    await reconcile(dataset, gateway.context(), { inputs: declared({ adoptExisting: true }) });
    expect(gateway.store.datasets()).toHaveLength(1);
  });

  test("what an earlier run of this very declaration made is ours, not taken over", async () => {
    const ctx = gateway.context();
    const first = await reconcile(dataset, ctx, { inputs: declared({ adoptExisting: true }) });
    const again = await reconcile(dataset, ctx, { inputs: declared({ adoptExisting: true }) });
    expect(again).toMatchObject({ id: first.id, state: { adopted: false } });
    await dataset.remove(ctx, again.id, again.state);
    expect(gateway.store.datasets()).toEqual([]);
  });
});

test("a run that broke off is gone on with by the next", async () => {
  const ctx = gateway.context();
  const broken = await reconcile(dataset, ctx, { inputs: declared() });
  const again = await reconcile(dataset, ctx, { inputs: declared({ name: "Post" }) });
  expect(again.id).toBe(broken.id);
  expect(gateway.store.datasets().map(({ name }) => name)).toEqual(["Post"]);
});

test("removing is idempotent, and refused while data sources belong to it", async () => {
  const ctx = gateway.context();
  const { id, state } = await reconcile(dataset, ctx, { inputs: declared() });
  await dataset.remove(ctx, id, state);
  await dataset.remove(ctx, id, state);
  await expect(dataset.observe(ctx, { id, inputs: declared() })).resolves.toBe(gone);
});
