/** Answers that say what is wrong, in the form of RFC 9457. */
import type { FieldProblem, Problem } from "./model";

/** Ends a request with a problem. */
export class NowPrivacyProblem extends Error {
  readonly problem: Problem;

  constructor(status: number, code: string, title: string, more: Partial<Problem> = {}) {
    super(more.detail ?? title);
    this.name = "NowPrivacyProblem";
    this.problem = { type: "about:blank", title, status, code, ...more };
  }
}

/** There is nothing with that id. */
export function notFound(what: string, id: string): NowPrivacyProblem {
  return new NowPrivacyProblem(404, "notFound", "Not found", { detail: `There is no ${what} with the id "${id}".` });
}

/** Something of that kind stands in the way. */
export function conflict(code: string, detail: string, existingId: string): NowPrivacyProblem {
  return new NowPrivacyProblem(409, code, "Conflict", { detail, existingId });
}

/** The body is not as the contract wants it: every property at fault at once. */
export function invalid(errors: readonly FieldProblem[]): NowPrivacyProblem {
  return new NowPrivacyProblem(422, "invalid", "Invalid request", {
    detail: errors.map(({ pointer, detail }) => `${pointer === "" ? "body" : pointer}: ${detail}`).join("; "),
    errors: [...errors],
  });
}
