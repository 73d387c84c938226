/** Lines of progress for the person who watches a long run. */
import type { Context } from "../../core/kind";
import { duration } from "../../core/wait";

/** Milliseconds between two lines at least. */
const intervalMs = 3_000;
/** A longer pause than this (milliseconds) is told as it begins. */
const worthTellingMs = 5_000;

export class Progress {
  readonly #started: number;
  #lastLine: number;
  #done = 0;
  #throttled = 0;
  #waitToldUntil = -Infinity;

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

  /** A call was refused for now. */
  throttled(): void {
    this.#throttled += 1;
    this.#tell(false);
  }

  /** Something waits for so many milliseconds. What another line has told of already, or is short, is not told. */
  waiting(ms: number, why: string): void {
    const until = this.ctx.clock.now() + ms;
    if (ms <= worthTellingMs || until <= this.#waitToldUntil + worthTellingMs) return;
    this.#waitToldUntil = until;
    this.ctx.report(`${this.#line(this.ctx.clock.now())}; waiting ${duration(ms)}: ${why}`);
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
