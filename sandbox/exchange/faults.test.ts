import type { ExchangeFaults } from "./faultOptions";
import { faultHooks } from "./faults";
import { TestApi, bearer, failure, tenantId, type Answer } from "./testing/adminApi";

function faulty(faults: ExchangeFaults): TestApi {
  const api = new TestApi();
  Object.assign(api.hooks, faultHooks(faults));
  return api;
}

interface Item {
  readonly id: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Record<string, unknown>;
}

const users = (api: TestApi, count: number): readonly string[] => api.users(count).map(({ guid }) => guid);

async function batch(api: TestApi, guids: readonly string[], headers: Readonly<Record<string, string>> = {}) {
  const requests = guids.map((guid) => ({
    id: guid,
    method: "POST",
    url: `/adminapi/beta/${tenantId}/InvokeCommand`,
    headers: { Authorization: bearer(), ...headers },
    body: { CmdletInput: { CmdletName: "Set-Mailbox", Parameters: { Identity: guid, AuditDelegate: ["Update"] } } },
  }));
  return api.request("POST", `/adminapi/beta/${tenantId}/$batch`, { authorization: bearer() }, { requests });
}

const items = ({ body }: Answer): readonly Item[] => body.responses as Item[];

async function refusedIn(api: TestApi, guids: readonly string[]): Promise<readonly string[]> {
  const answer = await batch(api, guids);
  return items(answer)
    .filter(({ status }) => status === 429)
    .map(({ id }) => id)
    .sort();
}

describe("faults by chance", () => {
  it("strike the same mailboxes for the same seed, in whatever order they come, and others for another", async () => {
    const faults = { throttledChanges: 0.5, seed: "one" };
    const [first, second] = [faulty(faults), faulty(faults)];
    const guids = users(first, 10);
    const struck = await refusedIn(first, guids);
    expect(struck.length).toBeGreaterThan(0);
    expect(struck.length).toBeLessThan(10);
    expect(await refusedIn(second, [...guids].reverse())).toEqual(struck);
    expect(await refusedIn(faulty({ ...faults, seed: "two" }), guids)).not.toEqual(struck);
  });

  it("throttle items with or without a time to wait for, and let a later try pass", async () => {
    const api = faulty({ throttledChanges: 0.5, retryAfterSeconds: 7 });
    const guids = users(api, 10);
    const answer = await batch(api, guids);
    expect(items(answer).find(({ status }) => status === 429)?.headers).toEqual({ "retry-after": "7" });
    let left: readonly string[] = guids;
    for (let turn = 0; turn < 20 && left.length > 0; turn++) left = await refusedIn(api, left);
    expect(left).toEqual([]);
    const silent = await batch(faulty({ throttledChanges: 1 }), guids);
    expect(items(silent).map(({ headers }) => headers)).toEqual(Array(10).fill({}));
  });

  it("refuse whole requests with 429 and 503, before anything is done", async () => {
    const throttled = faulty({ throttledRequests: 1, retryAfterSeconds: 3 });
    expect(await batch(throttled, users(throttled, 2))).toMatchObject({ status: 429, headers: { "retry-after": "3" } });
    const unavailable = faulty({ unavailableRequests: 1 });
    expect(await batch(unavailable, users(unavailable, 2))).toMatchObject({ status: 503 });
    for (const { organization } of [throttled, unavailable]) expect(organization.counters.cmdletWrites).toBe(0);
  });

  it("lose answers of what was done: single ones and whole ones", async () => {
    const missing = faulty({ missingItems: 0.5 });
    const left = items(await batch(missing, users(missing, 10)));
    expect(left.length).toBeGreaterThan(0);
    expect(left.length).toBeLessThan(10);
    const lost = faulty({ lostAnswers: 1 });
    expect(await batch(lost, users(lost, 10))).toMatchObject({ status: 504, text: expect.stringContaining("<html>") });
    for (const { organization } of [missing, lost]) expect(organization.counters.cmdletWrites).toBe(10);
  });

  it("fail pages after the first, in two ways", async () => {
    const api = faulty({ failingPages: 1 });
    const statuses = new Set<number>();
    for (let turn = 0; turn < 12; turn++) {
      const first = await api.get("Mailbox?$select=Guid", { prefer: "odata.maxpagesize=50" });
      expect(first.status).toBe(200);
      const next = await api.get(first.body["@odata.nextLink"] as string, { prefer: "odata.maxpagesize=50" });
      statuses.add(next.status);
      if (next.status === 400) expect(failure(next).text).toContain("pagination");
    }
    expect(statuses).toEqual(new Set([400, 503]));
  });

  it("refuse a token that was used enough, for every item that still carries it", async () => {
    const api = faulty({ operationsPerToken: 4 });
    const guids = users(api, 10);
    const statuses = items(await batch(api, guids)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(4);
    expect(statuses.filter((status) => status === 401)).toHaveLength(6);
    const fresh = await batch(api, guids.slice(0, 2), { Authorization: bearer({ objectId: "other" }) });
    expect(items(fresh).map(({ status }) => status)).toEqual([200, 200]);
  });

  it("leave some mailboxes without a licence, each time", async () => {
    const api = faulty({ unlicensedMailboxes: 0.3 });
    const unlicensed = async () =>
      items(await batch(api, users(api, 10)))
        .filter(({ status, body = {} }) => status === 400 && failure({ body }).text.includes("license"))
        .map(({ id }) => id)
        .sort();
    const first = await unlicensed();
    expect(first.length).toBeGreaterThan(0);
    expect(first.length).toBeLessThan(10);
    expect(await unlicensed()).toEqual(first);
  });
});
