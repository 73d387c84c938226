/**
 * Errors of the token endpoint. Codes and texts:
 * {@link https://learn.microsoft.com/entra/identity-platform/reference-error-codes}.
 */
import type { JsonObject } from "../json";

/** Thrown while a token request is looked at; the route turns it into the answer. */
export class OAuthError extends Error {
  constructor(
    readonly status: 400 | 401,
    /** The OAuth 2.0 error: `invalid_client`, `unauthorized_client`, … */
    readonly error: string,
    /** The number after `AADSTS`. */
    readonly code: number,
    readonly explanation: string,
  ) {
    super(`AADSTS${String(code)}: ${explanation}`);
    this.name = "OAuthError";
  }
}

export const tenantNotFound = (tenant: string): OAuthError =>
  new OAuthError(
    400,
    "invalid_request",
    90002,
    `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.`,
  );

export const applicationNotFound = (clientId: string, tenantName: string): OAuthError =>
  new OAuthError(
    400,
    "unauthorized_client",
    700016,
    `Application with identifier '${clientId}' was not found in the directory '${tenantName}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.`,
  );

export const servicePrincipalMissing = (clientId: string, tenantId: string): OAuthError =>
  new OAuthError(
    401,
    "invalid_client",
    7000229,
    `The client application '${clientId}' is missing service principal in the tenant '${tenantId}'. See instructions here: https://go.microsoft.com/fwlink/?linkid=2225119`,
  );

export const servicePrincipalDisabled = (clientId: string): OAuthError =>
  new OAuthError(401, "invalid_client", 7000112, `Application '${clientId}' is disabled.`);

export const invalidClient = (code: number, explanation: string): OAuthError =>
  new OAuthError(401, "invalid_client", code, explanation);

export const invalidRequest = (code: number, explanation: string): OAuthError =>
  new OAuthError(400, "invalid_request", code, explanation);

/** The answer's body. The description repeats the ids, as Entra's does. */
export function renderOAuthError(
  { error, code, message }: OAuthError,
  ids: { readonly traceId: string; readonly correlationId: string },
  now: number,
): JsonObject {
  const timestamp = new Date(now)
    .toISOString()
    .replace("T", " ")
    .replace(/\.\d+Z$/, "Z");
  return {
    error,
    error_description: `${message} Trace ID: ${ids.traceId} Correlation ID: ${ids.correlationId} Timestamp: ${timestamp}`,
    error_codes: [code],
    timestamp,
    trace_id: ids.traceId,
    correlation_id: ids.correlationId,
    error_uri: `https://login.microsoftonline.com/error?code=${String(code)}`,
  };
}
