/** Lines of progress for the person who watches a long run. */
import type { Context } from "../../core/kind";

/** Milliseconds between two lines at least. */
const intervalMs = 3_000;

export class Progress {
  readonly #started: number;
  #lastLine: number;
  #done = 0;
  #throttled = 0;

  constructor(
    private readonly what: string,
    private readonly total: number,
    private readonly ctx: Pick<Context, "clock" | "report">,
  ) {
    this.#started = ctx.clock.now();
    this.#lastLine = this.#started;
  }

  /** One more is done, well or badly. */
  advance(): void {
    this.#done += 1;
    this.#tell(this.#done === this.total);
  }

  /** Calls were refused for now. */
  throttled(calls: number): void {
    this.#throttled += calls;
    this.#tell(false);
  }

  #tell(isLast: boolean): void {
    const now = this.ctx.clock.now();
    if (now - this.#lastLine < intervalMs && !isLast) return;
    this.#lastLine = now;
    this.ctx.report(this.#line(now));
  }

  #line(now: number): string {
    const perMinute = (this.#done * 60_000) / Math.max(1, now - this.#started);
    const left = Math.ceil((this.total - this.#done) / Math.max(perMinute, 0.001));
    const parts = [
      `${this.what}: ${String(this.#done)} of ${String(this.total)}`,
      ...(now - this.#started >= intervalMs ? [`${String(Math.round(perMinute))} a minute`] : []),
      ...(this.#done > 0 && this.#done < this.total && now - this.#started >= intervalMs
        ? [`about ${String(left)} min left`]
        : []),
      ...(this.#throttled > 0 ? [`${String(this.#throttled)} calls throttled and tried again`] : []),
    ];
    return parts.join(", ");
  }
}
