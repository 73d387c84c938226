import { AccessRefused, type M365AuditError } from "../../core/errors";
import { faultHooks } from "../../../sandbox/exchange/faults";
import { type ExchangeLoad, loadHooks } from "../../../sandbox/exchange/load";
import { TestTenant } from "../testing/tenant";
import type { Job } from "./batch";
import type { AdminApi } from "./client";
import { adaptivePace } from "./pace";

let tenant: TestTenant;
let api: AdminApi;
beforeEach(async () => {
  tenant = await TestTenant.start({ mailboxes: 60 });
  api = await tenant.open();
});
afterEach(async () => {
  await api.close();
  await tenant.stop();
});

const lists = { AuditDelegate: ["Update", "SendAs"] };

function job(mailbox: string, parameters: object = lists): Job<string> {
  return {
    key: mailbox,
    mailbox,
    cmdlets: [{ name: "Set-Mailbox", parameters: { Identity: mailbox, ...parameters } }],
  };
}

function users(count: number): readonly string[] {
  return [...tenant.organization.each()]
    .filter(({ recipientTypeDetails }) => recipientTypeDetails === "UserMailbox")
    .slice(0, count)
    .map(({ guid }) => guid);
}

async function run(jobs: readonly Job<string>[], width = 3): Promise<ReadonlyMap<string, M365AuditError | undefined>> {
  const ended = new Map<string, M365AuditError | undefined>();
  await api.runAll(jobs, {
    pace: adaptivePace({ clock: tenant.clock, ceiling: width, random: () => 0 }),
    operation: "setting",
    subjectOf: (key) => key,
    onResult: ({ key, error }) => {
      expect(ended.has(key)).toBe(false);
      ended.set(key, error);
    },
  });
  return ended;
}

const isSet = (guid: string): boolean => tenant.organization.mailbox(guid)?.auditDelegate.length === 2;

test("ten commands go in one request, and each is correlated by its id", async () => {
  const guids = users(23);
  const ended = await run([...guids.slice(0, 22).map((guid) => job(guid)), job("nobody")]);
  expect(tenant.organization.counters.batches).toBe(3);
  expect(guids.slice(0, 22).every(isSet)).toBe(true);
  expect(ended.get("nobody")).toMatchObject({ tag: "NotFound", subject: "nobody" });
  expect([...ended.values()].filter((error) => error !== undefined)).toHaveLength(1);
});

test("what is missing from the answer is sent again", async () => {
  let lost = 4;
  tenant.hooks.batchResponses = (_tenantId, responses) => {
    const given = responses.slice(Math.min(lost, responses.length));
    lost = 0;
    return given;
  };
  const ended = await run(
    users(12).map((guid) => job(guid)),
    1,
  );
  expect([...ended.values()]).toEqual(Array(12).fill(undefined));
  expect(tenant.organization.counters.cmdletWrites).toBe(16);
});

test("items that never answer end as failures of their mailboxes alone", async () => {
  tenant.hooks.batchResponses = () => [];
  const ended = await run(users(2).map((guid) => job(guid)));
  const errors = [...ended.values()];
  expect(errors.filter((error) => error?.tag === "Unavailable")).toHaveLength(ended.size);
  expect(tenant.organization.counters.batches).toBeLessThan(10);
});

