/**
 * Tagged errors. Each says what was being done (`operation`), to what (`subject`), what happened (`cause text`) and, where
 * there is one, what to do next. Messages have the form `<operation> <subject>: <what happened>. <next step>`.
 *
 * Nothing secret may be put into an error: messages reach the console, the state file and CI logs. What looks like a token is cut out
 * of each of them, whoever wrote it.
 */
import { withoutTokens } from "./redact";

/** What every error of this package carries. */
export interface ErrorFacts {
  /** A verb phrase: "listing mailboxes of". */
  readonly operation: string;
  /** The id or name of the thing that the operation was about. */
  readonly subject: string;
  /** What happened, in the other side's words where it said something. */
  readonly happened: string;
  /** What a person should do about it. */
  readonly next?: string;
  /** The argument at fault, as a property path such as `mailboxAudit.baseline`. */
  readonly property?: string;
  /** HTTP status of the answer that caused it. */
  readonly status?: number;
  /**
   * The request was sent and nobody knows what became of it: the answer was cut off, came late, or cannot be read. What it asked for
   * may have been done. Absent where it never reached the other side, or where the other side said that it was not done.
   */
  readonly mayHaveHappened?: boolean;
  readonly cause?: unknown;
}

const inspected = Symbol.for("nodejs.util.inspect.custom");

/** The base of every error that this package throws on purpose. `tag` tells the classes apart across module copies. */
export abstract class M365AuditError extends Error {
  abstract readonly tag: string;
  readonly operation: string;
  readonly subject: string;
  readonly property: string | undefined;
  readonly status: number | undefined;
  /** See {@link ErrorFacts.mayHaveHappened}. */
  readonly mayHaveHappened: boolean;
  readonly facts: ErrorFacts;

  constructor(given: ErrorFacts) {
    const facts = safe(given);
    super(sentence(facts), facts.cause === undefined ? undefined : { cause: facts.cause });
    this.facts = facts;
    this.name = new.target.name;
    this.mayHaveHappened = facts.mayHaveHappened === true;
    this.operation = facts.operation;
    this.subject = facts.subject;
    this.property = facts.property;
    this.status = facts.status;
  }

  /**
   * What the console shows: name and sentence. Pulumi renders an error that ends a program with `util.inspect`, and by then it hangs
   * on promises through which Node would walk for a minute; and Pulumi has put the path of properties to it before the message.
   */
  [inspected](): string {
    return `${this.name}: ${sentence(this.facts)}`;
  }
}

/** The other side, a proxy or a library may have put into words what came with the request. */
function safe(facts: ErrorFacts): ErrorFacts {
  return {
    ...facts,
    operation: withoutTokens(facts.operation),
    subject: withoutTokens(facts.subject),
    happened: withoutTokens(facts.happened),
    ...(facts.next === undefined ? {} : { next: withoutTokens(facts.next) }),
  };
}

function sentence({ operation, subject, happened, next, property }: ErrorFacts): string {
  const at = property === undefined ? "" : ` [${property}]`;
  const head = `${operation} ${subject}${at}: ${happened.replace(/\.+$/, "")}`;
  return next === undefined ? head : `${head}. ${next}`;
}

/** The thing is not there. */
export class NotFound extends M365AuditError {
  readonly tag = "NotFound";
}

/** The other side knows who we are and will not let us (403), or does not accept our token (401). */
export class AccessRefused extends M365AuditError {
  readonly tag = "AccessRefused";
  /** @param isLasting no waiting changes it, as it changes a grant that has not arrived yet */
  constructor(
    facts: ErrorFacts,
    readonly isLasting = false,
  ) {
    super(facts);
  }
}

/** The other side already has something that stands in the way. */
export class Conflict extends M365AuditError {
  readonly tag = "Conflict";
}

/** Too many requests. `retryAfterMs` is the other side's own wish, when it gave one. */
export class Throttled extends M365AuditError {
  readonly tag = "Throttled";
  constructor(
    facts: ErrorFacts,
    readonly retryAfterMs?: number,
  ) {
    super(facts);
  }
}

/** The other side could not be reached or said that it is not well (5xx, a broken connection, a time-out). */
export class Unavailable extends M365AuditError {
  readonly tag = "Unavailable";
  constructor(
    facts: ErrorFacts,
    readonly retryAfterMs?: number,
  ) {
    super(facts);
  }
}

/** The other side refused the request as wrong (4xx other than the above), or answered what no contract allows. */
export class Rejected extends M365AuditError {
  readonly tag = "Rejected";
}

/** What is at hand (a token, a declaration, an object behind a known id) belongs to another tenant. Nothing was changed there. */
export class WrongTenant extends M365AuditError {
  readonly tag = "WrongTenant";
}

/** A bounded wait ended before what was waited for came true. */
export class DeadlineExceeded extends M365AuditError {
  readonly tag = "DeadlineExceeded";
}

/** The other side asks for a longer wait than is waited for. It asks everyone, so nothing more is sent to it. */
export class WaitTooLong extends DeadlineExceeded {
  constructor(
    facts: ErrorFacts,
    readonly askedMs: number,
  ) {
    super(facts);
  }
}

/** The run was told to stop, or has nobody left to run for. Nothing more is sent. The reason of a context's signal. */
export class Stopped extends M365AuditError {
  readonly tag = "Stopped";
}

/** One thing that is wrong with an input. */
export interface Problem {
  /** Property path, for example `scope.recipientTypes[2]`. Empty for the input as a whole. */
  readonly path: string;
  /** What was given and what is allowed, in words. */
  readonly message: string;
}

/** Inputs that cannot be used: every problem at once. Nothing was created. */
export class InvalidInput extends M365AuditError {
  readonly tag = "InvalidInput";
  constructor(
    subject: string,
    readonly problems: readonly Problem[],
  ) {
    super({
      operation: "checking the arguments of",
      subject,
      happened: `${String(problems.length)} ${problems.length === 1 ? "problem" : "problems"}:${problems
        .map(({ path, message }) => `\n  - ${path === "" ? "" : `${path}: `}${message}`)
        .join("")}`,
    });
  }
}

/**
 * Some of a plan was done and some was not. `id` and `state` are what is true now, so that a surface can keep them and the next
 * run goes on from there.
 */
export class PartiallyApplied extends M365AuditError {
  readonly tag = "PartiallyApplied";
  readonly reasons: readonly string[];
  constructor(
    facts: ErrorFacts,
    readonly id: string,
    readonly state: Readonly<Record<string, unknown>>,
    reasons: readonly string[],
  ) {
    super(facts);
    this.reasons = reasons.map(withoutTokens);
  }
}
