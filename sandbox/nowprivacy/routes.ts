/** NOW Privacy's configuration API, as `provider/nowprivacy/openapi.yaml` says. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { checked, dataSourceChange, datasetChange, newDataSource, newDataset } from "./bodies";
import { NowPrivacyProblem, invalid } from "./problems";
import type { NowPrivacyStore } from "./store";

export interface NowPrivacyDependencies {
  readonly store: NowPrivacyStore;
  /** The bearer token that callers must give. */
  readonly token: string;
  readonly prefix: "/nowprivacy/v1";
  /** Runs before an authorized request is worked on, and ends it when it returns a problem. For tests. */
  readonly beforeRequest?: (request: {
    readonly method: string;
    readonly path: string;
  }) => NowPrivacyProblem | undefined;
}

interface ById {
  Params: { id: string };
}
interface Filtered {
  Querystring: Record<string, string | undefined>;
}

/** Mounts the API below its prefix. */
export function registerNowPrivacy(app: FastifyInstance, deps: NowPrivacyDependencies): void {
  void app.register(
    (api, _options, done) => {
      answerWithProblems(api);
      admitCallers(api, deps);
      datasets(api, deps.store);
      dataSources(api, deps.store);
      done();
    },
    { prefix: deps.prefix },
  );
}

function datasets(api: FastifyInstance, store: NowPrivacyStore): void {
  api.get("/security-groups", () => ({ value: store.securityGroups() }));
  api.get<Filtered>("/datasets", ({ query: { name } }) => ({ value: store.datasets(name) }));
  api.post("/datasets", async (request, reply) => {
    const { object, isNew } = store.createDataset(idempotencyKey(request), checked(newDataset, request.body));
    return reply.code(isNew ? 201 : 200).send(object);
  });
  api.get<ById>("/datasets/:id", ({ params }) => store.dataset(params.id));
  api.patch<ById>("/datasets/:id", (request) => {
    store.dataset(request.params.id);
    return store.updateDataset(request.params.id, checked(datasetChange, merge(request)));
  });
  api.delete<ById>("/datasets/:id", async ({ params }, reply) => {
    store.deleteDataset(params.id);
    return reply.code(204).send();
  });
}

function dataSources(api: FastifyInstance, store: NowPrivacyStore): void {
  api.get<Filtered>("/data-sources", ({ query: { datasetId } }) => ({ value: store.dataSources(datasetId) }));
  api.post("/data-sources", async (request, reply) => {
    const { object, isNew } = store.createDataSource(idempotencyKey(request), checked(newDataSource, request.body));
    return reply.code(isNew ? 201 : 200).send(object);
  });
  api.get<ById>("/data-sources/:id", ({ params }) => store.dataSource(params.id));
  api.patch<ById>("/data-sources/:id", (request) => {
    store.dataSource(request.params.id);
    return store.updateDataSource(request.params.id, checked(dataSourceChange, merge(request)));
  });
  api.delete<ById>("/data-sources/:id", async ({ params }, reply) => {
    store.deleteDataSource(params.id);
    return reply.code(204).send();
  });
  for (const action of ["start", "pause", "resume"] as const) {
    api.post<ById>(`/data-sources/:id/crawl/${action}`, ({ params }) => store.crawl(params.id, action));
  }
}

function merge(request: FastifyRequest): unknown {
  if (/^application\/merge-patch\+json\b/i.test(request.headers["content-type"] ?? "")) return request.body;
  throw new NowPrivacyProblem(415, "unsupportedMediaType", "Unsupported media type", {
    detail: "A PATCH takes application/merge-patch+json.",
  });
}

function idempotencyKey(request: FastifyRequest): string {
  const key = request.headers["idempotency-key"];
  if (typeof key === "string" && key.length >= 16 && key.length <= 200) return key;
  throw invalid([{ pointer: "", detail: "The header Idempotency-Key must have 16 to 200 characters." }]);
}

function admitCallers(api: FastifyInstance, { token, beforeRequest }: NowPrivacyDependencies): void {
  api.addHook("onRequest", async (request, reply) => {
    if (request.headers.authorization !== `Bearer ${token}`) {
      reply.header("www-authenticate", "Bearer");
      throw new NowPrivacyProblem(401, "unauthorized", "Unauthorized", {
        detail: "The request carries no bearer token, or one that isn't known.",
      });
    }
    const problem = beforeRequest?.({ method: request.method, path: request.url });
    if (problem !== undefined) throw problem;
  });
}

function answerWithProblems(api: FastifyInstance): void {
  api.removeAllContentTypeParsers();
  api.addContentTypeParser(
    ["application/json", "application/merge-patch+json"],
    { parseAs: "string" },
    async (_request: FastifyRequest, body: string | Buffer) => Promise.resolve(parsed(body.toString())),
  );
  api.setErrorHandler(async (error, _request, reply) => sendProblem(reply, asProblem(error)));
  api.setNotFoundHandler(async (request, reply) =>
    sendProblem(
      reply,
      new NowPrivacyProblem(404, "noSuchPath", "Not found", {
        detail: `There is no ${request.method} ${request.url}.`,
      }),
    ),
  );
}

/** An action's request has no body, and some clients name a type for it all the same. */
function parsed(body: string): unknown {
  if (body.trim() === "") return undefined;
  try {
    return JSON.parse(body) as unknown;
  } catch {
    throw new NowPrivacyProblem(400, "malformed", "Malformed request", { detail: "The body is no JSON." });
  }
}

function asProblem(error: unknown): NowPrivacyProblem {
  if (error instanceof NowPrivacyProblem) return error;
  const status = typeof error === "object" && error !== null && "statusCode" in error ? Number(error.statusCode) : 500;
  if (status === 415) return new NowPrivacyProblem(415, "unsupportedMediaType", "Unsupported media type");
  if (status < 500) return new NowPrivacyProblem(status, "malformed", "Malformed request");
  return new NowPrivacyProblem(500, "internal", "Internal error", {
    detail: error instanceof Error ? error.message : String(error),
  });
}

async function sendProblem(reply: FastifyReply, { problem }: NowPrivacyProblem): Promise<FastifyReply> {
  return reply.code(problem.status).type("application/problem+json").send(JSON.stringify(problem));
}
