/** How changes are sent, and what it takes for one to count as made. */
import { type ExchangeFaults, exchangeFaultsSchema } from "../../sandbox/exchange/faultOptions";
import { faultHooks } from "../../sandbox/exchange/faults";
import type { ExchangeOperation, InjectedAnswer } from "../../sandbox/exchange/hooks";
import { netwrixNonOwner } from "./auditActions";
import type { MailboxAuditState } from "./mailboxAudit";
import { Steward } from "./testing/steward";
import { declared, TestTenant, tenantId } from "./testing/tenant";

let tenant: TestTenant;
let policy: Steward;
async function start(mailboxes = 120, behaviour = {}): Promise<void> {
  tenant = await TestTenant.start({ mailboxes, behaviour });
  policy = new Steward(tenant);
}
afterEach(() => tenant.stop());

const lacks = (list: readonly string[], wanted: readonly string[]): boolean =>
  wanted.some((action) => !list.includes(action));
const isWrong = (guid: string): boolean => {
  const mailbox = tenant.organization.mailbox(guid);
  return (
    mailbox !== undefined &&
    (!mailbox.auditEnabled ||
      lacks(mailbox.auditAdmin, netwrixNonOwner.Admin) ||
      lacks(mailbox.auditDelegate, netwrixNonOwner.Delegate))
  );
};
const wrong = (): number => policy.mailboxes().filter(({ guid }) => isWrong(guid)).length;

/** The requests that ran `Set-Mailbox`, by the mailbox: their anchors in order. */
function anchors(): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { body, headers } of tenant.seen) {
    const { CmdletInput: input } = (body ?? {}) as {
      CmdletInput?: { CmdletName: string; Parameters: { Identity: string } };
    };
    if (input?.CmdletName !== "Set-Mailbox") continue;
    const of = found.get(input.Parameters.Identity) ?? [];
    of.push(String(headers["x-anchormailbox"]));
    found.set(input.Parameters.Identity, of);
  }
  return found;
}

const isChange = ({ cmdlet }: ExchangeOperation): boolean => cmdlet === "Set-Mailbox";
/** Answers changes in place of the service, as long as `answer` gives one. */
function instead(answer: (operation: ExchangeOperation) => InjectedAnswer | undefined): void {
  tenant.hooks.before = (operation) => Promise.resolve(isChange(operation) ? answer(operation) : undefined);
}
function cmdletError(type: string, text: string, status = 400): InjectedAnswer {
  return { status, body: { error: { code: "BadRequest", details: [{ message: `|${type}|${text}` }] } } };
}
const success = (warnings: readonly string[] = [], errors?: readonly string[]): InjectedAnswer => ({
  status: 200,
  body: { value: [], "@adminapi.warnings": warnings, ...(errors === undefined ? {} : { "@adminapi.errors": errors }) },
});
const nothingModified = (name: string): InjectedAnswer =>
  success([`The command completed successfully but no settings of '${name}' have been modified.`]);
/** A mailbox that the policy has to change: Microsoft's list with one action taken off. */
const narrowed = (index = 0) =>
  tenant.organization.setMailboxAudit(policy.user(index).guid, { auditDelegate: ["Update"] });
/** All is well but for what a test then does. */
async function compliant(mailboxes = 60, behaviour = {}): Promise<MailboxAuditState> {
  await start(mailboxes, behaviour);
  const state = await policy.up();
  tenant.seen.length = 0;
  return state;
}

