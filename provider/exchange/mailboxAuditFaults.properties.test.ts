/** Whatever the service does wrong: what is recorded is what is there. */
import { setMaxListeners } from "node:events";
import fc from "fast-check";
import { type ExchangeFaults, exchangeFaultsSchema } from "../../sandbox/exchange/faultOptions";
import { faultHooks } from "../../sandbox/exchange/faults";
import type { Mailbox } from "../../sandbox/exchange/model";
import { PartiallyApplied } from "../core/errors";
import type { Context } from "../core/kind";
import { matches, netwrixNonOwner } from "./auditActions";
import type { MailboxAuditInputs, MailboxAuditState } from "./mailboxAudit";
import { Steward } from "./testing/steward";
import { declared, TestTenant } from "./testing/tenant";

// Each run is several updates of a tenant over HTTP.
jest.setTimeout(300_000);

const share = fc.constantFrom(0, 0, 0.04, 0.1);

/** Faults of single tries: the next one may pass. */
const perTry = fc.record({
  seed: fc.string({ minLength: 1, maxLength: 4 }),
  throttledRequests: share,
  throttledChanges: share,
  retryAfterSeconds: fc.constantFrom(0, 3, undefined),
  unavailableRequests: share,
  operationsPerToken: fc.constantFrom(40, 500, undefined),
  notYetReplicated: share,
  changedDomainControllers: share,
  overBudget: share,
  otherWrongServerForms: fc.constantFrom(0, 0.5),
  alreadyAudited: share,
  errorsInAnswers: share,
  unmodifiedAnswers: share,
  lostAnswers: share,
  cutConnections: share,
  undecodableAnswers: share,
  failingPages: share,
  doubledRows: share,
  lateSeconds: fc.constantFrom(undefined, 4),
});

/** Faults of single mailboxes, which stay. */
const lasting = fc.record({
  forbiddenMailboxes: fc.constantFrom(0, 0, 0.1, 0.4, 1),
  unlicensedMailboxes: fc.constantFrom(0, 0.1),
  vanishingMailboxes: fc.constantFrom(0, 0.05, 0.3),
});

const inputs = fc.record({
  match: fc.constantFrom(...matches),
  scan: fc.constantFrom("full" as const, "incremental" as const),
  maxFailures: fc.constantFrom(0, 5, 1_000),
});

/** Without what is undefined. */
function faultsOf(some: object): ExchangeFaults {
  return exchangeFaultsSchema.parse(
    Object.fromEntries(Object.entries(some).filter(([, value]) => value !== undefined)),
  );
}

class Trial {
  private constructor(
    readonly tenant: TestTenant,
    readonly policy: Steward,
    readonly match: MailboxAuditInputs["match"],
  ) {}

  static async with<R>(
    faults: ExchangeFaults,
    match: MailboxAuditInputs["match"],
    work: (trial: Trial) => Promise<R>,
  ): Promise<R> {
    const tenant = await TestTenant.start({ mailboxes: 45 });
    const policy = new Steward(tenant);
    for (const index of [1, 3, 5]) tenant.organization.setBypass(policy.user(index).guid, true);
    Object.assign(tenant.hooks, faultHooks(faults));
    try {
      return await work(new Trial(tenant, policy, match));
    } finally {
      await tenant.stop();
    }
  }

  /** What is true after an update, whether it succeeded, succeeded in part, or could not even begin. */
  async up(
    settings: MailboxAuditInputs,
    last: MailboxAuditState | undefined,
    more: Partial<Context> = {},
  ): Promise<{ readonly state: MailboxAuditState | undefined; readonly brokeOff: boolean }> {
    try {
      return { state: await this.policy.up(settings, last, more), brokeOff: false };
    } catch (error) {
      if (!(error instanceof PartiallyApplied)) throw error;
      return { state: error.state as unknown as MailboxAuditState, brokeOff: error.message.includes("it broke off") };
    }
  }

