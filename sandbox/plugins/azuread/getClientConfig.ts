/** `azuread:index/getClientConfig:getClientConfig`: who the provider itself is, from the claims of its token. */
import type { FunctionType } from "../resource";
import type { AzureadSession } from "./session";

export const getClientConfig: FunctionType<AzureadSession> = {
  token: "azuread:index/getClientConfig:getClientConfig",
  async invoke(session) {
    const { tenantId, clientId, objectId } = await session.graph.identity();
    return { id: `${tenantId}-${clientId}-${objectId}`, tenantId, clientId, objectId };
  },
};
