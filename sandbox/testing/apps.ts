/** For tests: applications of a sandbox tenant, made by its deployer over the wire. */
import { decodeJwt } from "jose";
import type { TenantInfo } from "../index";
import { first, type Answer, type Wire } from "./wire";

export const exchangeAdministrator = "29232cdf-9323-42fd-ade2-1d097af3e4de";
export const exchangeAppId = "00000002-0000-0ff1-ce00-000000000000";
export const graphAppId = "00000003-0000-0000-c000-000000000000";
export const exchangeScope = "https://outlook.office365.com/.default";

/** Graph, version 1.0, as the deployer of a tenant. */
export type Deploy = (method: string, path: string, body?: unknown) => Promise<Answer>;

export async function deployerOf(wire: Wire, tenant: TenantInfo): Promise<Deploy> {
  const token = await wire.deployerToken(tenant);
  return (method, path, body) => wire.json(method, `/v1.0${path}`, body, token);
}

export interface TestApp {
  readonly applicationId: string;
  readonly principalId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Asks for a token by the client secret. */
  ask(scope?: string): Promise<Answer>;
  /** What a new token says. */
  claims(scope?: string): Promise<{ roles?: readonly string[]; wids?: readonly string[]; exp?: number }>;
  /** Gives admin consent to a permission. */
  consent(apiAppId: string, permission: string): Promise<Answer>;
  /** Gives it a directory role. */
  assign(roleDefinitionId: string, directoryScopeId?: string): Promise<Answer>;
}

/** An application with its service principal and a client secret, and nothing that it may do. */
export async function newApp(wire: Wire, tenant: TenantInfo, displayName = "Audited"): Promise<TestApp> {
  const deploy = await deployerOf(wire, tenant);
  const { id, appId } = (await deploy("POST", "/applications", { displayName })).body;
  const principalId = (await deploy("POST", "/servicePrincipals", { appId })).body.id;
  const { secretText } = (await deploy("POST", `/applications/${id}/addPassword`, {})).body;
  const ask = (scope = exchangeScope): Promise<Answer> =>
    wire.token(tenant.id, {
      grant_type: "client_credentials",
      client_id: appId,
      client_secret: secretText,
      scope,
    });
  return {
    applicationId: id,
    principalId,
    clientId: appId,
    clientSecret: secretText,
    ask,
    claims: async (scope) => decodeJwt((await ask(scope)).body.access_token),
    consent: async (apiAppId, permission) => {
      const api = (await deploy("GET", `/servicePrincipals(appId='${apiAppId}')`)).body;
      const { id: appRoleId } = first(api.appRoles.filter(({ value }) => value === permission));
      const assignment = { principalId, resourceId: api.id, appRoleId };
      return deploy("POST", `/servicePrincipals/${principalId}/appRoleAssignments`, assignment);
    },
    assign: (roleDefinitionId, directoryScopeId = "/") =>
      deploy("POST", "/roleManagement/directory/roleAssignments", { principalId, roleDefinitionId, directoryScopeId }),
  };
}

/** A token for Graph with these application permissions and no others. */
export async function callerWith(wire: Wire, tenant: TenantInfo, ...permissions: readonly string[]): Promise<string> {
  const app = await newApp(wire, tenant, "Caller");
  for (const permission of permissions) await app.consent(graphAppId, permission);
  return (await app.ask("https://graph.microsoft.com/.default")).body.access_token;
}
