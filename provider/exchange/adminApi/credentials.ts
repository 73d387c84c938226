/** Where tokens for Exchange Online come from: `@azure/identity`, loaded only when one is asked for. */
import { createPrivateKey, X509Certificate } from "node:crypto";
import type { TokenCredential } from "@azure/identity";
import { AccessRefused, InvalidInput, type Problem, Unavailable } from "../../core/errors";
import type { AcquireToken } from "./token";

/** Where tokens come from, and for what. Each cloud has its own of both. */
export interface Authority {
  /** For example `https://login.microsoftonline.com`. */
  readonly authorityHost: string;
  /** For example `https://outlook.office365.com/.default`. */
  readonly scope: string;
}

/** An app that signs in with a certificate. Both PEM texts stay in memory. */
export interface AppIdentity {
  readonly tenantId: string;
  readonly clientId: string;
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

/** Microsoft's own authorities, whose metadata it vouches for. Any other host has to be taken at its word. */
const microsoftAuthorities = [
  "login.microsoftonline.com",
  "login.microsoft.com",
  "login.windows.net",
  "sts.windows.net",
  "login.microsoftonline.us",
  "login.partner.microsoftonline.cn",
  "login.chinacloudapi.cn",
];

function credentialOptions({ authorityHost }: Authority): { authorityHost: string; disableInstanceDiscovery: boolean } {
  return { authorityHost, disableInstanceDiscovery: !microsoftAuthorities.includes(new URL(authorityHost).hostname) };
}

/**
 * Tokens for the app itself.
 *
 * @throws InvalidInput at once when the certificate or its key cannot be used or do not belong together
 */
export function appTokens(identity: AppIdentity, authority: Authority): AcquireToken {
  const { tenantId, clientId, certificatePem, privateKeyPem } = identity;
  const problems = pairProblems(certificatePem, privateKeyPem);
  if (problems.length > 0) throw new InvalidInput(`the Exchange Online connection of app ${clientId}`, problems);
  const certificate = `${privateKeyPem.trim()}\n${certificatePem.trim()}\n`;
  return acquiring(`app ${clientId}`, authority, async () => {
    const { ClientCertificateCredential } = await import("@azure/identity");
    // A credential caches its tokens, so each token takes a new one.
    return new ClientCertificateCredential(tenantId, clientId, { certificate }, credentialOptions(authority));
  });
}

/**
 * Tokens for the identity that deploys: the one that the azuread provider's environment names (ARM_CLIENT_ID, ARM_CLIENT_SECRET,
 * ARM_TENANT_ID), else whoever is signed in to the Azure CLI.
 */
export function deployerTokens(
  tenantId: string,
  authority: Authority,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): AcquireToken {
  const { ARM_CLIENT_ID: clientId, ARM_CLIENT_SECRET: secret, ARM_TENANT_ID: tenant = tenantId } = environment;
  if (clientId !== undefined && secret !== undefined) {
    return acquiring(`the deploying app ${clientId}`, authority, async () => {
      const { ClientSecretCredential } = await import("@azure/identity");
      return new ClientSecretCredential(tenant, clientId, secret, credentialOptions(authority));
    });
  }
  return acquiring("the Azure CLI's account", authority, async () => {
    const { AzureCliCredential } = await import("@azure/identity");
    return new AzureCliCredential({ tenantId });
  });
}

function acquiring(
  who: string,
  { scope, authorityHost }: Authority,
  credential: () => Promise<Pick<TokenCredential, "getToken">>,
): AcquireToken {
  return async (claims) => {
    const facts = { operation: "signing in to Exchange Online as", subject: who };
    try {
      const fresh = await credential();
      const token = await fresh.getToken(scope, claims === undefined ? {} : { claims });
      if (token === null) throw new AccessRefused({ ...facts, happened: "no token was given" });
      return token;
    } catch (cause) {
      if (cause instanceof AccessRefused) throw cause;
      // The cause itself is left behind: it may hold the request, and with it the client's assertion or secret.
      const said = reasonIn(cause instanceof Error ? cause.message : String(cause));
      const passing =
        /temporarily_unavailable|AADSTS(?:90033|90024|50196|90006)\b|network_error|ENOTFOUND|ECONN|ETIMEDOUT|EAI_AGAIN/;
      if (
        /AADSTS|invalid_client|unauthorized_client|invalid_request|az login|Azure CLI/.test(said) &&
        !passing.test(said)
      ) {
        throw new AccessRefused({ ...facts, happened: said });
      }
      throw new Unavailable({ ...facts, happened: `${authorityHost} gave no token: ${said}` });
    }
  };
}

/** The identity platform's own sentence, without the ids and times around it, which differ with every try. */
function reasonIn(message: string): string {
  const line = message.replace(/\s+/g, " ");
  const sentence = /AADSTS\d+: .*?(?=\s*(?:\[?Reason|Trace ID|Correlation ID|Timestamp|- Correlation|$))/.exec(
    line,
  )?.[0];
  return (sentence ?? line).slice(0, 300).trim();
}

/** What is wrong with a certificate and its key. Neither is repeated. */
function pairProblems(certificatePem: string, privateKeyPem: string): readonly Problem[] {
  const problems: Problem[] = [];
  const certificate = attempt(() => new X509Certificate(certificatePem));
  const key = attempt(() => createPrivateKey(privateKeyPem));
  if (certificate === undefined)
    problems.push({ path: "certificatePem", message: "it cannot be read as an X.509 certificate" });
  if (key === undefined) problems.push({ path: "privateKeyPem", message: "it cannot be read as a private key" });
  else if (key.asymmetricKeyType !== "rsa") {
    problems.push({
      path: "privateKeyPem",
      message: `the key is of type ${key.asymmetricKeyType ?? "unknown"}; allowed: rsa`,
    });
  } else if (certificate !== undefined && !certificate.checkPrivateKey(key)) {
    problems.push({ path: "privateKeyPem", message: "it is not the key of certificatePem" });
  }
  return problems;
}

function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
