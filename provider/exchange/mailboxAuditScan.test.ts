import type { MailboxAuditState } from "./mailboxAudit";
import { Steward } from "./testing/steward";
import { declared, TestTenant } from "./testing/tenant";

// Putting some thousand mailboxes under audit takes a while on a busy machine.
jest.setTimeout(60_000);

const hour = 3_600_000;
const inputs = declared({ scan: "incremental" });
let tenant: TestTenant;
let policy: Steward;
let state: MailboxAuditState;

/** A policy that has been in force for an hour. */
async function start(options: { mailboxes?: number } = {}): Promise<void> {
  tenant = await TestTenant.start({ mailboxes: 200, ...options });
  policy = new Steward(tenant);
  state = await policy.up(inputs);
  await settle();
}
/** Lets an hour pass, and a refresh that sees what the last update changed. */
async function settle(): Promise<void> {
  await tenant.clock.sleep(hour);
  state = await policy.refresh(state);
  await tenant.clock.sleep(hour);
  tenant.seen.length = 0;
  tenant.reported.length = 0;
}
const isIncremental = (): boolean =>
  tenant.called("Get-Mailbox").some(({ Filter }) => String(Filter).includes("WhenChangedUTC"));
const tamper = (guid: string) => tenant.organization.setMailboxAudit(guid, { auditDelegate: ["Update"] });
afterEach(() => tenant.stop());

describe("after a full scan", () => {
  beforeEach(() => start());

  test("a look asks for what has changed since and nothing else", async () => {
    const after = await policy.refresh(state);
    expect(policy.listings()).toEqual({ mailboxes: 1, bypass: 0 });
    const [{ Filter: filter } = {}] = tenant.called("Get-Mailbox");
    const since = Date.parse(/^WhenChangedUTC -ge '(\S+Z)'$/.exec(String(filter))?.[1] ?? "");
    expect(since).toBe(Date.parse(state.checkpoint?.watermark ?? "") - 15 * 60_000);
    expect(after).toMatchObject({ mailboxes: state.mailboxes, compliant: state.mailboxes, digest: state.digest });
    expect(policy.preview(after, inputs)).toEqual([]);
  });

  test("the outputs say what was read when", async () => {
    const after = await policy.refresh(state);
    expect(after.scannedAt).toBe(new Date(tenant.clock.now()).toISOString());
    expect(after.fullScanAt).toBe(state.fullScanAt);
    expect(after.bypassedAccounts?.scannedAt).toBe(state.fullScanAt);
    expect(Date.parse(after.fullScanAt)).toBeLessThan(Date.parse(after.scannedAt));
  });

  test("a changed mailbox is shown as drift and put right, with one listing each", async () => {
    const { guid, primarySmtpAddress } = policy.user();
    tamper(guid);
    const drifted = await policy.refresh(state);
    expect(drifted.nonCompliant).toMatchObject({ count: 1 });
    expect(drifted.nonCompliant?.sample[0]).toContain(primarySmtpAddress);
    expect(drifted.compliant).toBe(state.mailboxes - 1);
    expect(policy.preview(drifted, inputs)).toEqual(["nonCompliant"]);
    const repaired = await policy.up(inputs, drifted);
    expect(repaired).toMatchObject({ changed: 1, compliant: state.mailboxes });
    expect(tenant.organization.mailbox(guid)?.auditDelegate).toContain("FolderBind");
    expect(policy.listings().mailboxes).toBe(2);
    expect(policy.preview(await policy.refresh(repaired), inputs)).toEqual([]);
  });

  test("a mailbox that was found wrong is remembered until it is right, however long ago it changed", async () => {
    tamper(policy.user().guid);
    let seen = await policy.refresh(state);
    for (let look = 0; look < 3; look += 1) {
      await tenant.clock.sleep(10 * hour);
      seen = await policy.refresh(seen);
      expect(seen.nonCompliant?.count).toBe(1);
    }
    const repaired = await policy.up(inputs, seen);
    expect(repaired.changed).toBe(1);
    expect(repaired.checkpoint?.open).toEqual([]);
    expect(repaired.fullScanAt).toBe(state.fullScanAt);
  });

  test("a change in the very second in which a look began is seen by the next one", async () => {
    const before = await policy.refresh(state);
    tamper(policy.user().guid);
    await tenant.clock.sleep(60_000);
    expect((await policy.refresh(before)).nonCompliant?.count).toBe(1);
  });

  test("a change that another directory server dates some minutes back is seen", async () => {
    const late = await policy.refresh(state);
    tamper(policy.user().guid);
    // What the listing's server says of the time of the change lags behind what the last look was told.
    const ahead = new Date(tenant.clock.now() + 10 * 60_000).toISOString();
    const checkpoint = { policy: "", open: [], ...late.checkpoint, watermark: ahead };
    expect((await policy.refresh({ ...late, checkpoint })).nonCompliant?.count).toBe(1);
  });

  test("the organization's switches are read each time", async () => {
    tenant.organization.setAuditDisabled(true);
    tenant.organization.setUnifiedAuditLog(false);
    const drifted = await policy.refresh(state);
    expect(drifted).toMatchObject({ organizationAudit: "disabled", unifiedAuditLog: "off" });
    expect(policy.listings()).toEqual({ mailboxes: 1, bypass: 0 });
  });
});

