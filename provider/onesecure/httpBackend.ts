/**
 * 1Secure through a gateway that keeps the contract in `openapi.yaml`, which is this project's own: Netwrix publishes none.
 *
 * Every request may be repeated (the writes carry an idempotency key or merge), so throttling, 5xx and broken connections are
 * retried within bounds. An answer counts only if it is what the contract says; in particular a 404 means "not there" only with
 * the contract's own problem text, never because a proxy knows no such page.
 */
import type * as OpenApiFetch from "openapi-fetch" with { "resolution-mode": "import" };
import { z } from "zod";
import {
  type Clock,
  Conflict,
  type Gone,
  type Http,
  M365AuditError,
  NotFound,
  type RetryPolicy,
  Rejected,
  gone,
  parseJson,
  retry,
  sameTenant,
} from "../core";
import type { Backend, Connector, Credential, Made, Source } from "./backend";
import type { paths } from "./openapi.gen";
import { type Question, endpointAdvice, errorOf } from "./httpBackend/problem";

export interface HttpBackendOptions {
  /** Base URL including the path, for example `https://gateway.example/onesecure/v1`. */
  readonly endpoint: string;
  readonly token: string;
  readonly http: Http;
  readonly clock: Clock;
  readonly retry?: RetryPolicy;
  readonly random?: () => number;
  readonly signal?: AbortSignal | undefined;
  /** A line of progress for the person who is watching. */
  report(line: string): void;
}

type Client = OpenApiFetch.Client<paths>;

interface Reply {
  readonly data?: unknown;
  readonly error?: unknown;
  readonly response: Response;
}

const connectorType = "exchangeOnlineActivity";
const merge = { "Content-Type": "application/merge-patch+json" };

const credentialAnswer: z.ZodType<Credential> = z.looseObject({
  id: z.string().min(1),
  organization: z.string(),
  displayName: z.string(),
  clientId: z.string(),
  certificate: z.looseObject({ pem: z.string(), thumbprint: z.string(), notAfter: z.string() }),
});
const sourceAnswer: z.ZodType<Source> = z.looseObject({
  id: z.string().min(1),
  organization: z.string(),
  type: z.literal("exchangeOnline"),
  sourceGroup: z.string(),
  tenantId: z.string(),
  crawlSource: z.boolean(),
  credentialId: z.string(),
  status: z.string(),
  idempotencyKey: z.string().exactOptional(),
});
const sourcesAnswer = z.looseObject({ value: z.array(sourceAnswer) });
const connectorAnswer: z.ZodType<Connector> = z.looseObject({
  id: z.string(),
  sourceId: z.string(),
  type: z.literal(connectorType),
  enabled: z.boolean(),
  collectNonOwnerMailboxAuditData: z.boolean(),
  status: z.string(),
});

