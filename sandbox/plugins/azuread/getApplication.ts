/** `azuread:index/getApplication:getApplication`: an application by client id, display name, identifier URI or object id. */
import type { FunctionType } from "../resource";
import type { PlainMap } from "../values";
import { lookUp } from "./lookUp";
import {
  appRolesOf,
  booleanOf,
  featureTagsOf,
  idsByValue,
  objectOf,
  objectsOf,
  scopesOf,
  stringOf,
  stringsOf,
  type GraphObject,
} from "./objects";
import { ownersOf } from "./servicePrincipalAttributes";
import type { AzureadSession } from "./session";

export const getApplication: FunctionType<AzureadSession> = {
  token: "azuread:index/getApplication:getApplication",
  async invoke(session, args) {
    const found = await lookUp(session, "application", "/applications", args);
    const path = `/applications/${stringOf(found, "id")}`;
    const beta = await session.graph.get(path, { $select: "oauth2RequirePostResponse" }, "beta");
    return {
      ...attributesOf(found),
      id: path,
      identifierUri: args["identifierUri"] ?? "",
      oauth2PostResponseRequired: booleanOf(beta, "oauth2RequirePostResponse"),
      owners: await ownersOf(session, path),
    };
  },
};

function attributesOf(found: GraphObject): PlainMap {
  const api = objectOf(found, "api");
  const info = objectOf(found, "info");
  const appRoles = appRolesOf(found);
  const scopes = scopesOf(api);
  const claims = stringOf(found, "groupMembershipClaims");
  const tags = stringsOf(found, "tags");
  const version = api?.["requestedAccessTokenVersion"];
  return {
    apis: [
      {
        knownClientApplications: stringsOf(api, "knownClientApplications"),
        mappedClaimsEnabled: booleanOf(api, "acceptMappedClaims"),
        oauth2PermissionScopes: scopes,
        requestedAccessTokenVersion: typeof version === "number" ? version : 1,
      },
    ],
    appRoleIds: idsByValue(appRoles),
    appRoles,
    clientId: stringOf(found, "appId"),
    description: stringOf(found, "description"),
    deviceOnlyAuthEnabled: booleanOf(found, "isDeviceOnlyAuthSupported"),
    disabledByMicrosoft: stringOf(found, "disabledByMicrosoftStatus"),
    displayName: stringOf(found, "displayName"),
    fallbackPublicClientEnabled: booleanOf(found, "isFallbackPublicClient"),
    featureTags: [featureTagsOf(tags)],
    groupMembershipClaims: claims === "" ? [] : claims.split(","),
    identifierUris: stringsOf(found, "identifierUris"),
    logoUrl: stringOf(info, "logoUrl"),
    marketingUrl: stringOf(info, "marketingUrl"),
    notes: stringOf(found, "notes"),
    oauth2PermissionScopeIds: idsByValue(scopes),
    objectId: stringOf(found, "id"),
    optionalClaims: [],
    privacyStatementUrl: stringOf(info, "privacyStatementUrl"),
    publicClients: [{ redirectUris: stringsOf(objectOf(found, "publicClient"), "redirectUris") }],
    publisherDomain: stringOf(found, "publisherDomain"),
    requiredResourceAccesses: objectsOf(found, "requiredResourceAccess").map((entry) => ({
      resourceAccesses: objectsOf(entry, "resourceAccess").map((access) => ({
        id: stringOf(access, "id"),
        type: stringOf(access, "type"),
      })),
      resourceAppId: stringOf(entry, "resourceAppId"),
    })),
    serviceManagementReference: stringOf(found, "serviceManagementReference"),
    signInAudience: stringOf(found, "signInAudience"),
    singlePageApplications: [{ redirectUris: stringsOf(objectOf(found, "spa"), "redirectUris") }],
    supportUrl: stringOf(info, "supportUrl"),
    tags,
    termsOfServiceUrl: stringOf(info, "termsOfServiceUrl"),
    webs: [webOf(objectOf(found, "web"))],
  };
}

function webOf(web: GraphObject | undefined): PlainMap {
  const implicit = objectOf(web, "implicitGrantSettings");
  return {
    homepageUrl: stringOf(web, "homePageUrl"),
    implicitGrants: [
      {
        accessTokenIssuanceEnabled: booleanOf(implicit, "enableAccessTokenIssuance"),
        idTokenIssuanceEnabled: booleanOf(implicit, "enableIdTokenIssuance"),
      },
    ],
    logoutUrl: stringOf(web, "logoutUrl"),
    redirectUris: stringsOf(web, "redirectUris"),
  };
}
