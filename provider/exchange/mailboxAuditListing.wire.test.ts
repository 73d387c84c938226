/** What a policy makes of filters that are refused and of lists that come out empty, over the wire. */
import { faultHooks } from "../../sandbox/exchange/faults";
import type { InjectedAnswer } from "../../sandbox/exchange/hooks";
import type { MailboxAuditState } from "./mailboxAudit";
import { Steward } from "./testing/steward";
import { declared, TestTenant } from "./testing/tenant";

let tenant: TestTenant;
let policy: Steward;
beforeEach(async () => {
  tenant = await TestTenant.start({ mailboxes: 60 });
  policy = new Steward(tenant);
});
afterEach(() => tenant.stop());

const words =
  "A binary operator with incompatible types was detected. Found operand types 'Edm.String' and 'Edm.DateTimeOffset'";
const refusal: InjectedAnswer = { status: 400, body: { error: { code: "BadRequest", message: words } } };

/** Refuses listings of mailboxes whose filter has a text in it. */
function refuseFilters(part: string): void {
  tenant.hooks.before = ({ kind, cmdlet }) => {
    const { url = "", body } = tenant.seen.at(-1) ?? {};
    const isListing = kind === "mailboxList" || cmdlet === "Get-Mailbox";
    const asked = `${decodeURIComponent(url)} ${JSON.stringify(body ?? "")}`;
    return Promise.resolve(isListing && asked.includes(part) ? refusal : undefined);
  };
}

function listNothing(): void {
  tenant.hooks.before = ({ kind, cmdlet }) =>
    Promise.resolve(
      kind === "mailboxList" || cmdlet === "Get-Mailbox" ? { status: 200, body: { value: [] } } : undefined,
    );
}

describe("an incremental scan whose filter Exchange refuses", () => {
  const inputs = declared({ scan: "incremental" });
  let state: MailboxAuditState;
  beforeEach(async () => {
    state = await policy.up(inputs);
    await tenant.clock.sleep(3_600_000);
    state = await policy.refresh(state);
    refuseFilters("WhenChangedUTC");
    tenant.seen.length = 0;
    tenant.reported.length = 0;
  });

  test("becomes a full one that says so", async () => {
    tenant.organization.setMailboxAudit(policy.user().guid, { auditDelegate: ["Update"] });
    tenant.organization.setBypass(policy.user(1).guid, true);
    const seen = await policy.refresh(state);
    expect(seen).toMatchObject({ nonCompliant: { count: 1 }, bypassed: { count: 1 } });
    expect(seen.fullScanAt).toBe(seen.scannedAt);
    expect(policy.listings()).toMatchObject({ mailboxes: 2 });
    expect(tenant.reported).toEqual([
      `full scan: Exchange does not list what has changed since the last one: ${words}`,
    ]);
  });

  test("is tried again the next time", async () => {
    const seen = await policy.refresh(state);
    delete tenant.hooks.before;
    tenant.seen.length = 0;
    const later = await policy.refresh(seen);
    expect(later.fullScanAt).toBe(seen.fullScanAt);
    expect(policy.listings()).toEqual({ mailboxes: 1, bypass: 0 });
  });

  test("is an error where access is what is refused", async () => {
    tenant.hooks.before = ({ cmdlet }) =>
      Promise.resolve(cmdlet === "Get-Mailbox" ? { status: 403, body: "\0\0" } : undefined);
    expect(await policy.refresh(state)).toHaveProperty("unreadable");
    expect(policy.listings().mailboxes).toBe(1);
  });
});

