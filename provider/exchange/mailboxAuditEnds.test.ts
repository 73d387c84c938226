/** What ends a run as a whole, what is the failure of a mailbox alone, and what is known of each mailbox then. */
import { setMaxListeners } from "node:events";
import type { ExchangeOperation, InjectedAnswer } from "../../sandbox/exchange/hooks";
import { netwrixNonOwner } from "./auditActions";
import { Steward } from "./testing/steward";
import { declared, TestTenant } from "./testing/tenant";

let tenant: TestTenant;
let policy: Steward;
async function start(mailboxes: number, behaviour = {}): Promise<void> {
  tenant = await TestTenant.start({ mailboxes, behaviour });
  policy = new Steward(tenant);
}
afterEach(() => tenant.stop());

/** What ends a run: its signal takes any number of listeners, as a surface's does. */
function stopping(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}

const forbidden: InjectedAnswer = { status: 403, body: "\0".repeat(64) };
const success: InjectedAnswer = { status: 200, body: { value: [] } };

/** How many mailboxes lack an action that the policy wants for delegates. */
const wrong = (): number =>
  policy
    .mailboxes()
    .filter(({ auditDelegate }) => netwrixNonOwner.Delegate.some((action) => !auditDelegate.includes(action))).length;

/** Answers `Set-Mailbox` in place of the service where `answer` gives something; it is told how many there were before. */
function instead(answer: (before: number, operation: ExchangeOperation) => InjectedAnswer | undefined): void {
  let count = 0;
  tenant.hooks.before = (operation) =>
    Promise.resolve(operation.cmdlet === "Set-Mailbox" ? answer(count++, operation) : undefined);
}

/** A tenant in which all is well but for so many mailboxes, and a policy that was applied to it. */
async function narrowed(count: number, mailboxes = 120, behaviour = {}) {
  await start(mailboxes, behaviour);
  const state = await policy.up();
  for (const { guid } of policy.mailboxes().slice(0, count))
    tenant.organization.setMailboxAudit(guid, { auditDelegate: ["Update"] });
  tenant.seen.length = 0;
  return state;
}

describe("refused access", () => {
  test("mailboxes that are closed for good fail alone, run after run, however many of them stand together", async () => {
    const before = await narrowed(15);
    instead(() => forbidden);
    const inputs = declared({ maxFailures: 20 });
    const first = await policy.up(inputs, before);
    expect(first).toMatchObject({ failed: { count: 15 }, compliant: first.mailboxes - 15, changed: 0 });
    expect(await policy.up(inputs, first)).toMatchObject({ failed: { count: 15 }, nonCompliant: { count: 15 } });
  });

  test("closed mailboxes among others keep no other from being changed", async () => {
    const before = await narrowed(80);
    const closed = new Set(
      policy
        .mailboxes()
        .slice(20, 50)
        .map(({ guid }) => guid),
    );
    instead((_, { identity = "" }) => (closed.has(identity) ? forbidden : undefined));
    const { state } = await policy.partialUp(declared(), before);
    expect(state).toMatchObject({ changed: 50, failed: { count: 30 }, nonCompliant: { count: 30 } });
    expect(wrong()).toBe(30);
  });

  /** The app's role is taken away after so many changes: it may still read. */
  function roleLostAfter(changes: number): void {
    let isLost = false;
    tenant.hooks.before = ({ cmdlet, kind }) => {
      isLost ||= cmdlet === "Set-Mailbox" && changes-- <= 0;
      if (isLost && kind === "module")
        return Promise.resolve({ status: 200, body: { value: [{ exportedCmdlets: "Get-Mailbox" }] } });
      return Promise.resolve(isLost && cmdlet === "Set-Mailbox" ? forbidden : undefined);
    };
  }

  test.each([
    ["with many mailboxes left", 40, 110],
    ["with few left", 40, 44],
  ])("a role that is lost in the middle ends the run, %s", async (_how, after, count) => {
    const before = await narrowed(count, 150);
    roleLostAfter(after);
    const { error, state } = await policy.partialUp(declared({ maxFailures: 1_000 }), before);
    expect(error.message).toMatch(/broke off after 40 mailboxes/);
    expect(state).toMatchObject({ changed: 40, failed: { count: 0 }, nonCompliant: { count: count - 40 } });
    expect(wrong()).toBe(count - 40);
    expect(tenant.called("Set-Mailbox").length).toBeLessThan(100);
  });

  test("where Exchange does not list what the app may run, one closed mailbox among others is still that mailbox's failure", async () => {
    const before = await narrowed(5, 60, { moduleFile: false });
    const [closed] = policy.mailboxes();
    instead((_, { identity }) => (identity === closed?.guid ? forbidden : undefined));
    const { state } = await policy.partialUp(declared(), before);
    expect(state).toMatchObject({ changed: 4, failed: { count: 1 } });
  });

  test("and where nothing else was changed, the refusal ends the run", async () => {
    const before = await narrowed(1, 60, { moduleFile: false });
    instead(() => forbidden);
    const { error } = await policy.partialUp(declared({ maxFailures: 5 }), before);
    expect(error.message).toMatch(/broke off after 0 mailboxes: setting the audit actions of/);
  });
});