describe("every mailbox is read again", () => {
  beforeEach(() => start());
  /** Whether the look read everything, by what it asked for and by what it says. */
  function isFull(after: MailboxAuditState): boolean {
    const filtered = isIncremental();
    expect(after.fullScanAt === after.scannedAt).toBe(!filtered);
    expect(policy.listings().bypass > 0).toBe(!filtered);
    tenant.seen.length = 0;
    return !filtered;
  }

  test("when the last time is longer ago than fullScanEvery, a week unless it is said", async () => {
    await tenant.clock.sleep(6 * 24 * hour);
    expect(isFull(await policy.refresh(state))).toBe(false);
    await tenant.clock.sleep(24 * hour);
    expect(isFull(await policy.refresh(state))).toBe(true);
    expect(tenant.reported.join()).toContain(`full scan: the last one was at ${state.fullScanAt}`);
  });

  test("as often as it is said", async () => {
    const often = { ...state, fullScanEvery: "4h" };
    expect(isFull(await policy.refresh(often))).toBe(false);
    await tenant.clock.sleep(3 * hour);
    expect(isFull(await policy.refresh(often))).toBe(true);
  });

  test.each([
    ["the baseline", { baseline: "microsoftManaged" as const }],
    ["how it is compared", { match: "exactly" as const }],
    ["the scope", { recipientTypes: ["UserMailbox" as const] }],
    ["the exceptions", { exclude: ["nobody@contoso.com"] }],
    ["who may be on bypass", { bypassAllow: ["svc@contoso.com"] }],
  ])("when %s changes", async (_what, changed) => {
    expect(isFull(await policy.up({ ...inputs, ...changed }, state))).toBe(true);
    expect(tenant.reported).toContain("full scan: the policy has changed");
  });

  test("not when the certificate changes: no mailbox is then read at all", async () => {
    await policy.up({ ...inputs, certificatePem: "(another)" }, state);
    expect(policy.listings()).toEqual({ mailboxes: 0, bypass: 0 });
  });

  test("when more is wrong than the record holds, and the update then misses nothing", async () => {
    const users = policy.mailboxes().slice(0, 25);
    for (const { guid } of users) tamper(guid);
    const drifted = await policy.refresh(state);
    expect(drifted.nonCompliant?.count).toBe(25);
    expect(drifted).not.toHaveProperty("checkpoint");
    await tenant.clock.sleep(10 * hour);
    tenant.seen.length = 0;
    const repaired = await policy.up(inputs, drifted);
    expect(isFull(repaired)).toBe(true);
    expect(repaired).toMatchObject({ changed: 25, compliant: state.mailboxes });
  });

  test("when the record has nothing to go on from", async () => {
    const { checkpoint: _unknown, ...rest } = state;
    expect(isFull(await policy.refresh(rest))).toBe(true);
  });

  test("each time unless scans are to be incremental", async () => {
    const full = await policy.up(declared(), state);
    expect(isFull(full)).toBe(true);
    expect(full).not.toHaveProperty("checkpoint");
  });
});

describe("the server's time", () => {
  beforeEach(() => start());
  function says(date: string): void {
    const answer = { status: 200, headers: { date }, body: { value: [{ AuditDisabled: false, IsDehydrated: false }] } };
    tenant.hooks.after = ({ cmdlet }) => Promise.resolve(cmdlet === "Get-OrganizationConfig" ? answer : undefined);
  }

  test("is where the next look goes on from, and not this machine's", async () => {
    const behind = new Date(tenant.clock.now() - 3 * hour).toISOString();
    says(new Date(behind).toUTCString());
    expect((await policy.refresh(state)).checkpoint?.watermark).toBe(behind);
  });

  test("that runs ahead lets no change go by", async () => {
    says(new Date(tenant.clock.now() + 9 * hour).toUTCString());
    const misled = await policy.refresh(state);
    await tenant.clock.sleep(hour);
    tamper(policy.user().guid);
    expect((await policy.refresh(misled)).nonCompliant?.count).toBe(1);
  });

  test("that cannot be read makes the next scan a full one", async () => {
    says("half past nine");
    expect(await policy.refresh(state)).not.toHaveProperty("checkpoint");
  });
});

describe("accounts on audit bypass", () => {
  beforeEach(() => start());

  test("are looked for in full scans only", async () => {
    tenant.organization.setBypass(policy.user().guid, true);
    expect(await policy.refresh(state)).not.toHaveProperty("bypassed");
    await tenant.clock.sleep(7 * 24 * hour);
    expect((await policy.refresh(state)).bypassed?.count).toBe(1);
  });

  test("that were found are looked up again until they are off it", async () => {
    tenant.organization.setBypass(policy.user().guid, true);
    await tenant.clock.sleep(7 * 24 * hour);
    const found = await policy.refresh(state);
    await tenant.clock.sleep(hour);
    tenant.seen.length = 0;
    expect((await policy.refresh(found)).bypassed?.count).toBe(1);
    expect(isIncremental()).toBe(true);
    const repaired = await policy.up(inputs, found);
    expect(tenant.called("Set-MailboxAuditBypassAssociation")).toHaveLength(1);
    expect(repaired).not.toHaveProperty("bypassed");
    expect(repaired.bypassedAccounts).toMatchObject({ count: 0 });
    tenant.seen.length = 0;
    await policy.refresh(repaired);
    expect(policy.listings().bypass).toBe(0);
  });
});

test("the requests of a steady state do not grow with the tenant", async () => {
  const requests: number[] = [];
  for (const mailboxes of [50, 2_500]) {
    await start({ mailboxes });
    await policy.refresh(state);
    requests.push(tenant.seen.length);
    expect(policy.listings().mailboxes).toBe(1);
    if (mailboxes === 50) await tenant.stop();
  }
  expect(requests[1]).toBe(requests[0]);
});
