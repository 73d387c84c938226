/** Spans of time as people write them: `12h`, `7d`. */

const hourMs = 3_600_000;
const unitMs: Readonly<Record<string, number>> = { h: hourMs, d: 24 * hourMs };
const longestMs = 90 * 24 * hourMs;

/** How often every mailbox is read when nothing else is said. */
export const defaultFullScanEvery = "7d";

/** Milliseconds of a number of hours (`h`) or days (`d`), from one hour to 90 days; undefined for anything else. */
export function intervalMs(text: string): number | undefined {
  const [, digits, unit = ""] = /^([1-9]\d{0,3})([hd])$/.exec(text.trim()) ?? [];
  const ms = Number(digits) * (unitMs[unit] ?? Number.NaN);
  return ms >= hourMs && ms <= longestMs ? ms : undefined;
}
