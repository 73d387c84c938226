import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename, stat, unlink, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { systemClock, type Clock } from "../../provider/core/clock";
import { isCode } from "./cache";

/** How often the holder touches the lock file, and the age in milliseconds at which an untouched one is abandoned. */
const TOUCH_EVERY = 10_000;
const ABANDONED_AFTER = 60_000;
const POLL_EVERY = 500;

export interface LockOptions {
  /** Called about once per poll with the milliseconds waited so far and who holds the lock. */
  readonly waiting?: (waited: number, holder: string) => void;
  readonly clock?: Clock;
}

/**
 * Runs `work` while holding the lock file, waiting for another process that holds it. A lock whose process is gone, or
 * that has not been touched for a minute, is taken over. Two processes that take over at the same instant may both run;
 * what the lock guards is put in place by one rename, so that this costs time and nothing else.
 */
export async function withLock<T>(file: string, work: () => Promise<T>, options: LockOptions = {}): Promise<T> {
  const clock = options.clock ?? systemClock;
  const mine = JSON.stringify({ pid: process.pid, host: hostname(), token: randomUUID() });
  await mkdir(dirname(file), { recursive: true });
  const start = clock.now();
  while (!(await take(file, mine))) {
    const holder = await holderOf(file);
    if (holder === undefined) continue;
    if (holder.abandoned) await breakLock(file, holder.text);
    else {
      options.waiting?.(clock.now() - start, holder.name);
      await clock.sleep(POLL_EVERY);
    }
  }
  const touching = setInterval(() => {
    const now = new Date();
    // A lock that someone removed is no loss: see above.
    utimes(file, now, now).catch(() => undefined);
  }, TOUCH_EVERY);
  touching.unref();
  try {
    return await work();
  } finally {
    clearInterval(touching);
    if ((await readLock(file)) === mine) await unlink(file);
  }
}

async function take(file: string, mine: string): Promise<boolean> {
  try {
    const handle = await open(file, "wx");
    try {
      await handle.writeFile(mine);
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if (isCode(error, "EEXIST")) return false;
    throw error;
  }
}

interface Holder {
  readonly text: string;
  readonly name: string;
  readonly abandoned: boolean;
}

async function holderOf(file: string): Promise<Holder | undefined> {
  const text = await readLock(file);
  if (text === undefined) return undefined;
  const age =
    Date.now() -
    (await stat(file).then(
      ({ mtimeMs }) => mtimeMs,
      () => Date.now(),
    ));
  const { pid, host } = parseHolder(text);
  const name = pid === undefined ? "another process" : `process ${String(pid)}`;
  const gone = pid !== undefined && host === hostname() && !isAlive(pid);
  return { text, name, abandoned: gone || age > ABANDONED_AFTER };
}

async function readLock(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (isCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

/** Moves the lock away before removing it, so that of several processes that break it only one does. */
async function breakLock(file: string, seen: string): Promise<void> {
  if ((await readLock(file)) !== seen) return;
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
    await unlink(aside);
  } catch (error) {
    if (!isCode(error, "ENOENT")) throw error;
  }
}

/** A file that is still being written has no holder to read yet; its age decides. */
function parseHolder(text: string): { pid?: number; host?: string } {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return {};
    const { pid, host } = value as { pid?: unknown; host?: unknown };
    return { ...(typeof pid === "number" ? { pid } : {}), ...(typeof host === "string" ? { host } : {}) };
  } catch {
    return {};
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there and belongs to someone else.
    return isCode(error, "EPERM");
  }
}
