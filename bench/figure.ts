/** A figure that the README gives: what is measured, against what, and within which limit. One file holds one figure. */
export interface Figure {
  /** On the command line: `npm run bench -- import-time`. */
  readonly name: string;
  /** Heading in results.md. */
  readonly title: string;
  /** What is compared with what, and why it matters. One paragraph of Markdown. */
  readonly question: string;
  /** @param progress takes a line for the person who is watching */
  measure(progress: (line: string) => void): Promise<Outcome>;
}

export interface Outcome {
  /** The answer in one sentence, as a ratio of two contenders measured in one run, with its limit. */
  readonly answer: string;
  /** Header and rows of a table with the details. */
  readonly table: readonly (readonly string[])[];
  /** Whether the figure is within its limit. */
  readonly kept: boolean;
}
