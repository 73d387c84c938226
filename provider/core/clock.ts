/** Time, injected so that no test waits on a real clock. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    const { setTimeout } = await import("node:timers/promises");
    await setTimeout(ms, undefined, signal === undefined ? {} : { signal }).catch((error: unknown) => {
      signal?.throwIfAborted();
      throw error;
    });
  },
};

/** The machine's clock, set to another time (milliseconds since the Unix epoch), from which it goes on. */
export function clockFrom(start: number): Clock {
  const ahead = start - Date.now();
  return { ...systemClock, now: () => systemClock.now() + ahead };
}

/** A clock that stands still until someone sleeps: `sleep` moves it on at once and notes how long. */
export function manualClock(start = 0): Clock & { readonly slept: number[] } {
  let time = start;
  const slept: number[] = [];
  return {
    slept,
    now: () => time,
    sleep: (ms, signal) => {
      if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
      slept.push(ms);
      time += ms;
      return Promise.resolve();
    },
  };
}
