/**
 * Many cmdlet calls, ten to a request.
 *
 * The outer status says nothing about the items: each has its own, in any order, correlated by id, with lower-case header names;
 * items may be missing altogether. Every call must be one that may run twice (setting a property to a value is), because an
 * answer that got lost may have been a success. Ten is what every known client uses; no published limit was found.
 */
import { setMaxListeners } from "node:events";
import { AccessRefused, M365AuditError, Throttled, Unavailable } from "../../core/errors";
import { isTransient, patient } from "../../core/retry";
import { anchorOf, type Cmdlet, mailboxAnchor, organizationAnchor } from "./cmdlet";
import { errorOf, NeedsProxy } from "./errors";
import type { BatchReport, Pace } from "./pace";
import { commandBody, type Transport } from "./transport";
import type { HeldToken } from "../../identity/token";

export const batchSize = 10;

/** Calls that belong together and run one after another; a failure ends the rest. */
export interface Job<K> {
  readonly key: K;
  readonly cmdlets: readonly Cmdlet[];
  /** The mailbox that the calls are about (GUID): the anchor to fall back on when the default one leads to the wrong server. */
  readonly mailbox?: string;
}

/** What became of a job. */
export interface JobResult<K> {
  readonly key: K;
  readonly warnings: readonly string[];
  /** Undefined when every call was carried out. */
  readonly error: M365AuditError | undefined;
}

export interface BatchOptions<K> {
  readonly pace: Pace;
  readonly operation: string;
  /** Names a job in error messages. */
  readonly subjectOf: (key: K) => string;
  /** Told of each job once, as it ends. */
  readonly onResult: (result: JobResult<K>) => void;
  /** Told when calls are refused for now. */
  readonly onThrottled?: (calls: number) => void;
}

/** A call is given up when it has been refused for now for this long (milliseconds). */
const throttledForMs = 15 * 60_000;

interface Pending<K> {
  readonly job: Job<K>;
  readonly step: number;
  readonly warnings: readonly string[];
  /** Tries that failed for another reason than throttling. */
  readonly failures: number;
  readonly firstTry: number | undefined;
  readonly notBefore: number;
  readonly anchor: string | undefined;
  /** A token was refused for this call already. */
  readonly refused: boolean;
}

/**
 * Runs every job. Failures of single jobs are told to `onResult`.
 *
 * @throws AccessRefused as soon as a call is refused with a new token too: nothing more is sent then
 */
