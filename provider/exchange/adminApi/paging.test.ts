import { AccessRefused, Rejected } from "../../core/errors";
import { TestTenant } from "../testing/tenant";
import type { AdminApi } from "./client";
import { collect } from "./paging";

const doing = { operation: "listing the mailboxes of", subject: "the test tenant" };
const query = { recipientTypes: ["UserMailbox", "SharedMailbox"], properties: ["Guid", "RecipientTypeDetails"] };

let tenant: TestTenant;
let api: AdminApi;
beforeAll(async () => {
  tenant = await TestTenant.start({ mailboxes: 3_300 });
});
beforeEach(async () => {
  delete tenant.hooks.before;
  tenant.seen.length = 0;
  tenant.organization.resetCounters();
  api = await tenant.open();
});
afterEach(() => api.close());
afterAll(() => tenant.stop());

/** Lets the page with this number (from 1) be answered otherwise, `times` times. */
function disturb(
  page: number,
  answer: { status: number; headers?: Record<string, string>; body?: unknown },
  times = 1,
): void {
  let left = times;
  let pages = 0;
  tenant.hooks.before = ({ kind }) => {
    if (kind !== "mailboxList") return Promise.resolve(undefined);
    pages += 1;
    if (pages < page || left === 0) return Promise.resolve(undefined);
    left -= 1;
    return Promise.resolve(answer);
  };
}

const expired = {
  status: 400,
  body: {
    error: {
      code: "BadRequest",
      message: "Expired or Invalid pagination request. Default Expiry time is 00:30:00",
      details: [
        {
          code: "Client",
          target: "",
          message: "Ex1|Microsoft.Exchange.Admin.OData.Core.ODataServiceException|Expired",
        },
      ],
    },
  },
};

function expectedCount(): number {
  return [...tenant.organization.each()].filter(({ recipientTypeDetails }) =>
    query.recipientTypes.includes(recipientTypeDetails),
  ).length;
}

test("every mailbox of the types comes, a thousand a page, over one anchor", async () => {
  const rows = (await collect(api.mailboxes(query, doing))) as { Guid: string }[];
  expect(new Set(rows.map(({ Guid }) => Guid)).size).toBe(expectedCount());
  expect(tenant.count("/Mailbox?")).toBe(Math.ceil(expectedCount() / 1_000));
  expect(new Set(tenant.seen.map(({ headers }) => headers["x-anchormailbox"])).size).toBe(1);
  expect(tenant.seen.every(({ headers }) => headers.prefer === "odata.maxpagesize=1000")).toBe(true);
});

test("a page that fails makes the listing begin again, and what came before is void", async () => {
  disturb(3, expired);
  const kinds: string[] = [];
  for await (const { kind } of api.mailboxes(query, doing)) kinds.push(kind);
  expect(kinds.slice(0, 3)).toEqual(["page", "page", "restart"]);
  disturb(2, { status: 503 });
  expect(await collect(api.mailboxes(query, doing))).toHaveLength(expectedCount());
});

test("a listing that fails again and again is an error, never the pages that came", async () => {
  disturb(2, { status: 503 }, 100);
  await expect(collect(api.mailboxes(query, doing))).rejects.toMatchObject({ tag: "Unavailable", status: 503 });
  expect(tenant.count("/Mailbox?")).toBeLessThanOrEqual(10);
});

test("a page that was throttled is asked for again where it is, after the time that was asked for", async () => {
  disturb(2, { status: 429, headers: { "retry-after": "7" } });
  const before = tenant.clock.slept.length;
  const kinds: string[] = [];
  for await (const { kind } of api.mailboxes(query, doing)) kinds.push(kind);
  expect(kinds).not.toContain("restart");
  expect(tenant.clock.slept.slice(before)).toEqual([7_000]);
});

test("three waits of 315 seconds in a row are waited out, and told as they begin; one beyond the limit is not", async () => {
  const long = { status: 429, headers: { "retry-after": "315" } };
  disturb(2, long, 3);
  tenant.reported.length = 0;
  expect(await collect(api.mailboxes(query, doing))).toHaveLength(expectedCount());
  expect(tenant.reported).toHaveLength(3);
  expect(tenant.reported[0]).toMatch(/^listing the mailboxes of .*429.* in 5 min 15 s\.$/);
  disturb(2, { ...long, headers: { "retry-after": "601" } }, 1);
  await expect(collect(api.mailboxes(query, doing))).rejects.toMatchObject({ tag: "DeadlineExceeded" });
});

test("a first page that is refused as wrong is not asked for again", async () => {
  const wrong = { ...query, properties: ["NoSuchProperty"] };
  await expect(collect(api.mailboxes(wrong, doing))).rejects.toBeInstanceOf(Rejected);
  expect(tenant.count("/Mailbox?")).toBe(1);
});

test("refused access ends a listing at once", async () => {
  disturb(2, { status: 403, body: "\0".repeat(64), headers: { "x-ms-diagnostics": '2000008;reason="no role"' } });
  await expect(collect(api.mailboxes(query, doing))).rejects.toBeInstanceOf(AccessRefused);
  expect(tenant.count("/Mailbox?")).toBe(2);
});

test("the token is not sent to another host by a link to the next page", async () => {
  const elsewhere = {
    value: [{ Guid: "1" }],
    "@odata.nextLink": "https://outlook.office365.com.example.com/adminapi/next",
  };
  disturb(1, { status: 200, body: elsewhere });
  await expect(collect(api.mailboxes(query, doing))).rejects.toThrow(
    /next page leads to outlook.office365.com.example.com/,
  );
});

test("a cmdlet's result goes on by posting the same command to the next link", async () => {
  const rows = await collect(
    api.list({ name: "Get-MailboxAuditBypassAssociation", parameters: { ResultSize: "Unlimited" } }, doing),
  );
  expect(rows).toHaveLength([...tenant.organization.eachBypass()].length);
  const posts = tenant.seen.filter(({ method }) => method === "POST");
  expect(posts.length).toBeGreaterThan(1);
  expect(new Set(posts.map(({ body }) => JSON.stringify(body))).size).toBe(1);
});

test("a result that was cut short is an error", async () => {
  await expect(
    collect(api.list({ name: "Get-MailboxAuditBypassAssociation", parameters: { ResultSize: "20" } }, doing)),
  ).rejects.toThrow(/cut short/);
});

test("cookies that a page sets go with the next one", async () => {
  const cookie = "backend=AM8; expires=Wed, 21 Oct 2026 07:28:00 GMT; path=/";
  const first = {
    value: [],
    "@odata.nextLink": `${tenant.endpoint}/adminapi/beta/11111111-2222-4333-8444-555555555555/Mailbox?last`,
  };
  disturb(1, { status: 200, headers: { "set-cookie": cookie }, body: first });
  await collect(api.mailboxes(query, doing));
  expect(tenant.seen.slice(0, 2).map(({ headers }) => headers.cookie)).toEqual([undefined, "backend=AM8"]);
});
