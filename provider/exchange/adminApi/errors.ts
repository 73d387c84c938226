/**
 * What the admin API says when it refuses, as tagged errors.
 *
 * Cmdlet failures come as `error.details[].message` of the form `ErrorId|Exception.Type|text`; what happened is told by exception
 * types and texts, and not by the HTTP status. An exception may be wrapped in the text of another, so the whole message is searched,
 * as the ExchangeOnlineManagement module does it. Bodies may also be NUL bytes (403, with the reason in `x-ms-diagnostics`), plain
 * text, HTML, or empty. Seen in the module, CIPP-API, graph2otel and azapptoolkit.
 */
import type { Clock } from "../../core/clock";
import {
  AccessRefused,
  type ErrorFacts,
  type M365AuditError,
  NotFound,
  Rejected,
  Throttled,
  Unavailable,
} from "../../core/errors";
import { parseJson, retryAfterMs } from "../../core/http";

/** An answer that is no success, or no success alone. */
export interface FailedAnswer {
  readonly status: number;
  header(name: string): string | undefined;
  /** Raw text, or what it parsed to. */
  readonly body: unknown;
}

/** A cmdlet that failed for a reason that trying again will not change. */
export class CmdletFailed extends Rejected {
  constructor(
    facts: ErrorFacts,
    /** The full name of the exception, for example `Microsoft.Exchange.Configuration.Tasks.RecipientTaskException`. */
    readonly exceptionType: string,
  ) {
    super(facts);
  }
}

/** Another server has to run the cmdlet: the anchor led to the wrong one. */
export class WrongServer extends Unavailable {}

/** Exchange says of a list that it holds what was to be added: true after an answer that got lost, to be looked at in any case. */
export class AlreadyAudited extends CmdletFailed {}

/** What is known of a failure: the exception's own type and words, and everything else that the answer says. */
interface Fault {
  readonly type: string;
  readonly text: string;
  /** Types and texts together, wrapped exceptions among them. */
  readonly all: string;
}

/** What a failure is. The first row of {@link kinds} that fits decides. */
type Kind = "throttled" | "transient" | "wrongServer" | "notFound" | "alreadyAudited" | "permanent" | "refused";

interface KindRow {
  readonly kind: Kind;
  /** Any one of these is enough. */
  readonly status?: (status: number) => boolean;
  /** The exception's own type. */
  readonly type?: RegExp;
  /** Anywhere in the answer. */
  readonly all?: RegExp;
}

const kinds: readonly KindRow[] = [
  {
    kind: "throttled",
    status: (status) => status === 429,
    all: /OverBudgetException|request was throttled|maximum number of concurrent requests|micro ?delay|server is too busy/i,
  },
  {
    // Before the two below: a proxy that fails may wrap what passes by itself, and a directory server that lags finds nothing.
    kind: "transient",
    all: /ADServerSettingsChanged|DCOverloaded|SuitabilityDirectory|ServerInMM|StorageTransient|ServerBusy|TransientException|BackendCommunication|UnableToWriteToAad|couldn.t be read from domain controller|replication delay/i,
  },
  {
    kind: "wrongServer",
    all: /CmdletProxy|cmdlet needs proxy|IncorrectRoutingHint|doesn.t have write permission to target DC/i,
  },
  { kind: "notFound", type: /ManagementObjectNotFound/i },
  { kind: "alreadyAudited", all: /already being audited/i },
  { kind: "transient", type: /Timeout/i },
  {
    kind: "permanent",
    type: /RecipientTask|InvalidOperation|ParameterTransformation|ParameterBinding|Validation|Argument|ManagementObjectAmbiguous|ManagementObjectAlreadyExists/i,
  },
  { kind: "refused", status: (status) => status === 401 || status === 403 },
  { kind: "transient", status: (status) => status >= 500 || status === 408 },
];

