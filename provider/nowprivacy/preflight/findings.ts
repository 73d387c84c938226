/** What a test looked for and what it found. */
import type { M365AuditError } from "../../core";
import { AccessRefused, NotFound, Rejected, Throttled, Unavailable } from "../../core";
import type { Answer } from "../../entra/preflight/reach";

/** One thing that was looked for. */
export interface Finding {
  /** For example `groupEmail finance@contoso.com`. */
  readonly lookedFor: string;
  /** `no`: it is not there, or is something else. `unknown`: it could not be found out. */
  readonly answer: Answer;
  /** For example `Microsoft 365 group “Finance”, 12 members`; for anything but `yes`, what is there instead and what to do. */
  readonly found: string;
  /** What is worth knowing although it is there, a sentence each. */
  readonly notes: readonly string[];
}

/** It is there. */
export function there(lookedFor: string, found: string, notes: readonly string[] = []): Finding {
  return { lookedFor, answer: "yes", found, notes };
}

/** It is not there, or is something else. */
export function missing(lookedFor: string, found: string): Finding {
  return { lookedFor, answer: "no", found, notes: [] };
}

/** It could not be found out. */
export function unknown(lookedFor: string, why: string): Finding {
  return { lookedFor, answer: "unknown", found: why, notes: [] };
}

/**
 * What came of looking; Graph that refuses, is down or says something else than its documentation is an answer, too. Any other error is
 * thrown on.
 */
export async function looking(lookedFor: string, look: () => Promise<Finding>): Promise<Finding> {
  try {
    return await look();
  } catch (error) {
    const isAnswer =
      error instanceof AccessRefused ||
      error instanceof NotFound ||
      error instanceof Unavailable ||
      error instanceof Throttled ||
      error instanceof Rejected;
    if (!isAnswer) throw error;
    return unknown(lookedFor, whyNot(error));
  }
}

function whyNot({ facts: { happened, next } }: M365AuditError): string {
  const because = `it could not be asked: ${happened.replace(/\.$/, "")}`;
  return next === undefined ? because : `${because}. ${next}`;
}
