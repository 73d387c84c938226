/** PowerShell literals: values that stand in a script as nothing but values. */
import { Rejected } from "../../core/errors";

/**
 * What PowerShell takes for the end of a single-quoted string: the apostrophe and its typographic relatives. A doubled one stands
 * for itself. Source: `CodeGeneration.EscapeSingleQuotedStringContent` of PowerShell.
 */
const quotes = /['\u2018\u2019\u201a\u201b]/g;

/**
 * A string in single quotes, in which PowerShell expands nothing.
 *
 * @throws Rejected for a string with a NUL character, which no command line can carry
 */
export function text(value: string): string {
  if (value.includes("\0")) {
    throw new Rejected({
      operation: "putting into a PowerShell script",
      subject: JSON.stringify(value),
      happened: "it holds a NUL character",
    });
  }
  return `'${value.replace(quotes, "$&$&")}'`;
}

/** An array of strings, also for none or one. */
export function list(values: readonly string[]): string {
  return `@(${values.map(text).join(", ")})`;
}

/** An ordered table of arrays, one a line. The names must be identifiers. */
export function table(entries: Readonly<Record<string, readonly string[]>>): string {
  const lines = Object.entries(entries).map(([name, values]) => `    ${name} = ${list(values)}`);
  return `[ordered]@{\n${lines.join("\n")}\n}`;
}
