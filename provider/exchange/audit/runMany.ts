/** Runs a command or two for each of many mailboxes or accounts, and tells how far it is. */
import type { M365AuditError } from "../../core/errors";
import type { Context } from "../../core/kind";
import type { Job } from "../adminApi/batch";
import type { AdminApi } from "../adminApi/client";
import type { Cmdlet } from "../adminApi/cmdlet";
import { adaptivePace } from "../adminApi/pace";
import type { SetMailboxParameters } from "./assess";
import type { Mailbox } from "./mailbox";
import { Progress } from "./progress";

/** Batches under way at once, at most. No client was seen to send more to one tenant. */
const concurrentBatches = 20;

export interface Many<T> {
  /** What is counted in lines of progress: "mailboxes corrected". */
  readonly what: string;
  /** A verb phrase for errors. */
  readonly operation: string;
  readonly items: readonly T[];
  readonly subjectOf: (item: T) => string;
  /** Made as the item is taken up: the requests of a large tenant are never all in memory. */
  readonly jobOf: (item: T) => Omit<Job<T>, "key">;
  /** Told of each item once; the error is undefined when all its commands were carried out. */
  readonly onEnd: (item: T, error: M365AuditError | undefined) => void;
}

/** @throws AccessRefused as soon as access is refused; single failures are told to `onEnd` */
export async function runMany<T>(ctx: Context, api: AdminApi, many: Many<T>): Promise<void> {
  const { items, operation, subjectOf } = many;
  if (items.length === 0) return;
  const progress = new Progress(many.what, items.length, ctx);
  await api.runAll(jobsOf(many), {
    pace: adaptivePace({ clock: ctx.clock, ceiling: concurrentBatches }),
    operation,
    subjectOf,
    onResult: ({ key, error }) => {
      many.onEnd(key, error);
      progress.advance();
    },
    onThrottled: (calls) => {
      progress.throttled(calls);
    },
  });
}

function* jobsOf<T>({ items, jobOf }: Many<T>): Generator<Job<T>, void> {
  for (const key of items) yield { key, ...jobOf(key) };
}

/** The command that sets audit properties of a mailbox. It never asks for a confirmation. */
export function setMailbox({ guid }: Mailbox, parameters: SetMailboxParameters): Cmdlet {
  return { name: "Set-Mailbox", parameters: { Identity: guid, ...parameters, Confirm: false } };
}
