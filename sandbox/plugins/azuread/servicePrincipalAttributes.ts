/** What the resource and the function `getServicePrincipal` both say of a service principal. */
import type { PlainMap } from "../values";
import {
  appRolesOf,
  booleanOf,
  featuresOf,
  featureTagsOf,
  idsByValue,
  objectOf,
  sameId,
  scopesOf,
  stringOf,
  stringsOf,
  type GraphObject,
} from "./objects";
import type { AzureadSession } from "./session";

/** @param beta what only the beta version of Graph tells: `samlMetadataUrl`. */
export function servicePrincipalAttributes(found: GraphObject, beta: GraphObject): PlainMap {
  const tags = stringsOf(found, "tags");
  const appRoles = appRolesOf(found);
  const scopes = scopesOf(found);
  const appId = stringOf(found, "appId");
  return {
    accountEnabled: booleanOf(found, "accountEnabled"),
    alternativeNames: stringsOf(found, "alternativeNames"),
    appRoleAssignmentRequired: booleanOf(found, "appRoleAssignmentRequired"),
    appRoleIds: idsByValue(appRoles),
    appRoles,
    applicationTenantId: stringOf(found, "appOwnerOrganizationId"),
    clientId: appId,
    description: stringOf(found, "description"),
    displayName: stringOf(found, "displayName"),
    featureTags: [featureTagsOf(tags)],
    features: [featuresOf(tags)],
    homepageUrl: stringOf(found, "homepage"),
    loginUrl: stringOf(found, "loginUrl"),
    logoutUrl: stringOf(found, "logoutUrl"),
    notes: stringOf(found, "notes"),
    notificationEmailAddresses: stringsOf(found, "notificationEmailAddresses"),
    oauth2PermissionScopeIds: idsByValue(scopes),
    oauth2PermissionScopes: scopes,
    objectId: stringOf(found, "id"),
    preferredSingleSignOnMode: stringOf(found, "preferredSingleSignOnMode"),
    redirectUris: stringsOf(found, "replyUrls"),
    samlMetadataUrl: stringOf(beta, "samlMetadataUrl"),
    samlSingleSignOn: { relayState: stringOf(objectOf(found, "samlSingleSignOnSettings"), "relayState") },
    servicePrincipalNames: stringsOf(found, "servicePrincipalNames").filter((name) => !sameId(name, appId)),
    signInAudience: stringOf(found, "signInAudience"),
    tags,
    type: stringOf(found, "servicePrincipalType"),
  };
}

/** Object ids of an object's owners. */
export async function ownersOf(session: AzureadSession, path: string): Promise<readonly string[]> {
  return (await session.graph.list(`${path}/owners`)).map((owner) => stringOf(owner, "id"));
}
