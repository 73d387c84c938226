/** Applying a plan: its changes and no others, in the order switches, bypass associations, mailboxes. */
import { type M365AuditError, PartiallyApplied, Rejected } from "../../core/errors";
import type { Applied, Context } from "../../core/kind";
import { gone } from "../../core/plan";
import type { AdminApi } from "../adminApi/client";
import type { Cmdlet } from "../adminApi/cmdlet";
import { mailboxAuditContract, type MailboxAuditInputs, type MailboxAuditState } from "../mailboxAuditContract";
import { applySwitches } from "./applySwitches";
import { assess, commandsFor, corrected, type Correction, type Difference } from "./assess";
import type { Account } from "./bypass";
import { type Connect, withConnection } from "./connect";
import { Digest } from "./digest";
import { type Findings, sampled, stateOf } from "./findings";
import { idOf } from "./observe";
import { isAboutSignInOnly, type MailboxAuditPlan, paths } from "./plan";
import { runMany, setMailbox } from "./runMany";

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
  readonly of: "account" | "mailbox";
  readonly error: M365AuditError;
}

/** What of a correction is planned. */
interface Work {
  readonly correction: Correction;
  readonly differences: readonly Difference[];
}

class Run {
  readonly #planned: ReadonlySet<string>;
  readonly #corrections: readonly Work[];
  readonly #accounts: readonly Account[];
  readonly #left: Map<Correction, Correction>;
  readonly #stillBypassed: Set<Account>;
  readonly #failures: Failure[] = [];
  readonly #digest: Digest;
  #switches;
  #changed = 0;

  constructor(
    private readonly ctx: Context,
    private readonly plan: MailboxAuditPlan,
    private readonly findings: Findings,
  ) {
    this.#planned = new Set(plan.changes.map(({ path }) => path));
    this.#switches = findings.switches;
    this.#digest = new Digest(findings.digest);
    this.#left = new Map(findings.corrections.map((correction) => [correction, correction]));
    this.#stillBypassed = new Set(findings.bypass.disallowed);
    this.#accounts = findings.bypass.disallowed.filter((account) => this.#planned.has(paths.bypass(account)));
    this.#corrections = findings.corrections.flatMap((correction) => {
      const differences = correction.differences.filter(({ property }) =>
        this.#planned.has(paths.mailbox(correction, property)),
      );
      return differences.length === 0 ? [] : [{ correction, differences }];
    });
  }

  get hasWork(): boolean {
    const switches = [paths.isDehydrated, paths.auditDisabled, paths.unifiedAuditLog];
    return (
      this.#accounts.length > 0 || this.#corrections.length > 0 || switches.some((path) => this.#planned.has(path))
    );
  }

  async work(api: AdminApi): Promise<void> {
    this.#switches = await applySwitches(this.ctx, api, this.#switches, (path) => this.#planned.has(path));
    await this.#removeBypass(api);
    await this.#correct(api);
  }

  result(): Applied<MailboxAuditState> {
    const id = idOf(this.plan.desired);
    if (this.#isTolerable()) return { id, state: this.#state() };
    throw this.#partially(`${String(this.#failures.length)} could not be changed`, undefined);
  }

  /** An account that stays on bypass is never tolerated: what it does is recorded nowhere. */
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
    const remainder = {
      switches: this.#switches,
      corrections: [...this.#left.values()],
      disallowed: this.findings.bypass.disallowed.filter((account) => this.#stillBypassed.has(account)),
    };
    const failed = sampled(this.#failures, ({ what, error }) => `${what}: ${error.facts.happened}`);
    return stateOf(this.plan.desired, this.findings, remainder, { changed: this.#changed, failed }, this.#digest);
  }

  async #removeBypass(api: AdminApi): Promise<void> {
    await runMany(this.ctx, api, {
      what: "accounts taken off audit bypass",
      operation: "taking off audit bypass",
      items: this.#accounts,
      subjectOf: ({ name }) => name,
      jobOf: (account) => ({ cmdlets: [bypassCmdlet(account)], mailbox: account.guid }),
      onEnd: (account, error) => {
        if (error === undefined) this.#stillBypassed.delete(account);
        else this.#failures.push({ of: "account", what: account.name, error });
      },
    });
  }

  async #correct(api: AdminApi): Promise<void> {
    await runMany(this.ctx, api, {
      what: "mailboxes corrected",
      operation: "setting the audit actions of",
      items: this.#corrections,
      subjectOf: ({ correction }) => correction.mailbox.address,
      jobOf: ({ correction: { mailbox }, differences }) => ({
        cmdlets: commandsFor(differences).map((parameters) => setMailbox(mailbox, parameters)),
        mailbox: mailbox.guid,
      }),
      onEnd: (work, error) => {
        if (error === undefined) this.#done(work);
        else this.#failures.push({ of: "mailbox", what: work.correction.mailbox.address, error });
      },
    });
  }

  #done({ correction, differences }: Work): void {
    const after = corrected({ mailbox: correction.mailbox, differences });
    this.#changed += 1;
    this.#digest.toggle(correction.mailbox);
    this.#digest.toggle(after);
    const rest = assess(this.findings.policy, after);
    if (rest === undefined) this.#left.delete(correction);
    else this.#left.set(correction, rest);
  }
}

function bypassCmdlet({ guid }: Account): Cmdlet {
  const parameters = { Identity: guid, AuditBypassEnabled: false, Confirm: false };
  return { name: "Set-MailboxAuditBypassAssociation", parameters };
}
