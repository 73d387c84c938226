/**
 * Microsoft's own APIs as every tenant sees them: service principals of applications that another tenant publishes, with their app
 * roles in Graph's full shape. {@link https://learn.microsoft.com/graph/api/resources/approle}.
 */
import { wellKnownApis, type WellKnownApi } from "../../provider/entra/wellKnown";
import type { JsonObject } from "../json";
import { seededGuid } from "../world";
import type { Directory } from "./directory";
import { newServicePrincipalProperties } from "./properties";

/** The tenant that publishes Microsoft's services. */
export const microsoftServicesTenantId = "f8cdef31-a31e-4b4a-93e4-5f571e91255a";

/** The API with this application id; undefined when it is none of Microsoft's. */
export function microsoftApi(appId: string): WellKnownApi | undefined {
  return wellKnownApis.find((api) => api.appId === appId);
}

/** What a service principal of Microsoft's takes over from its application. */
export function publishedProperties(api: WellKnownApi): JsonObject {
  return {
    appDescription: null,
    appDisplayName: api.displayName,
    appRoles: api.appRoles.map(({ id, value }) => ({
      allowedMemberTypes: ["Application"],
      description: `Lets an app use ${value} of ${api.displayName} without a signed-in user.`,
      displayName: value,
      id,
      isEnabled: true,
      origin: "Application",
      value,
    })),
    displayName: api.displayName,
    homepage: null,
    logoutUrl: null,
    oauth2PermissionScopes: [],
    replyUrls: [],
    servicePrincipalNames: [api.appId, ...api.resources.flatMap((resource) => [resource, `${resource}/`])],
    signInAudience: "AzureADMultipleOrgs",
  };
}

/** Puts the service principals of Microsoft's APIs into a new directory. */
export function seedMicrosoftApis(directory: Directory, createdDateTime: string): void {
  const { organization, world, servicePrincipals } = directory;
  for (const { appId } of wellKnownApis) {
    const id = seededGuid(world.seed, organization.initialDomain, "servicePrincipal", appId);
    servicePrincipals.set(id, {
      id,
      appId,
      appOwnerOrganizationId: microsoftServicesTenantId,
      createdDateTime,
      properties: newServicePrincipalProperties(),
      passwordCredentials: [],
      owners: new Set(),
      seeded: true,
    });
  }
}
