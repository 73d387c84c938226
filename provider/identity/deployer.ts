/**
 * Who deploys: signed in as the azuread provider signs in, by the same variables in the same order, so that both are the same identity.
 * Source: terraform-provider-azuread (internal/provider) and go-azure-sdk (sdk/auth, NewAuthorizerFromCredentials).
 */
import { readFileSync } from "node:fs";
import { AccessRefused, type Problem, WrongTenant } from "../core/errors";
import { sameTenant } from "../core/tenant";
import { acquiring, type Authority, type MakeCredential } from "./acquire";
import {
  assertionPlaces,
  assertionSource,
  federatedCredential,
  type ProcessEnvironment,
  secretsOf,
} from "./federation";
import type { AcquireToken } from "./token";

/** What `azuread:<name>` in a stack's configuration is called in the environment. The configuration goes first. */
const azureadVariables: Readonly<Record<string, string>> = {
  adoPipelineServiceConnectionId: "ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID",
  clientCertificate: "ARM_CLIENT_CERTIFICATE",
  clientCertificatePassword: "ARM_CLIENT_CERTIFICATE_PASSWORD",
  clientCertificatePath: "ARM_CLIENT_CERTIFICATE_PATH",
  clientId: "ARM_CLIENT_ID",
  clientIdFilePath: "ARM_CLIENT_ID_FILE_PATH",
  clientSecret: "ARM_CLIENT_SECRET",
  clientSecretFilePath: "ARM_CLIENT_SECRET_FILE_PATH",
  oidcRequestToken: "ARM_OIDC_REQUEST_TOKEN",
  oidcRequestUrl: "ARM_OIDC_REQUEST_URL",
  oidcToken: "ARM_OIDC_TOKEN",
  oidcTokenFilePath: "ARM_OIDC_TOKEN_FILE_PATH",
  tenantId: "ARM_TENANT_ID",
  useAksWorkloadIdentity: "ARM_USE_AKS_WORKLOAD_IDENTITY",
  useCli: "ARM_USE_CLI",
  useMsi: "ARM_USE_MSI",
  useOidc: "ARM_USE_OIDC",
};

/**
 * The environment as the azuread provider sees it.
 *
 * @param configured a value of the stack's configuration by its full key, secrets in the clear
 */
