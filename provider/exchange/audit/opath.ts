/** A filter as Exchange's own cmdlets take it. */
import type { Filter } from "./filter";

/**
 * The filter in OPATH, the syntax of `Get-EXOMailbox -Filter`:
 * {@link https://learn.microsoft.com/powershell/exchange/recipient-filters}.
 */
export function toOpath(filter: Filter): string {
  switch (filter.kind) {
    case "and":
    case "or":
      return filter.of.map((one) => `(${toOpath(one)})`).join(` -${filter.kind} `);
    case "not":
      return `-not (${toOpath(filter.of)})`;
    default:
      return `${filter.property} -${filter.comparison} ${value(filter.value)}`;
  }
}

function value(given: string | boolean): string {
  return typeof given === "boolean" ? `$${String(given)}` : `'${given.replaceAll("'", "''")}'`;
}
