import { directoryRoleTemplates } from "../../provider/entra/wellKnown";
import type { Answer } from "./testing/adminApi";
import { TestApi, bearer, otherTenantId, tenantId } from "./testing/adminApi";

const root = `/adminapi/beta/${tenantId}`;

interface Item {
  readonly id: string;
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body?: { value?: unknown[]; "@adminapi.warnings"?: string[] };
}

function setMailbox(id: string, identity: string, authorization: string | undefined = bearer()) {
  return {
    id,
    method: "POST",
    url: `${root}/InvokeCommand`,
    headers: { Authorization: authorization, "X-CmdletName": "Set-Mailbox", "parameter-based-routing": true },
    body: { CmdletInput: { CmdletName: "Set-Mailbox", Parameters: { Identity: identity, AuditDelegate: ["Update"] } } },
  };
}

async function send(api: TestApi, requests: readonly object[]): Promise<Answer> {
  const prefer = "odata.maxpagesize = 1000;odata.continue-on-error";
  const origin = await api.origin();
  const absolute = requests.map((item) =>
    "url" in item ? { ...item, url: new URL(String(item.url), origin).href } : item,
  );
  return api.request("POST", `${root}/$batch`, { authorization: bearer(), prefer }, { requests: absolute });
}

const responses = ({ body }: Answer) => body.responses as Item[];
const statuses = (answer: Answer) => Object.fromEntries(responses(answer).map(({ id, status }) => [id, status]));

describe("$batch", () => {
  it("runs ten requests, each with its own status, and answers in an order of its own", async () => {
    const api = new TestApi();
    const guids = api.users(9);
    const requests = [...guids.map(({ guid }, index) => setMailbox(String(index), guid)), setMailbox("9", "nobody")];
    const answer = await send(api, requests);
    expect(answer.status).toBe(200);
    expect(statuses(answer)).toMatchObject({ 0: 200, 8: 200, 9: 404 });
    expect(responses(answer).map(({ id }) => id)).not.toEqual(requests.map(({ id }) => id));
    expect(responses(answer).find(({ id }) => id === "0")?.body).toMatchObject({ value: [], "@adminapi.warnings": [] });
    expect(guids.every(({ guid }) => api.organization.mailbox(guid)?.auditDelegate.length === 1)).toBe(true);
    expect(api.organization.counters).toMatchObject({ requests: 1, batches: 1, cmdletWrites: 10 });
  });

  it("gives the same order to the same requests in another run", async () => {
    const order = async () => {
      const api = new TestApi();
      return responses(
        await send(
          api,
          ["a", "b", "c", "d", "e"].map((id) => setMailbox(id, "nobody")),
        ),
      ).map(({ id }) => id);
    };
    expect(await order()).toEqual(await order());
  });

  it("lets each request in by its own token, and keeps header names in lower case", async () => {
    const api = new TestApi();
    const [{ guid } = { guid: "" }] = api.users(1);
    const reader = bearer({ wids: [directoryRoleTemplates["Global Reader"]] });
    const answer = await send(api, [
      setMailbox("in", guid),
      { ...setMailbox("no token", guid), headers: {} },
      setMailbox("no role", guid, bearer({ wids: [] })),
      setMailbox("reader", guid, reader),
    ]);
    expect(statuses(answer)).toEqual({ in: 200, "no token": 401, "no role": 403, reader: 403 });
    const refused = responses(answer).find(({ id }) => id === "no role");
    expect(Object.keys(refused?.headers ?? {})).toContain("x-ms-diagnostics");
    expect(refused).not.toHaveProperty("body");
  });

  it("refuses requests to other tenants and hosts, and batches within batches", async () => {
    const api = new TestApi();
    const item = setMailbox("1", "nobody");
    const answer = await send(api, [
      { ...item, id: "tenant", url: item.url.replace(tenantId, otherTenantId) },
      { ...item, id: "host", url: `https://example.com${item.url}` },
      { ...item, id: "batch", url: `${root}/$batch`, body: { requests: [item] } },
      { ...item, id: "own" },
    ]);
    expect(statuses(answer)).toEqual({ tenant: 400, host: 400, batch: 400, own: 404 });
  });

  it("refuses eleven requests, doubled ids, and what is no batch", async () => {
    const api = new TestApi();
    const eleven = Array.from({ length: 11 }, (_, index) => setMailbox(String(index), "nobody"));
    for (const requests of [eleven, [eleven[0], eleven[0]], [], [{ id: "1" }]]) {
      expect((await send(api, requests as object[])).status).toBe(400);
    }
    expect(api.organization.counters).toMatchObject({ batches: 0, cmdletWrites: 0 });
  });

  it("takes an address without a host", async () => {
    const payload = { requests: [setMailbox("1", "nobody")] };
    const api = new TestApi();
    expect(statuses(await api.request("POST", `${root}/$batch`, { authorization: bearer() }, payload))).toEqual({
      1: 404,
    });
  });

  it("pages a list within a batch, to be continued by a request of its own", async () => {
    const api = new TestApi();
    const list = { CmdletInput: { CmdletName: "Get-Mailbox", Parameters: { ResultSize: "Unlimited" } } };
    const headers = { Authorization: bearer(), Prefer: "odata.maxpagesize=150", "X-AnchorMailbox": "UPN:item" };
    const item = { id: "1", method: "POST", url: `${root}/InvokeCommand`, headers, body: list };
    const batch = { authorization: bearer(), "x-anchormailbox": "UPN:batch" };
    const [first] = responses(await api.request("POST", `${root}/$batch`, batch, { requests: [item] }));
    const url = (first?.body as Record<string, unknown>)["@odata.nextLink"] as string;
    const rest = await api.request("POST", url, batch, list);
    expect((first?.body?.value?.length ?? 0) + (rest.body.value as unknown[]).length).toBe(194);
  });

  it("may lose answers when a fault is set", async () => {
    const api = new TestApi();
    api.hooks.batchResponses = (_tenant, all) => all.filter(({ id }) => id !== "b");
    const answer = await send(
      api,
      ["a", "b"].map((id) => setMailbox(id, "nobody")),
    );
    expect(statuses(answer)).toEqual({ a: 404 });
  });
});
