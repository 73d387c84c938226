/** Figures from samples. A machine that others use too makes outliers, so nothing here is a mean. */

export interface Spread {
  readonly minimum: number;
  readonly lowerQuartile: number;
  readonly median: number;
  readonly upperQuartile: number;
  readonly maximum: number;
}

/** @throws RangeError when there are no samples */
export function spread(samples: readonly number[]): Spread {
  if (samples.length === 0) throw new RangeError("no samples");
  const ordered = [...samples].sort((a, b) => a - b);
  return {
    minimum: quantile(ordered, 0),
    lowerQuartile: quantile(ordered, 0.25),
    median: quantile(ordered, 0.5),
    upperQuartile: quantile(ordered, 0.75),
    maximum: quantile(ordered, 1),
  };
}

/** Linear between the two nearest samples. */
function quantile(ordered: readonly number[], q: number): number {
  const position = (ordered.length - 1) * q;
  const below = ordered[Math.floor(position)] ?? NaN;
  const above = ordered[Math.ceil(position)] ?? NaN;
  return below + (above - below) * (position - Math.floor(position));
}

/** Each sample of `a` over the sample of `b` that was taken next to it, so that a slow minute counts for both. */
export function pairwiseRatios(a: readonly number[], b: readonly number[]): number[] {
  if (a.length !== b.length) throw new RangeError(`${String(a.length)} samples against ${String(b.length)}`);
  return a.map((value, index) => value / (b[index] ?? NaN));
}