describe("where a change goes", () => {
  test("each mailbox is set in a request of its own, anchored to itself, though nine in ten live elsewhere", async () => {
    await start(300);
    const total = wrong();
    const state = await policy.up();
    expect(wrong()).toBe(0);
    expect(state).toMatchObject({ changed: total, compliant: state.mailboxes, failed: { count: 0 } });
    expect(tenant.count("$batch")).toBe(0);
    const sent = anchors();
    expect(sent.size).toBe(total);
    for (const [guid, used] of sent) {
      expect(used).toEqual([`UPN:${tenant.organization.mailbox(guid)?.userPrincipalName ?? ""}`]);
    }
  });

  const forms = [
    cmdletError("Microsoft.Exchange.Configuration.Tasks.CmdletProxyNotAvailableException", "Cmdlet needs proxy."),
    { status: 400, body: { error: { code: "ErrorIncorrectRoutingHint", message: "Wrong hint." } } },
    cmdletError(
      "Microsoft.Exchange.Data.Directory.ADOperationException",
      "It doesn't have write permission to target DC.",
    ),
  ] as const;
  test.each(forms)("another server's work is sent there at once, and is no failure (form %#)", async (refusal) => {
    const before = await compliant();
    for (const { guid } of policy.mailboxes()) tenant.organization.setMailboxAudit(guid, { auditDelegate: ["Update"] });
    tenant.clock.slept.length = 0;
    instead(({ anchor }) => (anchor.startsWith("MBX:") ? undefined : refusal));
    const state = await policy.up(declared(), before);
    expect(state).toMatchObject({ compliant: state.mailboxes, failed: { count: 0 } });
    expect(tenant.clock.slept).toEqual([]);
    const all = [...anchors()];
    const longest = all.map(([, used]) => used).sort((a, b) => b.length - a.length)[0] ?? [];
    expect(longest.map((anchor) => anchor.split(":")[0])).toEqual(["UPN", "SMTP", "MBX"]);
    // What worked for one mailbox is tried first for the next; those under way already began with another.
    const atOnce = all.filter(([, used]) => used.length === 1);
    expect(atOnce.length).toBeGreaterThanOrEqual(all.length - 2 * 20);
    for (const [guid, used] of all) {
      expect(used.at(-1)).toBe(`MBX:${tenant.organization.mailbox(guid)?.exchangeGuid ?? ""}@${tenantId}`);
    }
  });

  test("the organization's system mailbox is the last resort, and a mailbox that no server takes is a failure of its own", async () => {
    await compliant(60, { mailboxesElsewhere: 0 });
    const [one, other] = [narrowed(0), narrowed(1)];
    instead(({ anchor, identity }) => (identity === one.guid || !anchor.startsWith("APP:") ? forms[0] : undefined));
    const { state } = await policy.partialUp();
    expect(anchors().get(other.guid)?.at(-1)).toMatch(/^APP:SystemMailbox\{bb558c35/);
    expect(state.failed.sample).toEqual([expect.stringMatching(/^.*: Cmdlet needs proxy/)]);
  });

  test("the cmdlets of one mailbox go one after another", async () => {
    await start(60);
    await policy.up(declared({ match: "exactly" }));
    const inputs = declared({ baseline: "microsoftManaged" });
    // Handed back, with an action more for one logon type: two cmdlets.
    const { guid } = tenant.organization.setMailboxAudit(policy.user().guid, {
      auditAdmin: ["Copy"],
      auditDelegate: ["Update"],
    });
    tenant.seen.length = 0;
    await policy.up(inputs);
    const sets = tenant.called("Set-Mailbox").filter(({ Identity }) => Identity === guid);
    expect(sets.map((parameters) => "DefaultAuditSet" in parameters)).toEqual([true, false]);
  });
});

describe("a 200 is success only when it says nothing else", () => {
  test("errors beside it are the cmdlet's: the mailbox is read back and fails with Exchange's words", async () => {
    const before = await compliant();
    const mailbox = narrowed();
    instead(() => success([], ["Ex1|Microsoft.Exchange.Management.Tasks.RecipientTaskException|It is on hold."]));
    const { state } = await policy.partialUp(declared(), before);
    expect(tenant.called("Get-Mailbox").length).toBeGreaterThan(0);
    expect(state).toMatchObject({ changed: 0, compliant: state.mailboxes - 1, nonCompliant: { count: 1 } });
    expect(state.failed.sample).toEqual([`${mailbox.primarySmtpAddress}: It is on hold.`]);
  });

  test("where the change is there all the same, it is done", async () => {
    const before = await compliant();
    narrowed();
    tenant.hooks.after = (operation) =>
      Promise.resolve(isChange(operation) ? success([], ["|System.Exception|Odd."]) : undefined);
    expect(await policy.up(declared(), before)).toMatchObject({ changed: 1, failed: { count: 0 } });
    expect(tenant.called("Set-Mailbox")).toHaveLength(1);
  });

  test("'no settings have been modified' for a mailbox that was to change is a failure in those words", async () => {
    const before = await compliant();
    narrowed();
    instead(() => nothingModified("Ada"));
    const { state } = await policy.partialUp(declared(), before);
    expect(state).toMatchObject({ changed: 0, compliant: state.mailboxes - 1, nonCompliant: { count: 1 } });
    expect(state.failed.sample[0]).toMatch(/no settings of 'Ada' have been modified/);
  });

  test("a list that does not take additions is given whole", async () => {
    const before = await compliant();
    const mailbox = narrowed();
    tenant.hooks.before = (operation) => {
      if (!isChange(operation)) return Promise.resolve(undefined);
      const [last] = tenant.called("Set-Mailbox").slice(-1);
      return Promise.resolve(Array.isArray(last?.["AuditDelegate"]) ? undefined : nothingModified("Ada"));
    };
    expect(await policy.up(declared(), before)).toMatchObject({ changed: 1, failed: { count: 0 } });
    expect(isWrong(mailbox.guid)).toBe(false);
  });

  test("'already being audited' is success when the mailbox shows it, and what it says otherwise", async () => {
    const before = await compliant();
    const [there, not] = [narrowed(0), narrowed(1)];
    const refusal = cmdletError(
      "Microsoft.Exchange.Management.Tasks.RecipientTaskException",
      "The input audit operation(s) is/are already being audited.",
    );
    instead(({ identity }) => {
      // Someone else has set it in the meantime.
      if (identity === there.guid)
        tenant.organization.setMailboxAudit(there.guid, { auditDelegate: [...netwrixNonOwner.Delegate] });
      return refusal;
    });
    const { state } = await policy.partialUp(declared(), before);
    expect(state).toMatchObject({ changed: 1, failed: { count: 1 } });
    expect(state.failed.sample[0]).toBe(
      `${not.primarySmtpAddress}: The input audit operation(s) is/are already being audited.`,
    );
  });

  const lost: readonly (readonly [string, InjectedAnswer])[] = [
    ["never comes", { status: 504, body: "<html>Gateway Time-out</html>" }],
    ["is cut off", { status: 200, cutsConnection: true }],
    ["cannot be decoded", { status: 200, headers: { "content-encoding": "zstd9" }, body: "?" }],
    ["is no JSON", { status: 200, body: "unsupported compression method" }],
  ];
  test.each(lost)("an answer that %s: what is there decides, and nothing is sent twice", async (_how, answer) => {
    const before = await compliant();
    const mailbox = narrowed();
    tenant.hooks.after = (operation) => Promise.resolve(isChange(operation) ? answer : undefined);
    const state = await policy.up(declared(), before);
    expect(state).toMatchObject({ changed: 1, failed: { count: 0 }, compliant: state.mailboxes });
    expect(isWrong(mailbox.guid)).toBe(false);
    expect(tenant.called("Set-Mailbox")).toHaveLength(1);
    // Read where it was written.
    const reads = tenant.seen.filter(({ body }) => JSON.stringify(body ?? {}).includes('Get-Mailbox"'));
    expect(reads.map(({ headers }) => headers["x-anchormailbox"])).toEqual(
      reads.map(() => `UPN:${mailbox.userPrincipalName}`),
    );
  });

  test("a change that was throttled was not made: nothing is read, whatever the status", async () => {
    const before = await compliant();
    narrowed();
    let refusals = 2;
    const overBudget = cmdletError(
      "Microsoft.Exchange.Data.Storage.OverBudgetException",
      "The request was throttled.",
      500,
    );
    instead(() => (refusals-- > 0 ? overBudget : undefined));
    const reads: number[] = [];
    tenant.hooks.after = ({ cmdlet, identity }) => {
      if (cmdlet === "Get-Mailbox" && identity !== undefined) reads.push(tenant.called("Set-Mailbox").length);
      return Promise.resolve(undefined);
    };
    expect(await policy.up(declared(), before)).toMatchObject({ changed: 1, failed: { count: 0 } });
    expect(reads).toEqual([3]);
  });

  test("a change that got lost on its way is sent again", async () => {
    const before = await compliant();
    narrowed();
    let losses = 2;
    instead(() => (losses-- > 0 ? { status: 200, cutsConnection: true } : undefined));
    expect(await policy.up(declared(), before)).toMatchObject({ changed: 1, failed: { count: 0 } });
    expect(tenant.called("Set-Mailbox")).toHaveLength(3);
  });
});

describe("what was answered with success is looked at", () => {
  test("all of it where there is little, a sample of twenty else", async () => {
    await start(60);
    const few = await policy.up(declared({ recipientTypes: ["SharedMailbox"] }));
    expect(few.changed).toBeLessThanOrEqual(20);
    expect(tenant.called("Get-Mailbox")).toHaveLength(few.changed);
    await tenant.stop();
    await start(200);
    const many = await policy.up();
    expect(many.changed).toBeGreaterThan(100);
    expect(tenant.called("Get-Mailbox")).toHaveLength(20);
  });

  test("a service that says success and does nothing is found out: all are read, and none counts as changed", async () => {
    await start(200);
    const total = wrong();
    instead(() => success());
    const { state } = await policy.partialUp();
    expect(new Set(tenant.called("Get-Mailbox").map(({ Identity }) => Identity)).size).toBe(total);
    expect(state).toMatchObject({ changed: 0, failed: { count: total }, compliant: state.mailboxes - total });
    expect(state.failed.sample[0]).toMatch(/Exchange answered with success, but the mailbox reads: .* lacks /);
    expect(tenant.reported.join("\n")).toMatch(/all of them are read back/);
  });

  test("a directory server that hears of it late is waited for", async () => {
    await start(60);
    Object.assign(tenant.hooks, faultHooks({ lateSeconds: 5 }));
    // Reads of a mailbox are late although they are anchored to it.
    const replica = tenant.hooks.replica;
    expect(replica).toBeDefined();
    const state = await policy.up();
    expect(state).toMatchObject({ failed: { count: 0 }, compliant: state.mailboxes });
    expect(wrong()).toBe(0);
  });

  test("auditing that was switched on and reads off is accepted, not yet visible, and not switched on again", async () => {
    const before = await compliant();
    const mailbox = policy.mailboxes(["RoomMailbox"])[0] ?? policy.user();
    tenant.organization.setMailboxAudit(mailbox.guid, { auditEnabled: false });
    // It is taken and never shows.
    instead(() => success());
    const state = await policy.up(declared(), before);
    const since = new Date(tenant.clock.now() - tenant.clock.slept.reduce((sum, ms) => sum + ms, 0));
    expect(state).toMatchObject({
      changed: 0,
      failed: { count: 0 },
      compliant: state.mailboxes - 1,
      accepted: { auditEnabled: { count: 1, sample: [mailbox.primarySmtpAddress] } },
    });
    expect(Date.parse(state.accepted?.auditEnabled?.since ?? "")).toBeGreaterThanOrEqual(since.getTime());
    expect(state).not.toHaveProperty("nonCompliant");
    expect(policy.preview(await policy.refresh(state))).toEqual([]);
    tenant.seen.length = 0;
    const again = await policy.up(declared(), state);
    expect(tenant.called("Set-Mailbox")).toEqual([]);
    expect(again.accepted).toEqual(state.accepted);
    // After a day it counts as wrong.
    await tenant.clock.sleep(25 * 3_600_000);
    expect(await policy.refresh(again)).toMatchObject({ nonCompliant: { count: 1 } });
  });
});

describe("mailboxes that are gone, or closed", () => {
  test("a mailbox that was deleted after it was listed leaves the scope, and the report says so", async () => {
    const before = await compliant();
    const mailbox = narrowed();
    instead(() => {
      tenant.organization.removeMailbox(mailbox.guid);
      return undefined;
    });
    const state = await policy.up(declared(), before);
    expect(state).toMatchObject({
      mailboxes: before.mailboxes - 1,
      compliant: before.mailboxes - 1,
      changed: 0,
      failed: { count: 0 },
    });
    expect(tenant.reported.join("\n")).toContain(`${mailbox.primarySmtpAddress} was deleted`);
    expect(state.digest).toBe((await policy.refresh(state)).digest);
  });

  test("one that is there when it is read is not gone because a change did not find it", async () => {
    const before = await compliant();
    narrowed();
    let misses = 1;
    instead(() =>
      misses-- > 0
        ? cmdletError(
            "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException",
            "It couldn't be found.",
            404,
          )
        : undefined,
    );
    expect(await policy.up(declared(), before)).toMatchObject({ mailboxes: before.mailboxes, changed: 1 });
  });

  test("replication delays are no absence", async () => {
    const before = await compliant();
    narrowed();
    let misses = 2;
    const text = "The object 'x' couldn't be read from domain controller 'DB6'. This may be due to replication delays.";
    instead(() =>
      misses-- > 0
        ? cmdletError("Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException", text, 404)
        : undefined,
    );
    expect(await policy.up(declared(), before)).toMatchObject({ mailboxes: before.mailboxes, changed: 1 });
  });

  const forbidden: InjectedAnswer = { status: 403, body: "\0".repeat(64) };

  test("a mailbox that alone is refused is that mailbox's failure", async () => {
    await start(60);
    const { guid } = narrowed();
    instead(({ identity }) => (identity === guid ? forbidden : undefined));
    const inputs = declared({ maxFailures: 1 });
    const state = await policy.up(inputs);
    expect(state).toMatchObject({ failed: { count: 1 }, compliant: state.mailboxes - 1 });
    // The next run has no other to change: what the app may run tells a closed mailbox from closed access.
    tenant.seen.length = 0;
    expect(await policy.up(inputs, state)).toMatchObject({ changed: 0, failed: { count: 1 } });
    expect(tenant.count("EXOModuleFile")).toBe(1);
  });

  test("when all of them are refused the run ends, long before each was tried", async () => {
    await start(300);
    instead(() => forbidden);
    const { error } = await policy.partialUp();
    expect(error.message).toMatch(/broke off after 0 mailboxes/);
    expect(tenant.called("Set-Mailbox").length).toBeLessThan(50);
  });

  test("a single one that is refused ends the run where the app may not change any", async () => {
    const before = await compliant();
    narrowed();
    // A reader's role: it lists, and may not write.
    tenant.grants.app.wids = ["f2ef992c-3afb-46b9-b7cf-a126ee74c451"];
    const { error } = await policy.partialUp(declared({ maxFailures: 5 }), before);
    expect(error.message).toMatch(/broke off after 0 mailboxes/);
  });
});

describe("switches and accounts", () => {
  test("the unified audit log that was switched on shows an hour later: accepted until then, and not done twice", async () => {
    const before = await compliant();
    tenant.organization.setUnifiedAuditLog(false);
    const state = await policy.up(declared(), before);
    expect(state.accepted?.unifiedAuditLog).toMatch(/^2026-/);
    expect(state).not.toHaveProperty("unifiedAuditLog");
    const looked = await policy.refresh(state);
    expect(policy.preview(looked)).toEqual([]);
    tenant.seen.length = 0;
    const again = await policy.up(declared(), looked);
    expect(tenant.called("Set-AdminAuditLogConfig")).toEqual([]);
    await tenant.clock.sleep(61 * 60_000);
    const shown = await policy.refresh(again);
    expect(shown).not.toHaveProperty("accepted");
    expect(shown).not.toHaveProperty("unifiedAuditLog");
  });

  test("one that does not show after that hour is drift again", async () => {
    const before = await compliant();
    tenant.organization.setUnifiedAuditLog(false);
    tenant.hooks.before = ({ cmdlet }) => Promise.resolve(cmdlet === "Set-AdminAuditLogConfig" ? success() : undefined);
    const state = await policy.up(declared(), before);
    await tenant.clock.sleep(61 * 60_000);
    expect(await policy.refresh(state)).toMatchObject({ unifiedAuditLog: "off" });
  });

  test("the organization's auditing that stays off fails the update, whatever Exchange answered", async () => {
    const before = await compliant();
    tenant.organization.setAuditDisabled(true);
    tenant.hooks.before = ({ cmdlet }) => Promise.resolve(cmdlet === "Set-OrganizationConfig" ? success() : undefined);
    const { state } = await policy.partialUp(declared({ maxFailures: 100 }), before);
    expect(state).toMatchObject({ organizationAudit: "disabled" });
    expect(state.failed.sample[0]).toMatch(/AuditDisabled still reads true/);
  });

  test.each(["Set-OrganizationConfig", "Set-AdminAuditLogConfig"])(
    "errors beside the success of %s: how the switch reads decides",
    async (name) => {
      const before = await compliant();
      const mailbox = narrowed();
      const oddly = success([], ["|System.Exception|Odd."]);
      tenant.organization.setAuditDisabled(true);
      tenant.organization.setUnifiedAuditLog(false);
      tenant.hooks.before = ({ cmdlet }) => Promise.resolve(cmdlet === name ? oddly : undefined);
      const { error, state } = await policy.partialUp(declared(), before);
      expect(error.reasons).toEqual([expect.stringMatching(/: Odd\.$/)]);
      // The mailboxes are set all the same.
      expect(isWrong(mailbox.guid)).toBe(false);
      delete tenant.hooks.before;
      tenant.hooks.after = ({ cmdlet }) => Promise.resolve(cmdlet === name ? oddly : undefined);
      tenant.organization.setUnifiedAuditLog(true);
      expect(await policy.up(declared(), state)).toMatchObject({ failed: { count: 0 } });
      expect(tenant.organization.switches().auditDisabled).toBe(false);
    },
  );

  const passing: readonly (readonly [string, InjectedAnswer])[] = [
    ["is said to have changed nothing", nothingModified("Ada")],
    ["has errors beside its success", success([], ["|System.Exception|Odd."])],
    [
      "does not find the account",
      cmdletError("Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException", "It couldn't be found."),
    ],
  ];
  test.each(passing)(
    "an account that is still on bypass when its change %s is taken off again",
    async (_how, answer) => {
      const before = await compliant();
      const { guid } = policy.user();
      tenant.organization.setBypass(guid, true);
      let left = 2;
      tenant.hooks.before = ({ cmdlet }) =>
        Promise.resolve(cmdlet === "Set-MailboxAuditBypassAssociation" && left-- > 0 ? answer : undefined);
      const state = await policy.up(declared(), before);
      expect(tenant.organization.bypass(guid)?.auditBypassEnabled).toBe(false);
      expect(state).toMatchObject({ failed: { count: 0 }, bypassedAccounts: { count: 0 } });
    },
  );

  test("an account is taken off bypass on its own mailbox's server, and that is read back", async () => {
    const before = await compliant();
    const users = Array.from({ length: 5 }, (_, index) => policy.user(index));
    for (const { guid } of users) tenant.organization.setBypass(guid, true);
    const state = await policy.up(declared(), before);
    expect(state.bypassedAccounts?.count).toBe(0);
    expect(users.map(({ guid }) => tenant.organization.bypass(guid)?.auditBypassEnabled)).toEqual(Array(5).fill(false));
  });

  test("an account that still reads as on bypass fails the update, whatever Exchange answered", async () => {
    const before = await compliant();
    const { guid, name } = policy.user();
    tenant.organization.setBypass(guid, true);
    tenant.hooks.before = ({ cmdlet }) =>
      Promise.resolve(cmdlet === "Set-MailboxAuditBypassAssociation" ? success() : undefined);
    const { state } = await policy.partialUp(declared({ maxFailures: 100 }), before);
    expect(state).toMatchObject({ bypassed: { count: 1, sample: [name] } });
    expect(state.failed.sample[0]).toMatch(/still reads as on audit bypass/);
  });
});

test("handing the lists back is looked at as well", async () => {
  await start(60);
  const inputs = declared({ onDelete: "restoreDefaults" });
  const state = await policy.up(inputs);
  instead(() => success());
  await expect(policy.kind.remove(tenant.context(), "policy", state)).rejects.toMatchObject({
    tag: "PartiallyApplied",
  });
});

/** Every fault that concerns a change, at a share at which each strikes many times in a tenant of this size. */
const everything: ExchangeFaults = exchangeFaultsSchema.parse({
  throttledRequests: 0.02,
  throttledChanges: 0.1,
  retryAfterSeconds: 3,
  longThrottles: 0.005,
  unavailableRequests: 0.02,
  operationsPerToken: 500,
  notYetReplicated: 0.05,
  changedDomainControllers: 0.05,
  overBudget: 0.05,
  vanishingMailboxes: 0.01,
  otherWrongServerForms: 0.5,
  alreadyAudited: 0.1,
  errorsInAnswers: 0.05,
  unmodifiedAnswers: 0.05,
  lostAnswers: 0.03,
  cutConnections: 0.03,
  undecodableAnswers: 0.03,
  doubledRows: 0.1,
  lateSeconds: 4,
});

describe("2,345 mixed mailboxes with every fault switched on come out, in two runs at most, as the vendor's command", () => {
  test.each([
    ["exactly", { failingPages: 0.1 }],
    ["atLeast", { pagesNeverContinue: true }],
  ] as const)("would leave them: %s", async (match, pages) => {
    await start(2_345);
    const was = new Map([...tenant.organization.each()].map((mailbox) => [mailbox.guid, mailbox]));
    Object.assign(tenant.hooks, faultHooks({ ...everything, ...pages }));
    const inputs = declared({ match, maxFailures: 10_000 });
    const first = await policy.up(inputs);
    const second = await policy.up(inputs, first);
    expect(second.failed).toEqual({ count: 0, sample: [] });
    const left = policy.mailboxes();
    expect(left.length).toBeLessThan(was.size);
    for (const { guid, auditAdmin, auditDelegate, auditOwner, auditEnabled } of left) {
      const before = was.get(guid);
      const wanted = (vendor: readonly string[], had: readonly string[] = []): readonly string[] =>
        [...new Set(match === "exactly" ? vendor : [...vendor, ...had])].sort();
      expect([...auditAdmin].sort()).toEqual(wanted(netwrixNonOwner.Admin, before?.auditAdmin));
      expect([...auditDelegate].sort()).toEqual(wanted(netwrixNonOwner.Delegate, before?.auditDelegate));
      expect(auditOwner).toEqual(before?.auditOwner);
      expect(auditEnabled).toBe(true);
    }
    expect(second).toMatchObject({ mailboxes: left.length, compliant: left.length });
  });
});
