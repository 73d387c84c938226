/** What tells a run that it is to stop, as one signal for everything that waits or sends. */
import { setMaxListeners } from "node:events";
import { fstatSync } from "node:fs";
import { Stopped } from "../core/errors";

/** Milliseconds until a provider without an engine ends, whatever it is doing. What was sent is given three seconds to be answered. */
const endsAfterMs = 4_000;
/** Milliseconds between two looks at the parent process. */
const looksEveryMs = 1_000;

let provided: AbortSignal | undefined;

/**
 * For a process that serves Pulumi's engine: aborted at SIGTERM, and when the engine is gone, which shows in a standard input that ends, in
 * a standard output that nobody reads, or in another parent process. The process ends a few seconds later. An engine that was killed tells
 * nobody, and the SDK's server would go on for ever. Nothing of it keeps the process alive; watching begins with the first call.
 */
export function providerStop(): AbortSignal {
  provided ??= watchEngine();
  return provided;
}

function watchEngine(): AbortSignal {
  const { signal, stop } = stopper();
  const end = (happened: string): void => {
    if (!stop(happened, "What was done stays done; the next `pulumi up` looks again and goes on from there.")) return;
    // Not `exitCode`: the server goes on listening, and nobody is left to close it.
    setTimeout(() => process.exit(1), endsAfterMs).unref();
  };
  process.once("SIGTERM", () => {
    end("it was told to end (SIGTERM)");
  });
  const gone = (how: string) => (): void => {
    end(`Pulumi's engine is gone (${how})`);
  };
  // With a listener a write that fails is told here, and not thrown into whatever wrote.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", gone("nobody reads what is written"));
  if (isPipe(0)) {
    // The engine holds the other end, past any shell in between, and never writes.
    process.stdin.once("end", gone("its end of the standard input is closed")).on("error", () => undefined);
    process.stdin.resume();
    (process.stdin as { unref?: () => void }).unref?.();
  }
  const parent = process.ppid;
  const looking = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(looking);
    gone("the parent process has ended")();
  }, looksEveryMs);
  looking.unref();
  return signal;
}

/**
 * Runs a command of a person's: its signal is aborted at the first Ctrl-C, or at SIGTERM. The second Ctrl-C ends the process as usual.
 * @param tell says that it is stopping
 */
export async function stoppable<T>(
  tell: (line: string) => void,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { signal, stop } = stopper();
  const names = ["SIGINT", "SIGTERM"] as const;
  const listener = (name: NodeJS.Signals): void => {
    release();
    stop(`it was told to end (${name})`);
    tell("Stopping: nothing more is begun. Ctrl-C once more ends it at once.");
  };
  const release = (): void => {
    for (const name of names) process.off(name, listener);
  };
  for (const name of names) process.on(name, listener);
  try {
    return await work(signal);
  } finally {
    release();
  }
}

interface Stopper {
  readonly signal: AbortSignal;
  /** False when it was stopped before. */
  readonly stop: (happened: string, next?: string) => boolean;
}

function stopper(): Stopper {
  const controller = new AbortController();
  // Every request and every wait listens; Node takes more than ten for a leak and would tell the user so.
  setMaxListeners(0, controller.signal);
  return {
    signal: controller.signal,
    stop: (happened, next) => {
      if (controller.signal.aborted) return false;
      const facts = { operation: "stopping", subject: "the run", happened };
      controller.abort(new Stopped(next === undefined ? facts : { ...facts, next }));
      return true;
    },
  };
}

function isPipe(descriptor: number): boolean {
  try {
    const file = fstatSync(descriptor);
    return file.isFIFO() || file.isSocket();
  } catch {
    return false;
  }
}