describe("a filter that is declared", () => {
  test("and that Exchange refuses is an error in its words, at the property", async () => {
    const refused = policy.up(declared({ filter: "NoSuchThing -eq 'x'" }));
    await expect(refused).rejects.toMatchObject({ tag: "Rejected", property: "filter" });
    await expect(refused).rejects.toThrow(
      /^listing the mailboxes of tenant .* \[filter\]: Could not find a property named 'NoSuchThing'.* Exchange takes the filter for wrong/,
    );
    expect(policy.listings().mailboxes).toBe(1);
    expect(tenant.called("Set-Mailbox")).toEqual([]);
  });

  test("is so in an incremental scan too", async () => {
    const inputs = declared({ filter: "Alias -ne 'x'", scan: "incremental" });
    let state = await policy.up(inputs);
    state = await policy.refresh(state);
    refuseFilters("Alias");
    await expect(policy.refresh(state)).rejects.toMatchObject({ property: "filter" });
  });

  test("with a time goes to Get-Mailbox, and its rows are read as those of the other listing", async () => {
    const all = await policy.up(declared());
    const inputs = declared({ filter: "WhenCreatedUTC -ge '2000-01-31' -and Alias -ne 'nobody'" });
    tenant.seen.length = 0;
    const state = await policy.up(inputs);
    expect(tenant.called("Get-Mailbox")).toMatchObject([
      { Filter: "(WhenCreatedUTC -ge '2000-01-31T00:00:00Z') -and (Alias -ne 'nobody')", ResultSize: "Unlimited" },
    ]);
    expect(tenant.count("/Mailbox?")).toBe(0);
    expect(state).toMatchObject({ mailboxes: all.mailboxes, compliant: all.mailboxes, digest: all.digest, changed: 0 });
    const none = await policy.up(declared({ filter: "WhenCreatedUTC -ge '2099-01-31'" }));
    expect(none.mailboxes).toBe(0);
  });
});

describe("a full listing of no mailbox", () => {
  test("is an error where there were some the last time, for previews and updates", async () => {
    const state = await policy.up();
    listNothing();
    const error =
      /Exchange lists no mailbox in scope, where the last full scan counted \d+\. .*M365AUDIT_EMPTY_SCOPE=accept/;
    await expect(policy.refresh(state)).rejects.toThrow(error);
    await expect(policy.up(declared(), state)).rejects.toThrow(error);
    await expect(policy.up(declared({ match: "exactly" }), state)).rejects.toThrow(error);
  });

  test("is none for a new policy, for another scope, or where it is said to be true", async () => {
    const state = await policy.up();
    listNothing();
    expect((await policy.up()).mailboxes).toBe(0);
    expect((await policy.up(declared({ recipientTypes: ["RoomMailbox"] }), state)).mailboxes).toBe(0);
    tenant.settings.set("emptyScope", "accept");
    const empty = await policy.refresh(state);
    expect(empty.mailboxes).toBe(0);
    tenant.settings.delete("emptyScope");
    expect((await policy.refresh(empty)).mailboxes).toBe(0);
  });

  test("is none between two full scans, where nothing has changed", async () => {
    let state = await policy.up(declared({ scan: "incremental" }));
    state = await policy.refresh(state);
    listNothing();
    expect((await policy.refresh(state)).mailboxes).toBe(state.mailboxes);
  });
});

describe("of a tenant with more mailboxes than a page holds", () => {
  let large: TestTenant;
  let clean: MailboxAuditState;
  const nothingYet = { mailboxes: 0 } as unknown as MailboxAuditState;
  beforeAll(async () => {
    large = await TestTenant.start({ mailboxes: 2_400 });
    clean = await new Steward(large).refresh({ ...declared(), ...nothingYet });
  });
  afterEach(() => {
    delete large.hooks.before;
    delete large.hooks.after;
  });
  afterAll(() => large.stop());
  const look = (): Promise<MailboxAuditState> => new Steward(large).refresh(clean);

  test.each([
    ["pages that are never good a second time", { pagesNeverContinue: true }],
    ["rows that come twice on each page", { doubledRows: 1 }],
    ["both", { pagesNeverContinue: true, doubledRows: 1 }],
  ])("a full scan sees each mailbox once in spite of %s", async (_what, faults) => {
    Object.assign(large.hooks, faultHooks(faults));
    const seen = await look();
    const { mailboxes, digest, nonCompliant, bypassedAccounts } = clean;
    expect(seen).toMatchObject({ mailboxes, digest, nonCompliant });
    expect(seen.bypassedAccounts).toMatchObject({ count: bypassedAccounts?.count, unknown: bypassedAccounts?.unknown });
  });

  test("links that lead back end the scan with an error", async () => {
    Object.assign(large.hooks, faultHooks({ linkCycles: true }));
    await expect(look()).rejects.toThrow(/leads back to one that was read already/);
  });
});
