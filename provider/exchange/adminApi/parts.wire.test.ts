/** Lists whose pages cannot be had, over the wire. */
import type { ExchangeOperation, InjectedAnswer } from "../../../sandbox/exchange/hooks";
import { TestTenant } from "../testing/tenant";
import type { AdminApi, MailboxQuery } from "./client";
import { collect, type ListingEvent } from "./paging";

const doing = { operation: "listing the mailboxes of", subject: "the test tenant" };
const query: MailboxQuery = {
  recipientTypes: ["UserMailbox", "SharedMailbox", "RoomMailbox"],
  properties: ["Guid", "Alias", "RecipientTypeDetails"],
};
const associations = { name: "Get-MailboxAuditBypassAssociation", parameters: { ResultSize: "Unlimited" } };

let tenant: TestTenant;
let api: AdminApi;
let inScope: readonly { readonly guid: string; readonly alias: string }[];
beforeAll(async () => {
  tenant = await TestTenant.start({ mailboxes: 1_250 });
  inScope = [...tenant.organization.each()]
    .filter(({ recipientTypeDetails }) => query.recipientTypes.includes(recipientTypeDetails))
    .map(({ guid, alias }) => ({ guid, alias }));
});
beforeEach(async () => {
  delete tenant.hooks.before;
  tenant.seen.length = 0;
  api = await tenant.open();
});
afterEach(() => api.close());
afterAll(() => tenant.stop());

/** What an operation is answered in place of the truth; the request's body is the last that came in. */
function answering(answer: (operation: ExchangeOperation, parameters: Parameters) => InjectedAnswer | undefined): void {
  tenant.hooks.before = (operation) => Promise.resolve(answer(operation, parametersOf(tenant.seen.at(-1)?.body)));
}

/** Whether the request that came in last asks for pages. */
const isPaged = (): boolean => tenant.seen.at(-1)?.headers.prefer !== undefined;

type Parameters = Readonly<Record<string, unknown>>;
const parametersOf = (body: unknown): Parameters =>
  (body as { CmdletInput?: { Parameters: Parameters } } | undefined)?.CmdletInput?.Parameters ?? {};

const failure = (type: string, text: string): InjectedAnswer => ({
  status: 400,
  body: {
    error: {
      code: "BadRequest",
      message: "Error",
      details: [{ code: "Client", target: "", message: `|${type}|${text}` }],
    },
  },
});
const expiry = "Expired or Invalid pagination request. Default Expiry time is 00:30:00";
const expired = failure("System.Exception", expiry);
const truncated: InjectedAnswer = {
  status: 200,
  body: {
    "@adminapi.warnings": ["There are more results available than are currently displayed. Increase the ResultSize."],
    value: [{ Guid: "00000000-0000-4000-8000-000000000001" }],
  },
};

const guids = (rows: readonly unknown[]): string[] => rows.map((row) => (row as { Guid: string }).Guid).sort();
const expected = (): string[] => inScope.map(({ guid }) => guid).sort();

