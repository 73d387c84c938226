/**
 * A resource kind: what this package reconciles itself. One file holds one kind: its contract and the four functions below.
 * A kind knows nothing of Pulumi; the surfaces expose it.
 */
import type { Clock } from "./clock";
import type { Contract } from "./contract";
import type { Gone, Observation, Plan } from "./plan";

/** Settings of the stack: `m365audit:<name>` in its configuration, else `M365AUDIT_<NAME>` in the environment. */
export interface Settings {
  /** @param name camelCase, for example `onesecureEndpoint` (environment: `M365AUDIT_ONESECURE_ENDPOINT`). */
  get(name: string): string | undefined;
  /** A value of the stack's configuration by its full key, such as `azuread:clientId`, secrets in the clear. Absent where there is none. */
  configured?(key: string): unknown;
}

/** What a kind may use of the world. */
export interface Context {
  readonly clock: Clock;
  readonly settings: Settings;
  /**
   * Tells this declaration from every other and is the same in each run (in Pulumi: the resource's URN). From it come idempotency
   * keys, so that a run that broke off can be repeated. Absent when it is not known.
   */
  readonly declaration?: string;
  /** Aborted when the run is to stop, with the error to end with ({@link Stopped}) as its reason. */
  readonly signal?: AbortSignal;
  /** A line of progress for the person who is watching. Never a secret. */
  report(line: string): void;
}

/** Which object is meant. */
export interface Reference<I> {
  /** Absent before the first apply: the kind may then look for something to adopt. */
  readonly id?: string;
  /** What is declared (before an apply) or what was last declared (on a refresh). */
  readonly inputs: I;
  /** What was recorded last. A hint only; the sole source for write-only properties. */
  readonly last?: Readonly<Record<string, unknown>>;
  /**
   * What the observation is for. `apply`: changes may follow, so the kind may wait for access that was only just granted, and must
   * read everything with the identity that will write. `refresh`: for a preview or a drift report only. Default `apply`.
   */
  readonly purpose?: "refresh" | "apply";
}

/** What is true after an apply. */
export interface Applied<S> {
  readonly id: string;
  readonly state: S;
}

/**
 * @typeParam I what is declared
 * @typeParam S what is recorded: inputs, outputs and drift
 * @typeParam D what an observation carries for the run only
 */
export interface ResourceKind<I extends object = object, S extends object = object, D = unknown> {
  readonly contract: Contract;
  /** What is there now. A partial read is an error, never `gone`. */
  observe(ctx: Context, reference: Reference<I>): Promise<Observation<S, D> | Gone>;
  /**
   * Reads what `settle` decides from besides, on this machine only: no request. Asked before each `settle`.
   *
   * @param declared the inputs; a text of the surface's own stands for what is not known yet
   * @param recorded the inputs, and what was settled with them, as they were recorded last; empty for a new resource
   */
  gather?(ctx: Context, declared: I, recorded: Readonly<Record<string, unknown>>): Promise<unknown>;
  /**
   * Decides the contract's `settled` properties, for every preview and every update anew. PURE: the same answer for the same arguments.
   *
   * @param declared the inputs; what is not known yet is missing
   * @param before what was settled the last time, as it was recorded; undefined for a new resource
   * @param now milliseconds since the Unix epoch
   * @param gathered what `gather` came back with
   */
  settle?(declared: I, before: Readonly<Record<string, unknown>> | undefined, now: number, gathered?: unknown): object;
  /**
   * What a run does that its list of changes does not say by itself, a line each, shown in the preview and in the update. PURE. Asked
   * each time that the inputs are checked, after `settle` where there is one: with the same arguments and what it decided.
   */
  news?(
    declared: I,
    before: Readonly<Record<string, unknown>> | undefined,
    after: Readonly<Record<string, unknown>>,
    now: number,
    gathered?: unknown,
  ): readonly string[];
  /** PURE. Also called with what was recorded (no `detail`) to answer the engine's `diff` without a request. */
  plan(desired: I, observed: Observation<S, D> | Gone): Plan<I, S, D>;
  /** Does the plan's changes and no others. Idempotent: can be run again after any interruption, from a new observation. */
  apply(ctx: Context, plan: Plan<I, S, D>): Promise<Applied<S>>;
  /** Idempotent: an object that is already gone is no error. */
  remove(ctx: Context, id: string, last: S): Promise<void>;
}

/** Keeps the kind's own type parameters while checking it against the interface. */
export function defineKind<I extends object, S extends object, D>(kind: ResourceKind<I, S, D>): ResourceKind<I, S, D> {
  return kind;
}

/** Observe, plan, apply: the one way in which anything is created, updated or adopted. */
export async function reconcile<I extends object, S extends object, D>(
  kind: ResourceKind<I, S, D>,
  ctx: Context,
  reference: Reference<I>,
): Promise<Applied<S>> {
  const observed = await kind.observe(ctx, { ...reference, purpose: "apply" });
  return kind.apply(ctx, kind.plan(reference.inputs, observed));
}
