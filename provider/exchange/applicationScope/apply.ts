/** Applying an app's scope: the planned steps, one after another, then the proof. */
import { M365AuditError, PartiallyApplied } from "../../core/errors";
import type { Applied, Context } from "../../core/kind";
import { gone } from "../../core/plan";
import type { AdminApi } from "../adminApi/client";
import { type ConnectExchange, withExchange } from "./connect";
import type { ApplicationScopeInputs, ApplicationScopeState } from "./contract";
import { aboutOf, type Findings, look, type Made } from "./findings";
import { perform } from "./perform";
import type { ApplicationScopePlan } from "./plan";
import { prove } from "./prove";
import { idOf, recordedProof, type Standing, stateOf } from "./state";
import { excessOf, type Step, stepsFor } from "./steps";
import type { Assignment } from "./wire";

/**
 * @throws PartiallyApplied when a step failed after others were done, or when Exchange does not confirm the scope; the next run goes on
 *   from there
 */
export async function applyApplicationScope(
  ctx: Context,
  plan: ApplicationScopePlan,
  connect: ConnectExchange,
): Promise<Applied<ApplicationScopeState>> {
  const { desired, observed } = plan;
  const known = observed === gone ? undefined : observed.detail;
  const last = observed === gone ? undefined : { ...observed.state };
  return withExchange(connect(ctx, desired), async (api) => {
    const isKnown = known?.about === aboutOf(desired);
    const findings = isKnown ? known : await look(api, desired, last);
    const planned = new Set(plan.changes.map(({ path }) => path));
    const steps = stepsFor(desired, findings).filter(({ change }) => !isKnown || planned.has(change.path));
    const work = new Work(desired, findings, steps, recordedProof(last));
    await work.run(ctx, api);
    const recorded = recordedProof(last);
    const isProven = steps.length === 0 && (recorded.inside ?? recorded.outside) !== undefined;
    return work.ended(isProven ? recorded : await work.proven(ctx, api));
  });
}

/** What is done so far, so that it can be recorded at any point. */
class Work {
  readonly #done = new Set<Step>();
  #made: Made;

  constructor(
    private readonly desired: ApplicationScopeInputs,
    private readonly findings: Findings,
    private readonly steps: readonly Step[],
    private readonly recorded: Standing["proof"],
  ) {
    this.#made = findings.made;
  }

  async run(ctx: Context, api: AdminApi): Promise<void> {
    const { clientId } = this.desired;
    for (const step of this.steps) {
      ctx.report(`${step.doing} app ${clientId}`);
      try {
        await perform(ctx, api, step, clientId, () => this.#isStillOpen(api, step));
      } catch (error) {
        throw this.#done.size === 0 ? error : this.#partly(error);
      }
      this.#done.add(step);
      this.#made = { ...this.#made, ...step.made };
      if (step.about.kind === "unusedScope") this.#made = { ...this.#made, scope: this.#madeInstead() };
    }
  }

  async proven(ctx: Context, api: AdminApi): Promise<Standing["proof"]> {
    try {
      return await prove(ctx, api, this.desired, this.findings.target, this.#excess().length > 0);
    } catch (error) {
      throw this.#partly(error);
    }
  }

  ended(proof: Standing["proof"]): Applied<ApplicationScopeState> {
    return { id: idOf(this.desired), state: this.#state(proof) };
  }

  #state(proof: Standing["proof"]): ApplicationScopeState {
    const { findings, desired, steps } = this;
    const open = steps.filter((step) => !this.#done.has(step));
    const { target, scope } = findings;
    const isSet = target.kind === "filter" && !open.some(({ change }) => change.path.startsWith("managementScope."));
    return stateOf(desired, {
      made: this.#made,
      open,
      excess: this.#excess(),
      recipientFilter: isSet ? target.filter : target.kind === "filter" ? scope?.filter : undefined,
      proof,
    });
  }

  /** What is left of the assignments beyond what is declared. */
  #excess(): readonly Assignment[] {
    const removed = new Set(
      [...this.#done].flatMap(({ cmdlet }) =>
        cmdlet.name === "Remove-ManagementRoleAssignment" ? [cmdlet.parameters?.["Identity"]] : [],
      ),
    );
    return excessOf(this.desired, this.findings).filter(({ name }) => !removed.has(name));
  }

  /** The scope that was made in this run, if one was: the former one is gone. */
  #madeInstead(): string | undefined {
    return [...this.#done].flatMap(({ made }) => made?.scope ?? [])[0];
  }

  async #isStillOpen(api: AdminApi, { change }: Step): Promise<boolean> {
    const again = stepsFor(this.desired, await look(api, this.desired, undefined));
    return again.some((step) => step.change.path === change.path);
  }

  #partly(error: unknown): unknown {
    if (!(error instanceof M365AuditError)) return error;
    const { facts, message } = error;
    const state = { ...this.#state(this.recorded) };
    return new PartiallyApplied({ ...facts, cause: error }, idOf(this.desired), state, [message]);
  }
}
