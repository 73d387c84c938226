/**
 * What the official plugins (azuread 6.9.1, tls 5.6.1, command 1.2.1) were seen to record in the state for each resource type:
 * which properties, of which kind, which of them secret. Values that differ from run to run are told by a pattern.
 */

export type Expected = null | boolean | number | string | RegExp | readonly Expected[] | ExpectedMap | ExpectedSecret;
export interface ExpectedMap {
  readonly [property: string]: Expected;
}

/** A property that must be marked as secret, and what is in it. */
export class ExpectedSecret {
  constructor(readonly value: Expected) {}
}

export interface ExpectedResource {
  readonly id: RegExp;
  /** As the program gave them, with the defaults of the plugin. */
  readonly inputs: ExpectedMap;
  readonly outputs: ExpectedMap;
}

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const application = /^\/applications\/[0-9a-f-]{36}$/;
const apiClientId = "00000002-0000-0ff1-ce00-000000000000";
const manageAsApp = "dc50a0fb-09a3-484d-be87-e023b12c6440";
const exchangeAdministrator = "29232cdf-9323-42fd-ade2-1d097af3e4de";
const secretPem = (label: string): ExpectedSecret =>
  new ExpectedSecret(new RegExp(`^-----BEGIN ${label}-----\\n[^]+-----END ${label}-----\\n$`));
const anyText = /^[^]*$/;
const wholeSecond = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

