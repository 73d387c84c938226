/** The Entra side of an audit: an application, what it may do, and what it signs in with. Built from azuread and tls resources. */
export { AppRegistration, type AppRegistrationArgs } from "./appRegistration";
export { ApiPermissionGrant, type ApiPermissionGrantArgs } from "./apiPermissionGrant";
export { Certificate, type CertificateArgs } from "./certificate";
export { ClientSecret, type ClientSecretArgs } from "./clientSecret";
export { RoleAssignment, type RoleAssignmentArgs } from "./roleAssignment";
export { provenTenant } from "./tenantGuard";
export * as wellKnown from "./wellKnown";
