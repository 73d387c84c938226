/** `azuread:index/getServicePrincipal:getServicePrincipal`: a service principal by client id, display name or object id. */
import type { FunctionType } from "../resource";
import { lookUp } from "./lookUp";
import { stringOf } from "./objects";
import { servicePrincipalAttributes } from "./servicePrincipalAttributes";
import type { AzureadSession } from "./session";

export const getServicePrincipal: FunctionType<AzureadSession> = {
  token: "azuread:index/getServicePrincipal:getServicePrincipal",
  async invoke(session, args) {
    const found = await lookUp(session, "service principal", "/servicePrincipals", args);
    const path = `/servicePrincipals/${stringOf(found, "id")}`;
    const beta = await session.graph.get(path, { $select: "samlMetadataUrl" }, "beta");
    // Unlike the resource, the function lists the block.
    const { samlSingleSignOn = {}, ...attributes } = servicePrincipalAttributes(found, beta);
    return { ...attributes, id: path, samlSingleSignOns: [samlSingleSignOn] };
  },
};
