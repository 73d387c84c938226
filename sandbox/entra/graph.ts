/** Microsoft Graph, `/v1.0` and `/beta`: one scope each, with Graph's headers, bodies and errors. */
import type { FastifyInstance } from "fastify";
import { readJsonBodies } from "../jsonBody";
import type { Authenticate } from "../model";
import type { Tenants } from "../tenants";
import type { SandboxWorld } from "../world";
import { registerAdministrativeUnits } from "./administrativeUnitRoutes";
import { registerApplications } from "./applications";
import { registerAppRoleAssignments } from "./appRoleAssignments";
import type { ConcurrentWrites } from "./concurrentWrites";
import { registerDeletedItems } from "./deletedItems";
import { registerDirectoryObjects } from "./directoryObjects";
import { registerDrives } from "./drives";
import { registerFederatedCredentials } from "./federatedCredentials";
import { badRequest, GraphError, requestIds, sendGraphError } from "./graphError";
import { registerGroups } from "./groupRoutes";
import { registerMemberships } from "./memberships";
import { unsupportedSort, type Query } from "./odata";
import { registerOrganization } from "./organization";
import { registerOwners } from "./owners";
import type { GraphScope } from "./graphScope";
import { callerIdentification } from "./permissions";
import { registerRoleManagement } from "./roleManagement";
import { registerServicePrincipals } from "./servicePrincipals";
import { registerUsers } from "./userRoutes";

export interface GraphDependencies {
  readonly tenants: Tenants;
  readonly authenticate: Authenticate;
  readonly world: SandboxWorld;
  readonly origin: () => string;
  readonly writes: ConcurrentWrites;
}

const jsonType = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";

export function registerGraph(app: FastifyInstance, deps: GraphDependencies): void {
  const { tenants, authenticate, world, origin, writes } = deps;
  const caller = callerIdentification(authenticate, tenants);
  for (const version of ["v1.0", "beta"] as const) {
    app.register(
      (scope, _options, done) => {
        graphConventions(scope, world);
        const graph: GraphScope = { app: scope, version, root: () => `${origin()}/${version}`, world, caller, writes };
        registerApplications(graph);
        registerFederatedCredentials(graph);
        registerServicePrincipals(graph);
        registerOwners(graph);
        registerAppRoleAssignments(graph);
        registerMemberships(graph);
        registerRoleManagement(graph);
        registerAdministrativeUnits(graph);
        registerDeletedItems(graph);
        registerDirectoryObjects(graph);
        registerOrganization(graph);
        registerUsers(graph);
        registerGroups(graph);
        registerDrives(graph);
        done();
      },
      { prefix: `/${version}` },
    );
  }
}

function graphConventions(scope: FastifyInstance, world: SandboxWorld): void {
  readJsonBodies(scope, () =>
    badRequest(
      "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.",
    ),
  );
  scope.addHook("onRequest", (request, reply, done) => {
    const { requestId, clientRequestId } = requestIds(request);
    reply.headers({
      "request-id": requestId,
      "client-request-id": clientRequestId,
      "odata-version": "4.0",
      "cache-control": "no-cache",
    });
    done();
  });
  scope.addHook("preHandler", (request, _reply, done) => {
    const { url, query, headers } = request;
    const isAdvanced = headers["consistencylevel"] === "eventual" && (query as Query)["$count"] === "true";
    const needsIt = (query as Query)["$orderby"] !== undefined && /\/(?:applications|servicePrincipals)\?/i.test(url);
    // https://learn.microsoft.com/graph/aad-advanced-queries
    done(needsIt && !isAdvanced ? unsupportedSort() : undefined);
  });
  scope.addHook("onSend", (_request, reply, payload, done) => {
    const isPlain = String(reply.getHeader("content-type")).startsWith("text/plain");
    if (typeof payload === "string" && payload !== "" && reply.statusCode < 400 && !isPlain)
      reply.header("content-type", jsonType);
    done(null, payload);
  });
  scope.setErrorHandler((error, request, reply) => {
    const known = error instanceof GraphError ? error : undefined;
    if (known === undefined) request.log.error(error);
    const shown =
      known ?? new GraphError(500, "InternalServerError", error instanceof Error ? error.message : String(error));
    return sendGraphError(reply, shown, requestIds(request), world.now());
  });
  scope.setNotFoundHandler((request, reply) => {
    const segment = request.url.split(/[/?]/)[2] ?? "";
    const message =
      segment === "me"
        ? "/me request is only valid with delegated authentication flow."
        : `Resource not found for the segment '${segment}'.`;
    return sendGraphError(reply, new GraphError(400, "BadRequest", message), requestIds(request), world.now());
  });
}
