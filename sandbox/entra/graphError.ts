/**
 * Errors as Microsoft Graph answers them.
 * Form: {@link https://learn.microsoft.com/graph/errors}; the texts are those that clients are known to match on.
 */
import type { FastifyReply, FastifyRequest } from "fastify";

/** Thrown by a route; the Graph scope turns it into the answer. */
export class GraphError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = "GraphError";
  }
}

/** 400: the request is wrong, or something stands in its way. */
export const badRequest = (message: string): GraphError => new GraphError(400, "Request_BadRequest", message);

/** 404 for an object that is not there, or no longer. */
export const resourceNotFound = (id: string): GraphError =>
  new GraphError(
    404,
    "Request_ResourceNotFound",
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  );

/** 403: the caller's token lacks the permission that the route wants. */
export const insufficientPrivileges = (): GraphError =>
  new GraphError(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.");

/** 401: the token itself is not accepted. */
export const invalidToken = (message: string): GraphError =>
  new GraphError(401, "InvalidAuthenticationToken", message, {
    "www-authenticate": 'Bearer realm="", authorization_uri="", client_id="00000003-0000-0000-c000-000000000000"',
  });

/** The ids that Graph repeats in each answer's headers and in the body of an error. */
export interface RequestIds {
  readonly requestId: string;
  readonly clientRequestId: string;
}

/** The request's own id, and the client's where it sent one. */
export function requestIds(request: FastifyRequest): RequestIds {
  const sent = request.headers["client-request-id"];
  return { requestId: request.id, clientRequestId: typeof sent === "string" && sent !== "" ? sent : request.id };
}

/** Answers with an error body. `date` has no zone in the real service either. */
export function sendGraphError(
  reply: FastifyReply,
  error: GraphError,
  { requestId, clientRequestId }: RequestIds,
  now: number,
): FastifyReply {
  return reply
    .code(error.status)
    .headers(error.headers)
    .header("content-type", "application/json")
    .send({
      error: {
        code: error.code,
        message: error.message,
        innerError: {
          date: new Date(now).toISOString().slice(0, 19),
          "request-id": requestId,
          "client-request-id": clientRequestId,
        },
      },
    });
}
