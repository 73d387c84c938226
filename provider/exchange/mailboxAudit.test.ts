import { PartiallyApplied, WrongTenant } from "../core/errors";
import { reconcile } from "../core/kind";
import { gone } from "../core/plan";
import { netwrixNonOwner } from "./auditActions";
import {
  mailboxAudit,
  type MailboxAuditInputs,
  type MailboxAuditKind,
  mailboxAuditOver,
  type MailboxAuditState,
} from "./mailboxAudit";
import { clientId, declared, TestTenant, tenantId } from "./testing/tenant";

let tenant: TestTenant;
let kind: MailboxAuditKind;

async function start(options: { mailboxes?: number; dehydrated?: boolean } = {}): Promise<void> {
  tenant = await TestTenant.start(options);
  kind = mailboxAuditOver(tenant.connect);
}
afterEach(() => tenant.stop());

const id = `${tenantId}/mailboxAudit`;
const up = (inputs: MailboxAuditInputs = declared(), last?: MailboxAuditState) =>
  reconcile(kind, tenant.context(), { inputs, ...(last === undefined ? {} : { id, last: { ...last } }) });

async function refresh(last: MailboxAuditState) {
  const observed = await kind.observe(tenant.context(), { id, inputs: last, last: { ...last }, purpose: "refresh" });
  if (observed === gone) throw new Error("gone");
  return observed;
}
const pathsOf = (state: MailboxAuditState, desired = declared()) =>
  kind.plan(desired, { id, state }).changes.map(({ path }) => path);

function writes(): number {
  return tenant.organization.counters.cmdletWrites;
}
function inScope() {
  const types = ["UserMailbox", "SharedMailbox", "EquipmentMailbox", "LinkedMailbox", "RoomMailbox"];
  return [...tenant.organization.each()].filter(({ recipientTypeDetails }) => types.includes(recipientTypeDetails));
}
const user = (index = 0) => {
  const found = inScope().filter(({ recipientTypeDetails }) => recipientTypeDetails === "UserMailbox")[index];
  if (found === undefined) throw new Error("no such user");
  return found;
};
async function failing<T>(doing: Promise<T>): Promise<PartiallyApplied> {
  const error: unknown = await doing.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(PartiallyApplied);
  return error as PartiallyApplied;
}

