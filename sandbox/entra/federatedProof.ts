/**
 * How a workload outside Entra proves that it is an application: by a token of its own issuer that one of the application's federated
 * identity credentials trusts. {@link https://learn.microsoft.com/entra/workload-id/workload-identity-federation}.
 */
import { decodeJwt, errors, jwtVerify, type JWTPayload } from "jose";
import type { SandboxWorld } from "../world";
import type { Application, FederatedIdentityCredential } from "./directory";
import type { ExternalIssuer } from "./externalIssuer";
import { invalidClient, invalidRequest, type OAuthError } from "./oauthError";

const advice =
  "Check your federated identity credential Subject, Audience and Issuer against the presented assertion. https://learn.microsoft.com/entra/workload-id/workload-identity-federation";

/** Whether an assertion is of another issuer: a client that signs with its own certificate names itself as issuer, by a GUID. */
export function isFederated(assertion: string): boolean {
  try {
    return /^https:/i.test(decodeJwt(assertion).iss ?? "");
  } catch {
    return false;
  }
}

/** @throws OAuthError unless a federated identity credential of the application matches the assertion, and its issuer signed it */
export async function checkFederatedAssertion(
  application: Application,
  assertion: string,
  world: SandboxWorld,
  issuer: ExternalIssuer,
): Promise<void> {
  const claims = decodeJwt(assertion);
  checkTrusted(application, claims, world);
  if (claims.iss !== issuer.url()) {
    // Entra would read the issuer's OpenID configuration now. The sandbox reaches nothing outside this machine, so it can't.
    throw invalidRequest(50166, "Request to External OIDC endpoint failed.");
  }
  try {
    await jwtVerify(assertion, await issuer.publicKey(), {
      algorithms: ["RS256"],
      // The issuer's machine does not travel when the sandbox does.
      currentDate: new Date(world.wallNow()),
      clockTolerance: 300,
      requiredClaims: ["exp"],
    });
  } catch (error) {
    if (error instanceof errors.JWTExpired || error instanceof errors.JWTClaimValidationFailed) {
      throw invalidClient(700024, "Client assertion is not within its valid time range.");
    }
    if (!(error instanceof errors.JOSEError)) throw error;
    throw invalidClient(
      50013,
      "Assertion failed signature validation. [Reason - The key was found, but use of the key to verify the signature failed.]",
    );
  }
}

function checkTrusted(application: Application, { iss = "", sub = "", aud }: JWTPayload, world: SandboxWorld): void {
  const audiences = typeof aud === "string" ? [aud] : (aud ?? []);
  const ofIssuer = application.federatedIdentityCredentials.filter(({ issuer }) => issuer === iss);
  if (ofIssuer.length === 0) throw noMatch(700211, "issuer", iss);
  const ofSubject = ofIssuer.filter(({ subject }) => subject === sub);
  if (ofSubject.length === 0) throw noSubject(ofIssuer, sub);
  const match = ofSubject.find((one) => one.audiences.some((audience) => audiences.includes(audience)));
  if (match === undefined) throw noMatch(700212, "audience", audiences.join(", "));
  if (!world.replication.sees("token", "federatedIdentityCredentials", match.id)) {
    throw invalidRequest(
      70021,
      `No matching federated identity record found for presented assertion. Assertion Issuer: '${iss}'. Assertion Subject: '${sub}'. Assertion Audience: '${audiences.join(", ")}'. https://learn.microsoft.com/entra/workload-id/workload-identity-federation`,
    );
  }
}

function noSubject(ofIssuer: readonly FederatedIdentityCredential[], sub: string): OAuthError {
  const inAnotherCase = ofIssuer.some(({ subject }) => subject.toLowerCase() === sub.toLowerCase());
  if (!inAnotherCase) return noMatch(700213, "subject", sub);
  return invalidClient(
    7002138,
    `No matching federated identity record found for presented assertion subject '${sub}'. The subject matches with case-insensitive comparison, but not with case-sensitive comparison. ${advice}`,
  );
}

function noMatch(code: number, claim: "issuer" | "subject" | "audience", value: string): OAuthError {
  return invalidClient(
    code,
    `No matching federated identity record found for presented assertion ${claim} '${value}'. ${advice}`,
  );
}
