/** Under what conditions the admin API is run: the load on it and its faults. Without any it is healthy, and takes no time. */
import { setTimeout } from "node:timers/promises";
import type { ExchangeFaults } from "./faultOptions";
import { faultHooks } from "./faults";
import type { ExchangeHooks } from "./hooks";
import { loadHooks, type ExchangeLoad, type LoadClock } from "./load";

export interface ExchangeConditions {
  /** Undefined while there is none. */
  readonly load: ExchangeLoad | undefined;
  readonly faults: ExchangeFaults | undefined;
  /** Always the same object; what it does changes with the conditions. */
  readonly hooks: ExchangeHooks;
  /** Starts the budget of changes anew, for every tenant. */
  setLoad(load: ExchangeLoad | undefined): void;
  /** Starts the sequence of faults anew. */
  setFaults(faults: ExchangeFaults | undefined): void;
}

const systemLoadClock: LoadClock = {
  now: () => performance.now(),
  sleep: (ms) => setTimeout(ms),
};

export function createExchangeConditions(clock: LoadClock = systemLoadClock): ExchangeConditions {
  let load: ExchangeLoad | undefined;
  let faults: ExchangeFaults | undefined;
  let loaded: Pick<ExchangeHooks, "during" | "before"> = {};
  let faulty: Omit<ExchangeHooks, "during"> = {};
  return {
    get load() {
      return load;
    },
    get faults() {
      return faults;
    },
    hooks: {
      get during() {
        return loaded.during;
      },
      before: async (operation) => (await faulty.before?.(operation)) ?? (await loaded.before?.(operation)),
      get after() {
        return faulty.after;
      },
      get behaviour() {
        return faulty.behaviour;
      },
      get batchResponses() {
        return faulty.batchResponses;
      },
      get vanishes() {
        return faulty.vanishes;
      },
      get replica() {
        return faulty.replica;
      },
    },
    setLoad: (next) => {
      load = next;
      loaded = next === undefined ? {} : loadHooks(next, clock);
    },
    setFaults: (next) => {
      faults = next;
      faulty = next === undefined ? {} : faultHooks(next);
    },
  };
}