describe("putting a tenant under audit", () => {
  beforeEach(() => start({ mailboxes: 120 }));

  test("every mailbox in scope then records the vendor's actions, and none records less than before", async () => {
    const before = new Map(inScope().map((mailbox) => [mailbox.guid, mailbox]));
    const { id: given, state } = await up();
    expect(given).toBe(id);
    for (const mailbox of inScope()) {
      const was = before.get(mailbox.guid);
      expect(mailbox.auditEnabled).toBe(true);
      expect(mailbox.auditAdmin).toEqual(
        expect.arrayContaining([...netwrixNonOwner.Admin, ...(was?.auditAdmin ?? [])]),
      );
      expect(mailbox.auditDelegate).toEqual(
        expect.arrayContaining([...netwrixNonOwner.Delegate, ...(was?.auditDelegate ?? [])]),
      );
      expect(mailbox.auditOwner).toEqual(was?.auditOwner);
    }
    expect(state).toMatchObject({ mailboxes: before.size, compliant: before.size, failed: { count: 0, sample: [] } });
    expect(state.changed).toBe(tenant.called("Set-Mailbox").length);
    expect(state).not.toHaveProperty("nonCompliant");
  });

  test("there is then nothing to do, and a second run writes nothing", async () => {
    const { state } = await up();
    expect(pathsOf(state)).toEqual([]);
    tenant.organization.resetCounters();
    const again = await up(declared(), state);
    expect(writes()).toBe(0);
    expect(again.state).toMatchObject({ changed: 0, compliant: state.mailboxes, digest: state.digest });
  });

  test("one listing, then a request for each mailbox that differs and for no other", async () => {
    const { state } = await up();
    expect(tenant.organization.counters.listPages).toBe(1 + 1);
    expect(tenant.called("Set-Mailbox")).toHaveLength(state.changed);
    const touched = tenant.called("Set-Mailbox").map(({ Identity }) => Identity);
    expect(new Set(touched).size).toBe(touched.length);
  });

  test("a group mailbox is never touched", async () => {
    await up();
    const groups = [...tenant.organization.each()].filter((one) => one.recipientTypeDetails === "GroupMailbox");
    expect(groups.length).toBeGreaterThan(0);
    const touched = new Set(tenant.called("Set-Mailbox").map(({ Identity }) => Identity));
    expect(groups.filter(({ guid }) => touched.has(guid))).toEqual([]);
  });

  test("the plan names each mailbox and property, and apply does no more than it says", async () => {
    const observed = await kind.observe(tenant.context(), { inputs: declared() });
    const plan = kind.plan(declared(), observed);
    const mine = plan.changes.filter(({ path }) => path.startsWith(`mailboxes["${user().primarySmtpAddress}"]`));
    expect(mine.map(({ path }) => path.split(".").at(-1))).toEqual(expect.arrayContaining(["auditDelegate"]));
    expect(writes()).toBe(0);
    const { state } = await kind.apply(tenant.context(), { ...plan, changes: mine });
    expect(tenant.called("Set-Mailbox").map(({ Identity }) => Identity)).toEqual([user().guid]);
    expect(state).toMatchObject({ changed: 1, compliant: state.mailboxes - (state.nonCompliant?.count ?? 0) });
    expect(pathsOf(state)).toContain("nonCompliant");
  });

  test("exactly: the vendor's lists and no others", async () => {
    const { state } = await up(declared({ match: "exactly" }));
    for (const { auditAdmin, auditDelegate } of inScope()) {
      expect([...auditAdmin].sort()).toEqual([...netwrixNonOwner.Admin].sort());
      expect([...auditDelegate].sort()).toEqual([...netwrixNonOwner.Delegate].sort());
    }
    expect(pathsOf(state, declared({ match: "exactly" }))).toEqual([]);
  });

  test("Microsoft's baseline: narrowed lists go back, and both kinds of change go in two commands, in order", async () => {
    const { guid } = user();
    tenant.organization.setMailboxAudit(guid, { auditAdmin: ["Update"], auditDelegate: ["FolderBind"] });
    await up(declared({ baseline: "microsoftManaged" }));
    const mine = tenant.called("Set-Mailbox").filter(({ Identity }) => Identity === guid);
    expect(mine.map((parameters) => Object.keys(parameters).sort())).toEqual([
      ["AuditEnabled", "Confirm", "DefaultAuditSet", "Identity"],
      ["AuditDelegate", "AuditEnabled", "Confirm", "Identity"],
    ]);
    expect(tenant.organization.mailbox(guid)).toMatchObject({ defaultAuditSet: ["Admin", "Owner"] });
    expect(tenant.organization.mailbox(guid)?.auditDelegate).toEqual(
      expect.arrayContaining(["FolderBind", "MailItemsAccessed"]),
    );
  });

  test("progress is told", async () => {
    await up();
    const total = tenant.called("Set-Mailbox").length;
    const lines = tenant.reported.filter((line) => line.startsWith("mailboxes "));
    expect(lines.at(-2)).toMatch(new RegExp(`^mailboxes corrected: ${String(total)} of ${String(total)}`));
    expect(lines.at(-1)).toMatch(/^mailboxes read back: 20 of 20/);
  });

  test("what is recorded does not grow with what is wrong", async () => {
    const observed = await refresh((await up()).state);
    for (const { guid } of inScope()) tenant.organization.setMailboxAudit(guid, { auditDelegate: ["Update"] });
    const drifted = await refresh(observed.state);
    expect(drifted.state.nonCompliant?.count).toBe(inScope().length);
    expect(drifted.state.nonCompliant?.sample).toHaveLength(20);
    expect(drifted.detail?.corrections).toHaveLength(inScope().length);
  });
});

