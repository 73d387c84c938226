/** What a refusal of the NOW Privacy gateway means: its problem text (RFC 9457) as one of this package's tagged errors. */
import { z } from "zod";
import {
  AccessRefused,
  type Clock,
  Conflict,
  type ErrorFacts,
  type M365AuditError,
  NotFound,
  Rejected,
  Throttled,
  Unavailable,
  retryAfterMs,
} from "../../core";

/** What was asked, for the error that may come of it. */
export interface Question {
  /** A verb phrase: "adding dataset". */
  readonly operation: string;
  readonly subject: string;
  /** What the request carried that no message may repeat. */
  readonly secrets?: readonly string[];
}

const problemText = z.looseObject({
  title: z.string(),
  code: z.string(),
  detail: z.string().optional(),
  existingId: z.string().optional(),
  errors: z.array(z.looseObject({ pointer: z.string(), detail: z.string() })).optional(),
});
type Problem = z.infer<typeof problemText>;

/** @param secrets what no message may repeat, besides the question's own */
export function errorOf(
  question: Question,
  response: Response,
  body: unknown,
  clock: Clock,
  secrets: readonly string[],
): M365AuditError {
  const { status } = response;
  const parsed = problemText.safeParse(body);
  const problem = parsed.success ? parsed.data : undefined;
  const property = propertyOf(problem);
  const facts: ErrorFacts = {
    operation: question.operation,
    subject: question.subject,
    happened: without(wordsOf(status, problem), [...secrets, ...(question.secrets ?? [])]),
    status,
    ...(property === undefined ? {} : { property }),
  };
  const wait = retryAfterMs(response.headers.get("retry-after") ?? undefined, clock);

  if (status === 401) return new AccessRefused({ ...facts, next: tokenAdvice });
  if (status === 403) return new AccessRefused({ ...facts, next: "The token is known but may not do this." });
  if (status === 429) return new Throttled(facts, wait);
  if (status >= 500 || status === 408) return new Unavailable(facts, wait);
  if (problem === undefined) return new Rejected({ ...facts, next: endpointAdvice });
  if (status === 404) {
    // Anything may answer 404; only this code says that the gateway looked for the object.
    return problem.code === "notFound" ? new NotFound(facts) : new Rejected({ ...facts, next: endpointAdvice });
  }
  if (status === 409) return conflict(facts, problem);
  return new Rejected(facts);
}

const tokenAdvice =
  "Set m365audit:nowprivacyToken (or M365AUDIT_NOWPRIVACY_TOKEN) to a token that the gateway accepts.";
/** What to do when the other side does not speak the contract. */
export const endpointAdvice =
  "Check that m365audit:nowprivacyEndpoint (or M365AUDIT_NOWPRIVACY_ENDPOINT) is the base URL of a NOW Privacy gateway, path included.";

function conflict(facts: ErrorFacts, { code, existingId }: Problem): Conflict {
  const which = existingId === undefined ? "" : ` ${existingId}`;
  switch (code) {
    case "datasetExists":
      return new Conflict({
        ...facts,
        property: facts.property ?? "name",
        next:
          `To use the existing dataset${which}, declare \`adoptExisting: true\`: it is taken over as it is, and left there when it is ` +
          "removed from the program. Else choose another name.",
      });
    case "datasetInUse":
      return new Conflict({
        ...facts,
        next: `Delete the data source${which} in NOW Privacy or take it into the program, then run this again.`,
      });
    case "descriptionExists":
      return new Conflict({
        ...facts,
        property: facts.property ?? "customDescription",
        next: `The data source${which} has it. Descriptions are unique: choose another, or none for the product's own.`,
      });
    default:
      return new Conflict(facts);
  }
}

function wordsOf(status: number, problem: Problem | undefined): string {
  if (problem === undefined) return `the gateway answered ${String(status)} without saying why`;
  const { title, detail, errors = [] } = problem;
  const head = detail ?? title;
  if (errors.length === 0) return head;
  return `${title}: ${errors.map((error) => `${named(error.pointer)}: ${error.detail.replace(/\.+$/, "")}`).join("; ")}`;
}

function propertyOf(problem: Problem | undefined): string | undefined {
  const [first] = problem?.errors ?? [];
  return first === undefined || first.pointer === "" ? undefined : named(first.pointer);
}

/** `/ingestionScope/email` → `ingestionScope.email`, as the kind's contract has it. */
function named(pointer: string): string {
  return pointer
    .replace(/^\//, "")
    .replace(/\/(\d+)(?=\/|$)/g, "[$1]")
    .replaceAll("/", ".");
}

/** A gateway must not repeat a secret; if it does, the message that people and logs see still has none. */
function without(text: string, secrets: readonly string[]): string {
  return secrets.filter((secret) => secret !== "").reduce((rest, secret) => rest.replaceAll(secret, "(secret)"), text);
}
