/** Applying a plan: its changes and no others, in the order switches, bypass associations, mailboxes. */
import { type M365AuditError, PartiallyApplied, Rejected } from "../../core/errors";
import type { Applied, Context } from "../../core/kind";
import { gone } from "../../core/plan";
import type { AdminApi } from "../adminApi/client";
import { mailboxAuditContract, type MailboxAuditInputs, type MailboxAuditState } from "../mailboxAuditContract";
import { applySwitches } from "./applySwitches";
import { assess, type Correction } from "./assess";
import { type Account, bypassCmdlet, isStillBypassed, takeOffBypass } from "./bypass";
import { type Connect, withConnection } from "./connect";
import { correctAll, type Ending, notAsAnswered } from "./correct";
import { Digest } from "./digest";
import { type Accepted, type Findings, type Remainder, sampled, stateOf } from "./findings";
import type { Mailbox } from "./mailbox";
import { idOf } from "./observe";
import { isAboutSignInOnly, type MailboxAuditPlan, paths } from "./plan";
import { changeAll } from "./readBack";
import type { Switches } from "./switches";

/**
 * @throws PartiallyApplied with what is true then when an account, or more than `maxFailures` mailboxes, could not be changed, or
 *   the run broke off; the next run observes again and does the rest
 */
export async function applyMailboxAudit(
  ctx: Context,
  plan: MailboxAuditPlan,
  connect: Connect,
): Promise<Applied<MailboxAuditState>> {
  const findings = plan.observed === gone ? undefined : plan.observed.detail;
  if (findings === undefined && plan.observed !== gone && isAboutSignInOnly(plan)) {
    return { id: idOf(plan.desired), state: withOtherSignIn(plan.desired, plan.observed.state) };
  }
  if (findings === undefined) {
    throw new Rejected({
      operation: "applying the mailbox audit policy of tenant",
      subject: plan.desired.tenantId,
      happened: "the plan was made from what was recorded and does not say which mailboxes to change",
      next: "Observe first.",
    });
  }
  const run = new Run(ctx, plan, findings);
  if (run.hasWork) {
    try {
      await withConnection(connect(ctx, plan.desired, "app"), (api) => run.work(api));
    } catch (cause) {
      throw run.broken(cause);
    }
  }
  return run.result();
}

/** What was recorded, with what is declared now. */
function withOtherSignIn(desired: MailboxAuditInputs, recorded: MailboxAuditState): MailboxAuditState {
  const names = Object.keys(mailboxAuditContract.outputs.shape);
  const outputs = Object.entries(recorded).filter(([name]) => names.includes(name));
  return { ...desired, ...Object.fromEntries(outputs), changed: 0 } as MailboxAuditState;
}

interface Failure {
  readonly what: string;
  readonly of: "switch" | "account" | "mailbox";
  readonly error: M365AuditError;
}

class Run {
  readonly #planned: ReadonlySet<string>;
  /** What of the corrections is planned. */
  readonly #corrections: readonly Correction[];
  readonly #accounts: readonly Account[];
  /** What is still wrong of each mailbox, by its id. */
  readonly #left: Map<string, Correction>;
  readonly #notVisibleYet: Correction[];
  readonly #stillBypassed: Set<Account>;
  readonly #failures: Failure[] = [];
  readonly #digest: Digest;
  #switched: { readonly switches: Switches; readonly accepted: Accepted };
  #changed = 0;
  #gone = 0;

