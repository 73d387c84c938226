/**
 * Access tokens: RS256 JWTs with the claims of Entra's app-only tokens, signed with a key of this run, and their verification for
 * the APIs of the sandbox. Claims: {@link https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference}.
 */
import { randomBytes } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { errors, exportJWK, generateKeyPair, jwtVerify, SignJWT, type JWK, type KeyLike } from "jose";
import type { AccessToken, Authenticate, TokenProblem } from "../model";
import type { SandboxWorld } from "../world";
import type { Application, Directory, ServicePrincipal } from "./directory";
import { microsoftApi } from "./microsoftApis";
import { findResource, type TokenResource } from "./resources";

/** In the `wids` of every app-only token, and no directory role: no role definition has this id. */
const noDirectoryRole = "0997a1d0-0d1d-4acb-b408-d5ca73121e90";

/** Seconds that a token lives; Entra says 3599 in the answer. */
export const tokenLifetimeSeconds = 3599;

export interface TokenGrant {
  readonly directory: Directory;
  readonly application: Application;
  readonly principal: ServicePrincipal;
  readonly resource: TokenResource;
  /** How the client proved itself: claim `appidacr` is 1 for a secret and 2 for an assertion. */
  readonly proof: "secret" | "assertion";
}

export interface AccessTokens {
  issue(grant: TokenGrant): Promise<string>;
  readonly authenticate: Authenticate;
  /** The public key for `/discovery/v2.0/keys`. */
  readonly publicJwk: JWK;
}

export async function createAccessTokens(world: SandboxWorld, origin: () => string): Promise<AccessTokens> {
  const { publicKey, privateKey } = await generateKeyPair("RS256");
  const kid = randomBytes(20).toString("base64url");
  return {
    publicJwk: { ...(await exportJWK(publicKey)), kid, use: "sig", alg: "RS256", x5t: kid },
    issue: async (grant) => {
      const token = await new SignJWT(claims(grant, origin()))
        .setProtectedHeader({ typ: "JWT", alg: "RS256", kid, x5t: kid })
        .sign(privateKey);
      world.issued(token);
      return token;
    },
    authenticate: (request, apiAppId) => verify(request, apiAppId, { world, publicKey, origin: origin() }),
  };
}

function claims(
  { directory, application, principal, resource, proof }: TokenGrant,
  origin: string,
): Record<string, unknown> {
  const { world, organization } = directory;
  const now = Math.floor(world.now() / 1000);
  const issuer = `${origin}/${organization.tenantId}/`;
  const roles = grantedRoles(directory, principal, resource);
  return {
    aud: resource.audience,
    iss: issuer,
    iat: now,
    nbf: now,
    exp: now + tokenLifetimeSeconds,
    app_displayname: application.properties["displayName"],
    appid: application.appId,
    appidacr: proof === "assertion" ? "2" : "1",
    idp: issuer,
    idtyp: "app",
    oid: principal.id,
    ...(roles.length === 0 ? {} : { roles }),
    sub: principal.id,
    tid: organization.tenantId,
    // Not drawn from the seed: how many tokens are asked for must not change the ids of what is created.
    uti: randomBytes(16).toString("base64url"),
    ver: "1.0",
    wids: [...tenantWideRoles(directory, principal), noDirectoryRole],
  };
}

/** Values of the app roles that the principal holds on the API, as the token endpoint knows them at this moment. */
function grantedRoles(directory: Directory, principal: ServicePrincipal, { api }: TokenResource): string[] {
  const { world } = directory;
  const resource = directory.servicePrincipalByAppId(api.appId);
  if (resource === undefined) return [];
  const held = new Set(
    directory
      .assignmentsOf(principal.id)
      .filter(
        ({ id, resourceId }) => resourceId === resource.id && world.replication.sees("token", "appRoleAssignments", id),
      )
      .map(({ appRoleId }) => appRoleId),
  );
  return (microsoftApi(api.appId)?.appRoles ?? []).filter(({ id }) => held.has(id)).map(({ value }) => value);
}

/**
 * Template ids of the directory roles that the principal holds in the whole tenant. A role that is limited to an administrative unit
 * is in no token.
 */
function tenantWideRoles(directory: Directory, principal: ServicePrincipal): string[] {
  const { replication } = directory.world;
  const known = directory
    .rolesOf(principal.id)
    .filter(
      ({ id, directoryScopeId }) =>
        directoryScopeId === "/" && replication.sees("token", "directoryRoleAssignments", id),
    );
  // Exchange Online can only honour a role once it has seen it.
  for (const { id } of known) replication.begins("exchangeAuthorization", id);
  return known.map(({ roleDefinitionId }) => roleDefinitionId);
}

interface Verifier {
  readonly world: SandboxWorld;
  readonly publicKey: KeyLike;
  readonly origin: string;
}

async function verify(
  request: FastifyRequest,
  apiAppId: string,
  { world, publicKey, origin }: Verifier,
): Promise<AccessToken | TokenProblem> {
  const bearer = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
  if (bearer === undefined) return { problem: "missing", message: "Access token is empty." };
  try {
    const { payload } = await jwtVerify(bearer, publicKey, {
      algorithms: ["RS256"],
      currentDate: new Date(world.now()),
    });
    const audience = typeof payload.aud === "string" ? payload.aud : "";
    if (findResource(audience, origin)?.api.appId !== apiAppId) {
      return { problem: "wrongAudience", message: "Access token validation failure. Invalid audience." };
    }
    return {
      tenantId: String(payload["tid"]),
      appId: String(payload["appid"]),
      objectId: String(payload["oid"]),
      roles: strings(payload["roles"]),
      wids: strings(payload["wids"]),
    };
  } catch (error) {
    if (error instanceof errors.JWTExpired) {
      return { problem: "expired", message: "Lifetime validation failed, the token is expired." };
    }
    if (error instanceof errors.JOSEError) {
      return { problem: "malformed", message: "CompactToken validation failed with reason code: 80049217." };
    }
    throw error;
  }
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