describe("when pages are refused as expired", () => {
  test.each([
    ["with the type System.Exception", expired],
    [
      "with the type ODataServiceException",
      failure("Microsoft.Exchange.Admin.OData.Core.ODataServiceException", expiry),
    ],
    ["in words alone", { status: 400, body: expiry }],
    ["for their skip token", { status: 400, body: { error: { code: "BadRequest", message: "Invalid $skiptoken" } } }],
  ])("%s, the list is taken in one answer without a page size", async (_form, refusal) => {
    answering(({ continuesList }) => (continuesList ? refusal : undefined));
    const kinds: string[] = [];
    let rows: unknown[] = [];
    for await (const event of api.mailboxes(query, doing)) {
      kinds.push(event.kind);
      rows = event.kind === "page" ? [...rows, ...event.rows] : [];
    }
    expect(kinds).toEqual(["page", "restart", "page", "restart", "page"]);
    expect(guids(rows)).toEqual(expected());
    const last = tenant.seen.at(-1);
    expect(last?.headers).not.toHaveProperty("prefer");
    expect(parametersOf(last?.body)).toEqual({ RecipientTypeDetails: query.recipientTypes, ResultSize: "Unlimited" });
  });

  test("a list with a filter is so too, with that filter", async () => {
    answering(({ continuesList }) => (continuesList ? expired : undefined));
    const filter = { odata: "not (Alias eq 'nobody')", opath: "-not (Alias -eq 'nobody')" };
    expect(guids(await collect(api.mailboxes({ ...query, filter }, doing)))).toEqual(expected());
    expect(tenant.called("Get-Mailbox")).toMatchObject([{ Filter: filter.opath }]);
  });

  test("once only, the list is read again in pages", async () => {
    let left = 1;
    answering(({ continuesList }) => (continuesList && left-- > 0 ? expired : undefined));
    expect(guids(await collect(api.mailboxes(query, doing)))).toEqual(expected());
    expect(tenant.called("Get-Mailbox")).toEqual([]);
  });

  test("the bypass associations are taken in one answer, which is an error when it is cut short", async () => {
    answering(({ continuesList }) => (continuesList ? expired : undefined));
    const rows = await collect(api.list(associations, doing));
    expect(rows).toHaveLength([...tenant.organization.eachBypass()].length);
    answering(({ continuesList }) => {
      if (continuesList) return expired;
      return isPaged() ? undefined : truncated;
    });
    await expect(collect(api.list(associations, doing))).rejects.toThrow(
      /cannot be had whole: its pages are refused \(Expired.*in one answer there are more results.*It cannot be filtered/,
    );
  });

  test("and the way without pages is refused, that is the error", async () => {
    answering(({ continuesList, kind }) => {
      if (continuesList) return expired;
      return kind === "cmdlet"
        ? failure("Microsoft.Exchange.X.ParameterBindingException", "No parameter Filter.")
        : undefined;
    });
    await expect(collect(api.mailboxes(query, doing))).rejects.toMatchObject({ tag: "Rejected", status: 400 });
    expect(tenant.called("Get-Mailbox")).toHaveLength(1);
  });
});

describe("when pages are refused and one answer does not hold the list", () => {
  /** One answer is cut short where more than so many rows of it would pass. */
  function cutAt(most: number, cut: InjectedAnswer = truncated): void {
    answering(({ continuesList, kind }, { Filter: filter }) => {
      if (continuesList) return expired;
      if (kind !== "cmdlet" || isPaged()) return undefined;
      const start = /^(?:\(.*\) -and \()?Alias -like '([^']*)\*'/.exec(String(filter))?.[1] ?? "";
      const isRest = String(filter).includes("-not (Alias");
      return !isRest && inScope.filter(({ alias }) => alias.startsWith(start)).length > most ? cut : undefined;
    });
  }

  test.each([
    ["says that there is more", truncated],
    ["has a next page all the same", { status: 200, body: { value: [], "@odata.nextLink": "InvokeCommand?next" } }],
    ["is too large", { status: 413 }],
    ["takes too long", { status: 504 }],
  ])("because it %s, the list is put together from parts by the alias", async (_how, cut) => {
    cutAt(400, cut);
    const rows = await collect(api.mailboxes(query, doing));
    expect(guids(rows)).toEqual(expected());
    const filters = tenant.called("Get-Mailbox").map(({ Filter: filter }) => filter);
    expect(filters).toContain("Alias -like 'a*'");
    expect(filters.length).toBeLessThan(400);
  });

  test("a filter goes with each part", async () => {
    cutAt(400);
    const filter = { opath: "WhenCreatedUTC -ge '2000-01-01T00:00:00Z'" };
    expect(guids(await collect(api.mailboxes({ ...query, filter }, doing)))).toEqual(expected());
    const parts = tenant.called("Get-Mailbox").map(({ Filter: text }) => String(text));
    expect(parts).toContain(`(${filter.opath}) -and (Alias -like 'a*')`);
    expect(parts.every((text) => text.includes(filter.opath))).toBe(true);
  });

  test("parts that do not hold it either are an error, after a bounded number of requests", async () => {
    answering(({ continuesList, kind }) => (continuesList ? expired : kind === "cmdlet" ? truncated : undefined));
    await expect(collect(api.mailboxes(query, doing))).rejects.toThrow(
      /cannot be had whole: .*and so is the part Alias -like 'aaaaaaaa\*': there are more/,
    );
    expect(tenant.called("Get-Mailbox")).toHaveLength(9);
  });
});

describe("links", () => {
  const page = (next: string): InjectedAnswer => ({
    status: 200,
    body: { value: [{ Guid: "00000000-0000-4000-8000-000000000001" }], "@odata.nextLink": `Mailbox?${next}` },
  });

  test("that lead round in a circle end the listing at the second time", async () => {
    answering(() => page(tenant.seen.at(-1)?.url.endsWith("?a") === true ? "b" : "a"));
    const events: ListingEvent<unknown>[] = [];
    const reading = async (): Promise<void> => {
      for await (const event of api.mailboxes(query, doing)) events.push(event);
    };
    await expect(reading()).rejects.toThrow(/the page after page 3 leads back to one that was read already/);
    expect(events.filter(({ kind }) => kind === "restart")).toHaveLength(1);
    expect(tenant.count("/Mailbox?")).toBe(6);
  });

  test("that lead to their own page do so too", async () => {
    answering(() => page("a"));
    await expect(collect(api.mailboxes(query, doing))).rejects.toThrow(/leads back to one that was read already/);
    expect(tenant.count("/Mailbox?")).toBe(4);
  });
});

test("a row that comes twice is given once, on the same page and on another", async () => {
  const [one, two, three] = ["1", "2", "3"].map((digit) => ({ Guid: `00000000-0000-4000-8000-00000000000${digit}` }));
  answering(() =>
    tenant.seen.at(-1)?.url.endsWith("?last") === true
      ? { status: 200, body: { value: [two, three] } }
      : { status: 200, body: { value: [one, one, two], "@odata.nextLink": "Mailbox?last" } },
  );
  expect(await collect(api.mailboxes(query, doing))).toEqual([one, two, three]);
});