describe("drift", () => {
  let state: MailboxAuditState;
  beforeEach(async () => {
    await start();
    ({ state } = await up());
    tenant.seen.length = 0;
  });

  test("a narrowed list is shown with what it lacks, and put right", async () => {
    const { guid, primarySmtpAddress } = user();
    tenant.organization.setMailboxAudit(guid, { auditDelegate: ["Update", "SendAs"] });
    const drifted = (await refresh(state)).state;
    expect(drifted.nonCompliant).toEqual({
      count: 1,
      sample: [
        `${primarySmtpAddress}: auditDelegate lacks Create, FolderBind, HardDelete, Move, MoveToDeletedItems, SendOnBehalf, SoftDelete`,
      ],
    });
    expect(drifted.digest).not.toBe(state.digest);
    expect(pathsOf(drifted)).toEqual(["nonCompliant"]);
    const repaired = await up(declared(), drifted);
    expect(repaired.state).toMatchObject({ changed: 1 });
    expect(repaired.state).not.toHaveProperty("nonCompliant");
    expect(pathsOf((await refresh(repaired.state)).state)).toEqual([]);
  });

  test("accounts on bypass are shown and taken off, except allowed ones and those of which nothing is known", async () => {
    const allowed = user(1);
    tenant.organization.setBypass(user().guid, true);
    tenant.organization.setBypass(allowed.guid, true);
    const inputs = declared({ bypassAllow: [allowed.userPrincipalName] });
    const drifted = (await refresh({ ...state, ...inputs })).state;
    expect(drifted.bypassed).toEqual({ count: 1, sample: [user().name] });
    expect(drifted.bypassedAccounts).toMatchObject({ count: 2 });
    expect(drifted.bypassedAccounts?.unknown).toBeGreaterThan(0);
    tenant.seen.length = 0;
    const repaired = await up(inputs, drifted);
    expect(tenant.called("Set-MailboxAuditBypassAssociation")).toEqual([
      expect.objectContaining({ Identity: user().guid, AuditBypassEnabled: false }),
    ]);
    expect(repaired.state.bypassedAccounts).toMatchObject({ count: 1, sample: [allowed.name] });
    expect(pathsOf((await refresh(repaired.state)).state, inputs)).toEqual([]);
  });

  test("accounts on bypass that are only to be reported are no drift and stay", async () => {
    tenant.organization.setBypass(user().guid, true);
    const inputs = declared({ bypassOthers: "report" });
    const observed = await refresh({ ...state, ...inputs });
    expect(observed.state).not.toHaveProperty("bypassed");
    expect(observed.state.bypassedAccounts).toMatchObject({ count: 1, sample: [user().name] });
    const after = await up(inputs, observed.state);
    expect(tenant.called("Set-MailboxAuditBypassAssociation")).toEqual([]);
    expect(after.state.bypassedAccounts).toMatchObject({ count: 1 });
  });

  test("the organization's switches are shown and turned", async () => {
    tenant.organization.setAuditDisabled(true);
    tenant.organization.setUnifiedAuditLog(false);
    const drifted = (await refresh(state)).state;
    expect(drifted).toMatchObject({ organizationAudit: "disabled", unifiedAuditLog: "off" });
    const repaired = await up(declared(), drifted);
    expect(tenant.organization.switches()).toMatchObject({
      auditDisabled: false,
      unifiedAuditLogIngestionEnabled: true,
    });
    expect(pathsOf(repaired.state)).toEqual([]);
  });

  test("a narrower scope is an update that touches nothing outside", async () => {
    const desired = declared({ recipientTypes: ["SharedMailbox"] });
    expect(pathsOf(state, desired)).toEqual(["recipientTypes"]);
    tenant.organization.setMailboxAudit(user().guid, { auditDelegate: ["Update"] });
    const after = await up(desired, state);
    expect(after.state).toMatchObject({ changed: 0, recipientTypes: ["SharedMailbox"] });
    expect(pathsOf(after.state, desired)).toEqual([]);
  });

  test("another certificate is an update that writes nothing", async () => {
    tenant.organization.resetCounters();
    const desired = declared({ certificatePem: "(another)" });
    const after = await up(desired, state);
    expect(writes()).toBe(0);
    expect(after.state.certificatePem).toBe("(another)");
  });
});

describe("a dehydrated organization", () => {
  beforeEach(() => start({ mailboxes: 5, dehydrated: true }));

  test("is customized, the wait until that is in force is told, and the next run turns the switches", async () => {
    tenant.organization.setUnifiedAuditLog(false);
    const { state } = await up();
    expect(tenant.organization.switches()).toMatchObject({ isDehydrated: false });
    expect(tenant.reported.join("\n")).toMatch(/30 minutes to 48 hours.*The next up does it/);
    expect(Math.max(...tenant.clock.slept)).toBeLessThan(60_000);
    expect(state.unifiedAuditLog).toBe("off");
    expect(pathsOf(state)).toEqual(["unifiedAuditLog"]);
    await tenant.clock.sleep(31 * 60_000);
    const turned = (await up(declared(), state)).state;
    expect(turned.accepted).toHaveProperty("unifiedAuditLog");
    expect(pathsOf(turned)).toEqual([]);
  });

  test("that goes on reading as not customized is not asked to be a second time while it may take its time", async () => {
    tenant.organization.setBehaviour({ isDehydratedMeanwhile: true });
    tenant.organization.setUnifiedAuditLog(false);
    const { state } = await up();
    expect(state.accepted).toHaveProperty("customization");
    await up(declared(), state);
    expect(tenant.called("Enable-OrganizationCustomization")).toHaveLength(1);
  });
});

