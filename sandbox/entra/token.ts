/**
 * The token endpoint, for the client credentials grant:
 * {@link https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow}.
 */
import type { FastifyInstance } from "fastify";
import type { Tenants } from "../tenants";
import type { SandboxWorld } from "../world";
import { tokenLifetimeSeconds, type AccessTokens } from "./accessTokens";
import { checkAssertion, checkSecret } from "./clientProof";
import type { Application, Directory, ServicePrincipal } from "./directory";
import type { ExternalIssuer } from "./externalIssuer";
import { checkFederatedAssertion, isFederated } from "./federatedProof";
import {
  applicationNotFound,
  invalidClient,
  invalidRequest,
  OAuthError,
  renderOAuthError,
  servicePrincipalDisabled,
  servicePrincipalMissing,
  tenantNotFound,
} from "./oauthError";
import { findResource, type TokenResource } from "./resources";

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

export interface TokenDependencies {
  readonly tenants: Tenants;
  readonly tokens: AccessTokens;
  readonly world: SandboxWorld;
  readonly origin: () => string;
  readonly issuer: ExternalIssuer;
}

/** `POST /{tenant}/oauth2/v2.0/token` */
export function registerToken(app: FastifyInstance, deps: TokenDependencies): void {
  const { tenants, tokens, world, origin } = deps;
  app.register((scope, _options, done) => {
    scope.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string" }, (_request, body, parsed) => {
      parsed(null, new URLSearchParams(body.toString()));
    });
    scope.post<{ Params: { tenant: string } }>("/:tenant/oauth2/v2.0/token", async (request, reply) => {
      const correlation = request.headers["client-request-id"];
      const correlationId = typeof correlation === "string" ? correlation : request.id;
      reply.headers({ "cache-control": "no-store, no-cache", pragma: "no-cache", "x-ms-request-id": request.id });
      try {
        const directory = tenants.byName(request.params.tenant)?.directory;
        if (directory === undefined) throw tenantNotFound(request.params.tenant);
        const form = new Form(request.body, request.headers.authorization);
        const grant = await client(form, directory, deps);
        const access_token = await tokens.issue({
          directory,
          ...grant,
          resource: scopeResource(form, directory, origin()),
        });
        return {
          token_type: "Bearer",
          expires_in: tokenLifetimeSeconds,
          ext_expires_in: tokenLifetimeSeconds,
          access_token,
        };
      } catch (error) {
        if (!(error instanceof OAuthError)) throw error;
        if (error.status === 401) reply.header("www-authenticate", 'Basic realm="token"');
        return reply
          .code(error.status)
          .send(renderOAuthError(error, { traceId: request.id, correlationId }, world.now()));
      }
    });
    done();
  });
}

/** The parameters of a token request, with the client's id and secret from the body or from HTTP Basic. */
class Form {
  private readonly parameters: URLSearchParams;

  constructor(body: unknown, authorization: string | undefined) {
    if (!(body instanceof URLSearchParams)) {
      throw invalidRequest(900144, "The request body must contain the following parameter: 'grant_type'.");
    }
    this.parameters = new URLSearchParams(body);
    const basic = /^Basic\s+(\S+)$/i.exec(authorization ?? "")?.[1];
    if (basic === undefined) return;
    const [id = "", ...secret] = Buffer.from(basic, "base64").toString("utf8").split(":");
    // RFC 6749, section 2.3.1: both are form-encoded inside the Basic credentials.
    this.parameters.set("client_id", formDecode(id));
    this.parameters.set("client_secret", formDecode(secret.join(":")));
  }

  optional(name: string): string | undefined {
    const value = this.parameters.get(name);
    return value === null || value === "" ? undefined : value;
  }

  required(name: string): string {
    const value = this.optional(name);
    if (value === undefined)
      throw invalidRequest(900144, `The request body must contain the following parameter: '${name}'.`);
    return value;
  }
}

function formDecode(value: string): string {
  return new URLSearchParams(`v=${value}`).get("v") ?? "";
}

interface ProvenClient {
  readonly application: Application;
  readonly principal: ServicePrincipal;
  readonly proof: "secret" | "assertion";
}

async function client(
  form: Form,
  directory: Directory,
  { origin, issuer }: Pick<TokenDependencies, "origin" | "issuer">,
): Promise<ProvenClient> {
  const { organization, world } = directory;
  const grantType = form.required("grant_type");
  if (grantType !== "client_credentials") {
    throw new OAuthError(
      400,
      "unsupported_grant_type",
      70003,
      `The app requested an unsupported grant type '${grantType}'.`,
    );
  }
  const clientId = form.required("client_id").toLowerCase();
  const application = directory.applicationByAppId(clientId);
  if (application === undefined || !world.replication.sees("token", "applications", application.id)) {
    throw applicationNotFound(clientId, organization.displayName);
  }
  const principal = directory.servicePrincipalByAppId(clientId);
  const assertion = form.optional("client_assertion");
  const secret = form.optional("client_secret");
  if (assertion !== undefined) {
    if (form.required("client_assertion_type") !== assertionType) {
      throw invalidRequest(
        900144,
        `The request body must contain the following parameter: 'client_assertion_type' with value '${assertionType}'.`,
      );
    }
    if (isFederated(assertion)) await checkFederatedAssertion(application, assertion, world, issuer);
    else await checkAssertion(application, assertion, audiencesOf(directory, origin()), world);
  } else if (secret !== undefined) {
    const known = [...application.passwordCredentials, ...(principal?.passwordCredentials ?? [])];
    checkSecret(application, known, secret, world);
  } else {
    throw invalidClient(
      7000216,
      "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.",
    );
  }
  if (principal === undefined || !world.replication.sees("token", "servicePrincipals", principal.id)) {
    throw servicePrincipalMissing(clientId, organization.tenantId);
  }
  if (principal.properties["accountEnabled"] === false) throw servicePrincipalDisabled(clientId);
  return { application, principal, proof: assertion === undefined ? "secret" : "assertion" };
}

/** What a client's own assertion may be for: the token endpoint under each of the tenant's names. */
function audiencesOf({ organization }: Directory, origin: string): string[] {
  return [organization.tenantId, organization.initialDomain].flatMap((tenant) => [
    `${origin}/${tenant}/oauth2/v2.0/token`.toLowerCase(),
    `${origin}/${tenant}/v2.0`.toLowerCase(),
  ]);
}

function scopeResource(form: Form, directory: Directory, origin: string): TokenResource {
  const wanted = form.required("scope");
  const name = /^(\S+)\/\.default$/.exec(wanted)?.[1];
  if (name === undefined) {
    throw new OAuthError(
      400,
      "invalid_scope",
      1002012,
      `The provided value for scope ${wanted} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`,
    );
  }
  const resource = findResource(name, origin);
  if (resource === undefined) {
    throw new OAuthError(
      400,
      "invalid_resource",
      500011,
      `The resource principal named ${name} was not found in the tenant named ${directory.organization.displayName}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.`,
    );
  }
  return resource;
}
