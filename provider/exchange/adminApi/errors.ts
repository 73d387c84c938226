/**
 * What the admin API says when it refuses, as tagged errors.
 *
 * Cmdlet failures come as `error.details[].message` of the form `ErrorId|Exception.Type|text`; the exception type says what
 * happened, the HTTP status does not. Bodies may also be NUL bytes (403, with the reason in `x-ms-diagnostics`), plain text, HTML,
 * or empty. Seen in the ExchangeOnlineManagement module, CIPP-API, graph2otel and azapptoolkit.
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

/** An answer, or one item of a batch answer. */
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

/** Another server has to run the cmdlet: the anchor mailbox routed the request to the wrong one. */
export class NeedsProxy extends Unavailable {}

interface Fault {
  readonly type: string;
  readonly text: string;
}

const transientTypes =
  /CmdletProxyNotAvailable|ServerBusy|TransientException|DCOverloaded|SuitabilityDirectory|ServerInMM|ADServerSettingsChanged|StorageTransient|BackendCommunication|UnableToWriteToAad|Timeout/i;
const permanentTypes =
  /ManagementObjectNotFound|RecipientTask|InvalidOperation|ParameterTransformation|ParameterBinding|Validation|Argument|ManagementObjectAmbiguous|ManagementObjectAlreadyExists/i;

/** The error that an answer stands for. `facts` say what was being done; what happened is taken from the answer. */
export function errorOf(
  answer: FailedAnswer,
  clock: Clock,
  facts: Omit<ErrorFacts, "happened" | "status">,
): M365AuditError {
  const { type, text } = faultOf(answer);
  const { status } = answer;
  const said: ErrorFacts = { ...facts, status, happened: text };
  const pause = retryAfterMs(answer.header("retry-after"), clock);
  if (status === 429 || /maximum number of concurrent requests|micro ?delay|server is too busy/i.test(text)) {
    return new Throttled(said, pause);
  }
  if (/CmdletProxyNotAvailable/i.test(type) || /cmdlet needs proxy/i.test(text)) return new NeedsProxy(said, pause);
  if (/ManagementObjectNotFound/i.test(type)) return new NotFound(said);
  if (transientTypes.test(type)) return new Unavailable(said, pause);
  if (type !== "" && permanentTypes.test(type)) return new CmdletFailed(said, type);
  if (status === 401 || status === 403) return new AccessRefused(said);
  if (status >= 500 || status === 408) return new Unavailable(said, pause);
  return type === "" ? new Rejected(said) : new CmdletFailed(said, type);
}

/** Whether an error is a cmdlet's of the given exception type (a part of its name). */
export function isCmdletFailure(error: unknown, type: RegExp): error is CmdletFailed {
  return error instanceof CmdletFailed && type.test(error.exceptionType);
}

function faultOf(answer: FailedAnswer): Fault {
  const { status, body } = answer;
  const diagnostics = answer.header("x-ms-diagnostics");
  const json = typeof body === "string" ? parseJson(body) : body;
  const error = property(json, "error");
  const fallback = answer.header("x-exceptiontype") ?? "";
  if (error !== undefined) {
    const details = property(error, "details");
    for (const detail of Array.isArray(details) ? (details as unknown[]) : []) {
      const parts = splitDetail(textOf(property(detail, "message")));
      if (parts !== undefined) return parts;
    }
    const inner = property(property(error, "innererror"), "internalexception");
    const innerText = textOf(property(inner, "message"));
    if (innerText !== undefined) return { type: textOf(property(inner, "type")) ?? fallback, text: oneLine(innerText) };
    const message = textOf(property(error, "message")) ?? textOf(property(error, "code")) ?? `status ${String(status)}`;
    return { type: fallback, text: withDiagnostics(oneLine(message), diagnostics) };
  }
  const plain = typeof body === "string" ? oneLine(body) : "";
  return {
    type: fallback,
    text: withDiagnostics(plain === "" ? `status ${String(status)} without a reason` : plain, diagnostics),
  };
}

/** `Ex6F9304|Some.Exception|text` → type and text; the id may be empty. Undefined when there is nothing to split. */
function splitDetail(message: string | undefined): Fault | undefined {
  if (message === undefined) return undefined;
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
