/** Opens the connection to Exchange Online that a policy declares. */
import { InvalidInput } from "../../core/errors";
import type { Context } from "../../core/kind";
import { requireStackTenant } from "../../core/tenant";
import { appTokens, type Authority, azureadEnvironment, deployerTokens, type Proof } from "../../identity/credentials";
import { hostsFor } from "../../identity/environments";
import { readPrivateKey } from "../../identity/privateKey";
import type { AcquireToken } from "../../identity/token";
import { type AdminApi, openAdminApi } from "../adminApi/client";
import type { MailboxAuditInputs } from "../mailboxAuditContract";
import type { SignIn } from "../signIn";

/** `app`: the policy's own app. `deployer`: whoever runs the deployment, for reading only. */
export type Identity = "app" | "deployer";

export type Connect = (ctx: Context, inputs: MailboxAuditInputs, as: Identity) => Promise<AdminApi>;

/**
 * Settings: `environment`, `authorityHost`, `exchangeEndpoint` (see {@link hostsFor}), `tenantId` (the stack's tenant, if it names one).
 *
 * @throws WrongTenant when the stack is another tenant's, or the deploying identity is; InvalidInput when the app's credential cannot be
 *   used (see {@link isUnusableCredential})
 */
export const connect: Connect = async (ctx, inputs, as) => {
  const { settings } = ctx;
  requireStackTenant(settings, inputs.tenantId, "connecting to Exchange Online of tenant");
  const { tenantId } = inputs;
  const { exchangeEndpoint, exchangeScope, authorityHost } = hostsFor(settings, inputs.environment);
  const authority = { authorityHost, scope: exchangeScope, service: "Exchange Online" };
  return openAdminApi({
    ...ctx,
    endpoint: exchangeEndpoint,
    tenantId: tenantId.toLowerCase(),
    acquireToken:
      as === "app"
        ? await tokensOfApp(inputs, authority)
        : deployerTokens(
            tenantId,
            authority,
            azureadEnvironment((key) => settings.configured?.(key)),
          ),
  });
};

async function tokensOfApp(inputs: MailboxAuditInputs, authority: Authority): Promise<AcquireToken> {
  const { tenantId, clientId } = inputs;
  const proof = await proofOf(inputs);
  try {
    return appTokens({ tenantId, clientId, proof }, authority);
  } catch (error) {
    if (!(error instanceof InvalidInput) || inputs.privateKey === undefined) throw error;
    // The key was read from the place that the declaration names.
    const problems = error.problems.map(({ path, message }) => ({
      path: path === "privateKeyPem" ? "privateKey" : path,
      message,
    }));
    throw new InvalidInput(error.subject, problems);
  }
}

/** A key that is kept elsewhere is read here, for each connection anew, and goes no further than the credential. */
async function proofOf({ keyless, certificatePem, privateKeyPem, privateKey }: SignIn): Promise<Proof> {
  if (keyless === true) return { kind: "federated" };
  return {
    kind: "certificate",
    certificatePem: certificatePem ?? "",
    privateKeyPem: privateKey === undefined ? (privateKeyPem ?? "") : await readPrivateKey(privateKey),
  };
}

/**
 * Whether an error says that a policy's credential cannot be used here: the key is not at its place, or is by now that of another
 * certificate, or nothing speaks for a keyless app.
 */
export function isUnusableCredential(error: unknown): error is InvalidInput {
  return (
    error instanceof InvalidInput &&
    error.problems.every(({ path }) => /^(?:certificatePem|privateKeyPem|privateKey|keyless)(?:\.|$)/.test(path))
  );
}

/** Runs `work` with a connection and closes it. */
export async function withConnection<T>(
  connecting: Promise<AdminApi> | AdminApi,
  work: (api: AdminApi) => Promise<T>,
): Promise<T> {
  const api = await connecting;
  try {
    return await work(api);
  } finally {
    await api.close();
  }
}
