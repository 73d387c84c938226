/** Opens Microsoft Graph with the identity that deploys. */
import type { Context } from "../../core/kind";
import { requireStackTenant } from "../../core/tenant";
import { azureadEnvironment, deployerTokens } from "../../identity/credentials";
import { type Environment, hostsFor } from "../../identity/environments";
import { type GraphClient, openGraph } from "./client";

/** The tenant to work in, and the cloud that it lives in where the stack's setting is not to be taken. */
export interface GraphTenant {
  readonly tenantId: string;
  readonly environment?: Environment | undefined;
}

export type ConnectGraph = (ctx: Context, tenant: GraphTenant) => Promise<GraphClient>;

/**
 * Settings: `environment`, `authorityHost`, `graphEndpoint` (see {@link hostsFor}), `tenantId` (the stack's tenant, if it names one).
 * Nothing is sent before the token is proven to be of the tenant.
 *
 * @throws WrongTenant when the stack is another tenant's; InvalidInput when the setting `environment` names no cloud
 */
export const connectGraph: ConnectGraph = async (ctx, { tenantId, environment }) => {
  requireStackTenant(ctx.settings, tenantId, "connecting to Microsoft Graph of tenant");
  const { graphEndpoint, graphScope, authorityHost } = hostsFor(ctx.settings, environment);
  return openGraph({
    ...ctx,
    endpoint: graphEndpoint,
    tenantId: tenantId.toLowerCase(),
    acquireToken: deployerTokens(
      tenantId,
      { authorityHost, scope: graphScope, service: "Microsoft Graph" },
      azureadEnvironment((key) => ctx.settings.configured?.(key)),
    ),
  });
};

/** Runs `work` with a connection and closes it. */
export async function withGraph<T>(
  connecting: Promise<GraphClient>,
  work: (graph: GraphClient) => Promise<T>,
): Promise<T> {
  const graph = await connecting;
  try {
    return await work(graph);
  } finally {
    await graph.close();
  }
}
