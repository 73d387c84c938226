/**
 * An identity provider outside Entra, played by the sandbox itself: its OpenID configuration, its keys, and tokens in the way in which
 * GitHub Actions hands them out. A federated identity credential that names {@link ExternalIssuer.url} trusts it.
 */
import { randomBytes } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { exportJWK, generateKeyPair, SignJWT, type JWK, type KeyLike } from "jose";
import type { SandboxWorld } from "../world";

const path = "/_sandbox/issuer";
const lifetimeSeconds = 300;

/** What Entra wants a federated token to be for. */
export const tokenExchangeAudience = "api://AzureADTokenExchange";

/** Whom a token of the sandbox's own issuer is about. */
export interface FederatedSubject {
  /** For example `repo:contoso/audit:ref:refs/heads/main`. */
  readonly subject: string;
  /** Default {@link tokenExchangeAudience}. */
  readonly audience?: string | undefined;
}

export interface ExternalIssuer {
  /** `https://localhost:PORT/_sandbox/issuer`, the `iss` of its tokens. */
  readonly url: () => string;
  publicKey(): Promise<KeyLike>;
  publicJwk(): Promise<JWK>;
  /** A signed JWT, good for five minutes of the machine's clock. */
  sign(about: FederatedSubject): Promise<string>;
}

export function createExternalIssuer(world: SandboxWorld, origin: () => string): ExternalIssuer {
  // Made when they are asked for: it takes a processor a quarter of a second, and most sandboxes never need them.
  let made: ReturnType<typeof generateKeyPair> | undefined;
  const keys = (): ReturnType<typeof generateKeyPair> => (made ??= generateKeyPair("RS256"));
  const kid = randomBytes(20).toString("base64url");
  const url = (): string => `${origin()}${path}`;
  return {
    url,
    publicKey: async () => (await keys()).publicKey,
    publicJwk: async () => ({ ...(await exportJWK((await keys()).publicKey)), kid, use: "sig", alg: "RS256" }),
    sign: async ({ subject, audience = tokenExchangeAudience }) => {
      // Dated by the machine's clock: an issuer outside Entra does not travel with the tenant.
      const now = Math.floor(world.wallNow() / 1000);
      const token = await new SignJWT({ jti: randomBytes(16).toString("hex") })
        .setProtectedHeader({ typ: "JWT", alg: "RS256", kid })
        .setIssuer(url())
        .setSubject(subject)
        .setAudience(audience)
        .setIssuedAt(now)
        .setNotBefore(now)
        .setExpirationTime(now + lifetimeSeconds)
        .sign((await keys()).privateKey);
      world.issued(token);
      return token;
    },
  };
}

/**
 * `…/token?subject=…&audience=…` answers `{value}` as GitHub does at `ACTIONS_ID_TOKEN_REQUEST_URL`, to which a client adds the audience:
 * so that variable is `…/token?subject=…` here. Any bearer token will do for `ACTIONS_ID_TOKEN_REQUEST_TOKEN`.
 */
export function registerExternalIssuer(app: FastifyInstance, issuer: ExternalIssuer): void {
  app.get(`${path}/.well-known/openid-configuration`, () => ({
    issuer: issuer.url(),
    jwks_uri: `${issuer.url()}/jwks`,
    subject_types_supported: ["public"],
    response_types_supported: ["id_token"],
    id_token_signing_alg_values_supported: ["RS256"],
    claims_supported: ["sub", "aud", "exp", "iat", "iss", "jti", "nbf"],
    scopes_supported: ["openid"],
  }));
  app.get(`${path}/jwks`, async () => ({ keys: [await issuer.publicJwk()] }));
  app.get<{ Querystring: { subject?: string; audience?: string } }>(`${path}/token`, async (request, reply) => {
    const { subject, audience } = request.query;
    if (!/^Bearer\s+\S/i.test(request.headers.authorization ?? "")) {
      return reply.code(401).send({ error: "A bearer token is wanted, as GitHub wants one; any will do." });
    }
    if (subject === undefined || subject === "") {
      return reply.code(400).send({ error: "The query needs a subject: whom the token is about." });
    }
    return { value: await issuer.sign({ subject, audience }) };
  });
}