describe("failures", () => {
  beforeEach(() => start());

  test("of single mailboxes are told with their reason, and the next run does the rest", async () => {
    const { guid, primarySmtpAddress } = user();
    tenant.hooks.before = ({ identity, writes: isWrite }) => {
      if (identity !== guid || !isWrite) return Promise.resolve(undefined);
      const message =
        "Ex|Microsoft.Exchange.Configuration.Tasks.RecipientTaskException|It needs an appropriate license.";
      return Promise.resolve({ status: 400, body: { error: { code: "BadRequest", details: [{ message }] } } });
    };
    const error = await failing(up());
    const state = error.state as unknown as MailboxAuditState;
    expect(error.id).toBe(id);
    expect(error.message).toContain(`${primarySmtpAddress}: It needs an appropriate license`);
    expect(state.failed).toEqual({ count: 1, sample: [`${primarySmtpAddress}: It needs an appropriate license.`] });
    expect(state).toMatchObject({ compliant: state.mailboxes - 1, nonCompliant: { count: 1 } });
    delete tenant.hooks.before;
    const after = await up(declared(), state);
    expect(after.state).toMatchObject({ changed: 1, compliant: state.mailboxes, failed: { count: 0 } });
  });

  test("that break a run off keep what was done", async () => {
    let changes = 0;
    tenant.hooks.before = ({ writes: isWrite }) => {
      if (isWrite) changes += 1;
      return Promise.resolve(isWrite && changes > 30 ? { status: 403, body: "\0" } : undefined);
    };
    const error = await failing(up());
    const state = error.state as unknown as MailboxAuditState;
    expect(state.changed).toBeGreaterThan(0);
    expect(state.nonCompliant?.count).toBe(state.mailboxes - state.compliant);
    delete tenant.hooks.before;
    const after = await up(declared(), state);
    expect(after.state).toMatchObject({ compliant: state.mailboxes, changed: state.nonCompliant?.count });
  });

  test("of a page of the listing never make the rest of the tenant look gone", async () => {
    tenant.hooks.before = ({ kind: what }) => Promise.resolve(what === "mailboxList" ? { status: 500 } : undefined);
    await expect(up()).rejects.toMatchObject({ tag: "Unavailable" });
    expect(writes()).toBe(0);
  });

  test("a listing without audit lists is an error: what is unknown is not taken for empty", async () => {
    const rows = [
      {
        Guid: user().guid,
        PrimarySmtpAddress: "ada@contoso.com",
        RecipientTypeDetails: "UserMailbox",
        AuditEnabled: true,
        DefaultAuditSet: [],
      },
    ];
    tenant.hooks.before = ({ kind: what }) =>
      Promise.resolve(what === "mailboxList" ? { status: 200, body: { value: rows } } : undefined);
    await expect(up()).rejects.toThrow(
      /settings of ada@contoso.com: the listing of mailboxes gives no usable AuditAdmin/,
    );
    expect(writes()).toBe(0);
  });
});

test("a mailbox of another type is left alone even when the service lists it", async () => {
  await start();
  const group = [...tenant.organization.each()].find((one) => one.recipientTypeDetails === "GroupMailbox");
  const lists = { AuditAdmin: [], AuditDelegate: [], AuditOwner: [], DefaultAuditSet: [], AuditEnabled: true };
  const row = {
    ...lists,
    Guid: group?.guid,
    PrimarySmtpAddress: "group@contoso.com",
    RecipientTypeDetails: "GroupMailbox",
  };
  tenant.hooks.before = ({ kind: what }) =>
    Promise.resolve(what === "mailboxList" ? { status: 200, body: { value: [row] } } : undefined);
  expect((await up()).state).toMatchObject({ mailboxes: 0, changed: 0 });
  expect(tenant.called("Set-Mailbox")).toEqual([]);
});

