/** Why one way to an engine is not open. It is collected, not fatal: the next way is tried. */
export class Refusal extends Error {
  override readonly name = "Refusal";
}

/** One way to an engine. */
export interface Way<T> {
  /** What is tried, as a person would say it: `pulumi on PATH`. */
  readonly name: string;
  /** Throws a `Refusal` when this way is not open. */
  attempt(): Promise<T>;
}

/** No way led to an engine. The message names each that was tried and why it failed, and what to do. */
export class EngineUnavailableError extends Error {
  override readonly name = "EngineUnavailableError";

  constructor(
    readonly refusals: readonly { readonly way: string; readonly reason: string }[],
    advice: string,
  ) {
    const tried = refusals.map(({ way, reason }) => `  - ${way}: ${reason.split("\n").join("\n    ")}`);
    super(["No Pulumi engine could be had. Tried:", ...tried, advice].join("\n"));
  }
}

/**
 * Takes the first way that is open, in order. Errors other than a `Refusal` are faults of ours or of the machine, and are
 * thrown as they are.
 */
export async function firstOpen<T>(
  ways: readonly Way<T>[],
  report: (line: string) => void,
  advice: string,
): Promise<T> {
  const refusals: { way: string; reason: string }[] = [];
  for (const way of ways) {
    try {
      return await way.attempt();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refusals.push({ way: way.name, reason: error.message });
      report(`${way.name}: ${error.message}`);
    }
  }
  throw new EngineUnavailableError(refusals, advice);
}
