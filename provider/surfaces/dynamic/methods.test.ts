import {
  AccessRefused,
  type Context,
  PartiallyApplied,
  type ResourceKind,
  gone,
  manualClock,
  planProperties,
} from "../../core";
import { credential } from "../../onesecure/credential";
import { connector } from "../../onesecure/connector";
import { type Gateway, clientId, organization, startGateway } from "../../onesecure/testing/gateway";
import { type DynamicHost, createDynamicHost } from "./methods";
import { unknownValue } from "./values";

const own = { __provider: "text", __urn: "urn:pulumi:test::project::type::name" };
const declared = { organization, displayName: "EXO", clientId, clientSecret: "the-secret", ...own };

describe("with the sandbox's 1Secure", () => {
  let gateway: Gateway;
  let ctx: ReturnType<Gateway["context"]>;
  let host: DynamicHost;
  beforeEach(async () => {
    gateway = await startGateway();
    ctx = gateway.context();
    host = createDynamicHost(credential, () => ctx);
  });
  afterEach(() => gateway.close());

  test("a resource lives through create, read, update and delete", async () => {
    const { id, outs } = await host.create(declared);
    expect(outs).toMatchObject({ ...declared, credentialId: id });
    await expect(host.diff(id, outs, declared)).resolves.toEqual({
      changes: false,
      replaces: [],
      deleteBeforeReplace: false,
    });

    gateway.store.patchCredential(id, { displayName: "Renamed" });
    const found = await host.read(id, outs);
    expect(found.inputs).toEqual({ ...declared, displayName: "Renamed" });
    await expect(host.diff(id, found.props, declared)).resolves.toMatchObject({ changes: true, replaces: [] });

    const updated = await host.update(id, found.props, declared);
    expect(updated.outs).toEqual(outs);
    await createDynamicHost(credential, () => ctx).delete(id, updated.outs);
    expect(gateway.store.credentials()).toEqual([]);
  });

  test("diff and check send nothing", async () => {
    await host.check({}, declared);
    await host.diff("id", { ...declared }, { ...declared, organization: "Fabrikam" });
    expect(gateway.requests).toEqual([]);
  });

  test("what is gone has no id, so the engine forgets it", async () => {
    const { id, outs } = await host.create(declared);
    gateway.store.deleteCredential(id);
    await expect(host.read(id, outs)).resolves.toEqual({ id: "", props: {} });
  });

  test("an update of what is gone is refused, because it would be recorded under the wrong id", async () => {
    const { id, outs } = await host.create(declared);
    gateway.store.deleteCredential(id);
    await expect(host.update(id, outs, { ...declared, displayName: "New" })).rejects.toThrow(/pulumi refresh/);
    expect(gateway.store.credentials()).toEqual([]);
  });

  test("a replacement that is the same object outlives the record of the old one", async () => {
    const first = await host.create(declared);
    const replacing = createDynamicHost(credential, () => ctx);
    const second = await replacing.create(declared);
    expect(second.id).toBe(first.id);
    await replacing.delete(first.id, first.outs);
    expect(gateway.store.credentials()).toHaveLength(1);
    expect(ctx.reported).toContainEqual(expect.stringContaining("is kept"));
  });

  test("the URN tells declarations apart", async () => {
    const one = await host.create(declared);
    const two = await host.create({ ...declared, __urn: "urn:another" });
    expect(two.id).not.toBe(one.id);
  });
});

