/** Does something to each of many mailboxes or accounts, several at a time, and tells how far it is. */
import { setMaxListeners } from "node:events";
import {
  AccessRefused,
  M365AuditError,
  NotFound,
  Rejected,
  Stopped,
  Throttled,
  WaitTooLong,
  WrongTenant,
} from "../../core/errors";
import type { Context } from "../../core/kind";
import { isTransient } from "../../core/retry";
import type { Calls } from "../adminApi/calls";
import { type AdminApi, concurrentRequests } from "../adminApi/client";
import { adaptivePace } from "../adminApi/pace";
import { Progress } from "./progress";

/** After so many refusals in a row it is asked whether it is single mailboxes that are closed to the app, or everything. */
const refusedInARow = 10;

/** So many items in a row that Exchange did not answer for, each tried several times: then it is not there. */
const unansweredInARow = concurrentRequests;

export interface Many<T, R> {
  /** What is counted in lines of progress: "mailboxes corrected". */
  readonly what: string;
  readonly items: readonly T[];
  /** The cmdlet that `work` rests on, to know a refused mailbox from refused access. */
  readonly cmdlet: string;
  /** How many may fail. Default: none. */
  readonly tolerated?: number | undefined;
  readonly work: (item: T, calls: Calls) => Promise<R>;
  /** Told of each item once, with what `work` gave or with the error that is this item's alone. */
  readonly onEnd: (item: T, end: R | M365AuditError) => void;
}

/**
 * A mailbox that alone is refused (403) is that mailbox's failure. Access is what fails when nothing at all is let in and more than may
 * fail were refused, and when the app may not run the cmdlet (any more).
 *
 * @throws AccessRefused when access is refused; Unavailable or Throttled when Exchange answers for nothing any more; WaitTooLong; what the
 *   signal was aborted with. Single failures are told to `onEnd`
 */
export async function eachOf<T, R>(ctx: Context, api: AdminApi, many: Many<T, R>): Promise<void> {
  if (many.items.length > 0) await new Run(ctx, api, many).all();
}

class Run<T, R> {
  readonly #fresh: Iterator<T>;
  readonly #calls: Calls;
  readonly #progress: Progress;
  /** Ended, with its reason, when there is no use in sending anything more. What is under way is still taken in. */
  readonly #end = new AbortController();
  readonly #refused: { readonly item: T; readonly error: AccessRefused }[] = [];
  #refusedInARow = 0;
  #unansweredInARow = 0;
  #isLetIn = false;

  constructor(
    ctx: Context,
    private readonly api: AdminApi,
    private readonly many: Many<T, R>,
  ) {
    const { items, what } = many;
    this.#fresh = items[Symbol.iterator]();
    const progress = new Progress(what, items.length, ctx);
    this.#progress = progress;
    const signal = ctx.signal === undefined ? this.#end.signal : AbortSignal.any([ctx.signal, this.#end.signal]);
    // Each worker listens while it waits; Node takes more than ten for a leak and would tell the user so.
    setMaxListeners(4 * concurrentRequests, signal);
    this.#calls = api.calls({
      pace: adaptivePace({
        clock: ctx.clock,
        ceiling: concurrentRequests,
        onHold: (ms) => progress.waiting(ms, "Exchange takes no more for now"),
      }),
      wait: async (ms, why) => {
        progress.waiting(ms, why);
        await ctx.clock.sleep(ms, signal);
      },
      onThrottled: () => progress.throttled(),
      signal,
    });
  }

  async all(): Promise<void> {
    const workers = Array.from({ length: Math.min(concurrentRequests, this.many.items.length) }, () => this.#work());
    const ended = await Promise.allSettled(workers);
    const failed = ended.find((end) => end.status === "rejected");
    if (failed !== undefined) throw failed.reason;
    const last = this.#refused.at(-1);
    // Access that was lost near the end has refused what came last.
    if (last !== undefined && this.#refusedInARow > 0 && !(await this.#mayRun())) throw last.error;
    for (const { item, error } of this.#refused) this.#ended(item, error);
  }

  async #work(): Promise<void> {
    try {
      for (let next = this.#fresh.next(); next.done !== true; next = this.#fresh.next()) await this.#one(next.value);
    } catch (error) {
      this.#end.abort(error);
      throw error;
    }
  }

  async #one(item: T): Promise<void> {
    // A worker that is not waiting does not notice that another has ended the run.
    this.#end.signal.throwIfAborted();
    let end: R | M365AuditError;
    try {
      end = await this.many.work(item, this.#calls);
    } catch (error) {
      if (!(error instanceof M365AuditError) || isTheEnd(error)) throw error;
      if (error instanceof AccessRefused) {
        await this.#refuse(item, error);
        return;
      }
      end = error;
    }
    if (isUnanswered(end)) {
      this.#unansweredInARow += 1;
      if (this.#unansweredInARow >= unansweredInARow) throw end;
    } else {
      this.#unansweredInARow = 0;
      this.#refusedInARow = 0;
      this.#isLetIn = true;
    }
    this.#ended(item, end);
  }

  /** Only a 403 may be about a mailbox; a token that is not taken, or not given, is about the app. */
  async #refuse(item: T, error: AccessRefused): Promise<void> {
    this.#refused.push({ item, error });
    this.#refusedInARow += 1;
    if (error.status !== 403) throw error;
    if (this.#refusedInARow % refusedInARow === 0 && (await this.#isClosed())) throw error;
  }

  async #isClosed(): Promise<boolean> {
    const { tolerated = 0 } = this.many;
    return (!this.#isLetIn && this.#refused.length > tolerated) || !(await this.#mayRun());
  }

  /** Where Exchange does not say, a few refusals among others are taken for those of single mailboxes. */
  async #mayRun(): Promise<boolean> {
    try {
      return await this.api.mayRun(this.many.cmdlet);
    } catch (error) {
      if (!(error instanceof Rejected || error instanceof NotFound)) throw error;
      return this.#isLetIn && this.#refusedInARow < refusedInARow;
    }
  }

  #ended(item: T, end: R | M365AuditError): void {
    this.many.onEnd(item, end);
    this.#progress.advance();
  }
}

/** Errors after which nothing more is to be sent. */
function isTheEnd(error: M365AuditError): boolean {
  return error instanceof WaitTooLong || error instanceof WrongTenant || error instanceof Stopped;
}

/** Whether nobody answered, or only someone on the way to Exchange, or that nothing is taken on: no answer about the item itself. */
function isUnanswered(end: unknown): end is M365AuditError {
  if (!isTransient(end)) return false;
  return end instanceof Throttled || end.status === undefined || [502, 503, 504].includes(end.status);
}
