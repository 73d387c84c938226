/**
 * The ladder that an app climbs to use the admin API: a token for Exchange Online with `Exchange.ManageAsApp` (else 401), and a
 * supported directory role (else 403). A token that only has `Exchange.ManageAsAppV2` is refused without a word.
 */
import type { AccessToken, TokenProblem } from "../model";
import { silence } from "./errors";
import type { InjectedAnswer } from "./hooks";
import { hasSupportedRole, type HeldRoles } from "./roles";

/** The answer to a caller who doesn't get in, or undefined for one who does. */
export function refusal(
  token: AccessToken | TokenProblem,
  tenantId: string,
  roles: HeldRoles,
): InjectedAnswer | undefined {
  if ("problem" in token) return unauthorized(reasonCode[token.problem], token.message, token.problem);
  if (token.tenantId.toLowerCase() !== tenantId.toLowerCase()) {
    return forbidden("The tenant of the token isn't the tenant of the request.", undefined);
  }
  if (!token.roles.includes("Exchange.ManageAsApp")) {
    if (token.roles.includes("Exchange.ManageAsAppV2")) {
      return forbidden("The token doesn't contain the permission that this version of the API needs.", undefined);
    }
    return unauthorized("2000012", "The token contains not enough scope to make this call.", "invalid_grant");
  }
  if (!hasSupportedRole(roles)) {
    const reason = `The role assigned to application ${token.appId} isn't supported in this scenario. Please check online documentation for assigning correct Directory Roles to Azure AD Application for EXO App-Only Authentication.`;
    return forbidden(reason, silence);
  }
  return undefined;
}

const reasonCode = { missing: "2000001", malformed: "2000003", expired: "2000002", wrongAudience: "2000006" } as const;

const category = { missing: "invalid_request", malformed: "invalid_token", expired: "token_expired" } as const;

function unauthorized(code: string, reason: string, problem: string): InjectedAnswer {
  const errorCategory = problem in category ? category[problem as keyof typeof category] : problem;
  return {
    status: 401,
    headers: {
      "www-authenticate": `Bearer client_id="00000002-0000-0ff1-ce00-000000000000", trusted_issuers="00000001-0000-0000-c000-000000000000@*", token_types="app_asserted_user_v1 service_asserted_app_v1", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", error="invalid_token"`,
      "x-ms-diagnostics": diagnostics(code, reason, errorCategory),
    },
  };
}

function forbidden(reason: string, body: string | undefined): InjectedAnswer {
  return {
    status: 403,
    headers: { "x-ms-diagnostics": diagnostics("2000008", reason, "invalid_grant") },
    ...(body === undefined ? {} : { body }),
  };
}

function diagnostics(code: string, reason: string, errorCategory: string): string {
  return `${code};reason="${reason.replace(/["\r\n]/g, " ")}";error_category="${errorCategory}"`;
}