export async function runBatches<K>(
  transport: Transport,
  jobs: Iterable<Job<K>>,
  options: BatchOptions<K>,
): Promise<void> {
  const run = new Run(transport, jobs, options);
  const workers = Array.from({ length: options.pace.ceiling }, () => run.work());
  const ended = await Promise.allSettled(workers);
  const failed = ended.find((end) => end.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}

class Run<K> {
  readonly #fresh: Iterator<Job<K>>;
  readonly #waiting: Pending<K>[] = [];
  /** Ended, with its reason, when there is no use in sending anything more. What is under way is still taken in. */
  readonly #end = new AbortController();
  readonly #ended: AbortSignal;

  constructor(
    private readonly transport: Transport,
    jobs: Iterable<Job<K>>,
    private readonly options: BatchOptions<K>,
  ) {
    this.#fresh = jobs[Symbol.iterator]();
    const { signal } = transport;
    this.#ended = signal === undefined ? this.#end.signal : AbortSignal.any([signal, this.#end.signal]);
    // Each worker listens while it waits; Node takes more than ten for a leak and would tell the user so.
    setMaxListeners(2 * options.pace.ceiling, this.#ended);
  }

  /** One worker: sends batch after batch until there is nothing to do for it. Whoever puts a call back also takes it up again. */
  async work(): Promise<void> {
    const { clock } = this.transport;
    try {
      for (;;) {
        const leave = await this.options.pace.enter(this.#ended);
        let report: BatchReport | undefined;
        try {
          const batch = this.#take();
          if (batch.length > 0) report = await this.#send(batch);
        } finally {
          leave(report);
        }
        if (report !== undefined) continue;
        if (this.#waiting.length === 0) return;
        const earliest = Math.min(...this.#waiting.map(({ notBefore }) => notBefore));
        await clock.sleep(Math.max(1, earliest - clock.now()), this.#ended);
      }
    } catch (error) {
      this.#end.abort(error);
      throw error;
    }
  }

  #take(): readonly Pending<K>[] {
    const now = this.transport.clock.now();
    const batch: Pending<K>[] = [];
    for (let index = 0; index < this.#waiting.length && batch.length < batchSize;) {
      const pending = this.#waiting[index];
      if (pending !== undefined && pending.notBefore <= now) {
        this.#waiting.splice(index, 1);
        batch.push(pending);
      } else index += 1;
    }
    while (batch.length < batchSize) {
      const next = this.#fresh.next();
      if (next.done === true) break;
      const job = next.value;
      batch.push({
        job,
        step: 0,
        warnings: [],
        failures: 0,
        firstTry: undefined,
        notBefore: 0,
        anchor: undefined,
        refused: false,
      });
    }
    return batch.map((pending) => ({ ...pending, firstTry: pending.firstTry ?? now }));
  }

  async #send(batch: readonly Pending<K>[]): Promise<BatchReport> {
    const { transport } = this;
    const { operation } = this.options;
    const report = { done: 0, throttled: 0, retryAfterMs: undefined as number | undefined };
    let answers: ReadonlyMap<string, Item>;
    let token: HeldToken;
    try {
      const answer = await transport.send({
        method: "POST",
        url: "$batch",
        anchor: organizationAnchor(transport.tenantId),
        headers: { Prefer: "odata.maxpagesize=1000;odata.continue-on-error", "parameter-based-routing": "true" },
        body: (held) => ({ requests: batch.map((pending, index) => this.#item(pending, String(index + 1), held)) }),
        operation,
        subject: `${String(batch.length)} mailboxes or accounts of tenant ${transport.tenantId}`,
      });
      answers = itemsOf(answer.json["responses"]);
      token = answer.token;
    } catch (error) {
      if (!(error instanceof M365AuditError) || error instanceof AccessRefused) throw error;
      for (const pending of batch) this.#failed(pending, error, report);
      return this.#told(report);
    }
    const refusals = batch.flatMap((pending, index) => this.#settle(pending, answers.get(String(index + 1)), report));
    const final = refusals.find(({ again }) => again);
    if (final !== undefined) throw final.error;
    if (refusals.length > 0) await transport.tokens.renew(token);
    return this.#told(report);
  }

  #told(report: BatchReport): BatchReport {
    if (report.throttled > 0) this.options.onThrottled?.(report.throttled);
    return report;
  }

  #item(pending: Pending<K>, id: string, token: HeldToken): unknown {
    const { transport } = this;
    const cmdlet = cmdletOf(pending);
    const headers = transport.headers(token, {
      anchor: pending.anchor ?? anchorOf(cmdlet, transport.tenantId),
      anchorIsParameter: pending.anchor !== undefined || cmdlet.anchor !== undefined,
      cmdletName: cmdlet.name,
    });
    return {
      id,
      method: "POST",
      url: `${transport.root}/InvokeCommand`,
      headers: { ...headers, Accept: "application/json; odata.metadata=minimal" },
      body: commandBody(cmdlet),
    };
  }

  /** Takes one item's answer in. Gives back refused access: the first time a new token may help, `again` nothing will. */
  #settle(
    pending: Pending<K>,
    item: Item | undefined,
    report: Report,
  ): readonly { error: AccessRefused; again: boolean }[] {
    const { clock } = this.transport;
    const facts = { operation: this.options.operation, subject: this.options.subjectOf(pending.job.key) };
    if (item === undefined) {
      this.#failed(pending, new Unavailable({ ...facts, happened: "the batch gave no answer for it" }), report);
      return [];
    }
    if (item.status >= 200 && item.status < 300) {
      this.#succeeded(pending, item, report);
      return [];
    }
    const error = errorOf(item, clock, facts);
    if (error instanceof AccessRefused) {
      if (!pending.refused) this.#waiting.push({ ...pending, refused: true });
      return [{ error: this.transport.refused(error), again: pending.refused }];
    }
    this.#failed(pending, error, report);
    return [];
  }

  #succeeded(pending: Pending<K>, item: Item, report: Report): void {
    report.done += 1;
    const warnings = [...pending.warnings, ...warningsOf(item.body)];
    const step = pending.step + 1;
    if (step < pending.job.cmdlets.length) {
      this.#waiting.push({
        ...pending,
        step,
        warnings,
        failures: 0,
        firstTry: undefined,
        notBefore: 0,
        refused: false,
      });
    } else this.options.onResult({ key: pending.job.key, warnings, error: undefined });
  }

  #failed(pending: Pending<K>, error: M365AuditError, report: Report): void {
    const { clock, random } = this.transport;
    const now = clock.now();
    const throttled = error instanceof Throttled;
    if (throttled) {
      report.throttled += 1;
      if (error.retryAfterMs !== undefined)
        report.retryAfterMs = Math.max(report.retryAfterMs ?? 0, error.retryAfterMs);
    }
    const failures = pending.failures + (throttled ? 0 : 1);
    const within = throttled ? now - (pending.firstTry ?? now) < throttledForMs : failures < patient.attempts;
    if (!isTransient(error) || !within) {
      this.options.onResult({ key: pending.job.key, warnings: pending.warnings, error });
      return;
    }
    const { job } = pending;
    const reanchor = error instanceof NeedsProxy && pending.anchor === undefined && job.mailbox !== undefined;
    const anchor = reanchor ? mailboxAnchor(job.mailbox, this.transport.tenantId) : pending.anchor;
    const exponential = Math.min(patient.capMs, patient.baseMs * 2 ** Math.max(0, failures - 1)) * (1 - random() / 2);
    const pause = reanchor ? 0 : (error.retryAfterMs ?? exponential);
    this.#waiting.push({ ...pending, failures, anchor, notBefore: now + pause });
  }
}

interface Report {
  done: number;
  throttled: number;
  retryAfterMs: number | undefined;
}

interface Item {
  readonly status: number;
  header(name: string): string | undefined;
  readonly body: unknown;
}

/** The answers by id. What is no answer is left out and so counts as missing. */
function itemsOf(responses: unknown): ReadonlyMap<string, Item> {
  const items = new Map<string, Item>();
  for (const response of Array.isArray(responses) ? (responses as unknown[]) : []) {
    if (typeof response !== "object" || response === null) continue;
    const { id, status, headers, body } = response as Readonly<Record<string, unknown>>;
    if (typeof id !== "string" || typeof status !== "number") continue;
    items.set(id, { status, header: (name) => headerIn(headers, name), body });
  }
  return items;
}

function headerIn(headers: unknown, name: string): string | undefined {
  if (typeof headers !== "object" || headers === null) return undefined;
  const found = Object.entries(headers).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1] as unknown;
  return typeof found === "string" || typeof found === "number" ? String(found) : undefined;
}

function warningsOf(body: unknown): readonly string[] {
  if (typeof body !== "object" || body === null) return [];
  const warnings = (body as Readonly<Record<string, unknown>>)["@adminapi.warnings"];
  return Array.isArray(warnings) ? warnings.filter((text) => typeof text === "string") : [];
}

function cmdletOf<K>({ job, step }: Pending<K>): Cmdlet {
  const cmdlet = job.cmdlets[step];
  if (cmdlet === undefined)
    throw new RangeError(`a job of ${String(job.cmdlets.length)} calls has no call ${String(step)}`);
  return cmdlet;
}
