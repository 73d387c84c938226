import { netwrixNonOwner } from "./auditActions";
import { Steward } from "./testing/steward";
import { declared, TestTenant } from "./testing/tenant";

let tenant: TestTenant;
let policy: Steward;
async function start(mailboxes = 120): Promise<void> {
  tenant = await TestTenant.start({ mailboxes });
  policy = new Steward(tenant);
}
afterEach(() => tenant.stop());

const lacks = (list: readonly string[], wanted: readonly string[]): boolean =>
  wanted.some((action) => !list.includes(action));
const wrong = (): number =>
  policy
    .mailboxes()
    .filter(
      ({ auditEnabled, auditAdmin, auditDelegate }) =>
        !auditEnabled || lacks(auditAdmin, netwrixNonOwner.Admin) || lacks(auditDelegate, netwrixNonOwner.Delegate),
    ).length;
const licence = "Ex|Microsoft.Exchange.Configuration.Tasks.RecipientTaskException|It needs an appropriate license.";
/** Lets `Set-Mailbox` fail for these mailboxes for good. */
function unlicensed(guids: readonly string[]): void {
  tenant.hooks.before = ({ cmdlet, identity = "" }) =>
    Promise.resolve(
      cmdlet === "Set-Mailbox" && guids.includes(identity)
        ? { status: 400, body: { error: { code: "BadRequest", details: [{ message: licence }] } } }
        : undefined,
    );
}

describe("maxFailures", () => {
  beforeEach(() => start());
  const some = (count: number): string[] =>
    policy
      .mailboxes()
      .slice(0, count)
      .map(({ guid }) => tenant.organization.setMailboxAudit(guid, { auditDelegate: ["Update"] }).guid);

  test("up to it the update succeeds, with each failure told and everything else done", async () => {
    unlicensed(some(3));
    const inputs = declared({ maxFailures: 3 });
    const state = await policy.up(inputs);
    expect(state.failed.count).toBe(3);
    expect(state.failed.sample[0]).toMatch(/@contoso.onmicrosoft.com: It needs an appropriate license/);
    expect(state).toMatchObject({ compliant: state.mailboxes - 3, nonCompliant: { count: 3 } });
    expect(policy.preview(state, inputs)).toEqual(["nonCompliant"]);
  });

  test("beyond it the update fails in part, and what was done is kept", async () => {
    unlicensed(some(3));
    const { error, state } = await policy.partialUp(declared({ maxFailures: 2 }));
    expect(error.reasons).toHaveLength(3);
    expect(state).toMatchObject({ failed: { count: 3 }, compliant: state.mailboxes - 3 });
    expect(wrong()).toBe(3);
  });

  test("does not cover an account that stays on bypass", async () => {
    const { guid, name } = policy.user();
    tenant.organization.setBypass(guid, true);
    tenant.hooks.before = ({ cmdlet }) =>
      Promise.resolve(cmdlet === "Set-MailboxAuditBypassAssociation" ? { status: 400, body: "no" } : undefined);
    const { error, state } = await policy.partialUp(declared({ maxFailures: 100 }));
    expect(error.reasons[0]).toContain(name);
    expect(state.bypassed).toEqual({ count: 1, sample: [name] });
  });

  test("a failed mailbox is tried again by the next update, with incremental scans too", async () => {
    const [guid = ""] = some(1);
    unlicensed([guid]);
    const inputs = declared({ maxFailures: 1, scan: "incremental" });
    const state = await policy.up(inputs);
    await tenant.clock.sleep(5 * 3_600_000);
    delete tenant.hooks.before;
    tenant.seen.length = 0;
    const after = await policy.up(inputs, state);
    expect(tenant.called("Set-Mailbox").map(({ Identity }) => Identity)).toEqual([guid]);
    expect(after).toMatchObject({ changed: 1, failed: { count: 0 }, compliant: after.mailboxes });
  });
});

