/** Opens the connection to Exchange Online that a policy declares. */
import { WrongTenant } from "../../core/errors";
import type { Context } from "../../core/kind";
import { type AdminApi, openAdminApi } from "../adminApi/client";
import { appTokens, defaultAuthorityHost, deployerTokens, exchangeScope } from "../adminApi/credentials";
import type { MailboxAuditInputs } from "../mailboxAuditContract";

/** `app`: the policy's own app with its certificate. `deployer`: whoever runs the deployment, for reading only. */
export type Identity = "app" | "deployer";

export type Connect = (ctx: Context, inputs: MailboxAuditInputs, as: Identity) => Promise<AdminApi>;

const defaultEndpoint = "https://outlook.office365.com";

/**
 * Settings: `authorityHost` (where tokens are issued), `exchangeEndpoint` (where requests go; the token is asked for Exchange
 * Online in any case), `tenantId` (the stack's tenant, if it names one).
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
  const authority = { authorityHost: settings.get("authorityHost") ?? defaultAuthorityHost, scope: exchangeScope };
  return openAdminApi({
    endpoint: settings.get("exchangeEndpoint") ?? defaultEndpoint,
    tenantId: inputs.tenantId.toLowerCase(),
    acquireToken: as === "app" ? appTokens(inputs, authority) : deployerTokens(inputs.tenantId, authority),
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
