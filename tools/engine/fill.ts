import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { presentFiles, workFolder, writeWhole, type Slot, type Stamp } from "./cache";
import { withLock } from "./lock";
import type { Machine } from "./machine";
import { elapsed, HEARTBEAT, type Report } from "./progress";

/**
 * Fills a slot under its lock: `usable` is asked once more when the lock is held, because the process that held it before
 * may have done the work; `make` writes programs into the `bin` of the folder that it is given and returns the stamp. The
 * folder is moved into place as a whole.
 */
export async function fillSlot<T>(
  machine: Machine,
  slot: Slot,
  report: Report,
  usable: () => Promise<T | undefined>,
  make: (folder: string) => Promise<Stamp>,
): Promise<T> {
  let toldAt = -HEARTBEAT;
  return await withLock(
    slot.lock,
    async () => {
      const found = await usable();
      if (found !== undefined) return found;
      await removeLeftovers(machine.cache);
      const folder = await workFolder(machine.cache);
      try {
        const stamp = await make(folder);
        await writeWhole(join(folder, "engine.json"), `${JSON.stringify(stamp, undefined, 2)}\n`);
        await mkdir(dirname(slot.directory), { recursive: true });
        await rm(slot.directory, { recursive: true, force: true });
        await rename(folder, slot.directory);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
      const made = await usable();
      if (made !== undefined) return made;
      const present = await presentFiles(slot, Object.values(machine.files));
      throw new Error(`The engine in ${slot.directory} is not complete: it has ${[...present].join(", ")}`);
    },
    {
      waiting: (waited, holder) => {
        if (waited - toldAt < HEARTBEAT) return;
        toldAt = waited;
        report(`Waiting for ${holder}, which is getting the engine${waited === 0 ? "" : `: ${elapsed(waited)}`} …`);
      },
    },
  );
}

/** Removes what interrupted runs have left in the cache. */
async function removeLeftovers(cache: string): Promise<void> {
  for (const name of await readdir(cache)) {
    const pid = /^work-(\d+)-\d+$/.exec(name)?.[1];
    if (pid === undefined || runs(Number(pid))) continue;
    await rm(join(cache, name), { recursive: true, force: true });
  }
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
