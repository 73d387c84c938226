import type { ExchangeFaults } from "./faultOptions";
import { faultHooks } from "./faults";
import { TestApi, failure, rows } from "./testing/adminApi";

function faulty(faults: ExchangeFaults): TestApi {
  const api = new TestApi();
  Object.assign(api.hooks, faultHooks(faults));
  return api;
}

const paged = { prefer: "odata.maxpagesize=50" };
const linkOf = ({ body }: { readonly body: Record<string, unknown> }): string => String(body["@odata.nextLink"]);

describe("faults of lists", () => {
  it("never give a second page, while the whole list can be had in one answer", async () => {
    const api = faulty({ pagesNeverContinue: true });
    for (let turn = 0; turn < 3; turn++) {
      const next = await api.get(linkOf(await api.get("Mailbox", paged)), paged);
      expect([next.status, failure(next).text]).toEqual([400, expect.stringContaining("pagination request")]);
    }
    expect(rows(await api.invoke("Get-Mailbox", { ResultSize: "Unlimited" }))).toHaveLength(194);
  });

  it("lead from the second page to itself", async () => {
    const api = faulty({ linkCycles: true });
    const link = linkOf(await api.get("Mailbox", paged));
    const second = await api.get(link, paged);
    expect(linkOf(second)).toBe(link);
    expect(rows(await api.get(linkOf(second), paged))).toEqual(rows(second));
  });

  it("show a row twice", async () => {
    const guids = rows(await faulty({ doubledRows: 1 }).invoke("Get-Mailbox")).map(({ Guid }) => Guid);
    expect([guids.length, new Set(guids).size]).toEqual([195, 194]);
  });

  it("are answered with nothing, but not where one mailbox is read", async () => {
    const api = faulty({ emptyListings: 1 });
    for (const answer of [await api.get("Mailbox", paged), await api.invoke("Get-Mailbox", {}, { headers: paged })]) {
      expect([answer.status, answer.body["value"]]).toEqual([200, []]);
      expect(answer.body).not.toHaveProperty(["@odata.nextLink"]);
    }
    const { guid } = api.organization.glance(0).mailbox();
    expect((await api.read(guid)).Guid).toBe(guid);
  });

  it("are refused three times with 315 seconds to wait", async () => {
    const api = faulty({ longThrottles: 1 });
    for (let turn = 0; turn < 3; turn++) expect((await api.get("Mailbox")).headers["retry-after"]).toBe("315");
    expect((await api.get("Mailbox")).status).toBe(200);
  });
});
