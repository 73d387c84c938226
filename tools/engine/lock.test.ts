import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { withLock } from "./lock";

/** A clock that lets the test act at each wait. */
function clock(atSleep: () => Promise<void>): { now: () => number; sleep: (ms: number) => Promise<void> } {
  let time = 0;
  return {
    now: () => time,
    sleep: async (ms) => {
      time += ms;
      await atSleep();
    },
  };
}

describe("withLock", () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "engine-lock-"));
    file = join(folder, "slot.lock");
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  const heldBy = (pid: number, host = hostname()): string => JSON.stringify({ pid, host, token: "theirs" });

  test("holds the lock during the work and gives it back, also when the work fails", async () => {
    const held = await withLock(file, () => Promise.resolve(existsSync(file)));
    expect(held).toBe(true);
    expect(existsSync(file)).toBe(false);
    await expect(withLock(file, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(existsSync(file)).toBe(false);
  });

  test("waits for a living holder and says for whom", async () => {
    await writeFile(file, heldBy(process.pid));
    let sleeps = 0;
    const told: string[] = [];
    const result = await withLock(file, () => Promise.resolve(sleeps), {
      clock: clock(async () => {
        sleeps += 1;
        if (sleeps === 3) await rm(file);
      }),
      waiting: (_, holder) => told.push(holder),
    });
    expect(result).toBe(3);
    expect(told).toEqual(Array(3).fill(`process ${String(process.pid)}`));
  });

  test("never lets two pieces of work run at once", async () => {
    let running = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
    };
    const yielding = clock(() => new Promise((resolve) => setImmediate(resolve)));
    await Promise.all(Array.from({ length: 5 }, () => withLock(file, work, { clock: yielding })));
    expect(most).toBe(1);
  });

  const neverSleep = clock(() => Promise.reject(new Error("it waited")));

  test("takes over from a process that is gone", async () => {
    const gone = spawnSync(process.execPath, ["-e", ""]).pid;
    await writeFile(file, heldBy(gone));
    await expect(withLock(file, () => Promise.resolve("done"), { clock: neverSleep })).resolves.toBe("done");
  });

  test("takes over a lock that has not been touched for over a minute, whoever holds it", async () => {
    await writeFile(file, heldBy(1, "elsewhere"));
    const old = new Date(Date.now() - 61_000);
    await utimes(file, old, old);
    await expect(withLock(file, () => Promise.resolve("done"), { clock: neverSleep })).resolves.toBe("done");
  });

  test("leaves a lock alone that someone else has taken over meanwhile", async () => {
    await withLock(file, () => writeFile(file, heldBy(process.pid)));
    expect(existsSync(file)).toBe(true);
  });
});
