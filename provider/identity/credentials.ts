/** Who signs in, and with what: an app as itself. `@azure/identity` is loaded only when a token is asked for. */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { InvalidInput, type Problem } from "../core/errors";
import { acquiring, type Authority, type MakeCredential } from "./acquire";
import {
  assertionPlaces,
  assertionSource,
  federatedCredential,
  type ProcessEnvironment,
  secretsOf,
} from "./federation";
import type { AcquireToken } from "./token";

export type { Authority } from "./acquire";
export { azureadEnvironment, deployerTokens } from "./deployer";

/** An app that signs in as itself. */
export interface AppIdentity {
  readonly tenantId: string;
  readonly clientId: string;
  readonly proof: Proof;
}

/** How an app proves that it is itself. All of it stays in memory. */
export type Proof =
  | { readonly kind: "certificate"; readonly certificatePem: string; readonly privateKeyPem: string }
  | { readonly kind: "secret"; readonly clientSecret: string }
  /** The place that this process runs at speaks for it: a CI job, a pod. The app has a federated credential for that place. */
  | { readonly kind: "federated" };

/**
 * Tokens for the app itself.
 *
 * @param environment where a federated app looks for who speaks for it
 * @throws InvalidInput at once when the certificate or its key cannot be used or do not belong together, or when nothing speaks for
 *   a federated app
 */
export function appTokens(
  identity: AppIdentity,
  authority: Authority,
  environment: ProcessEnvironment = process.env,
): AcquireToken {
  const { tenantId, clientId, proof } = identity;
  const who = `app ${clientId}`;
  const refuse = (problems: readonly Problem[]): never => {
    throw new InvalidInput(`the ${authority.service} connection of ${who}`, problems);
  };
  if (proof.kind === "secret") {
    const credential: MakeCredential = async (options) => {
      const { ClientSecretCredential } = await import("@azure/identity");
      return new ClientSecretCredential(tenantId, clientId, proof.clientSecret, options);
    };
    return acquiring(who, authority, credential, [proof.clientSecret]);
  }
  if (proof.kind === "federated") {
    const source = assertionSource(environment);
    if (source === undefined) {
      const message = `nothing here says who this process is, so it cannot sign in without a key; looked for: ${assertionPlaces}`;
      return refuse([{ path: "keyless", message }]);
    }
    const credential: MakeCredential = (...how) => federatedCredential(identity, source, ...how);
    return acquiring(who, authority, credential, secretsOf(source));
  }
  const { certificatePem, privateKeyPem } = proof;
  const problems = pairProblems(certificatePem, privateKeyPem);
  if (problems.length > 0) return refuse(problems);
  const certificate = `${onlyKeyOf(privateKeyPem)}\n${certificatePem.trim()}\n`;
  return acquiring(who, authority, async (options) => {
    const { ClientCertificateCredential } = await import("@azure/identity");
    return new ClientCertificateCredential(tenantId, clientId, { certificate }, options);
  });
}

/**
 * The key without what may stand beside it: the credential takes the first certificate in the text for the app's own, and a file with
 * a key often holds a chain too.
 */
function onlyKeyOf(privateKeyPem: string): string {
  return createPrivateKey(privateKeyPem).export({ type: "pkcs8", format: "pem" }).toString().trim();
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
