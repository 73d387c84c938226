import fc from "fast-check";
import { actionsOf, baselines, type LogonType, logonTypes, matches, microsoftDefaults } from "./auditActions";
import type { MailboxAuditInputs } from "./mailboxAudit";
import { Steward } from "./testing/steward";
import { declared, TestTenant } from "./testing/tenant";

// Each run is an update of a tenant over HTTP.
jest.setTimeout(120_000);

let tenant: TestTenant;
let policy: Steward;
beforeAll(async () => {
  tenant = await TestTenant.start({ mailboxes: 20 });
  policy = new Steward(tenant);
});
afterAll(() => tenant.stop());

/** Actions that Exchange takes for every mailbox, whatever its licence. */
function settable(type: LogonType): readonly string[] {
  return actionsOf[type].filter((action) => !["None", "MessageBind", "SearchQueryInitiated"].includes(action));
}
const listFor = (type: LogonType, more: readonly string[] = []) => fc.subarray([...settable(type), ...more]);

/** What a mailbox may be found as: an action that was set before it was refused included. */
const states = fc.record({
  auditEnabled: fc.boolean(),
  managed: fc.subarray([...logonTypes]),
  Admin: listFor("Admin", ["MessageBind"]),
  Delegate: listFor("Delegate"),
  Owner: listFor("Owner"),
});
type State = typeof states extends fc.Arbitrary<infer S> ? S : never;

const policies: fc.Arbitrary<Partial<MailboxAuditInputs>> = fc
  .record({
    baseline: fc.constantFrom(...baselines),
    match: fc.constantFrom(...matches),
    Admin: listFor("Admin"),
    Delegate: listFor("Delegate"),
    Owner: listFor("Owner"),
  })
  .map(({ baseline, match, Admin, Delegate, Owner }) => ({
    baseline,
    match,
    ...(baseline === "custom" ? { auditAdmin: Admin, auditDelegate: Delegate, auditOwner: Owner } : {}),
  }));

function tamper(guid: string, state: State): void {
  const list = (type: LogonType): readonly string[] =>
    state.managed.includes(type) ? microsoftDefaults[type] : state[type];
  tenant.organization.setMailboxAudit(guid, {
    auditEnabled: state.auditEnabled,
    auditAdmin: list("Admin"),
    auditDelegate: list("Delegate"),
    auditOwner: list("Owner"),
    defaultAuditSet: state.managed,
  });
}

const lists = () =>
  new Map(
    policy
      .mailboxes()
      .map(({ guid, auditAdmin, auditDelegate, auditOwner }) => [
        guid,
        { Admin: auditAdmin, Delegate: auditDelegate, Owner: auditOwner },
      ]),
  );

/** Puts the mailboxes into the states, one after another. */
function prepare(found: readonly State[]): void {
  policy.mailboxes().forEach(({ guid }, index) => {
    const state = found[index % found.length];
    if (state !== undefined) tamper(guid, state);
  });
}

test("after an update there is nothing to do, whatever was found and whatever is declared", async () => {
  await fc.assert(
    fc.asyncProperty(policies, fc.array(states, { minLength: 1, maxLength: 8 }), async (settings, found) => {
      prepare(found);
      const inputs = declared(settings);
      const state = await policy.up(inputs);
      expect(state.compliant).toBe(state.mailboxes);
      const observed = await policy.look(state);
      expect(policy.kind.plan(inputs, { id: "policy", ...observed }).changes).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

test("under atLeast an update takes no action off any mailbox", async () => {
  await fc.assert(
    fc.asyncProperty(policies, fc.array(states, { minLength: 1, maxLength: 8 }), async (settings, found) => {
      prepare(found);
      const before = lists();
      await policy.up(declared({ ...settings, match: "atLeast" }));
      for (const [guid, after] of lists()) {
        for (const type of logonTypes)
          expect(after[type]).toEqual(expect.arrayContaining([...(before.get(guid)?.[type] ?? [])]));
      }
    }),
    { numRuns: 60 },
  );
});

test("what an incremental look finds is what a full one would have found", async () => {
  const inputs = declared({ scan: "incremental", maxFailures: 0 });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.nat(14), states), { maxLength: 6 }), async (changes) => {
      const state = await policy.up(inputs);
      await tenant.clock.sleep(2 * 3_600_000);
      for (const [index, changed] of changes) tamper(policy.mailboxes()[index]?.guid ?? "", changed);
      const incremental = await policy.refresh(state);
      const full = await policy.refresh({ ...state, scan: "full" });
      expect(incremental.nonCompliant).toEqual(full.nonCompliant);
      expect([incremental.mailboxes, incremental.compliant]).toEqual([full.mailboxes, full.compliant]);
    }),
    { numRuns: 40 },
  );
});
