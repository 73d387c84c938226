import { readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { clearInterval, setInterval } from "node:timers";
import { setTimeout } from "node:timers/promises";

const ABANDONED_AFTER = 60_000;

/**
 * Runs `work` while holding a lock file in the repository; waits for another process that holds it. A lock whose process
 * is gone, or that has not been touched for a minute, is taken over.
 */
export async function withLock(file, say, work) {
  for (let waited = 0; !take(file); waited += 1) {
    if (isAbandoned(file)) {
      rmSync(file, { force: true });
      continue;
    }
    if (waited % 60 === 0) say("waiting for another setup of this folder to finish …");
    await setTimeout(250);
  }
  const touching = setInterval(() => {
    const now = new Date();
    try {
      utimesSync(file, now, now);
    } catch {
      // Someone removed the lock: nothing is lost but the protection against doing the work twice.
    }
  }, 10_000);
  touching.unref();
  try {
    return await work();
  } finally {
    clearInterval(touching);
    rmSync(file, { force: true });
  }
}

function take(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

function isAbandoned(file) {
  try {
    if (Date.now() - statSync(file).mtimeMs > ABANDONED_AFTER) return true;
    const pid = Number(readFileSync(file, "utf8"));
    // Between its creation and its writing the file is empty.
    if (pid === 0) return false;
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === "ESRCH";
  }
}
