/** Opens the connection to Exchange Online through which an app's assignments are managed. */
import { AccessRefused } from "../../core/errors";
import type { Context } from "../../core/kind";
import { requireStackTenant } from "../../core/tenant";
import { azureadEnvironment, deployerTokens } from "../../identity/credentials";
import { hostsFor } from "../../identity/environments";
import { type AdminApi, openAdminApi } from "../adminApi/client";
import type { ApplicationScopeInputs } from "./contract";

export type ConnectExchange = (
  ctx: Context,
  inputs: Pick<ApplicationScopeInputs, "tenantId" | "environment">,
) => Promise<AdminApi>;

/**
 * Signs in as the identity that deploys: an app that could manage its own assignments would be limited by nothing. Settings:
 * `environment`, `authorityHost`, `exchangeEndpoint` (see {@link hostsFor}), `tenantId` (the stack's tenant, if it names one).
 *
 * @throws WrongTenant when the stack is another tenant's, or the deploying identity is
 */
export const connectExchange: ConnectExchange = (ctx, { tenantId, environment }) => {
  const { settings } = ctx;
  requireStackTenant(settings, tenantId, "connecting to Exchange Online of tenant");
  const { exchangeEndpoint, exchangeScope, authorityHost } = hostsFor(settings, environment);
  return openAdminApi({
    ...ctx,
    endpoint: exchangeEndpoint,
    tenantId: tenantId.toLowerCase(),
    acquireToken: deployerTokens(
      tenantId,
      { authorityHost, scope: exchangeScope, service: "Exchange Online" },
      azureadEnvironment((key) => settings.configured?.(key)),
    ),
  });
};

const needed =
  "The identity that deploys needs Exchange.ManageAsApp and a role that may manage role assignments: Exchange Administrator, or " +
  "membership in the role group Organization Management.";

/** Runs `work` with a connection and closes it. Refused access says what it takes. */
export async function withExchange<T>(connecting: Promise<AdminApi>, work: (api: AdminApi) => Promise<T>): Promise<T> {
  const api = await connecting;
  try {
    return await work(api);
  } catch (error) {
    if (!(error instanceof AccessRefused)) throw error;
    const { facts } = error;
    throw new AccessRefused({
      ...facts,
      next: facts.next === undefined ? needed : `${facts.next} ${needed}`,
      cause: error,
    });
  } finally {
    await api.close();
  }
}
