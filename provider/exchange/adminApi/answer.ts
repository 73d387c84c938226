/** What a cmdlet gave back. */
import { Rejected } from "../../core/errors";
import type { AdminAnswer } from "./transport";

export interface CmdletAnswer {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly warnings: readonly string[];
  /** When the server answered, by its own clock (the `Date` header): RFC 3339 in UTC. Undefined when it did not say. */
  readonly serverTime: string | undefined;
}

/** What is being done, for error messages: a verb phrase and a subject. */
export interface Doing {
  readonly operation: string;
  readonly subject: string;
}

/** @throws Rejected when the cmdlet wants to be confirmed and so did nothing */
export function cmdletAnswer(answer: AdminAnswer, doing: Doing): CmdletAnswer {
  const { json } = answer;
  if (typeof json["@adminapi.confirmationmessage"] === "string") {
    throw new Rejected({ ...doing, happened: "the cmdlet asked for a confirmation in place of doing its work" });
  }
  const value: unknown = json["value"];
  const warnings: unknown = json["@adminapi.warnings"];
  return {
    // Few ask for it, and reading a date takes its time.
    get serverTime() {
      const date = Date.parse(answer.header("date") ?? "");
      return Number.isNaN(date) ? undefined : new Date(date).toISOString();
    },
    rows: Array.isArray(value) ? value.filter((row) => typeof row === "object" && row !== null) : [],
    warnings: Array.isArray(warnings) ? warnings.filter((text) => typeof text === "string") : [],
  };
}

/** The words with which a change says that it changed nothing; undefined when it does not say so. */
export function nothingModified({ warnings }: CmdletAnswer): string | undefined {
  return warnings.find((text) => /no settings of .* have been modified/i.test(text));
}
