/**
 * NOW Privacy through a gateway that keeps the contract in `openapi.yaml`, which is this project's own: none is published.
 *
 * Every request may be repeated (what makes something carries an idempotency key, changes merge, actions on a crawl leave what they
 * left the first time), so throttling, 5xx and broken connections are retried within bounds. An answer counts only if it is what the
 * contract says; in particular a 404 means "not there" only with the contract's own problem text.
 */
import type * as OpenApiFetch from "openapi-fetch" with { "resolution-mode": "import" };
import type { z } from "zod";
import {
  type Clock,
  type Gone,
  type Http,
  M365AuditError,
  NotFound,
  type RetryPolicy,
  Rejected,
  gone,
  parseJson,
  retry,
} from "../core";
import type { Backend, DataSource, Made } from "./backend";
import { dataSourceAnswer, datasetAnswer, datasetsAnswer } from "./httpBackend/answers";
import { type Question, endpointAdvice, errorOf } from "./httpBackend/problem";
import type { paths } from "./openapi.gen";

export interface HttpBackendOptions {
  /** Base URL including the path, for example `https://gateway.example/nowprivacy/v1`. */
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
type CrawlAction = "start" | "pause" | "resume";

interface Reply {
  readonly data?: unknown;
  readonly error?: unknown;
  readonly response: Response;
}

const merge = { "Content-Type": "application/merge-patch+json" };

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
          options.report(`NOW Privacy: ${why}. Trying again in ${String(Math.ceil(pauseMs / 1000))} s.`);
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

  function crawl(action: CrawlAction, operation: string): (id: string) => Promise<DataSource> {
    return (id) =>
      get({ operation, subject: id }, dataSourceAnswer, (client) =>
        client.POST(`/data-sources/{dataSourceId}/crawl/${action}`, { params: { path: { dataSourceId: id } } }),
      );
  }

  return {
    dataset: (id) =>
      orGone(
        get({ operation: "reading dataset", subject: id }, datasetAnswer, (client) =>
          client.GET("/datasets/{datasetId}", { params: { path: { datasetId: id } } }),
        ),
      ),
    datasetNamed: async (name) => {
      const { value } = await get(
        { operation: "looking for dataset", subject: `"${name}"` },
        datasetsAnswer,
        (client) => client.GET("/datasets", { params: { query: { name } } }),
      );
      // A gateway that does not know the filter must not make us take over another dataset.
      return value.find((dataset) => dataset.name === name) ?? gone;
    },
    addDataset: (body, idempotencyKey) =>
      make({ operation: "adding dataset", subject: `"${body.name}"` }, datasetAnswer, (client) =>
        client.POST("/datasets", { body, params: { header: { "Idempotency-Key": idempotencyKey } } }),
      ),
    changeDataset: (id, body) =>
      get({ operation: "changing dataset", subject: id }, datasetAnswer, (client) =>
        client.PATCH("/datasets/{datasetId}", { body, params: { path: { datasetId: id } }, headers: merge }),
      ),
    deleteDataset: (id) =>
      unlessGone(
        ask({ operation: "deleting dataset", subject: id }, (client) =>
          client.DELETE("/datasets/{datasetId}", { params: { path: { datasetId: id } } }),
        ),
      ),

    dataSource: (id) =>
      orGone(
        get({ operation: "reading data source", subject: id }, dataSourceAnswer, (client) =>
          client.GET("/data-sources/{dataSourceId}", { params: { path: { dataSourceId: id } } }),
        ),
      ),
    addDataSource: (dataSource, idempotencyKey) =>
      make(
        {
          operation: "adding a data source",
          subject: `for ${dataSource.service} of tenant ${dataSource.tenantId}`,
          secrets: [dataSource.clientSecret],
        },
        dataSourceAnswer,
        (client) =>
          client.POST("/data-sources", {
            body: { ...dataSource, type: "office365" },
            params: { header: { "Idempotency-Key": idempotencyKey } },
          }),
      ),
    changeDataSource: (id, body) =>
      get(
        {
          operation: "changing data source",
          subject: id,
          secrets: body.clientSecret === undefined ? [] : [body.clientSecret],
        },
        dataSourceAnswer,
        (client) =>
          client.PATCH("/data-sources/{dataSourceId}", {
            body,
            params: { path: { dataSourceId: id } },
            headers: merge,
          }),
      ),
    deleteDataSource: (id) =>
      unlessGone(
        ask({ operation: "deleting data source", subject: id }, (client) =>
          client.DELETE("/data-sources/{dataSourceId}", { params: { path: { dataSourceId: id } } }),
        ),
      ),

    startCrawl: crawl("start", "starting the crawl of data source"),
    pauseCrawl: crawl("pause", "pausing the crawl of data source"),
    resumeCrawl: crawl("resume", "resuming the crawl of data source"),
  };
}

/** `fetch` for openapi-fetch, over the package's own connections. */
async function over(http: Http, request: Request, question: Question, signal?: AbortSignal): Promise<Response> {
  const body = request.body === null ? undefined : await request.text();
  const { operation, subject } = question;
  const answer = await http.send({
    method: request.method as "GET" | "POST" | "PATCH" | "DELETE",
    url: request.url,
    headers: Object.fromEntries(request.headers),
    ...(body === undefined ? {} : { body }),
    signal,
    operation,
    subject,
  });
  if (answer.status < 300 && answer.status !== 204 && parseJson(answer.text) === undefined) {
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
