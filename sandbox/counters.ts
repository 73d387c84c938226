/** How often each part of the sandbox was asked, for tests and benchmarks that hold a client to what it should need. */
import type { FastifyInstance } from "fastify";

/** Requests since the start or the last reset. Exchange has its own, finer counters for each tenant. */
export interface RequestCounters {
  tokens: number;
  graphReads: number;
  graphWrites: number;
  exchange: number;
  oneSecure: number;
  nowPrivacy: number;
  /** Writes that Graph refused with 409 because they met another write to the same application. */
  concurrencyViolations: number;
}

/** What is counted as requests come in. */
type RequestKind = Exclude<keyof RequestCounters, "concurrencyViolations">;

export function noRequests(): RequestCounters {
  return {
    tokens: 0,
    graphReads: 0,
    graphWrites: 0,
    exchange: 0,
    oneSecure: 0,
    nowPrivacy: 0,
    concurrencyViolations: 0,
  };
}

/** Counts every request that reaches the server, whatever the answer. */
export function countRequests(app: FastifyInstance, counters: RequestCounters): void {
  app.addHook("onRequest", (request, _reply, done) => {
    const kind = kindOf(request.method, request.url);
    if (kind !== undefined) counters[kind] += 1;
    done();
  });
}

function kindOf(method: string, url: string): RequestKind | undefined {
  if (/^\/(?:v1\.0|beta)\//i.test(url)) return method === "GET" ? "graphReads" : "graphWrites";
  if (/^\/[^/]+\/oauth2\/v2\.0\/token(?:\?|$)/.test(url)) return "tokens";
  if (url.startsWith("/adminapi/")) return "exchange";
  if (url.startsWith("/nowprivacy/")) return "nowPrivacy";
  return url.startsWith("/onesecure/") ? "oneSecure" : undefined;
}
