/** A sandbox tenant with the azuread stand-in attached to it, for tests of its resource types. */
import { readFileSync } from "node:fs";
import { Agent, fetch } from "undici";
import { startSandbox, type Sandbox } from "../..";
import { exchangeOnline } from "../../../provider/entra/wellKnown";
import { azureadPlugin } from "../azuread";
import { clockOf, wholeSeconds, type PluginClock } from "../clock";
import { tlsPlugin } from "../tls";
import { reveal, Secret, shown, type Plain, type Value, type ValueMap } from "../values";
import { drive, type Driver, type Recorded } from "./driver";

export const APPLICATION = "azuread:index/applicationRegistration:ApplicationRegistration";
export const OWNER = "azuread:index/applicationOwner:ApplicationOwner";
export const PRINCIPAL = "azuread:index/servicePrincipal:ServicePrincipal";
export const ACCESS = "azuread:index/applicationApiAccess:ApplicationApiAccess";
export const CONSENT = "azuread:index/appRoleAssignment:AppRoleAssignment";
export const ROLE = "azuread:index/directoryRole:DirectoryRole";
export const ROLE_ASSIGNMENT = "azuread:index/directoryRoleAssignment:DirectoryRoleAssignment";
export const CERTIFICATE = "azuread:index/applicationCertificate:ApplicationCertificate";
export const PASSWORD = "azuread:index/applicationPassword:ApplicationPassword";
export const FEDERATED = "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential";
export const GET_SERVICE_PRINCIPAL = "azuread:index/getServicePrincipal:getServicePrincipal";
export const GET_APPLICATION = "azuread:index/getApplication:getApplication";
export const GET_CLIENT_CONFIG = "azuread:index/getClientConfig:getClientConfig";

/** The machine's clock, on which nothing is waited for. */
export const impatient: PluginClock = { ...clockOf({}), pause: () => Promise.resolve() };

export interface TestTenant {
  readonly sandbox: Sandbox;
  readonly azuread: Driver;
  /** What the plugin's process would find in its environment, for the tenant with that number. */
  environment(index?: number): Record<string, string>;
  application(displayName?: string): Promise<Recorded>;
  principalOf(application: Recorded): Promise<Recorded>;
  /** The service principal of Exchange Online. */
  exchange(): Promise<ValueMap>;
  readonly certificatePem: string;
  /** As the tls plugin records it: with a fraction of a second. */
  readonly certificateEnd: string;
  certificateInputs(application: Pick<Recorded, "id">, endDate?: string): ValueMap;
  /** Asks Graph past the plugin. @returns the object in the answer, and its `status`. */
  graph(path: string, method?: string, body?: object): Promise<Readonly<Record<string, unknown>>>;
  close(): Promise<void>;
}

export const applicationInputs = (displayName: string): ValueMap => ({ displayName, signInAudience: "AzureADMyOrg" });

/** A value as text, without its marks. */
export const text = (value: Value | undefined): string => shown(reveal(value ?? null) as Plain);

export async function openTenant(): Promise<TestTenant> {
  const domains = ["contoso.onmicrosoft.com", "fabrikam.onmicrosoft.com"];
  const sandbox = await startSandbox({ tenants: domains.map((initialDomain) => ({ initialDomain })) });
  const environment = (index = 0): Record<string, string> => {
    const tenant = sandbox.tenants[index];
    if (tenant === undefined) throw new Error(`there is no tenant ${String(index)}`);
    return sandbox.environment(tenant);
  };
  const azuread = await drive(azureadPlugin(environment(), impatient));
  const { certificatePem, certificateEnd } = await selfSigned();
  return {
    sandbox,
    azuread,
    environment,
    certificatePem,
    certificateEnd,
    application: (displayName = "1Secure") => azuread.create(APPLICATION, applicationInputs(displayName)),
    principalOf: ({ outputs }) => azuread.create(PRINCIPAL, { clientId: outputs["clientId"] ?? null }),
    exchange: () => azuread.invoke(GET_SERVICE_PRINCIPAL, { clientId: exchangeOnline.appId }),
    certificateInputs: ({ id }, endDate = wholeSeconds(certificateEnd)) => ({
      applicationId: id,
      encoding: "pem",
      endDate,
      type: "AsymmetricX509Cert",
      value: new Secret(certificatePem),
    }),
    graph: (path, method = "GET", body) => askGraph(sandbox, environment(), path, method, body),
    close: async () => {
      await azuread.close();
      await sandbox.close();
    },
  };
}

async function selfSigned(): Promise<{ certificatePem: string; certificateEnd: string }> {
  const tls = await drive(tlsPlugin(impatient));
  const key = await tls.create("tls:index/privateKey:PrivateKey", { algorithm: "RSA" });
  const certificate = await tls.create("tls:index/selfSignedCert:SelfSignedCert", {
    allowedUses: ["digital_signature"],
    privateKeyPem: key.outputs["privateKeyPem"] ?? null,
    subject: { commonName: "Netwrix 1Secure" },
    validityPeriodHours: 17520,
  });
  await tls.close();
  const { certPem, validityEndTime } = certificate.outputs;
  return { certificatePem: text(certPem), certificateEnd: text(validityEndTime) };
}

async function askGraph(
  sandbox: Sandbox,
  { ARM_CLIENT_ID = "", ARM_CLIENT_SECRET = "", ARM_TENANT_ID = "" }: Readonly<Record<string, string>>,
  path: string,
  method: string,
  body: object | undefined,
): Promise<Readonly<Record<string, unknown>>> {
  const dispatcher = new Agent({ connect: { ca: readFileSync(sandbox.caFile, "utf8") } });
  const token = await fetch(`${sandbox.origin}/${ARM_TENANT_ID}/oauth2/v2.0/token`, {
    method: "POST",
    dispatcher,
    body: new URLSearchParams({
      client_id: ARM_CLIENT_ID,
      client_secret: ARM_CLIENT_SECRET,
      grant_type: "client_credentials",
      scope: `${sandbox.origin}/.default`,
    }),
  });
  const { access_token } = (await token.json()) as { access_token: string };
  const response = await fetch(`${sandbox.origin}/v1.0${path}`, {
    method,
    dispatcher,
    headers: { authorization: `Bearer ${access_token}`, "content-type": "application/json" },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const answer = await response.text();
  await dispatcher.close();
  return { status: response.status, ...(answer === "" ? {} : (JSON.parse(answer) as object)) };
}