  constructor(
    private readonly ctx: Context,
    private readonly plan: MailboxAuditPlan,
    private readonly findings: Findings,
  ) {
    this.#planned = new Set(plan.changes.map(({ path }) => path));
    this.#switched = { switches: findings.switches, accepted: findings.accepted ?? {} };
    this.#digest = new Digest(findings.digest);
    this.#left = new Map(findings.corrections.map((correction) => [correction.mailbox.guid, correction]));
    this.#notVisibleYet = [...(findings.notVisibleYet ?? [])];
    this.#stillBypassed = new Set(findings.bypass.disallowed);
    this.#accounts = findings.bypass.disallowed.filter((account) => this.#planned.has(paths.bypass(account)));
    this.#corrections = findings.corrections.flatMap((correction) => {
      const differences = correction.differences.filter(({ property }) =>
        this.#planned.has(paths.mailbox(correction, property)),
      );
      return differences.length === 0 ? [] : [{ mailbox: correction.mailbox, differences }];
    });
  }

  get hasWork(): boolean {
    const switches = [paths.isDehydrated, paths.auditDisabled, paths.unifiedAuditLog];
    return (
      this.#accounts.length > 0 || this.#corrections.length > 0 || switches.some((path) => this.#planned.has(path))
    );
  }

  async work(api: AdminApi): Promise<void> {
    const { switches, accepted, failures } = await applySwitches(this.ctx, api, this.findings.switches, (path) =>
      this.#planned.has(path),
    );
    this.#switched = { switches, accepted: { ...this.#switched.accepted, ...accepted } };
    this.#failures.push(...failures.map((failure) => ({ of: "switch" as const, ...failure })));
    await this.#removeBypass(api);
    await this.#correct(api);
  }

  result(): Applied<MailboxAuditState> {
    const id = idOf(this.plan.desired);
    if (this.#isTolerable()) return { id, state: this.#state() };
    throw this.#partially(`${String(this.#failures.length)} could not be changed`, undefined);
  }

  /** A switch, or an account that stays on bypass, is never tolerated: what it does is recorded nowhere. */
  #isTolerable(): boolean {
    const { desired } = this.plan;
    return (
      this.#failures.length <= (desired.maxFailures ?? 0) && this.#failures.every((failure) => failure.of === "mailbox")
    );
  }

  /** What to throw when the run broke off. */
  broken(cause: unknown): PartiallyApplied {
    const message = cause instanceof Error ? cause.message : String(cause);
    return this.#partially(`it broke off after ${String(this.#changed)} mailboxes: ${message}`, cause);
  }

  #partially(happened: string, cause: unknown): PartiallyApplied {
    const state = this.#state();
    const reasons = [
      ...(cause === undefined ? [] : [cause instanceof Error ? cause.message : "interrupted"]),
      ...state.failed.sample,
    ];
    return new PartiallyApplied(
      {
        operation: "applying the mailbox audit policy of tenant",
        subject: this.plan.desired.tenantId,
        happened: `${happened}${state.failed.sample.map((line) => `\n  - ${line}`).join("")}`,
        next: "What was done is kept; run up again to do the rest.",
        ...(cause === undefined ? {} : { cause }),
      },
      idOf(this.plan.desired),
      state,
      reasons,
    );
  }

  #state(): MailboxAuditState {
    const failed = sampled(this.#failures, ({ what, error }) => `${what}: ${error.facts.happened}`);
    const deeds = { changed: this.#changed, failed, gone: this.#gone };
    return stateOf(this.plan.desired, this.findings, this.#remainder(), deeds, this.#digest);
  }

  #remainder(): Remainder {
    const notVisibleYet = this.#notVisibleYet;
    const { switches, accepted } = this.#switched;
    const since = accepted.auditEnabled?.since ?? new Date(this.ctx.clock.now()).toISOString();
    const auditEnabled = { ...sampled(notVisibleYet, ({ mailbox }) => mailbox.address), since };
    return {
      switches,
      corrections: [...this.#left.values()],
      disallowed: this.findings.bypass.disallowed.filter((account) => this.#stillBypassed.has(account)),
      notVisibleYet,
      accepted: { ...accepted, ...(notVisibleYet.length === 0 ? {} : { auditEnabled }) },
    };
  }

  async #removeBypass(api: AdminApi): Promise<void> {
    const failed = (account: Account, error: M365AuditError): void => {
      this.#failures.push({ of: "account", what: account.name, error });
    };
    await changeAll(this.ctx, api, {
      items: this.#accounts,
      change: {
        what: "accounts taken off audit bypass",
        cmdlet: bypassCmdlet,
        work: (account, calls) => takeOffBypass(calls, account),
      },
      look: {
        what: "accounts read back",
        cmdlet: "Get-MailboxAuditBypassAssociation",
        work: (account, calls) => isStillBypassed(calls, account),
      },
      isAsSet: (isBypassed) => !isBypassed,
      onEnd: (account, end) => {
        if (end.kind === "failed") failed(account, end.error);
        else if (end.kind === "seen" && end.sight)
          failed(account, notAsAnswered(account.name, "the account still reads as on audit bypass"));
        else this.#stillBypassed.delete(account);
      },
    });
  }

  async #correct(api: AdminApi): Promise<void> {
    await correctAll(this.ctx, api, {
      items: this.#corrections,
      policy: this.findings.policy,
      what: "mailboxes corrected",
      operation: "setting the audit actions of",
      tolerated: this.plan.desired.maxFailures,
      onEnd: (correction, ending) => {
        this.#ended(correction, ending);
      },
    });
  }

  #ended(correction: Correction, ending: Ending): void {
    const { mailbox } = correction;
    switch (ending.kind) {
      case "failed":
        this.#failures.push({ of: "mailbox", what: mailbox.address, error: ending.error });
        return;
      case "gone":
        this.ctx.report(`${mailbox.address} was deleted after it was listed; it is out of scope`);
        this.#gone += 1;
        this.#digest.toggle(mailbox);
        this.#left.delete(mailbox.guid);
        return;
      case "notVisibleYet":
        this.#digest.toggle(mailbox);
        this.#digest.toggle(ending.mailbox);
        this.#left.delete(mailbox.guid);
        this.#notVisibleYet.push(correction);
        return;
      default:
        this.#done(mailbox, ending.mailbox);
    }
  }

  #done(before: Mailbox, after: Mailbox): void {
    this.#changed += 1;
    this.#digest.toggle(before);
    this.#digest.toggle(after);
    const rest = assess(this.findings.policy, after);
    if (rest === undefined) this.#left.delete(before.guid);
    else this.#left.set(before.guid, rest);
  }
}
