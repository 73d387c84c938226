/** What Microsoft Graph says when it refuses, as tagged errors: {@link https://learn.microsoft.com/graph/errors}. */
import type { Clock } from "../../core/clock";
import {
  AccessRefused,
  Conflict,
  type ErrorFacts,
  type M365AuditError,
  NotFound,
  Rejected,
  Throttled,
  Unavailable,
} from "../../core/errors";
import { type HttpAnswer, parseJson, retryAfterMs } from "../../core/http";
import type { TokenClaims } from "../../identity/token";

/** A request in words, and what it takes to be let through. */
export interface GraphDoing {
  /** A verb phrase that ends before the subject. */
  readonly operation: string;
  readonly subject: string;
  /** Application permissions of Microsoft Graph of which the caller needs one, the smallest first. */
  readonly needs: readonly [string, ...string[]];
  /** Who asks, in words at the beginning of a sentence. Default: the deploying identity. */
  readonly who?: string;
}

/** The error that an answer stands for. A 404 counts as "not there" only in Graph's own words, never because a proxy knows no such page. */
export function graphErrorOf(
  answer: HttpAnswer,
  { operation, subject, needs, who = "The deploying identity" }: GraphDoing,
  clock: Clock,
  claims: TokenClaims | undefined,
): M365AuditError {
  const { status } = answer;
  const said = faultOf(answer);
  const facts: ErrorFacts = {
    operation,
    subject,
    status,
    happened: said ?? `status ${String(status)} without a reason`,
  };
  const pause = retryAfterMs(answer.header("retry-after"), clock);
  if (status === 429) return new Throttled(facts, pause);
  if (status >= 500 || status === 408 || said?.startsWith(concurrency) === true) return new Unavailable(facts, pause);
  if (said?.startsWith(quota) === true) return new Rejected({ ...facts, next: quotaAdvice });
  if (status === 401) return new AccessRefused(facts);
  if (status === 403) return new AccessRefused({ ...facts, next: lacking(who, needs, claims) });
  if (status === 404 && said !== undefined) return new NotFound(facts);
  if (status === 409) return new Conflict(facts);
  return said === undefined ? new Rejected({ ...facts, next: endpointAdvice }) : new Rejected(facts);
}

/** A 409 about two changes of one object at once; its own words ask for another try. */
const concurrency = "Directory_ConcurrencyViolation";
/** A 403 that is about no permission. */
const quota = "Directory_QuotaExceeded";
const quotaAdvice =
  "It is no lack of permission: who made the objects, or the tenant, holds as many as it may. Delete some, or have the quota raised.";

/** For answers that Graph does not give. */
export const endpointAdvice = "Is m365audit:graphEndpoint the address of Microsoft Graph?";

/** Which permission would do, and whether the token already has it and is refused for another reason. */
function lacking(asker: string, needs: readonly string[], claims: TokenClaims | undefined): string {
  const who = claims?.appid === undefined ? asker : `${asker} (app ${claims.appid})`;
  const held = needs.find((permission) => claims?.roles.includes(permission) === true);
  if (held !== undefined) return `${who} has ${held}, which is not enough for this object`;
  const [smallest, ...larger] = needs;
  const others = larger.length === 0 ? "" : ` (or ${larger.join(", ")})`;
  return `${who} needs the Microsoft Graph application permission ${smallest ?? ""}${others}, with admin consent`;
}

/** Graph's code and message; undefined when the answer is not in Graph's form. */
function faultOf({ text }: HttpAnswer): string | undefined {
  const error = property(parseJson(text), "error");
  const code = property(error, "code");
  const message = property(error, "message");
  if (typeof code !== "string" || code === "") return undefined;
  const words = typeof message === "string" ? message.replace(/\s+/g, " ").trim() : "";
  return words === "" ? code : `${code}: ${words.slice(0, 300)}`;
}

function property(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}