  isRight({ auditEnabled, auditAdmin, auditDelegate }: Mailbox): boolean {
    const pairs = [
      [auditAdmin, netwrixNonOwner.Admin],
      [auditDelegate, netwrixNonOwner.Delegate],
    ] as const;
    return (
      auditEnabled &&
      pairs.every(
        ([list, wanted]) =>
          wanted.every((action) => list.includes(action)) &&
          (this.match === "atLeast" || list.length === wanted.length),
      )
    );
  }

  wrong(): number {
    return this.policy.mailboxes().filter((mailbox) => !this.isRight(mailbox)).length;
  }

  /** Mailboxes by what is audited, to tell which were changed. */
  snapshot(): ReadonlyMap<string, string> {
    return new Map(
      this.policy
        .mailboxes()
        .map(({ guid, auditAdmin, auditDelegate, auditOwner, explicitAuditEnabled }) => [
          guid,
          JSON.stringify([auditAdmin, auditDelegate, auditOwner, explicitAuditEnabled]),
        ]),
    );
  }

  bypassed(): number {
    return [...this.tenant.organization.eachBypass()].filter(({ auditBypassEnabled }) => auditBypassEnabled === true)
      .length;
  }
}

test("where tries fail and nothing else, two updates reach the goal and say so", async () => {
  await fc.assert(
    fc.asyncProperty(perTry, inputs, (faults, settings) =>
      Trial.with(faultsOf(faults), settings.match, async (trial) => {
        const tolerant = declared({ ...settings, maxFailures: 1_000 });
        const first = await trial.up(tolerant, undefined);
        const second = await trial.up(tolerant, first.state);
        expect(second.brokeOff).toBe(false);
        expect(second.state).toMatchObject({ failed: { count: 0 }, bypassedAccounts: { count: 0 } });
        expect(second.state?.compliant).toBe(second.state?.mailboxes);
        expect([trial.wrong(), trial.bypassed()]).toEqual([0, 0]);
        expect(second.state?.mailboxes).toBe(trial.policy.mailboxes().length);
      }),
    ),
    { numRuns: 10 },
  );
});

test("whatever fails and wherever it breaks off, nothing is recorded as right that is not", async () => {
  const stops = fc.option(fc.integer({ min: 1, max: 150 }), { nil: undefined });
  await fc.assert(
    fc.asyncProperty(perTry, lasting, inputs, stops, (tries, stay, settings, stopAfter) =>
      Trial.with(faultsOf({ ...tries, ...stay }), settings.match, async (trial) => {
        let last: MailboxAuditState | undefined;
        for (const run of [1, 2]) {
          const stop = new AbortController();
          setMaxListeners(0, stop.signal);
          let calls = 0;
          const before = trial.tenant.hooks.before;
          trial.tenant.hooks.before = async (operation) => {
            if (operation.identity !== undefined && ++calls === stopAfter && run === 1)
              stop.abort(new Error("stopped"));
            return before?.(operation);
          };
          const was = trial.snapshot();
          const { state, brokeOff } = await trial.up(declared(settings), last, { signal: stop.signal });
          trial.tenant.hooks.before = before;
          if (state === undefined) throw new Error("nothing is recorded");
          const nonCompliant = state.nonCompliant?.count ?? 0;
          const now = trial.snapshot();
          const touched = [...now].filter(([guid, text]) => was.get(guid) !== text).length;
          // A mailbox that vanishes is noticed only where it was to be changed.
          expect(state.mailboxes).toBeGreaterThanOrEqual(now.size);
          expect(nonCompliant).toBeGreaterThanOrEqual(trial.wrong());
          expect(state.compliant).toBe(state.mailboxes - nonCompliant);
          expect(state.bypassed?.count ?? 0).toBeGreaterThanOrEqual(trial.bypassed());
          // A replica that is late lets a mailbox be set that was right already.
          if (tries.lateSeconds === undefined) expect(state.changed).toBeLessThanOrEqual(touched);
          const accounts = state.bypassed?.count ?? 0;
          if (!brokeOff) expect(state.failed.count).toBe(nonCompliant + accounts);
          else expect(state.failed.count).toBeLessThanOrEqual(nonCompliant + accounts);
          last = state;
        }
      }),
    ),
    { numRuns: 10 },
  );
});