describe("a service that is not there", () => {
  test("ends the run, long before each mailbox was tried", async () => {
    const before = await narrowed(110, 150);
    instead((count) => (count < 40 ? undefined : { status: 503 }));
    const { error, state } = await policy.partialUp(declared({ maxFailures: 1_000 }), before);
    expect(error.message).toMatch(/broke off after 40 mailboxes/);
    expect(state.changed).toBe(40);
    // Each that was taken up was tried six times.
    expect(tenant.called("Set-Mailbox").length).toBeLessThanOrEqual(40 + 6 * 40);
  });

  test.each(["0", "-3", "Sun, 01 Mar 2020 00:00:00 GMT"])(
    "and asks for no wait at all (Retry-After: %s) is not asked again at once",
    async (retryAfter) => {
      const before = await narrowed(3, 60);
      instead((count) => (count < 8 ? { status: 429, headers: { "retry-after": retryAfter } } : undefined));
      tenant.clock.slept.length = 0;
      expect(await policy.up(declared(), before)).toMatchObject({ changed: 3, failed: { count: 0 } });
      expect(Math.max(...tenant.clock.slept)).toBeGreaterThanOrEqual(2_000);
    },
  );
});

describe("what is known when a run breaks off", () => {
  test("answers that were seen to be wrong speak for nothing: what could not be read back any more is not counted as changed", async () => {
    const before = await narrowed(60, 120);
    const stop = stopping();
    let reads = 0;
    tenant.hooks.before = ({ cmdlet, identity }) => {
      if (cmdlet === "Set-Mailbox") return Promise.resolve(success);
      // Each of the sample is looked at five times.
      if (cmdlet === "Get-Mailbox" && identity !== undefined && ++reads > 130) stop.abort(new Error("told to stop"));
      return Promise.resolve(undefined);
    };
    const { error, state } = await policy.partialUp(declared(), before, { signal: stop.signal });
    expect(error.message).toMatch(/broke off after 0 mailboxes: told to stop/);
    expect(state).toMatchObject({ changed: 0, compliant: state.mailboxes - 60, nonCompliant: { count: 60 } });
    expect(state.failed.count).toBeGreaterThanOrEqual(20);
    expect(state.failed.count).toBeLessThan(60);
  });

  test("what was answered with success and could not be looked at is changed", async () => {
    const before = await narrowed(60, 120);
    const stop = stopping();
    tenant.hooks.before = ({ cmdlet, identity }) => {
      if (cmdlet !== "Get-Mailbox" || identity === undefined) return Promise.resolve(undefined);
      stop.abort(new Error("told to stop"));
      return Promise.resolve({ status: 503 });
    };
    const { state } = await policy.partialUp(declared(), before, { signal: stop.signal });
    expect(state).toMatchObject({ changed: 60, compliant: state.mailboxes, failed: { count: 0 } });
    expect(wrong()).toBe(0);
  });

  test("accounts that were taken off bypass before the run broke off are on it no more", async () => {
    const before = await narrowed(0, 120);
    for (const { guid } of policy.mailboxes().slice(0, 40)) tenant.organization.setBypass(guid, true);
    const stop = stopping();
    let changes = 0;
    tenant.hooks.before = ({ cmdlet }) => {
      if (cmdlet === "Set-MailboxAuditBypassAssociation" && ++changes > 10) stop.abort(new Error("told to stop"));
      return Promise.resolve(undefined);
    };
    const { state } = await policy.partialUp(declared(), before, { signal: stop.signal });
    const left = [...tenant.organization.eachBypass()].filter(({ auditBypassEnabled }) => auditBypassEnabled === true);
    expect(left.length).toBeLessThan(40);
    expect(state.bypassed?.count ?? 0).toBe(left.length);
  });
});

