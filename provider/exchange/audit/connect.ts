/** Opens the connection to Exchange Online that a policy declares. */
import { WrongTenant } from "../../core/errors";
import type { Context, Settings } from "../../core/kind";
import { type AdminApi, openAdminApi } from "../adminApi/client";
import { appTokens, deployerTokens } from "../adminApi/credentials";
import { environmentHosts, type EnvironmentHosts, environmentOf } from "../environments";
import type { MailboxAuditInputs } from "../mailboxAuditContract";

/** `app`: the policy's own app with its certificate. `deployer`: whoever runs the deployment, for reading only. */
export type Identity = "app" | "deployer";

export type Connect = (ctx: Context, inputs: MailboxAuditInputs, as: Identity) => Promise<AdminApi>;

/**
 * Where the tenant's cloud is (see {@link environmentOf}). The settings `exchangeEndpoint` and
 * `authorityHost` take the place of its hosts; a token is asked for the cloud's Exchange Online in any case.
 *
 * @throws InvalidInput when the setting names no cloud
 */
export function hostsFor(settings: Settings, declared: MailboxAuditInputs["environment"]): EnvironmentHosts {
  const { exchangeEndpoint, scope, authorityHost } = environmentHosts[environmentOf(settings, declared)];
  return {
    exchangeEndpoint: settings.get("exchangeEndpoint") ?? exchangeEndpoint,
    scope,
    authorityHost: settings.get("authorityHost") ?? authorityHost,
  };
}

/**
 * Settings: `environment`, `authorityHost`, `exchangeEndpoint` (see {@link hostsFor}), `tenantId` (the stack's tenant, if it names one).
 *
 * @throws WrongTenant when the stack is another tenant's
 */
export const connect: Connect = (ctx, inputs, as) => {
  const { settings, clock, signal } = ctx;
  const stackTenant = settings.get("tenantId");
  if (stackTenant !== undefined && stackTenant.toLowerCase() !== inputs.tenantId.toLowerCase()) {
    throw new WrongTenant({
      operation: "connecting to Exchange Online of tenant",
      subject: inputs.tenantId,
      happened: `the stack is for tenant ${stackTenant} (m365audit:tenantId)`,
      next: "Nothing was sent. Correct the declaration or the stack's configuration.",
      property: "tenantId",
    });
  }
  const hosts = hostsFor(settings, inputs.environment);
  return openAdminApi({
    endpoint: hosts.exchangeEndpoint,
    tenantId: inputs.tenantId.toLowerCase(),
    acquireToken: as === "app" ? appTokens(inputs, hosts) : deployerTokens(inputs.tenantId, hosts),
    clock,
    signal,
  });
};

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
