/**
 * A product's gateway: HTTP that keeps a contract of this project's own (`openapi.yaml`), asked until there is an answer that counts.
 *
 * Every request may be repeated (what makes something carries an idempotency key, changes merge), so throttling, 5xx and broken
 * connections are retried within bounds. An answer counts only if it is what the contract says; in particular a 404 means "not there"
 * only with the contract's own problem text, never because a proxy knows no such page.
 */
import type * as OpenApiFetch from "openapi-fetch" with { "resolution-mode": "import" };
import type { z } from "zod";
import {
  type Gone,
  type Http,
  NotFound,
  type RetryPolicy,
  Rejected,
  type Waiting,
  gone,
  parseJson,
  retry,
} from "../core";
import { type Product, type Question, endpointAdvice, errorOf } from "./problem";

export interface GatewayOptions extends Waiting {
  /** Base URL including the path, for example `https://gateway.example/onesecure/v1`. */
  readonly endpoint: string;
  readonly token: string;
  readonly http: Http;
  readonly retry?: RetryPolicy;
  readonly random?: () => number;
}

interface Reply {
  readonly data?: unknown;
  readonly error?: unknown;
  readonly response: Response;
}

/** @typeParam P the contract's paths, as openapi-typescript writes them */
export interface Gateway<P extends object> {
  /** Asks until there is an answer that counts, and throws what it says when it is no success. */
  readonly ask: (question: Question, send: (client: OpenApiFetch.Client<P>) => Promise<Reply>) => Promise<Reply>;
  /** The same, with the answer's body as the contract has it. */
  readonly get: <T>(
    question: Question,
    answer: z.ZodType<T>,
    send: (client: OpenApiFetch.Client<P>) => Promise<Reply>,
  ) => Promise<T>;
  /** The same for a creation, which says whether the object is new: 201, or 200 for one that an earlier run had made. */
  readonly make: <T>(
    question: Question,
    answer: z.ZodType<T>,
    send: (client: OpenApiFetch.Client<P>) => Promise<Reply>,
  ) => Promise<{ readonly object: T; readonly isNew: boolean }>;
}

/** What a PATCH of the contracts is sent as. */
export const merge = { "Content-Type": "application/merge-patch+json" };

/** Opens a gateway. Nothing is sent before the first question. */
export async function openGateway<P extends object>(product: Product, options: GatewayOptions): Promise<Gateway<P>> {
  const { default: createClient } = await import("openapi-fetch");
  const { endpoint, token, http, clock, signal } = options;

  async function ask(question: Question, send: (client: OpenApiFetch.Client<P>) => Promise<Reply>): Promise<Reply> {
    const client = createClient<P>({
      baseUrl: endpoint,
      headers: { Authorization: `Bearer ${token}` },
      fetch: (request) => over(http, request, question, endpointAdvice(product), signal),
    });
    return retry(
      async () => {
        const reply = await send(client);
        if (reply.response.ok) return reply;
        throw errorOf(product, question, reply.response, reply.error, clock, [token]);
      },
      {
        ...options,
        policy: options.retry,
        why: (error) => `${product.name}: ${error instanceof Error ? error.message : String(error)}`,
      },
    );
  }

  return {
    ask,
    get: async (question, answer, send) =>
      understood(question, answer, await ask(question, send), endpointAdvice(product)),
    make: async (question, answer, send) => {
      const reply = await ask(question, send);
      return {
        object: understood(question, answer, reply, endpointAdvice(product)),
        isNew: reply.response.status === 201,
      };
    },
  };
}

/** `fetch` for openapi-fetch, over the package's own connections. */
async function over(
  http: Http,
  request: Request,
  question: Question,
  advice: string,
  signal?: AbortSignal,
): Promise<Response> {
  const body = request.body === null ? undefined : await request.text();
  const answer = await http.send({
    method: request.method as "GET" | "POST" | "PATCH" | "DELETE",
    url: request.url,
    headers: Object.fromEntries(request.headers),
    ...(body === undefined ? {} : { body }),
    signal,
    operation: question.operation,
    subject: question.subject,
  });
  if (answer.status < 300 && answer.status !== 204 && parseJson(answer.text) === undefined) {
    const { operation, subject } = question;
    const happened = `the gateway answered ${String(answer.status)} with something that is no JSON`;
    throw new Rejected({ operation, subject, status: answer.status, happened, next: advice });
  }
  const headers = new Headers();
  for (const name of ["content-type", "retry-after"]) {
    const value = answer.header(name);
    if (value !== undefined) headers.set(name, value);
  }
  // 204 and 304 must not have a body, not even an empty one.
  return new Response(answer.status === 204 || answer.status === 304 ? null : answer.text, {
    status: answer.status,
    headers,
  });
}

function understood<T>(
  { operation, subject }: Question,
  schema: z.ZodType<T>,
  { data, response }: Reply,
  advice: string,
): T {
  const result = schema.safeParse(data);
  if (result.success) return result.data;
  const at = result.error.issues.map(({ path }) => path.join(".") || "the answer as a whole").join(", ");
  throw new Rejected({
    operation,
    subject,
    status: response.status,
    happened: `the answer is not what the contract says (${at})`,
    next: advice,
  });
}

/** The answer, or `gone` where the contract's own problem text says that there is no such object. */
export async function orGone<T>(answer: Promise<T>): Promise<T | Gone> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof NotFound) return gone;
    throw error;
  }
}

/** For deletions: what is gone already is no error. */
export async function unlessGone(answer: Promise<unknown>): Promise<void> {
  await orGone(answer);
}
