/** Puts an app into a sandbox tenant that may do what a contender has to: what the components of this package declare, by hand. */
import { directoryRoleTemplates, exchangeOnline } from "../../provider/entra/wellKnown";
import type { SendJson } from "./http";
import { signInCertificate } from "./certificate";
import type { Served } from "./serve";

/** Signs in to Exchange Online; the part of a contender's input that says who it is. */
export interface Connection {
  readonly tenantId: string;
  readonly clientId: string;
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

/** An app with `Exchange.ManageAsApp` and the role Exchange Administrator. */
export async function addApp(send: SendJson, tenant: Served["tenants"][number]): Promise<Connection> {
  const authorization = { authorization: `Bearer ${await deployerToken(send, tenant)}` };
  const graph = async (method: string, path: string, body?: object): Promise<Graph> =>
    (await send(method, `/v1.0${path}`, body, authorization)) as Graph;
  const certificate = await signInCertificate();
  const application = await graph("POST", "/applications", {
    displayName: "bench",
    keyCredentials: [{ type: "AsymmetricX509Cert", usage: "Verify", key: certificate.certificateBase64 }],
  });
  const principal = await graph("POST", "/servicePrincipals", { appId: application.appId });
  const found = await graph(
    "GET",
    `/servicePrincipals?$filter=${encodeURIComponent(`appId eq '${exchangeOnline.appId}'`)}`,
  );
  const api = found.value[0];
  const role = exchangeOnline.appRoles.find(({ value }) => value === "Exchange.ManageAsApp");
  if (api === undefined || role === undefined) throw new Error("the tenant has no Exchange Online");
  const assignment = { principalId: principal.id, resourceId: api.id, appRoleId: role.id };
  await graph("POST", `/servicePrincipals/${api.id}/appRoleAssignedTo`, assignment);
  await graph("POST", "/roleManagement/directory/roleAssignments", {
    principalId: principal.id,
    roleDefinitionId: directoryRoleTemplates["Exchange Administrator"],
    directoryScopeId: "/",
  });
  const { certificatePem, privateKeyPem } = certificate;
  return { tenantId: tenant.id, clientId: application.appId, certificatePem, privateKeyPem };
}

interface Graph {
  readonly id: string;
  readonly appId: string;
  readonly value: readonly Graph[];
}

async function deployerToken(send: SendJson, { id, deployer }: Served["tenants"][number]): Promise<string> {
  const form = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: deployer.clientId,
    client_secret: deployer.clientSecret,
    scope: "https://graph.microsoft.com/.default",
  });
  const answer = (await send("POST", `/${id}/oauth2/v2.0/token`, form)) as { readonly access_token: string };
  return answer.access_token;
}