describe("access", () => {
  beforeEach(() => start());

  test.each([
    ["the consent", () => (tenant.grants.app.roles = [])],
    ["the role", () => (tenant.grants.app.wids = [])],
    ["the app", () => (tenant.grants.app.refused = true)],
  ])(
    "without %s a refresh shows that nothing could be read, at once, and the next up applies again",
    async (_what, take) => {
      const { state } = await up();
      take();
      const slept = tenant.clock.slept.length;
      const observed = await refresh(state);
      expect(tenant.clock.slept).toHaveLength(slept);
      expect(observed.state).toEqual({ ...state, unreadable: expect.any(String) as unknown });
      expect(observed.state.unreadable).toMatch(/The next up grants again.*m365audit:exchangeObserver to "deployer"/);
      expect(pathsOf(observed.state)).toEqual(["unreadable"]);
      Object.assign(tenant.grants.app, { ...tenant.grants.deployer, roles: ["Exchange.ManageAsApp"], refused: false });
      tenant.grants.app.wids = ["29232cdf-9323-42fd-ade2-1d097af3e4de"];
      const repaired = await up(declared(), observed.state);
      expect(repaired.state).not.toHaveProperty("unreadable");
    },
  );

  test("of the deploying identity shows the mailboxes when the app's is gone, if the stack says so", async () => {
    const { state } = await up();
    tenant.organization.setMailboxAudit(user().guid, { auditDelegate: ["Update"] });
    tenant.grants.app.roles = [];
    tenant.settings.set("exchangeObserver", "deployer");
    const refused = await refresh(state);
    expect(refused.state.unreadable).toMatch(/The deploying identity is refused as well/);
    tenant.grants.deployer.roles = ["Exchange.ManageAsApp"];
    tenant.grants.deployer.wids = ["f2ef992c-3afb-46b9-b7cf-a126ee74c451"];
    const seen = await refresh(state);
    expect(seen.state).toMatchObject({ nonCompliant: { count: 1 } });
    expect(seen.state).not.toHaveProperty("unreadable");
  });

  test("any other failure of a refresh is an error", async () => {
    const { state } = await up();
    tenant.hooks.before = () => Promise.resolve({ status: 503 });
    await expect(refresh(state)).rejects.toMatchObject({ tag: "Unavailable" });
  });

  test("to the wrong tenant is refused before anything is sent", async () => {
    tenant.settings.set("tenantId", "99999999-2222-4333-8444-555555555555");
    await expect((async () => mailboxAudit.observe(tenant.context(), { inputs: declared() }))()).rejects.toBeInstanceOf(
      WrongTenant,
    );
    tenant.grants.app.tid = "99999999-2222-4333-8444-555555555555";
    await expect(up()).rejects.toBeInstanceOf(WrongTenant);
    expect(tenant.seen).toEqual([]);
  });
});

describe("deleting the policy", () => {
  beforeEach(() => start());

  test("sends nothing at all when mailboxes are to stay as they are", async () => {
    const { state } = await up();
    tenant.seen.length = 0;
    tenant.grants.app.refused = true;
    await kind.remove(tenant.context(), id, state);
    expect(tenant.seen).toEqual([]);
  });

  test("hands the lists back to Microsoft when the defaults are to be restored, and only where they are pinned", async () => {
    const inputs = declared({ onDelete: "restoreDefaults", recipientTypes: ["UserMailbox"] });
    const { state } = await up(inputs);
    const managed = user(2).guid;
    tenant.organization.setMailboxAudit(managed, { defaultAuditSet: ["Admin", "Delegate", "Owner"] });
    tenant.seen.length = 0;
    await kind.remove(tenant.context(), id, state);
    const users = inScope().filter(({ recipientTypeDetails }) => recipientTypeDetails === "UserMailbox");
    expect(users.every(({ defaultAuditSet }) => defaultAuditSet.length === 3)).toBe(true);
    const touched = tenant.called("Set-Mailbox").map(({ Identity }) => Identity);
    expect(touched).not.toContain(managed);
    expect(touched).toHaveLength(users.length - 1);
    await kind.remove(tenant.context(), id, state);
    expect(tenant.called("Set-Mailbox")).toHaveLength(touched.length);
  });
});

test("no secret and no token is in what is recorded or told", async () => {
  await start();
  const inputs = declared({ privateKeyPem: "(very secret key)" });
  tenant.organization.setMailboxAudit(user().guid, { auditDelegate: ["Update"] });
  const { state } = await up(inputs);
  const { privateKeyPem: _declared, ...rest } = state;
  const told = JSON.stringify([rest, tenant.reported]);
  expect(told).not.toContain("very secret key");
  expect(told).not.toMatch(/Bearer|eyJ/);
  expect(state.clientId).toBe(clientId);
});
