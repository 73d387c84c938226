import { systemClock, type Clock } from "../../provider/core/clock";

/** Takes one line of text for a person to read, without a line end. */
export type Report = (line: string) => void;

/** Milliseconds between two signs of life of a long step. */
export const HEARTBEAT = 15_000;

/** `0.4 s`, `42 s`, `6 min 05 s`. */
export function elapsed(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${String(whole)} s`;
  return `${String(Math.floor(whole / 60))} min ${String(whole % 60).padStart(2, "0")} s`;
}

/**
 * Runs a long step, reporting that it began, a sign of life every 15 seconds, and how long it took. `detail` says how far
 * it is. A failure is left to the caller to tell.
 */
export async function longStep<T>(
  report: Report,
  name: string,
  work: () => Promise<T>,
  detail: () => string = () => "",
  clock: Clock = systemClock,
): Promise<T> {
  const start = clock.now();
  report(`${name} …`);
  const line = (): string => [`${name}: ${elapsed(clock.now() - start)}`, detail()].filter(Boolean).join(", ");
  const beating = setInterval(() => report(`${line()} …`), HEARTBEAT);
  try {
    const result = await work();
    report(`${line()}, done`);
    return result;
  } finally {
    clearInterval(beating);
  }
}