export function azureadEnvironment(
  configured: (key: string) => unknown,
  environment: ProcessEnvironment = process.env,
): ProcessEnvironment {
  const given = Object.entries(azureadVariables).flatMap(([name, variable]) => {
    const value = configured(`azuread:${name}`);
    return value === undefined || value === null || value === "" ? [] : [[variable, textOf(value)] as const];
  });
  return { ...environment, ...Object.fromEntries(given) };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** One way to sign in, once it is known that it is to be tried. */
interface Way {
  readonly who: string;
  readonly credential: MakeCredential;
  readonly secrets?: readonly string[];
}

/**
 * Tokens for the identity that deploys. In this order, as azuread: certificate, client secret, OpenID Connect, managed identity, Azure
 * CLI. What cannot be used (a file that is not there, a PKCS#12 bundle) is an AccessRefused when a token is asked for.
 *
 * `ARM_MSI_ENDPOINT` is not read: `@azure/identity` finds a managed identity's endpoint itself (`IDENTITY_ENDPOINT`, `MSI_ENDPOINT`).
 *
 * @param environment see {@link azureadEnvironment}
 * @throws WrongTenant at once when the environment names another tenant
 */
export function deployerTokens(
  tenantId: string,
  authority: Authority,
  environment: ProcessEnvironment = process.env,
): AcquireToken {
  const tenant = valueIn(environment, "ARM_TENANT_ID");
  if (tenant !== undefined && !sameTenant(tenant, tenantId)) {
    throw new WrongTenant({
      operation: `signing in the deploying identity to ${authority.service} of tenant`,
      subject: tenantId,
      happened: `it is of tenant ${tenant} (ARM_TENANT_ID or azuread:tenantId)`,
      next: "Nothing was sent. Correct the declaration or the environment.",
      property: "tenantId",
    });
  }
  const problems: Problem[] = [];
  const way = wayFor(tenantId, environment, problems);
  if (problems.length > 0) {
    const happened = problems.map(({ path, message }) => `${path}: ${message}`).join("; ");
    return refused(authority, "the deploying identity", happened);
  }
  return acquiring(way.who, authority, way.credential, way.secrets);
}

function wayFor(tenantId: string, environment: ProcessEnvironment, problems: Problem[]): Way {
  const usesAks = isTrue(environment, "ARM_USE_AKS_WORKLOAD_IDENTITY");
  const usesOidc = usesAks || isTrue(environment, "ARM_USE_OIDC");
  const clientId =
    valueOrFile(environment, "ARM_CLIENT_ID", problems) ??
    (usesAks ? valueIn(environment, "AZURE_CLIENT_ID") : undefined);
  const who = `the deploying app ${clientId ?? ""}`;
  const source = usesOidc ? assertionSource(environment) : undefined;
  if (clientId !== undefined) {
    const certificate = certificateIn(environment, problems);
    if (certificate !== undefined) {
      const password = valueIn(environment, "ARM_CLIENT_CERTIFICATE_PASSWORD");
      const credential: MakeCredential = async (options) => {
        const { ClientCertificateCredential } = await import("@azure/identity");
        const certificatePassword = password === undefined ? {} : { certificatePassword: password };
        return new ClientCertificateCredential(tenantId, clientId, { certificate, ...certificatePassword }, options);
      };
      return { who, credential, secrets: password === undefined ? [] : [password] };
    }
    const secret = valueOrFile(environment, "ARM_CLIENT_SECRET", problems);
    if (secret !== undefined) {
      const credential: MakeCredential = async (options) => {
        const { ClientSecretCredential } = await import("@azure/identity");
        return new ClientSecretCredential(tenantId, clientId, secret, options);
      };
      return { who, credential, secrets: [secret] };
    }
    if (source !== undefined) {
      const credential: MakeCredential = (...how) => federatedCredential({ tenantId, clientId }, source, ...how);
      return { who, credential, secrets: secretsOf(source) };
    }
  }
  if (isTrue(environment, "ARM_USE_MSI")) {
    const credential = async () => {
      const { ManagedIdentityCredential } = await import("@azure/identity");
      return new ManagedIdentityCredential(clientId === undefined ? {} : { clientId });
    };
    return { who: "the managed identity of this machine", credential };
  }
  const lacking = usesOidc ? ` (ARM_USE_OIDC is set, but ${whatOidcLacks(clientId)})` : "";
  if (valueIn(environment, "ARM_USE_CLI") !== undefined && !isTrue(environment, "ARM_USE_CLI")) {
    const message = `no way to sign in is left${lacking}; allowed: ARM_CLIENT_ID with a certificate, ARM_CLIENT_SECRET or ARM_USE_OIDC, or ARM_USE_MSI`;
    problems.push({ path: "ARM_USE_CLI", message });
  }
  return {
    who: `the Azure CLI's account${lacking}`,
    credential: async () => {
      const { AzureCliCredential } = await import("@azure/identity");
      return new AzureCliCredential({ tenantId });
    },
  };
}

function whatOidcLacks(clientId: string | undefined): string {
  return clientId === undefined ? "ARM_CLIENT_ID is not" : `there is none of: ${assertionPlaces}`;
}

/**
 * The certificate with its key, in PEM. azuread takes PKCS#12 alone, which `@azure/identity` cannot read, so its own variable for a PEM
 * file, AZURE_CLIENT_CERTIFICATE_PATH, may stand beside.
 */
function certificateIn(environment: ProcessEnvironment, problems: Problem[]): string | undefined {
  const variable = ["ARM_CLIENT_CERTIFICATE", "ARM_CLIENT_CERTIFICATE_PATH"].find(
    (name) => valueIn(environment, name) !== undefined,
  );
  if (variable === undefined) return undefined;
  const beside = valueIn(environment, "AZURE_CLIENT_CERTIFICATE_PATH");
  if (beside !== undefined) return fileText("AZURE_CLIENT_CERTIFICATE_PATH", beside, problems);
  const value = valueIn(environment, variable) ?? "";
  const text = variable === "ARM_CLIENT_CERTIFICATE" ? fromBase64(value) : fileText(variable, value, problems);
  if (text === undefined || text.includes("-----BEGIN CERTIFICATE-----")) return text;
  problems.push({
    path: variable,
    message:
      "it is no PEM (azuread takes PKCS#12, which cannot be read here); allowed: beside it AZURE_CLIENT_CERTIFICATE_PATH, a file with " +
      "the same certificate and its key in PEM",
  });
  return undefined;
}

function fromBase64(value: string): string {
  return value.includes("-----BEGIN") ? value : Buffer.from(value, "base64").toString("latin1");
}

/** A variable, or the content of the file that its `_FILE_PATH` names. Both may be given when they say the same. */
function valueOrFile(environment: ProcessEnvironment, name: string, problems: Problem[]): string | undefined {
  const value = valueIn(environment, name);
  const path = valueIn(environment, `${name}_FILE_PATH`);
  const inFile = path === undefined ? undefined : fileText(`${name}_FILE_PATH`, path, problems);
  if (value !== undefined && inFile !== undefined && value !== inFile) {
    problems.push({
      path: name,
      message: `it is not what the file of ${name}_FILE_PATH says; allowed: either of them`,
    });
  }
  return value ?? inFile;
}

function fileText(name: string, path: string, problems: Problem[]): string | undefined {
  try {
    return readFileSync(path, "latin1").trim();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    problems.push({ path: name, message: `"${path}" cannot be read (${code})` });
    return undefined;
  }
}

function valueIn(environment: ProcessEnvironment, name: string): string | undefined {
  const value = environment[name]?.trim();
  return value === "" ? undefined : value;
}

/** As Go reads a truth value. */
function isTrue(environment: ProcessEnvironment, name: string): boolean {
  return /^(?:1|t|true)$/i.test(valueIn(environment, name) ?? "");
}

function refused({ service }: Authority, subject: string, happened: string): AcquireToken {
  return () => Promise.reject(new AccessRefused({ operation: `signing in to ${service} as`, subject, happened }));
}
