/** The Entra side of an audit: an application, what it may do, and what it signs in with. Built from azuread and tls resources. */
export { Adoption, type AdoptionArgs } from "./adoptionResource";
export { AppAccess, type AppAccessArgs } from "./appAccessResource";
export { AppRegistration, type AppRegistrationArgs } from "./appRegistration";
export { ApiPermissionGrant, type ApiPermissionGrantArgs } from "./apiPermissionGrant";
export { Certificate, type CertificateArgs } from "./certificate";
export { ClientSecret, type ClientSecretArgs } from "./clientSecret";
export { CredentialRotation, type CredentialRotationArgs } from "./credentialRotationResource";
export { FederatedCredential, type FederatedCredentialArgs } from "./federatedCredential";
export { nowPrivacyAccess, requiredAccess } from "./leastPrivilege";
export { Preflight, type PreflightArgs } from "./preflightResource";
export { RoleAssignment, type RoleAssignmentArgs } from "./roleAssignment";
export { provenTenant } from "./tenantGuard";
export * as wellKnown from "./wellKnown";