export async function createHttpBackend(options: HttpBackendOptions): Promise<Backend> {
  const { default: createClient } = await import("openapi-fetch");
  const { endpoint, token, http, clock, signal } = options;

  /** Asks until there is an answer that counts, and throws what it says when it is no success. */
  async function ask(question: Question, send: (client: Client) => Promise<Reply>): Promise<Reply> {
    const client = createClient<paths>({
      baseUrl: endpoint,
      headers: { Authorization: `Bearer ${token}` },
      fetch: (request) => over(http, request, question, signal),
    });
    return retry(
      async () => {
        const reply = await send(client);
        if (reply.response.ok) return reply;
        throw errorOf(question, reply.response, reply.error, clock, [token]);
      },
      {
        clock,
        signal,
        onRetry: (error, _attempt, pauseMs) => {
          const why = error instanceof M365AuditError ? error.message : String(error);
          options.report(`1Secure: ${why}. Trying again in ${String(Math.ceil(pauseMs / 1000))} s.`);
        },
        ...(options.retry === undefined ? {} : { policy: options.retry }),
        ...(options.random === undefined ? {} : { random: options.random }),
      },
    );
  }

  async function get<T>(question: Question, answer: z.ZodType<T>, send: (c: Client) => Promise<Reply>): Promise<T> {
    return understood(question, answer, await ask(question, send));
  }

  async function make<T>(
    question: Question,
    answer: z.ZodType<T>,
    send: (c: Client) => Promise<Reply>,
  ): Promise<Made<T>> {
    const reply = await ask(question, send);
    return { object: understood(question, answer, reply), isNew: reply.response.status === 201 };
  }

  return {
    credential: (id) =>
      orGone(
        get({ operation: "reading credential", subject: id }, credentialAnswer, (client) =>
          client.GET("/credentials/{credentialId}", { params: { path: { credentialId: id } } }),
        ),
      ),
    addCredential: (body, idempotencyKey) =>
      make(
        {
          operation: "adding credential",
          subject: `"${body.displayName}" to organization "${body.organization}"`,
          secrets: [body.clientSecret],
        },
        credentialAnswer,
        (client) => client.POST("/credentials", { body, params: { header: { "Idempotency-Key": idempotencyKey } } }),
      ),
    changeCredential: (id, body) =>
      get(
        {
          operation: "changing credential",
          subject: id,
          secrets: body.clientSecret === undefined ? [] : [body.clientSecret],
        },
        credentialAnswer,
        (client) =>
          client.PATCH("/credentials/{credentialId}", { body, params: { path: { credentialId: id } }, headers: merge }),
      ),
    deleteCredential: (id) =>
      unlessGone(
        ask({ operation: "deleting credential", subject: id }, (client) =>
          client.DELETE("/credentials/{credentialId}", { params: { path: { credentialId: id } } }),
        ),
      ),

    source: (id) =>
      orGone(
        get({ operation: "reading source", subject: id }, sourceAnswer, (client) =>
          client.GET("/sources/{sourceId}", { params: { path: { sourceId: id } } }),
        ),
      ),
    sourceFor: async (organization, tenantId) => {
      const question = {
        operation: "looking for the source",
        subject: `for tenant ${tenantId} of organization "${organization}"`,
      };
      const { value } = await get(question, sourcesAnswer, (client) =>
        client.GET("/sources", { params: { query: { organization, tenantId, type: "exchangeOnline" } } }),
      );
      return onlyOne(
        question,
        // A gateway that does not know a filter must not make us take over another customer's source.
        value.filter((one) => one.organization === organization && sameTenant(one.tenantId, tenantId)),
      );
    },
    addSource: (source, idempotencyKey) =>
      make(
        {
          operation: "adding a source",
          subject: `for tenant ${source.tenantId} to organization "${source.organization}"`,
        },
        sourceAnswer,
        (client) =>
          client.POST("/sources", {
            body: { ...source, type: "exchangeOnline" },
            params: { header: { "Idempotency-Key": idempotencyKey } },
          }),
      ),
    changeSource: (id, body) =>
      get({ operation: "changing source", subject: id }, sourceAnswer, (client) =>
        client.PATCH("/sources/{sourceId}", { body, params: { path: { sourceId: id } }, headers: merge }),
      ),
    deleteSource: (id) =>
      unlessGone(
        ask({ operation: "deleting source", subject: id }, (client) =>
          client.DELETE("/sources/{sourceId}", { params: { path: { sourceId: id } } }),
        ),
      ),

    connector: (sourceId) =>
      orGone(
        get({ operation: "reading the connector of source", subject: sourceId }, connectorAnswer, (client) =>
          client.GET("/sources/{sourceId}/connectors/{connectorType}", {
            params: { path: { sourceId, connectorType } },
          }),
        ),
      ),
    changeConnector: (sourceId, body) =>
      get(
        {
          operation: "switching the connector of source",
          subject: sourceId,
          properties: { enabled: "exchangeOnlineActivity" },
        },
        connectorAnswer,
        (client) =>
          client.PATCH("/sources/{sourceId}/connectors/{connectorType}", {
            body,
            params: { path: { sourceId, connectorType } },
            headers: merge,
          }),
      ),
  };
}

/** `fetch` for openapi-fetch, over the package's own connections. */
async function over(http: Http, request: Request, question: Question, signal?: AbortSignal): Promise<Response> {
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
    throw new Rejected({ operation, subject, status: answer.status, happened, next: endpointAdvice });
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

function understood<T>({ operation, subject }: Question, schema: z.ZodType<T>, { data, response }: Reply): T {
  const result = schema.safeParse(data);
  if (result.success) return result.data;
  const at = result.error.issues.map(({ path }) => path.join(".") || "the answer as a whole").join(", ");
  throw new Rejected({
    operation,
    subject,
    status: response.status,
    happened: `the answer is not what the contract says (${at})`,
    next: endpointAdvice,
  });
}

function onlyOne(question: Question, sources: readonly Source[]): Source | Gone {
  const [first, ...more] = sources;
  if (more.length > 0) {
    throw new Conflict({
      ...question,
      happened: `there are ${String(sources.length)}: ${sources.map(({ id }) => id).join(", ")}`,
      next: "Delete all but one in 1Secure.",
      property: "tenantId",
    });
  }
  return first ?? gone;
}

async function orGone<T>(answer: Promise<T>): Promise<T | Gone> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof NotFound) return gone;
    throw error;
  }
}

async function unlessGone(answer: Promise<unknown>): Promise<void> {
  await orGone(answer);
}