describe("check", () => {
  const host = createDynamicHost(connector, () => context());

  test("says everything that is wrong at once, by property", async () => {
    const { failures } = await host.check(
      {},
      { exchangeOnlineActivity: false, collectNonOwnerMailboxAuditData: true, unknownToggle: 1, ...own },
    );
    expect(failures.map(({ property }) => property)).toEqual([
      "sourceId",
      "unknownToggle",
      "collectNonOwnerMailboxAuditData",
    ]);
  });

  test("leaves what is not known yet for later, and keeps what is the engine's", async () => {
    const news = {
      sourceId: unknownValue,
      exchangeOnlineActivity: true,
      collectNonOwnerMailboxAuditData: true,
      adoptExisting: false,
      ...own,
    };
    await expect(host.check({}, news)).resolves.toEqual({ inputs: news, failures: [] });
  });

  test("never repeats a secret", async () => {
    const { failures } = await createDynamicHost(credential, () => context()).check(
      {},
      { ...declared, clientSecret: [7331] },
    );
    expect(failures).toHaveLength(1);
    expect(JSON.stringify(failures)).not.toContain("7331");
  });
});

describe("diff", () => {
  const state = {
    sourceId: "s",
    exchangeOnlineActivity: true,
    collectNonOwnerMailboxAuditData: true,
    connectorId: "s/exchangeOnlineActivity",
    status: "New",
    ...own,
  };
  const news = { sourceId: "s", exchangeOnlineActivity: true, collectNonOwnerMailboxAuditData: true, ...own };
  const host = createDynamicHost(connector, () => context());

  test("takes what is not known yet for changed", async () => {
    await expect(host.diff("id", state, { ...news, sourceId: unknownValue })).resolves.toEqual({
      changes: true,
      replaces: ["sourceId"],
      deleteBeforeReplace: true,
    });
  });

  test("looks at nothing but the contract's own properties", async () => {
    const moved = { ...news, __provider: "a newer text", __urn: "a new name" };
    await expect(host.diff("id", state, moved)).resolves.toMatchObject({ changes: false });
  });
});

describe("errors", () => {
  const facts = { operation: "adding", subject: "thing", happened: "no" };

  test("what was done before an error is recorded with it, the engine's own properties included", async () => {
    const host = createDynamicHost(
      failing(new PartiallyApplied(facts, "id-1", { displayName: "EXO", left: undefined }, ["one of two"])),
      () => context(),
    );
    await expect(host.create(declared)).rejects.toMatchObject({
      message: "adding thing: no",
      id: "id-1",
      properties: { displayName: "EXO", ...own },
      reasons: ["one of two"],
    });
  });

  test("the console gets a short line without a stack, the resource the whole message", async () => {
    const host = createDynamicHost(failing(new AccessRefused({ ...facts, next: "Ask." })), () => context());
    const error = await host.update("id", declared, declared).then(
      () => new Error("no error"),
      (thrown: unknown) => thrown as Error,
    );
    expect(error.message).toBe("adding thing: no. Ask.");
    // What `@pulumi/pulumi/cmd/dynamic-provider` prints.
    expect(`${error.toString()}: ${error.stack ?? "no stack"}`).toBe("AccessRefused adding thing: ");
  });

  test("a refresh that may suffer from old configuration says how to get out", async () => {
    const kind = failing(new AccessRefused(facts));
    const host = createDynamicHost({ ...kind, observe: () => kind.apply(context(), kind.plan({}, gone)) }, () =>
      context(),
    );
    await expect(host.read("id", declared)).rejects.toThrow(/pulumi up --refresh=false/);
  });

  test("the context is made once configured, and from nothing when the engine does not configure", async () => {
    const configurations: unknown[] = [];
    const host = createDynamicHost(failing(new AccessRefused(facts)), (config) => {
      configurations.push(config);
      return context();
    });
    const config = { get: () => undefined };
    await host.configure({ config });
    await host.create(declared).catch(() => undefined);
    expect(configurations).toEqual([config]);
  });
});

function context(): Context {
  return { clock: manualClock(), settings: { get: () => undefined }, report: () => undefined };
}

/** A kind that finds nothing and fails to make it. */
function failing(error: Error): ResourceKind {
  const { contract } = credential;
  return {
    contract,
    observe: (_ctx, { id }) => Promise.resolve(id === undefined ? gone : { id, state: {} }),
    plan: (desired, observed) => planProperties(contract, desired, observed),
    apply: () => Promise.reject(error),
    remove: () => Promise.resolve(),
  };
}
