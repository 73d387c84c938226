/** Microsoft Graph, `/v1.0` and `/beta`: one scope each, with Graph's headers, bodies and errors. */
import type { FastifyInstance } from "fastify";
import { readJsonBodies } from "../jsonBody";
import type { Authenticate } from "../model";
import type { Tenants } from "../tenants";
import type { SandboxWorld } from "../world";
import { registerApplications } from "./applications";
import { registerAppRoleAssignments } from "./appRoleAssignments";
import { registerDeletedItems } from "./deletedItems";
import { registerDirectoryObjects } from "./directoryObjects";
import { badRequest, GraphError, requestIds, sendGraphError } from "./graphError";
import { registerOrganization } from "./organization";
import { registerOwners } from "./owners";
import type { GraphScope } from "./graphScope";
import { callerIdentification } from "./permissions";
import { registerRoleManagement } from "./roleManagement";
import { registerServicePrincipals } from "./servicePrincipals";

export interface GraphDependencies {
  readonly tenants: Tenants;
  readonly authenticate: Authenticate;
  readonly world: SandboxWorld;
  readonly origin: () => string;
}

const jsonType = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";

export function registerGraph(app: FastifyInstance, { tenants, authenticate, world, origin }: GraphDependencies): void {
  const caller = callerIdentification(authenticate, tenants);
  for (const version of ["v1.0", "beta"] as const) {
    app.register(
      (scope, _options, done) => {
        graphConventions(scope, world);
        const graph: GraphScope = { app: scope, version, root: () => `${origin()}/${version}`, world, caller };
        registerApplications(graph);
        registerServicePrincipals(graph);
        registerOwners(graph);
        registerAppRoleAssignments(graph);
        registerRoleManagement(graph);
        registerDeletedItems(graph);
        registerDirectoryObjects(graph);
        registerOrganization(graph);
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
  scope.addHook("onSend", (_request, reply, payload, done) => {
    if (typeof payload === "string" && payload !== "" && reply.statusCode < 400) reply.header("content-type", jsonType);
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
