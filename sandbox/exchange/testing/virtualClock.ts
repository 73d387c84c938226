/** Time that passes only when a test says so. */
import type { LoadClock } from "../load";

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

export class VirtualClock implements LoadClock {
  #now = 0;
  #sleepers: Sleeper[] = [];
  #watchers: (() => void)[] = [];

  now(): number {
    return this.#now;
  }

  async sleep(ms: number): Promise<void> {
    await new Promise<void>((wake) => {
      this.#sleepers.push({ until: this.#now + ms, wake });
      for (const watcher of this.#watchers.splice(0)) watcher();
    });
  }

  /** Resolves once so many are asleep. */
  async asleep(count: number): Promise<void> {
    while (this.#sleepers.length < count) await new Promise<void>((resolve) => this.#watchers.push(resolve));
  }

  /** Lets time pass and wakes those whose time has come. */
  advance(ms: number): void {
    this.#now += ms;
    const due = this.#sleepers.filter(({ until }) => until <= this.#now);
    this.#sleepers = this.#sleepers.filter(({ until }) => until > this.#now);
    for (const { wake } of due) wake();
  }

  /** How long those asleep still sleep, in milliseconds, shortest first. */
  get remaining(): readonly number[] {
    return this.#sleepers.map(({ until }) => until - this.#now).sort((a, b) => a - b);
  }

  /** Lets time pass from one sleeper to the next until `work` is done, and gives its result. */
  async run<T>(work: Promise<T>): Promise<T> {
    let done = false;
    const ended = work.finally(() => {
      done = true;
      for (const watcher of this.#watchers.splice(0)) watcher();
    });
    const isDone = (): boolean => done;
    for (;;) {
      await Promise.race([ended.catch(() => undefined), this.asleep(1)]);
      if (isDone()) return ended;
      const [next] = this.remaining;
      if (next !== undefined) this.advance(next);
    }
  }
}
