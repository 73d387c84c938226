/**
 * How the credentials of `@azure/identity` reach whoever gives tokens: over the package's own HTTP, so that token requests go by the
 * same proxies, limits and stops as everything else, and are tried again by our own clients, who say so and honour `Retry-After`.
 */
import type { HttpClient, HttpHeaders, PipelineRequest, PipelineResponse } from "@azure/core-rest-pipeline";
import { systemClock } from "../core/clock";
import { M365AuditError } from "../core/errors";
import { createHttp, type Http, retryAfterMs } from "../core/http";

/** What every credential is told. */
export interface CredentialOptions {
  readonly authorityHost: string;
  readonly disableInstanceDiscovery: boolean;
  readonly httpClient: HttpClient;
  readonly proxyOptions: { readonly host: string; readonly port: number };
  readonly retryOptions: { readonly maxRetries: number };
}

/** How the last request of a sign-in ended. A credential's own error says it in other words, or not at all. */
interface Ending {
  /** No answer came. */
  readonly failure?: M365AuditError;
  readonly status?: number;
  readonly retryAfterMs?: number | undefined;
}

export interface TokenRequests {
  readonly httpClient: HttpClient;
  readonly last: () => Ending;
}

type Method = "GET" | "POST";

/** One pool of connections for all sign-ins of the process. Idle ones do not keep it alive. */
let pool: Promise<Http> | undefined;

/** The requests of one sign-in. */
export async function tokenRequests(
  facts: { readonly operation: string; readonly subject: string },
  signal?: AbortSignal,
): Promise<TokenRequests> {
  pool ??= createHttp();
  const [http, { createHttpHeaders }] = await Promise.all([pool, import("@azure/core-rest-pipeline")]);
  let last: Ending = {};
  async function sendRequest(request: PipelineRequest): Promise<PipelineResponse> {
    try {
      const { status, header, text } = await http.send({
        method: request.method as Method,
        url: request.url,
        headers: request.headers.toJSON({ preserveCase: true }),
        ...(typeof request.body === "string" ? { body: request.body } : {}),
        signal,
        ...facts,
      });
      last = { status, retryAfterMs: retryAfterMs(header("retry-after"), systemClock) };
      const named = answerHeaders.flatMap((name) => {
        const value = header(name);
        return value === undefined ? [] : [[name, value] as const];
      });
      const headers: HttpHeaders = createHttpHeaders(Object.fromEntries(named));
      return { request, status, headers, bodyAsText: text };
    } catch (error) {
      if (error instanceof M365AuditError) last = { failure: error };
      throw error;
    }
  }
  return { httpClient: { sendRequest }, last: () => last };
}

/** What the library reads of an answer's headers. The text is decoded already. */
const answerHeaders = ["content-type", "location", "retry-after", "www-authenticate"];
