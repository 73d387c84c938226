/** Answers that say what is wrong, in the form of RFC 9457. */
import type { FieldProblem, Problem } from "./model";

/** Ends a request with a problem. */
export class OneSecureProblem extends Error {
  readonly problem: Problem;

  constructor(status: number, code: string, title: string, more: Partial<Problem> = {}) {
    super(more.detail ?? title);
    this.name = "OneSecureProblem";
    this.problem = { type: "about:blank", title, status, code, ...more };
  }
}

/** There is nothing with that id. */
export function notFound(what: string, id: string): OneSecureProblem {
  return new OneSecureProblem(404, "notFound", "Not found", { detail: `There is no ${what} with the id "${id}".` });
}

/** The body is not as the contract wants it: every property at fault at once. */
export function invalid(errors: readonly FieldProblem[]): OneSecureProblem {
  return new OneSecureProblem(422, "invalid", "Invalid request", {
    detail: errors.map(({ pointer, detail }) => `${pointer === "" ? "body" : pointer}: ${detail}`).join("; "),
    errors: [...errors],
  });
}
