/**
 * Every contract of the package by its token: the one table from which `schema.json` and the reference docs are made. What is not
 * listed here is not offered to other languages. Programs import `provider/index.ts`, never this, which loads everything.
 */
import type { ComponentContract, Contract } from "./core/contract";
import { adoptionContract } from "./entra/adoption";
import { apiPermissionGrantContract } from "./entra/apiPermissionGrant";
import { appAccessContract } from "./entra/appAccess/contract";
import { appRegistrationContract } from "./entra/appRegistration";
import { certificateContract } from "./entra/certificateArgs";
import { clientSecretContract } from "./entra/clientSecret";
import { credentialRotationContract } from "./entra/credentialRotation";
import { federatedCredentialContract } from "./entra/federatedCredential";
import { preflightContract } from "./entra/preflightContract";
import { roleAssignmentContract } from "./entra/roleAssignment";
import { applicationScopeContract } from "./exchange/applicationScope/contract";
import { mailboxAuditContract } from "./exchange/mailboxAuditContract";
import { mailboxAuditPolicyContract } from "./exchange/mailboxAuditPolicyArgs";
import { connectionContract } from "./nowprivacy/connectionContract";
import { datasetContract } from "./nowprivacy/dataset";
import { dataSourceContract } from "./nowprivacy/dataSourceContract";
import { office365DataSourceContract } from "./nowprivacy/office365DataSourceArgs";
import { scopeGuardContract } from "./nowprivacy/scopeGuardContract";
import { connectorContract } from "./onesecure/connector";
import { credentialContract } from "./onesecure/credential";
import { exchangeOnlineAuditingContract } from "./onesecure/exchangeOnlineAuditingArgs";
import { sourceContract } from "./onesecure/source";

export { settings } from "./settings";

type Token = `m365audit:${string}:${string}`;

/** What this package reconciles itself. */
export const kinds = {
  "m365audit:entra:Adoption": adoptionContract,
  "m365audit:entra:AppAccess": appAccessContract,
  "m365audit:entra:CredentialRotation": credentialRotationContract,
  "m365audit:entra:Preflight": preflightContract,
  "m365audit:exchange:ApplicationScope": applicationScopeContract,
  "m365audit:exchange:MailboxAudit": mailboxAuditContract,
  "m365audit:nowprivacy:Connection": connectionContract,
  "m365audit:nowprivacy:DataSource": dataSourceContract,
  "m365audit:nowprivacy:Dataset": datasetContract,
  "m365audit:nowprivacy:ScopeGuard": scopeGuardContract,
  "m365audit:onesecure:Connector": connectorContract,
  "m365audit:onesecure:Credential": credentialContract,
  "m365audit:onesecure:Source": sourceContract,
} as const satisfies Readonly<Record<Token, Contract>>;

/** What is made of other resources. */
export const components = {
  "m365audit:entra:ApiPermissionGrant": apiPermissionGrantContract,
  "m365audit:entra:AppRegistration": appRegistrationContract,
  "m365audit:entra:Certificate": certificateContract,
  "m365audit:entra:ClientSecret": clientSecretContract,
  "m365audit:entra:FederatedCredential": federatedCredentialContract,
  "m365audit:entra:RoleAssignment": roleAssignmentContract,
  "m365audit:exchange:MailboxAuditPolicy": mailboxAuditPolicyContract,
  "m365audit:nowprivacy:Office365DataSource": office365DataSourceContract,
  "m365audit:onesecure:ExchangeOnlineAuditing": exchangeOnlineAuditingContract,
} as const satisfies Readonly<Record<Token, ComponentContract>>;

/** The kinds that a surface has to serve. */
export type KindToken = keyof typeof kinds;
/** The components that a surface has to offer. */
export type ComponentToken = keyof typeof components;