test("a throttled item waits as long as it is told and is then done, the others are not sent twice", async () => {
  const [slow = "", ...others] = users(5);
  let refusals = 2;
  tenant.hooks.before = ({ identity }) => {
    if (identity !== slow || refusals === 0) return Promise.resolve(undefined);
    refusals -= 1;
    return Promise.resolve({ status: 429, headers: { "retry-after": "30" } });
  };
  const ended = await run([slow, ...others].map((guid) => job(guid)));
  expect(ended.get(slow)).toBeUndefined();
  expect([slow, ...others].every(isSet)).toBe(true);
  expect(tenant.clock.slept.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThanOrEqual(60_000);
  expect(tenant.called("Set-Mailbox")).toHaveLength(5 + 2);
});

test("a throttled batch is sent again as a whole, with or without a time to wait for", async () => {
  let refusals = 3;
  tenant.hooks.before = ({ kind }) => {
    if (kind !== "batch" || refusals === 0) return Promise.resolve(undefined);
    refusals -= 1;
    const body = "You have reached the maximum number of concurrent requests per tenant. Please wait and try again";
    return Promise.resolve(refusals === 1 ? { status: 503, body } : { status: 429 });
  };
  const ended = await run(users(10).map((guid) => job(guid)));
  expect([...ended.values()]).toEqual(Array(10).fill(undefined));
  expect(tenant.clock.slept.length).toBeGreaterThanOrEqual(3);
});

test("a change whose answer was lost is made again and comes out right", async () => {
  let losses = 1;
  tenant.hooks.after = ({ kind }) => {
    if (kind !== "batch" || losses === 0) return Promise.resolve(undefined);
    losses -= 1;
    return Promise.resolve({ status: 504, body: "<html><body>Gateway Time-out</body></html>" });
  };
  const ended = await run(users(10).map((guid) => job(guid)));
  expect([...ended.values()]).toEqual(Array(10).fill(undefined));
  expect(users(10).every(isSet)).toBe(true);
});

test("calls that belong together run one after another, and the first failure ends them", async () => {
  const [good = "", bad = ""] = users(2);
  const both = (mailbox: string, first: object): Job<string> => ({
    key: mailbox,
    mailbox,
    cmdlets: [
      { name: "Set-Mailbox", parameters: { Identity: mailbox, ...first } },
      { name: "Set-Mailbox", parameters: { Identity: mailbox, ...lists } },
    ],
  });
  const ended = await run([
    both(good, { DefaultAuditSet: ["Admin", "Delegate", "Owner"] }),
    both(bad, { AuditOwner: ["FolderBind"] }),
  ]);
  expect(ended.get(good)).toBeUndefined();
  expect(tenant.organization.mailbox(good)).toMatchObject({ defaultAuditSet: ["Admin", "Owner"] });
  expect(ended.get(bad)?.message).toMatch(/Invalid audit operation specified/);
  expect(isSet(bad)).toBe(false);
});

test("a command that needs another server is sent again with the mailbox as its anchor", async () => {
  const [guid = ""] = users(1);
  const anchors: unknown[] = [];
  tenant.hooks.before = ({ batchItem, identity }) => {
    if (batchItem === undefined) return Promise.resolve(undefined);
    const { requests } = tenant.seen.at(-1)?.body as { requests: { headers: Record<string, string> }[] };
    anchors.push(requests[0]?.headers["X-AnchorMailbox"]);
    if (anchors.length > 1 || identity !== guid) return Promise.resolve(undefined);
    const message =
      "Ex|Microsoft.Exchange.Configuration.CmdletProxy.CmdletProxyNotAvailableException|Cmdlet needs proxy. …";
    return Promise.resolve({ status: 400, body: { error: { code: "BadRequest", details: [{ message }] } } });
  };
  const ended = await run([job(guid)]);
  expect(ended.get(guid)).toBeUndefined();
  expect(anchors[1]).toBe(`MBX:${guid}@${tenant.organization.tenantId}`);
  expect(tenant.clock.slept).toEqual([]);
});

test("however many items refuse a token, one new one is got", async () => {
  const { value } = await api.tokens.current();
  tenant.revoked.add(value);
  const ended = await run(
    users(40).map((guid) => job(guid)),
    4,
  );
  expect([...ended.values()]).toEqual(Array(40).fill(undefined));
  expect(tenant.tokens).toBe(2);
});

test("access that is refused with a new token too ends the run, and nothing more is sent", async () => {
  tenant.grants.app.wids = [];
  await expect(
    run(
      users(40).map((guid) => job(guid)),
      1,
    ),
  ).rejects.toMatchObject({
    tag: "AccessRefused",
    message: expect.stringContaining("without a directory role") as string,
  });
  expect(tenant.count("$batch")).toBe(1);
});

test("a role that may read and not write ends the run as refused, with what was told before kept", async () => {
  tenant.grants.app.wids = ["f2ef992c-3afb-46b9-b7cf-a126ee74c451"];
  await expect(
    run(
      users(30).map((guid) => job(guid)),
      1,
    ),
  ).rejects.toBeInstanceOf(AccessRefused);
  expect(tenant.count("$batch")).toBeLessThanOrEqual(3);
});

describe("a server with little room", () => {
  const load = (limits: ExchangeLoad): void => {
    const start = tenant.clock.now();
    const clock = { now: () => tenant.clock.now() - start, sleep: () => Promise.resolve() };
    Object.assign(tenant.hooks, loadHooks(limits, clock));
  };
  const all = (): readonly Job<string>[] => users(45).map((guid) => job(guid));

  test.each([true, false])(
    "that refuses what is over its budget (Retry-After: %s) has it all done in the end",
    async (retryAfter) => {
      load({ writesPerMinute: 12, retryAfter });
      const before = tenant.clock.now();
      const ended = await run(all(), 20);
      expect([...ended.values()]).toEqual(Array(45).fill(undefined));
      // The first twelve go at once, the others at twelve a minute.
      const bound = ((45 - 12) / 12) * 60_000;
      expect(tenant.clock.now() - before).toBeGreaterThanOrEqual(bound - 5_000);
      expect(tenant.organization.counters.cmdletWrites).toBe(45);
    },
  );

  test("that takes two requests at a time and refuses others has it all done in the end", async () => {
    load({ concurrentRequests: 2, overConcurrency: "refuse" });
    const { counters } = tenant.organization;
    // The two that are let in stay until the other three have been refused.
    tenant.hooks.before = async () => {
      while (counters.throttled < 3) await new Promise((resolve) => setImmediate(resolve));
      return undefined;
    };
    const ended = await run(all(), 20);
    expect([...ended.values()]).toEqual(Array(45).fill(undefined));
    expect(counters.cmdletWrites).toBe(45);
  });
});

test.each(["one", "two", "three"])(
  "everything that may go wrong at once delays a run and loses nothing (seed %s)",
  async (seed) => {
    const faults = {
      seed,
      throttledRequests: 0.1,
      throttledItems: 0.2,
      missingItems: 0.1,
      unavailableRequests: 0.1,
      lostAnswers: 0.1,
      mailboxesNeedingProxy: 0.2,
      operationsPerToken: 60,
    };
    Object.assign(tenant.hooks, faultHooks(faults));
    const guids = users(45);
    const ended = await run(
      guids.map((guid) => job(guid)),
      4,
    );
    expect([...ended.values()]).toEqual(Array(45).fill(undefined));
    expect(guids.every(isSet)).toBe(true);
    expect(tenant.organization.counters.cmdletWrites).toBeGreaterThan(45);
    expect(tenant.tokens).toBeGreaterThan(1);
  },
);

test("the token is in no error", async () => {
  const { value } = await api.tokens.current();
  tenant.hooks.before = () => Promise.resolve({ status: 400, body: "no" });
  const errors = [...(await run([job("nobody")])).values()];
  expect(errors).toHaveLength(1);
  expect(JSON.stringify(errors.map((error) => [error?.message, error?.facts]))).not.toContain(value);
});