describe("what reading back shows", () => {
  test("a mailbox that someone else changed meanwhile, and left as the policy wants it, is compliant", async () => {
    await start(60);
    const mailbox = policy.user();
    tenant.organization.setMailboxAudit(mailbox.guid, { defaultAuditSet: ["Admin", "Delegate", "Owner"] });
    tenant.hooks.after = ({ cmdlet, identity }) => {
      if (cmdlet === "Set-Mailbox" && identity === mailbox.guid) {
        const { auditDelegate } = tenant.organization.mailbox(mailbox.guid) ?? mailbox;
        tenant.organization.setMailboxAudit(mailbox.guid, { auditDelegate: [...new Set([...auditDelegate, "Copy"])] });
      }
      return Promise.resolve(undefined);
    };
    const inputs = declared({ include: [mailbox.userPrincipalName] });
    const state = await policy.up(inputs);
    expect(state).toMatchObject({ mailboxes: 1, compliant: 1, changed: 1, failed: { count: 0 } });
    expect(state.digest).toBe((await policy.refresh(state)).digest);
  });

  test("a mailbox of the sample that was deleted meanwhile is no reason to read all of them", async () => {
    await start(200);
    let isFirst = true;
    tenant.hooks.before = ({ cmdlet, identity }) => {
      if (cmdlet === "Get-Mailbox" && identity !== undefined && isFirst) {
        isFirst = false;
        tenant.organization.removeMailbox(identity);
      }
      return Promise.resolve(undefined);
    };
    const state = await policy.up();
    expect(new Set(tenant.called("Get-Mailbox").map(({ Identity }) => Identity)).size).toBe(20);
    expect(state).toMatchObject({ compliant: state.mailboxes, failed: { count: 0 } });
    expect(state.mailboxes).toBe(policy.mailboxes().length);
  });
});

describe("a service that asks to wait", () => {
  const throttled = (seconds: number): InjectedAnswer => ({ status: 429, headers: { "Retry-After": String(seconds) } });

  test("is waited for three times five minutes, and each wait is told as it begins", async () => {
    const before = await narrowed(5);
    instead((earlier) => (earlier < 3 ? throttled(315) : undefined));
    expect(await policy.up(declared(), before)).toMatchObject({ changed: 5, failed: { count: 0 } });
    expect(tenant.reported.filter((line) => line.includes("waiting 5 min 15 s"))).not.toEqual([]);
    expect(wrong()).toBe(0);
  });

  test("for longer than is allowed ends the run at once, with what was asked for and what was done so far", async () => {
    const before = await narrowed(60);
    instead((earlier) => (earlier < 30 ? undefined : throttled(7_200)));
    const { error, state } = await policy.partialUp(declared(), before);
    expect(error.message).toMatch(
      /broke off after 30 mailboxes: .*asks to wait for 120 min; allowed: no wait longer than 10 min/,
    );
    expect(error.message).toContain("m365audit:retryAfterLimitSeconds");
    expect(state).toMatchObject({ changed: 30, nonCompliant: { count: 30 } });
    expect(tenant.reported.filter((line) => line.includes("; waiting"))).toEqual([]);
  });
});