export const recorded: Readonly<Record<string, ExpectedResource>> = {
  "azuread:index/applicationRegistration:ApplicationRegistration": {
    id: application,
    inputs: {
      __defaults: ["requestedAccessTokenVersion"],
      displayName: anyText,
      requestedAccessTokenVersion: 2,
      signInAudience: "AzureADMyOrg",
    },
    outputs: {
      clientId: guid,
      description: "",
      disabledByMicrosoft: "",
      displayName: anyText,
      groupMembershipClaims: [],
      homepageUrl: "",
      id: application,
      implicitAccessTokenIssuanceEnabled: false,
      implicitIdTokenIssuanceEnabled: false,
      logoutUrl: "",
      marketingUrl: "",
      notes: "",
      objectId: guid,
      privacyStatementUrl: "",
      publisherDomain: anyText,
      requestedAccessTokenVersion: 2,
      serviceManagementReference: "",
      signInAudience: "AzureADMyOrg",
      supportUrl: "",
      termsOfServiceUrl: "",
    },
  },
  "azuread:index/servicePrincipal:ServicePrincipal": {
    id: /^\/servicePrincipals\/[0-9a-f-]{36}$/,
    inputs: { __defaults: ["accountEnabled"], accountEnabled: true, clientId: guid },
    outputs: {
      accountEnabled: true,
      alternativeNames: [],
      appRoleAssignmentRequired: false,
      appRoleIds: {},
      appRoles: [],
      applicationTenantId: anyText,
      clientId: guid,
      description: "",
      displayName: anyText,
      featureTags: [{ customSingleSignOn: false, enterprise: false, gallery: false, hide: false }],
      features: [
        { customSingleSignOnApp: false, enterpriseApplication: false, galleryApplication: false, visibleToUsers: true },
      ],
      homepageUrl: "",
      id: /^\/servicePrincipals\/[0-9a-f-]{36}$/,
      loginUrl: "",
      logoutUrl: "",
      notes: "",
      notificationEmailAddresses: [],
      oauth2PermissionScopeIds: {},
      oauth2PermissionScopes: [],
      objectId: guid,
      owners: [],
      preferredSingleSignOnMode: "",
      redirectUris: [],
      samlMetadataUrl: "",
      samlSingleSignOn: { relayState: "" },
      servicePrincipalNames: [],
      signInAudience: anyText,
      tags: [],
      type: "Application",
      useExisting: null,
    },
  },
  "azuread:index/applicationApiAccess:ApplicationApiAccess": {
    id: /^\/applications\/[0-9a-f-]{36}\/apiAccess\/00000002-0000-0ff1-ce00-000000000000$/,
    inputs: { __defaults: [], apiClientId, applicationId: application, roleIds: [manageAsApp] },
    outputs: {
      apiClientId,
      applicationId: application,
      id: /^\/applications\/[0-9a-f-]{36}\/apiAccess\/00000002-0000-0ff1-ce00-000000000000$/,
      roleIds: [manageAsApp],
      scopeIds: [],
    },
  },
  "azuread:index/appRoleAssignment:AppRoleAssignment": {
    id: /^\/servicePrincipals\/[0-9a-f-]{36}\/appRoleAssignedTo\/[\w-]+$/,
    inputs: { __defaults: [], appRoleId: manageAsApp, principalObjectId: guid, resourceObjectId: guid },
    outputs: {
      appRoleId: manageAsApp,
      id: /^\/servicePrincipals\/[0-9a-f-]{36}\/appRoleAssignedTo\/[\w-]+$/,
      principalDisplayName: anyText,
      principalObjectId: guid,
      principalType: "ServicePrincipal",
      resourceDisplayName: "Office 365 Exchange Online",
      resourceObjectId: guid,
    },
  },
  "azuread:index/directoryRole:DirectoryRole": {
    id: /^\/directoryRoles\/[0-9a-f-]{36}$/,
    inputs: { __defaults: [], templateId: exchangeAdministrator },
    outputs: {
      description: anyText,
      displayName: "Exchange Administrator",
      id: /^\/directoryRoles\/[0-9a-f-]{36}$/,
      objectId: guid,
      templateId: exchangeAdministrator,
    },
  },
  "azuread:index/directoryRoleAssignment:DirectoryRoleAssignment": {
    id: /^\/roleManagement\/directory\/roleAssignments\/[\w-]+$/,
    inputs: { __defaults: [], principalObjectId: guid, roleId: exchangeAdministrator },
    outputs: {
      appScopeId: "",
      directoryScopeId: "/",
      id: /^\/roleManagement\/directory\/roleAssignments\/[\w-]+$/,
      principalObjectId: guid,
      roleId: exchangeAdministrator,
    },
  },
  "azuread:index/applicationCertificate:ApplicationCertificate": {
    id: /^[0-9a-f-]{36}\/certificate\/[0-9a-f-]{36}$/,
    inputs: {
      __defaults: [],
      applicationId: application,
      encoding: "pem",
      endDate: wholeSecond,
      type: "AsymmetricX509Cert",
      value: secretPem("CERTIFICATE"),
    },
    outputs: {
      applicationId: application,
      encoding: "pem",
      endDate: wholeSecond,
      endDateRelative: null,
      id: /^[0-9a-f-]{36}\/certificate\/[0-9a-f-]{36}$/,
      keyId: guid,
      startDate: anyText,
      type: "AsymmetricX509Cert",
      value: secretPem("CERTIFICATE"),
    },
  },
  "azuread:index/applicationPassword:ApplicationPassword": {
    id: /^[0-9a-f-]{36}\/password\/[0-9a-f-]{36}$/,
    inputs: { __defaults: [], applicationId: application, displayName: anyText },
    outputs: {
      applicationId: application,
      displayName: anyText,
      endDate: /^\d{4}-\d\d-\d\dT/,
      endDateRelative: null,
      id: /^[0-9a-f-]{36}\/password\/[0-9a-f-]{36}$/,
      keyId: guid,
      rotateWhenChanged: null,
      startDate: /^\d{4}-\d\d-\d\dT/,
      value: new ExpectedSecret(/^.{30,}$/),
    },
  },
  // Not seen in a state: derived from the provider's schema, which gives each property and what a missing one becomes.
  "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential": {
    id: /^[0-9a-f-]{36}\/federatedIdentityCredential\/[0-9a-f-]{36}$/,
    inputs: {
      __defaults: [],
      applicationId: application,
      audiences: ["api://AzureADTokenExchange"],
      displayName: anyText,
      issuer: anyText,
      subject: anyText,
    },
    outputs: {
      applicationId: application,
      audiences: ["api://AzureADTokenExchange"],
      credentialId: guid,
      description: "",
      displayName: anyText,
      id: /^[0-9a-f-]{36}\/federatedIdentityCredential\/[0-9a-f-]{36}$/,
      issuer: anyText,
      subject: anyText,
    },
  },
  "tls:index/privateKey:PrivateKey": {
    id: /^[0-9a-f]{40}$/,
    inputs: { algorithm: "RSA", rsaBits: 2048 },
    outputs: {
      algorithm: "RSA",
      ecdsaCurve: "P224",
      id: /^[0-9a-f]{40}$/,
      privateKeyOpenssh: secretPem("OPENSSH PRIVATE KEY"),
      privateKeyPem: secretPem("RSA PRIVATE KEY"),
      privateKeyPemPkcs8: secretPem("PRIVATE KEY"),
      publicKeyFingerprintMd5: /^[0-9a-f]{2}(:[0-9a-f]{2}){15}$/,
      publicKeyFingerprintSha256: /^SHA256:[A-Za-z0-9+/]{43}$/,
      publicKeyOpenssh: /^ssh-rsa [A-Za-z0-9+/]{372}\n$/,
      publicKeyPem: /^-----BEGIN PUBLIC KEY-----\n[^]+-----END PUBLIC KEY-----\n$/,
      rsaBits: 2048,
    },
  },
  "tls:index/selfSignedCert:SelfSignedCert": {
    id: /^\d{30,39}$/,
    inputs: {
      allowedUses: ["digital_signature"],
      earlyRenewalHours: 1440,
      privateKeyPem: secretPem("RSA PRIVATE KEY"),
      subject: { commonName: "Netwrix 1Secure" },
      validityPeriodHours: 17520,
    },
    outputs: {
      allowedUses: ["digital_signature"],
      certPem: /^-----BEGIN CERTIFICATE-----\n[^]+-----END CERTIFICATE-----\n$/,
      earlyRenewalHours: 1440,
      id: /^\d{30,39}$/,
      isCaCertificate: false,
      keyAlgorithm: "RSA",
      privateKeyPem: secretPem("RSA PRIVATE KEY"),
      readyForRenewal: false,
      setAuthorityKeyId: false,
      setSubjectKeyId: false,
      subject: { commonName: "Netwrix 1Secure" },
      validityEndTime: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,9}Z$/,
      validityPeriodHours: 17520,
      validityStartTime: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,9}Z$/,
    },
  },
  "command:local:Command": {
    id: /^[a-z]+[0-9a-f]{8}$/,
    inputs: { create: "echo hi" },
    outputs: { create: "echo hi", stderr: "", stdout: "hi" },
  },
};
