import { loadHooks, type ExchangeLoad } from "./load";
import { TestApi, bearer, tenantId, type Answer } from "./testing/adminApi";
import { VirtualClock } from "./testing/virtualClock";

function loaded(load: ExchangeLoad): { readonly api: TestApi; readonly clock: VirtualClock } {
  const api = new TestApi();
  const clock = new VirtualClock();
  Object.assign(api.hooks, loadHooks(load, clock));
  return { api, clock };
}

interface Item {
  readonly id: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

const users = (api: TestApi, count: number): readonly string[] => api.users(count).map(({ guid }) => guid);

async function batch(api: TestApi, guids: readonly string[]): Promise<Answer> {
  const requests = guids.map((guid, index) => ({
    id: String(index),
    method: "POST",
    url: `/adminapi/beta/${tenantId}/InvokeCommand`,
    headers: { Authorization: bearer() },
    body: { CmdletInput: { CmdletName: "Set-Mailbox", Parameters: { Identity: guid, AuditDelegate: ["Update"] } } },
  }));
  return api.request("POST", `/adminapi/beta/${tenantId}/$batch`, { authorization: bearer() }, { requests });
}

const items = ({ body }: Answer): readonly Item[] => body.responses as Item[];

describe("cmdlet latency", () => {
  it("is taken by each cmdlet, by each page of a list, and by the items of a batch one after another", async () => {
    const { api, clock } = loaded({ cmdletLatencyMs: 120 });
    await clock.run(api.invoke("Get-OrganizationConfig"));
    expect(clock.now()).toBe(120);
    await clock.run(api.get("Mailbox?$top=5"));
    expect(clock.now()).toBe(240);
    await clock.run(batch(api, users(api, 10)));
    expect(clock.now()).toBe(240 + 10 * 120);
  });

  it("is divided by the time scale", async () => {
    const { api, clock } = loaded({ cmdletLatencyMs: 120, timeScale: 20 });
    await clock.run(batch(api, users(api, 10)));
    expect(clock.now()).toBeCloseTo(60);
  });

  it("makes up for a timer that fired late, so that a batch takes no longer than its items", async () => {
    const { api, clock } = loaded({ cmdletLatencyMs: 100 });
    const answer = batch(api, users(api, 3));
    await clock.asleep(1);
    clock.advance(130);
    await clock.asleep(1);
    expect(clock.remaining).toEqual([70]);
    await clock.run(answer);
    expect(clock.now()).toBe(300);
  });
});

describe("the limit of requests at a time", () => {
  it("keeps others waiting, a batch counting as one", async () => {
    const { api, clock } = loaded({ cmdletLatencyMs: 100, concurrentRequests: 2 });
    const all = Promise.all([0, 1, 2, 3].map(() => batch(api, users(api, 2))));
    for (let step = 0; step < 4; step++) {
      await clock.asleep(2);
      expect(clock.remaining).toEqual([100, 100]);
      clock.advance(100);
    }
    expect((await all).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(clock.now()).toBe(400);
  });

  it("gives the place of a request that failed to the next one", async () => {
    const { api, clock } = loaded({ cmdletLatencyMs: 100, concurrentRequests: 1 });
    const answers = await clock.run(
      Promise.all([api.invoke("Get-Mailbox", { Identity: "nobody" }), api.invoke("Get-OrganizationConfig")]),
    );
    expect(answers.map(({ status }) => status)).toEqual([404, 200]);
  });

  it("can refuse others, in plain text", async () => {
    const { api, clock } = loaded({ cmdletLatencyMs: 100, concurrentRequests: 1, overConcurrency: "refuse" });
    const first = api.invoke("Get-OrganizationConfig");
    await clock.asleep(1);
    const second = await api.invoke("Get-OrganizationConfig");
    expect(second).toMatchObject({ status: 429, text: expect.stringContaining("maximum number of concurrent") });
    expect((await clock.run(first)).status).toBe(200);
    expect((await clock.run(api.invoke("Get-OrganizationConfig"))).status).toBe(200);
  });
});

describe("the budget of changes", () => {
  it("refuses what goes beyond it, items of a batch each for itself, and says when to come again", async () => {
    const { api, clock } = loaded({ writesPerMinute: 12 });
    const [first, second] = [await batch(api, users(api, 10)), await batch(api, users(api, 10))];
    expect(items(first).map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(items(second).filter(({ status }) => status === 200)).toHaveLength(2);
    const refused = items(second).filter(({ status }) => status === 429);
    expect(refused).toHaveLength(8);
    // There is room for the next one after 5 s at 12 a minute.
    expect(refused[0]).toMatchObject({ headers: { "retry-after": "5" } });
    clock.advance(5_000);
    expect(items(await batch(api, users(api, 10))).filter(({ status }) => status === 200)).toHaveLength(1);
    expect(api.organization.counters).toMatchObject({ cmdletWrites: 13, changes: 10, throttled: 17 });
  });

  it("is per tenant minute on the scaled clock, and is not saved up beyond a minute", async () => {
    const { api, clock } = loaded({ writesPerMinute: 4, timeScale: 10 });
    clock.advance(60_000);
    expect(items(await batch(api, users(api, 6))).filter(({ status }) => status === 200)).toHaveLength(4);
    clock.advance(3_000);
    expect(items(await batch(api, users(api, 6))).filter(({ status }) => status === 200)).toHaveLength(2);
  });

  it("does not count reading", async () => {
    const { api } = loaded({ writesPerMinute: 1 });
    expect((await api.invoke("Set-Mailbox", { Identity: users(api, 1)[0], AuditDelegate: ["Update"] })).status).toBe(
      200,
    );
    expect((await api.invoke("Get-OrganizationConfig")).status).toBe(200);
    expect((await api.get("Mailbox")).status).toBe(200);
    const refused = await api.invoke("Set-Mailbox", { Identity: users(api, 1)[0], AuditDelegate: ["SendAs"] });
    expect(refused).toMatchObject({ status: 429, headers: { "retry-after": "60" } });
  });

  it("can leave it open when to come again", async () => {
    const { api } = loaded({ writesPerMinute: 1, retryAfter: false });
    const answer = await batch(api, users(api, 2));
    const refused = items(answer).find(({ status }) => status === 429);
    expect(refused).toBeDefined();
    expect(refused?.headers).not.toHaveProperty("retry-after");
  });
});
