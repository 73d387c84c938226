/** A copy of the directory that hears of changes late: by so many reads, or for so long. */
import type { ExchangeFaults } from "./faultOptions";
import type { LateReplica, Replicated } from "./hooks";

export class LateReads implements LateReplica {
  /** The change that was looked for last, and how often it was not seen. */
  readonly #reads = new Map<string, { readonly change: number; count: number }>();

  private constructor(
    private readonly reads: number,
    private readonly milliseconds: number,
  ) {}

  static of({ lateReads = 0, lateSeconds = 0 }: ExchangeFaults): LateReads | undefined {
    return lateReads === 0 && lateSeconds === 0 ? undefined : new LateReads(lateReads, lateSeconds * 1000);
  }

  isLate(of: Replicated, { number, at, now }: { number: number; at: number; now: number }): boolean {
    const known = this.#reads.get(keyOf(of));
    const reads = known?.change === number ? known : { change: number, count: 0 };
    this.#reads.set(keyOf(of), reads);
    return reads.count < this.reads || now - at < this.milliseconds;
  }

  wasRead(of: Replicated): void {
    const reads = this.#reads.get(keyOf(of));
    if (reads !== undefined) reads.count++;
  }
}

function keyOf({ part, guid }: Replicated): string {
  return `${part} ${guid}`;
}
