/** The documents that clients read first: the cloud's endpoints, OpenID configuration, signing keys and instance discovery. */
import type { FastifyInstance } from "fastify";
import type { Tenants } from "../tenants";
import type { SandboxWorld } from "../world";
import type { AccessTokens } from "./accessTokens";
import { OAuthError, renderOAuthError, tenantNotFound } from "./oauthError";

export interface MetadataDependencies {
  readonly tenants: Tenants;
  readonly tokens: AccessTokens;
  readonly world: SandboxWorld;
  readonly origin: () => string;
}

export function registerMetadata(app: FastifyInstance, { tenants, tokens, world, origin }: MetadataDependencies): void {
  app.register((scope, _options, done) => {
    scope.setErrorHandler((error, request, reply) => {
      if (!(error instanceof OAuthError)) throw error;
      return reply
        .code(error.status)
        .send(renderOAuthError(error, { traceId: request.id, correlationId: request.id }, world.now()));
    });

    // The shape of Azure Resource Manager's own document, version 2022-09-01; Microsoft Graph is this origin.
    scope.get("/metadata/endpoints", () => ({
      name: "m365audit-sandbox",
      portal: origin(),
      resourceManager: `${origin()}/arm`,
      microsoftGraphResourceId: origin(),
      authentication: {
        loginEndpoint: origin(),
        audiences: [`${origin()}/arm`],
        tenant: "common",
        identityProvider: "AAD",
      },
      suffixes: {},
    }));

    scope.get<{ Params: { tenant: string } }>("/:tenant/v2.0/.well-known/openid-configuration", (request) => {
      const { tenant } = request.params;
      const tenantId = tenants.byName(tenant)?.tenantId;
      if (tenantId === undefined) throw tenantNotFound(tenant);
      const base = `${origin()}/${tenantId}`;
      return {
        token_endpoint: `${base}/oauth2/v2.0/token`,
        token_endpoint_auth_methods_supported: ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        jwks_uri: `${base}/discovery/v2.0/keys`,
        response_modes_supported: ["query", "fragment", "form_post"],
        subject_types_supported: ["pairwise"],
        id_token_signing_alg_values_supported: ["RS256"],
        response_types_supported: ["code", "id_token", "code id_token", "id_token token"],
        scopes_supported: ["openid", "profile", "email", "offline_access"],
        issuer: `${base}/v2.0`,
        request_uri_parameter_supported: false,
        authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
        http_logout_supported: true,
        end_session_endpoint: `${base}/oauth2/v2.0/logout`,
        claims_supported: ["sub", "iss", "aud", "exp", "iat", "tid", "ver"],
        tenant_region_scope: "EU",
        cloud_instance_name: host(origin()),
        msgraph_host: host(origin()),
      };
    });

    scope.get<{ Params: { tenant: string } }>("/:tenant/discovery/v2.0/keys", (request) => {
      const { tenant } = request.params;
      if (tenant !== "common" && tenants.byName(tenant) === undefined) throw tenantNotFound(tenant);
      return { keys: [tokens.publicJwk] };
    });

    scope.get("/common/discovery/instance", () => ({
      tenant_discovery_endpoint: `${origin()}/common/v2.0/.well-known/openid-configuration`,
      "api-version": "1.1",
      metadata: [{ preferred_network: host(origin()), preferred_cache: host(origin()), aliases: [host(origin())] }],
    }));
    done();
  });
}

function host(origin: string): string {
  return new URL(origin).host;
}
