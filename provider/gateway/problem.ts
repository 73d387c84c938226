/** What a refusal of a product's gateway means: its problem text (RFC 9457) as one of this package's tagged errors. */
import { z } from "zod";
import {
  AccessRefused,
  type Clock,
  type Conflict,
  type ErrorFacts,
  type M365AuditError,
  NotFound,
  Rejected,
  Throttled,
  Unavailable,
  environmentVariable,
  retryAfterMs,
  withoutSecrets,
} from "../core";

/** What was asked, for the error that may come of it. */
export interface Question {
  /** A verb phrase: "adding credential". */
  readonly operation: string;
  readonly subject: string;
  /** What the request carried that no message may repeat. */
  readonly secrets?: readonly string[];
  /** Names of body properties that the kind's contract calls otherwise. */
  readonly properties?: Readonly<Record<string, string>>;
}

const problemText = z.looseObject({
  title: z.string(),
  code: z.string(),
  detail: z.string().optional(),
  existingId: z.string().optional(),
  errors: z.array(z.looseObject({ pointer: z.string(), detail: z.string() })).optional(),
});
/** The contract's problem text. */
export type Problem = z.infer<typeof problemText>;

/** What the gateways of two products differ in. */
export interface Product {
  /** As people call it: `1Secure`. */
  readonly name: string;
  /** What its settings begin with: `onesecure` for `onesecureEndpoint` and `onesecureToken`. */
  readonly settings: string;
  /** What to do about a 409. */
  readonly conflict: (facts: ErrorFacts, problem: Problem) => Conflict;
}

/** @param secrets what no message may repeat, besides the question's own */
export function errorOf(
  product: Product,
  question: Question,
  response: Response,
  body: unknown,
  clock: Clock,
  secrets: readonly string[],
): M365AuditError {
  const { status } = response;
  const parsed = problemText.safeParse(body);
  const problem = parsed.success ? parsed.data : undefined;
  const property = propertyOf(question, problem);
  const facts: ErrorFacts = {
    operation: question.operation,
    subject: question.subject,
    // A gateway must not repeat a secret; if it does, the message that people and logs see still has none.
    happened: withoutSecrets(wordsOf(question, status, problem), [...secrets, ...(question.secrets ?? [])]),
    status,
    ...(property === undefined ? {} : { property }),
  };
  const wait = retryAfterMs(response.headers.get("retry-after") ?? undefined, clock);

  if (status === 401) return new AccessRefused({ ...facts, next: tokenAdvice(product) });
  if (status === 403) return new AccessRefused({ ...facts, next: "The token is known but may not do this." });
  if (status === 429) return new Throttled(facts, wait);
  if (status >= 500 || status === 408) return new Unavailable(facts, wait);
  if (problem === undefined) return new Rejected({ ...facts, next: endpointAdvice(product) });
  if (status === 404) {
    // Anything may answer 404; only this code says that the gateway looked for the object.
    return problem.code === "notFound"
      ? new NotFound(facts)
      : new Rejected({ ...facts, next: endpointAdvice(product) });
  }
  if (status === 409) return product.conflict(facts, problem);
  return new Rejected(facts);
}

/** What to do when the other side does not speak the contract. */
export function endpointAdvice({ name, settings }: Product): string {
  const setting = `${settings}Endpoint`;
  return `Check that m365audit:${setting} (or ${environmentVariable(setting)}) is the base URL of a ${name} gateway, path included.`;
}

function tokenAdvice({ settings }: Product): string {
  const setting = `${settings}Token`;
  return `Set m365audit:${setting} (or ${environmentVariable(setting)}) to a token that the gateway accepts.`;
}

function wordsOf(question: Question, status: number, problem: Problem | undefined): string {
  if (problem === undefined) return `the gateway answered ${String(status)} without saying why`;
  const { title, detail, errors = [] } = problem;
  const head = detail ?? title;
  if (errors.length === 0) return head;
  return `${head.replace(/\.+$/, "")}: ${errors
    .map((error) => `${named(question, error.pointer)}: ${error.detail.replace(/\.+$/, "")}`)
    .join("; ")}`;
}

function propertyOf(question: Question, problem: Problem | undefined): string | undefined {
  const [first] = problem?.errors ?? [];
  return first === undefined || first.pointer === "" ? undefined : named(question, first.pointer);
}

/** `/ingestionScope/email` → `ingestionScope.email`, in the words of the kind's contract. */
function named({ properties = {} }: Question, pointer: string): string {
  const name = pointer
    .replace(/^\//, "")
    .replace(/\/(\d+)(?=\/|$)/g, "[$1]")
    .replaceAll("/", ".");
  return properties[name] ?? name;
}
