/**
 * Which properties applications and service principals have, and their values on a new one.
 * Lists: {@link https://learn.microsoft.com/graph/api/resources/application} and
 * {@link https://learn.microsoft.com/graph/api/resources/serviceprincipal}.
 */
import { isObject, mergePatch, type JsonObject } from "../json";
import { badRequest } from "./graphError";

/** What a new application has where nothing else was asked for. */
export function newApplicationProperties(publisherDomain: string): JsonObject {
  return {
    applicationTemplateId: null,
    certification: null,
    defaultRedirectUri: null,
    description: null,
    disabledByMicrosoftStatus: null,
    displayName: null,
    groupMembershipClaims: null,
    identifierUris: [],
    isDeviceOnlyAuthSupported: null,
    isFallbackPublicClient: null,
    nativeAuthenticationApisEnabled: null,
    notes: null,
    optionalClaims: null,
    publisherDomain,
    requestSignatureVerification: null,
    samlMetadataUrl: null,
    serviceManagementReference: null,
    servicePrincipalLockConfiguration: null,
    signInAudience: "AzureADandPersonalMicrosoftAccount",
    tags: [],
    tokenEncryptionKeyId: null,
    uniqueName: null,
    addIns: [],
    api: {
      acceptMappedClaims: null,
      knownClientApplications: [],
      oauth2PermissionScopes: [],
      preAuthorizedApplications: [],
      requestedAccessTokenVersion: null,
    },
    appRoles: [],
    info: { logoUrl: null, marketingUrl: null, privacyStatementUrl: null, supportUrl: null, termsOfServiceUrl: null },
    parentalControlSettings: { countriesBlockedForMinors: [], legalAgeGroupRule: "Allow" },
    publicClient: { redirectUris: [] },
    requiredResourceAccess: [],
    spa: { redirectUris: [] },
    verifiedPublisher: { addedDateTime: null, displayName: null, verifiedPublisherId: null },
    web: {
      homePageUrl: null,
      implicitGrantSettings: { enableAccessTokenIssuance: false, enableIdTokenIssuance: false },
      logoutUrl: null,
      redirectUriSettings: [],
      redirectUris: [],
    },
  };
}

/** What a new service principal has where nothing else was asked for. What it derives from its application is not here. */
export function newServicePrincipalProperties(): JsonObject {
  return {
    accountEnabled: true,
    addIns: [],
    alternativeNames: [],
    applicationTemplateId: null,
    appRoleAssignmentRequired: false,
    customSecurityAttributes: null,
    description: null,
    disabledByMicrosoftStatus: null,
    info: { logoUrl: null, marketingUrl: null, privacyStatementUrl: null, supportUrl: null, termsOfServiceUrl: null },
    keyCredentials: [],
    loginUrl: null,
    notes: null,
    notificationEmailAddresses: [],
    preferredSingleSignOnMode: null,
    preferredTokenSigningKeyThumbprint: null,
    resourceSpecificApplicationPermissions: [],
    samlSingleSignOnSettings: null,
    servicePrincipalType: "Application",
    tags: [],
    tokenEncryptionKeyId: null,
    verifiedPublisher: { addedDateTime: null, displayName: null, verifiedPublisherId: null },
  };
}

/** Properties that only `/beta` has. */
const betaOnly: ReadonlySet<string> = new Set(["oauth2RequirePostResponse", "authenticationBehaviors"]);
/** Properties that clients send back as they read them, and that a write leaves alone. */
export const applicationReadOnly: ReadonlySet<string> = new Set([
  "id",
  "appId",
  "applicationTemplateId",
  "createdDateTime",
  "deletedDateTime",
  "disabledByMicrosoftStatus",
  "owners",
  "publisherDomain",
  // Only an upsert gives one, by its path, and it stays as it is.
  "uniqueName",
  "verifiedPublisher",
]);

/** The same for service principals, which take over much from their application. */
export const servicePrincipalReadOnly: ReadonlySet<string> = new Set([
  "id",
  "appDescription",
  "appDisplayName",
  "appId",
  "applicationTemplateId",
  "appOwnerOrganizationId",
  "appRoles",
  "createdDateTime",
  "deletedDateTime",
  "disabledByMicrosoftStatus",
  "displayName",
  "homepage",
  "logoutUrl",
  "oauth2PermissionScopes",
  "owners",
  "passwordCredentials",
  "publisherName",
  "replyUrls",
  "resourceSpecificApplicationPermissions",
  "samlMetadataUrl",
  "servicePrincipalNames",
  "servicePrincipalType",
  "signInAudience",
  "verifiedPublisher",
]);

/**
 * Writes what was sent into an object's properties.
 * @param ignored properties that the type does not let anyone write, or that the caller deals with itself
 * @throws GraphError 400 for a property that the type does not have
 */
export function writeProperties(properties: JsonObject, sent: unknown, ignored: ReadonlySet<string>): void {
  if (!isObject(sent)) throw badRequest("Unable to read JSON request payload. Please ensure it is a JSON object.");
  const accepted: JsonObject = {};
  for (const [name, value] of Object.entries(sent)) {
    if (name.includes("@") || ignored.has(name)) continue;
    if (!(name in properties) && !betaOnly.has(name)) throw badRequest(`Invalid property '${name}'.`);
    accepted[name] = value;
  }
  mergePatch(properties, accepted);
}

const audiences: readonly unknown[] = [
  "AzureADMyOrg",
  "AzureADMultipleOrgs",
  "AzureADandPersonalMicrosoftAccount",
  "PersonalMicrosoftAccount",
];

/** @throws GraphError 400 for an application that the directory would not take. */
export function checkApplication(properties: JsonObject): void {
  const { displayName, signInAudience, requiredResourceAccess } = properties;
  if (typeof displayName !== "string" || displayName.trim() === "") {
    throw badRequest("A value is required for property 'displayName' of resource 'Application'.");
  }
  if (displayName.length > 256)
    throw badRequest("Invalid value specified for property 'displayName' of resource 'Application'.");
  if (!audiences.includes(signInAudience)) {
    throw badRequest("Invalid value specified for property 'signInAudience' of resource 'Application'.");
  }
  const access: unknown = requiredResourceAccess;
  if (!Array.isArray(access) || !access.every(isResourceAccess)) {
    throw badRequest("Invalid value specified for property 'requiredResourceAccess' of resource 'Application'.");
  }
  const apis = access.map((entry) => entry.resourceAppId.toLowerCase());
  if (new Set(apis).size < apis.length) {
    throw badRequest("Property 'requiredResourceAccess' has more than one entry for the same resourceAppId.");
  }
}

function isResourceAccess(entry: unknown): entry is { resourceAppId: string } {
  if (!isObject(entry) || typeof entry["resourceAppId"] !== "string") return false;
  const access: unknown = entry["resourceAccess"];
  return (
    Array.isArray(access) &&
    access.every(
      (item: unknown) =>
        isObject(item) && typeof item["id"] === "string" && (item["type"] === "Role" || item["type"] === "Scope"),
    )
  );
}