/** The error that an answer stands for. `facts` say what was being done; what happened is taken from the answer. */
export function errorOf(
  answer: FailedAnswer,
  clock: Clock,
  facts: Omit<ErrorFacts, "happened" | "status">,
): M365AuditError {
  const fault = faultOf(answer);
  const said: ErrorFacts = { ...facts, status: answer.status, happened: fault.text };
  const pause = retryAfterMs(answer.header("retry-after"), clock);
  switch (kindOf(answer.status, fault)) {
    case "throttled":
      return new Throttled(said, pause);
    case "transient":
      return new Unavailable(said, pause);
    case "wrongServer":
      return new WrongServer(said, pause);
    case "notFound":
      return new NotFound(said);
    case "alreadyAudited":
      return new AlreadyAudited(said, fault.type);
    case "refused":
      return new AccessRefused(said);
    default:
      return fault.type === "" ? new Rejected(said) : new CmdletFailed(said, fault.type);
  }
}

function kindOf(status: number, { type, all }: Fault): Kind {
  const row = kinds.find(
    (candidate) =>
      candidate.status?.(status) === true || candidate.type?.test(type) === true || candidate.all?.test(all) === true,
  );
  return row?.kind ?? "permanent";
}

/** Whether an error is a cmdlet's of the given exception type (a part of its name). */
export function isCmdletFailure(error: unknown, type: RegExp): error is CmdletFailed {
  return error instanceof CmdletFailed && type.test(error.exceptionType);
}

/** The errors that came with a success (`@adminapi.errors`): the cmdlet's, in the same form as `details`. Undefined when there are none. */
export function errorsBesides(json: Readonly<Record<string, unknown>>): unknown {
  const errors = json["@adminapi.errors"];
  if (!Array.isArray(errors) || errors.length === 0) return undefined;
  const details = errors.map((one: unknown) => ({ message: typeof one === "string" ? one : property(one, "message") }));
  return { error: { details } };
}

function faultOf(answer: FailedAnswer): Fault {
  const { status, body } = answer;
  const diagnostics = answer.header("x-ms-diagnostics");
  const json = typeof body === "string" ? parseJson(body) : body;
  const error = property(json, "error");
  const fallback = answer.header("x-exceptiontype") ?? "";
  if (error === undefined) {
    const plain = typeof body === "string" ? oneLine(body) : "";
    const text = withDiagnostics(plain === "" ? `status ${String(status)} without a reason` : plain, diagnostics);
    return { type: fallback, text, all: `${fallback} ${text}` };
  }
  const details = property(error, "details");
  const messages = (Array.isArray(details) ? (details as unknown[]) : []).flatMap(
    (detail) => textOf(property(detail, "message")) ?? [],
  );
  const inner = property(property(error, "innererror"), "internalexception");
  const innerType = textOf(property(inner, "type"));
  const innerText = textOf(property(inner, "message"));
  const outer = textOf(property(error, "message"));
  const code = textOf(property(error, "code"));
  const all = [fallback, code, outer, innerType, innerText, ...messages].join(" ");
  const [first] = messages;
  if (first !== undefined) return { ...splitDetail(first), all };
  if (innerText !== undefined) return { type: innerType ?? fallback, text: oneLine(innerText), all };
  const text = withDiagnostics(oneLine(outer ?? code ?? `status ${String(status)}`), diagnostics);
  return { type: fallback, text, all };
}

/** `Ex6F9304|Some.Exception|text` → type and text; the id may be empty. */
function splitDetail(message: string): Pick<Fault, "type" | "text"> {
  const [, type, text] = /^[^|]*\|([\w.+`]+)\|([\s\S]*)$/.exec(message) ?? [];
  return type === undefined || text === undefined
    ? { type: "", text: oneLine(message) }
    : { type, text: oneLine(text) };
}

function withDiagnostics(text: string, diagnostics: string | undefined): string {
  return diagnostics === undefined || diagnostics.trim() === "" ? text : `${text} (${oneLine(diagnostics)})`;
}

/** Markup, control characters and runs of blanks out, 300 characters at most: what comes back may be a whole HTML page. */
function oneLine(text: string): string {
  const plain = text
    .replace(/<(style|script)[\s\S]*?<\/\1>/gi, " ")
    .replace(/<[^>]*>/g, " ")
    // eslint-disable-next-line no-control-regex -- a 403 may be nothing but NUL bytes
    .replace(/[\s\u0000-\u001f\u007f]+/g, " ")
    .trim();
  return plain.length > 300 ? `${plain.slice(0, 299)}…` : plain;
}

function property(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value : undefined;
}
