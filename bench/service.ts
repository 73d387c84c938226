/** What the service is taken to be like where its figures are not known: the same for every figure and contender. */

/** Milliseconds that a cmdlet or a page of a list takes. Reports have it at several times that for `Set-Mailbox`. */
export const cmdletLatencyMs = 120;
/** Requests of one tenant that are worked on at a time. */
export const concurrentRequests = 20;
/** Cmdlets that change something, a minute: the budget that Microsoft published in 2015. */
export const writesPerMinute = 120;

export const pageSize = 1_000;

/** Seconds that so many cmdlets or pages take one after another. */
export function serialSeconds(calls: number): number {
  return (calls * cmdletLatencyMs) / 1000;
}

/** Seconds that so many cmdlets take at least, each in a request of its own and as many at a time as the service works on. */
export function parallelSeconds(calls: number): number {
  return serialSeconds(Math.ceil(calls / concurrentRequests));
}

export function times(value: number): string {
  return `${value.toFixed(2)} ×`;
}

export function count(value: number): string {
  return value.toLocaleString("en-US");
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