describe("a run that is broken off", () => {
  beforeEach(() => start(300));

  /** Answers the first run's changes otherwise after some, even those that are still on their way when the next run begins. */
  function breakOff(after: number, status: number, breaking: () => void = () => undefined): void {
    let first: string | undefined;
    let changes = 0;
    tenant.hooks.before = ({ writes, authorization }) => {
      if (!writes) return Promise.resolve(undefined);
      first ??= authorization;
      if (authorization !== first) return Promise.resolve(undefined);
      changes += 1;
      if (changes <= after) return Promise.resolve(undefined);
      breaking();
      return Promise.resolve({ status });
    };
  }

  test("by the engine keeps what was done, and the next one does the rest and nothing twice", async () => {
    const stop = new AbortController();
    breakOff(40, 503, () => {
      stop.abort(new Error("the engine was asked to stop"));
    });
    const total = wrong();
    const { error, state } = await policy.partialUp(declared(), undefined, { signal: stop.signal });
    expect(error.message).toMatch(/it broke off after \d+ mailboxes: the engine was asked to stop/);
    expect(state.compliant).toBeLessThan(state.mailboxes);
    const left = wrong();
    expect(left).toBe(total - 40);
    const after = await policy.up(declared(), state);
    expect(after).toMatchObject({ changed: left, compliant: after.mailboxes });
    expect(wrong()).toBe(0);
  });

  test("without a trace is gone on with by looking again", async () => {
    breakOff(40, 403);
    const total = wrong();
    await policy.partialUp();
    // The process was killed: nothing of the first run is recorded.
    const after = await policy.up();
    expect(after).toMatchObject({ changed: total - 40, compliant: after.mailboxes });
    expect(wrong()).toBe(0);
  });
});

describe("what Exchange refuses for some mailboxes", () => {
  beforeEach(() => start());

  test("MessageBind, pinned before the mailbox had Audit (Premium), does not keep it from being corrected", async () => {
    const { guid } = policy.user(0, true);
    tenant.organization.setMailboxAudit(guid, { auditAdmin: ["MessageBind", "Update"] });
    const state = await policy.up();
    expect(state.failed.count).toBe(0);
    expect(tenant.organization.mailbox(guid)?.auditAdmin).toEqual(
      expect.arrayContaining(["MessageBind", "FolderBind"]),
    );
  });

  test("MessageBind that is asked for fails those mailboxes alone, with Exchange's reason", async () => {
    const inputs = declared({
      baseline: "custom",
      auditAdmin: ["MessageBind"],
      include: [0, 1].map((index) => {
        return policy.user(index, index === 0).userPrincipalName;
      }),
    });
    const { state } = await policy.partialUp(inputs);
    expect(state.failed.count).toBe(1);
    expect(state.failed.sample[0]).toMatch(/MessageBind audit operation type is deprecated/);
    expect(state.changed).toBe(1);
  });

  test("a licence for an action is missed by those mailboxes alone", async () => {
    const inputs = declared({ baseline: "custom", auditOwner: ["SearchQueryInitiated"], maxFailures: 1_000 });
    const premium = policy
      .mailboxes()
      .filter(({ persistedCapabilities }) => persistedCapabilities.includes("M365Auditing"));
    const state = await policy.up(inputs);
    expect(state.changed).toBe(premium.length);
    expect(state.failed.count).toBe(state.mailboxes - premium.length);
    expect(state.failed.sample[0]).toContain("only available for users with appropriate license");
  });
});

test.each([
  ["by address", (user: { userPrincipalName: string }) => user.userPrincipalName],
  ["by id", (user: { guid: string }) => user.guid.toUpperCase()],
  ["by name", (user: { name: string }) => user.name],
])("an account is allowed on bypass %s", async (_how, named) => {
  await start(20);
  const user = policy.user();
  tenant.organization.setBypass(user.guid, true);
  const state = await policy.up(declared({ bypassAllow: [named(user)] }));
  expect(tenant.called("Set-MailboxAuditBypassAssociation")).toEqual([]);
  expect(state.bypassedAccounts).toMatchObject({ count: 1 });
});
