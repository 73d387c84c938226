/** Exchange Online: which mailboxes record what, and which an app may read. */
export { ApplicationScope, type ApplicationScopeArgs } from "./applicationScopeResource";
export { applicationRoles, type ApplicationRole } from "./applicationScope/contract";
export { MailboxAuditPolicy, type MailboxAuditPolicyArgs } from "./mailboxAuditPolicy";
export { MailboxAudit, type MailboxAuditArgs } from "./mailboxAuditResource";
export {
  adminActions,
  type AdminAction,
  type Baseline,
  delegateActions,
  type DelegateAction,
  type LogonType,
  type Match,
  microsoftDefaults,
  netwrixNonOwner,
  ownerActions,
  type OwnerAction,
  recipientTypes,
  type RecipientType,
} from "./auditActions";
export { environments, type Environment } from "../identity/environments";
