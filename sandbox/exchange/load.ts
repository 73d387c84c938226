/**
 * How long the service takes and how much it takes on: latency of cmdlets, requests at a time, changes a minute. Nobody outside
 * Microsoft knows the service's real figures; these are settings, so that clients can be compared under the same ones.
 */
import { z } from "zod";
import type { ExchangeHooks, ExchangeOperation, ExchangeRequest, InjectedAnswer } from "./hooks";

/** What is left out is without limit, and takes no time. */
export const exchangeLoadSchema = z
  .strictObject({
    /** Milliseconds that each cmdlet and each page of a list takes, the sandbox's own work included. */
    cmdletLatencyMs: z.number().min(0),
    /** How many requests of one tenant are worked on at a time. A batch is one, whose items run one after another. */
    concurrentRequests: z.int().positive(),
    /** What happens to a request beyond that: it waits for its turn, or it is refused (429). Default `queue`. */
    overConcurrency: z.enum(["queue", "refuse"]),
    /**
     * How many cmdlets that change something one tenant may run in a minute. As many can be run at once after a minute's rest; beyond
     * that they are refused (429), each for itself within a batch.
     */
    writesPerMinute: z.number().positive(),
    /** Whether a refused change is told when to come again. Default true. */
    retryAfter: z.boolean(),
    /**
     * How many times as fast the tenant's clock runs: all times above are divided by it. `Retry-After` stays in the tenant's own
     * seconds, so a client's clock should be made to run as fast. Default 1.
     */
    timeScale: z.number().positive(),
  })
  .partial();
export type ExchangeLoad = z.output<typeof exchangeLoadSchema>;

/** The clock on which the service takes its time: milliseconds from any start. */
export interface LoadClock {
  now(): number;
  sleep(ms: number): Promise<void>;
}

const tooManyRequests: InjectedAnswer = {
  status: 429,
  body: "You have reached the maximum number of concurrent requests per tenant. Please wait and try again",
};

/** The load on each tenant, as hooks. */
export function loadHooks(load: ExchangeLoad, clock: LoadClock): Required<Pick<ExchangeHooks, "during" | "before">> {
  const tenants = new Map<string, TenantLoad>();
  const of = (tenantId: string): TenantLoad => {
    const known = tenants.get(tenantId) ?? new TenantLoad(load, clock);
    tenants.set(tenantId, known);
    return known;
  };
  return {
    during: (request, serve) => of(request.tenantId).during(request, serve),
    before: (operation) => of(operation.tenantId).before(operation),
  };
}

class TenantLoad {
  readonly #clock: LoadClock;
  readonly #load: ExchangeLoad;
  readonly #latency: number;
  readonly #scale: number;
  #underway = 0;
  readonly #queue: (() => void)[] = [];
  /** Until when each request under way is busy. A timer that fires late, or slow work, is made up for by what follows. */
  readonly #busyUntil = new Map<number, number>();
  /** Changes that may be run now, as it was at #counted. */
  #room: number;
  #counted: number;

  constructor(load: ExchangeLoad, clock: LoadClock) {
    this.#clock = clock;
    this.#load = load;
    this.#scale = load.timeScale ?? 1;
    this.#latency = (load.cmdletLatencyMs ?? 0) / this.#scale;
    this.#room = load.writesPerMinute ?? Infinity;
    this.#counted = clock.now();
  }

  async during({ number }: ExchangeRequest, serve: () => Promise<InjectedAnswer>): Promise<InjectedAnswer> {
    const { concurrentRequests: limit = Infinity, overConcurrency = "queue" } = this.#load;
    if (this.#underway < limit) this.#underway++;
    else if (overConcurrency === "refuse") return tooManyRequests;
    else await new Promise<void>((resolve) => this.#queue.push(resolve));
    this.#busyUntil.set(number, this.#clock.now());
    try {
      return await serve();
    } finally {
      this.#busyUntil.delete(number);
      const next = this.#queue.shift();
      if (next === undefined) this.#underway--;
      else next();
    }
  }

  async before(operation: ExchangeOperation): Promise<InjectedAnswer | undefined> {
    const { kind, writes, request } = operation;
    if (kind === "batch" || kind === "module") return undefined;
    if (writes && !this.#spend()) return this.#overBudget();
    const now = this.#clock.now();
    const until = (this.#busyUntil.get(request) ?? now) + this.#latency;
    this.#busyUntil.set(request, until);
    if (until > now) await this.#clock.sleep(until - now);
    return undefined;
  }

  /** Takes one change from what is left of the budget. */
  #spend(): boolean {
    const { writesPerMinute } = this.#load;
    if (writesPerMinute === undefined) return true;
    const now = this.#clock.now();
    this.#room = Math.min(
      writesPerMinute,
      this.#room + ((now - this.#counted) * this.#scale * writesPerMinute) / 60_000,
    );
    this.#counted = now;
    if (this.#room < 1) return false;
    this.#room--;
    return true;
  }

  /** Says when there is room for one change again. What the real service says is unknown. */
  #overBudget(): InjectedAnswer {
    const { writesPerMinute = Infinity, retryAfter = true } = this.#load;
    const lacking = 1 - this.#room;
    const seconds = Math.max(1, Math.ceil((lacking * 60) / writesPerMinute));
    return { status: 429, ...(retryAfter ? { headers: { "Retry-After": String(seconds) } } : {}) };
  }
}
