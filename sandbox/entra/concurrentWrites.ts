/**
 * Optimistic concurrency: of two writes to one application that overlap in time, the directory takes the first and refuses the second.
 * A write has to take some time for that, see {@link ConcurrentWrites.setLatency}.
 */
import { setTimeout } from "node:timers/promises";
import type { RequestCounters } from "../counters";
import { GraphError } from "./graphError";

export interface ConcurrentWrites {
  /** Milliseconds that a write takes. */
  readonly latencyMs: number;
  /** 0, at first, for writes that take no time: then none overlaps another. */
  setLatency(milliseconds: number): void;
  /**
   * Does a write to an object, once the time that a write takes has passed.
   * @throws GraphError 409 while another write to the same object is under way
   */
  write<T>(objectId: string, work: () => T): Promise<T>;
}

/** @param counters where collisions are counted */
export function concurrentWrites(
  counters: Pick<RequestCounters, "concurrencyViolations">,
  sleep: (milliseconds: number) => Promise<unknown> = setTimeout,
): ConcurrentWrites {
  const underway = new Set<string>();
  let latencyMs = 0;
  return {
    get latencyMs() {
      return latencyMs;
    },
    setLatency: (milliseconds) => {
      latencyMs = milliseconds;
    },
    write: async (objectId, work) => {
      if (underway.has(objectId)) {
        counters.concurrencyViolations += 1;
        throw concurrencyViolation();
      }
      if (latencyMs === 0) return work();
      underway.add(objectId);
      try {
        await sleep(latencyMs);
        return work();
      } finally {
        underway.delete(objectId);
      }
    },
  };
}

/** The text is the one that clients of Graph report. */
function concurrencyViolation(): GraphError {
  return new GraphError(
    409,
    "Directory_ConcurrencyViolation",
    "Error due to concurrent requests being made to the tenant. Please wait briefly and retry.",
  );
}
