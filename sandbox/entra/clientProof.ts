/**
 * How a client proves to the token endpoint that it is the application it says: a client secret, or an assertion signed with the
 * private key of a certificate that was uploaded to the application.
 * {@link https://learn.microsoft.com/entra/identity-platform/certificate-credentials}.
 */
import { timingSafeEqual } from "node:crypto";
import { decodeJwt, decodeProtectedHeader, errors, jwtVerify, type JWTPayload } from "jose";
import type { SandboxWorld } from "../world";
import { secretHash } from "./credentials";
import type { Application, KeyCredential, PasswordCredential } from "./directory";
import { invalidClient, invalidRequest } from "./oauthError";

/**
 * @param known the application's client secrets and those of its service principal
 * @throws OAuthError unless the secret is one of them, is within its lifetime, and has come to the token endpoint
 */
export function checkSecret(
  application: Application,
  known: readonly PasswordCredential[],
  secret: string,
  world: SandboxWorld,
): void {
  const hash = Buffer.from(secretHash(secret), "hex");
  const match = known.find(({ sha256 }) => timingSafeEqual(Buffer.from(sha256, "hex"), hash));
  if (match === undefined || !world.replication.sees("token", "credentials", match.keyId)) {
    throw invalidClient(
      7000215,
      `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${application.appId}'.`,
    );
  }
  if (!within(match, world.now())) {
    throw invalidClient(
      7000222,
      `The provided client secret keys for app '${application.appId}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.`,
    );
  }
}

/**
 * @param audiences what the assertion's `aud` may be: the token endpoint under each of the tenant's names
 * @throws OAuthError unless the assertion is signed with an uploaded certificate, is in time, and is about this application
 */
export async function checkAssertion(
  application: Application,
  assertion: string,
  audiences: readonly string[],
  world: SandboxWorld,
): Promise<void> {
  const credential = signingCredential(application, assertion, world);
  if (!within(credential, world.now())) {
    throw invalidClient(
      700027,
      `The certificate with identifier used to sign the client assertion is expired on application. [Reason - The key used is expired., Thumbprint of key used by client: '${credential.sha1.toUpperCase()}']`,
    );
  }
  const claims = await verifiedClaims(application, assertion, credential, world);
  if (claims.iss !== application.appId || claims.sub !== application.appId) {
    throw invalidClient(700021, "Client assertion application identifier doesn't match 'client_id' parameter.");
  }
  const sent = typeof claims.aud === "string" ? [claims.aud] : (claims.aud ?? []);
  if (!sent.some((audience) => audiences.includes(audience.toLowerCase()))) {
    throw invalidClient(
      700023,
      "Client assertion audience claim does not match Realm issuer. Review the documentation at https://learn.microsoft.com/entra/identity-platform/certificate-credentials.",
    );
  }
}

/** The uploaded certificate that the assertion's header names by thumbprint (`x5t`, `x5t#S256`) or, as some clients do, by `kid`. */
function signingCredential(application: Application, assertion: string, world: SandboxWorld): KeyCredential {
  let header: { readonly x5t?: unknown; readonly kid?: unknown; readonly "x5t#S256"?: unknown };
  try {
    header = decodeProtectedHeader(assertion);
    decodeJwt(assertion);
  } catch {
    throw invalidRequest(50027, "JWT token is invalid or malformed.");
  }
  const named = [header.x5t, header["x5t#S256"], header.kid]
    .filter((value) => typeof value === "string")
    .map(hexadecimal);
  const match = application.keyCredentials.find(
    ({ sha1, sha256, keyId }) => named.includes(sha1) || named.includes(sha256) || header.kid === keyId,
  );
  if (match === undefined || !world.replication.sees("token", "credentials", match.keyId)) {
    throw invalidClient(
      700027,
      `The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found., Thumbprint of key used by client: '${(named[0] ?? "").toUpperCase()}', Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id '${application.appId}'.]`,
    );
  }
  return match;
}

/** A thumbprint in hexadecimal, given so or in base64 or base64url. */
function hexadecimal(value: string): string {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i.test(value)
    ? value.toLowerCase()
    : Buffer.from(value, "base64").toString("hex");
}

async function verifiedClaims(
  application: Application,
  assertion: string,
  credential: KeyCredential,
  world: SandboxWorld,
): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(assertion, credential.publicKey, {
      algorithms: ["RS256", "PS256"],
      // An assertion is dated by the clock of the client's machine, which does not travel when the sandbox does.
      currentDate: new Date(world.wallNow()),
      clockTolerance: 300,
      requiredClaims: ["exp", "aud", "iss", "sub"],
    });
    return payload;
  } catch (error) {
    if (
      error instanceof errors.JWTExpired ||
      (error instanceof errors.JWTClaimValidationFailed && error.claim === "nbf")
    ) {
      throw invalidClient(700024, "Client assertion is not within its valid time range.");
    }
    if (error instanceof errors.JOSEError) {
      throw invalidClient(
        700027,
        `The certificate with identifier used to sign the client assertion failed signature validation on application. [Reason - The key was found, but use of the key to verify the signature failed., Thumbprint of key used by client: '${credential.sha1.toUpperCase()}', app Id '${application.appId}'.]`,
      );
    }
    throw error;
  }
}

function within(
  { startDateTime, endDateTime }: { readonly startDateTime: string; readonly endDateTime: string },
  now: number,
): boolean {
  return Date.parse(startDateTime) <= now && now < Date.parse(endDateTime);
}
