/**
 * The resource kind `m365audit:exchange:MailboxAudit`: one for a tenant. It reads every mailbox in one listing, keeps only what
 * differs from the policy, and writes only that.
 */
import { defineKind, type ResourceKind } from "../core/kind";
import { applyMailboxAudit } from "./audit/apply";
import { connect, type Connect } from "./audit/connect";
import type { Findings } from "./audit/findings";
import { observeMailboxAudit } from "./audit/observe";
import { planMailboxAudit } from "./audit/plan";
import { removeMailboxAudit } from "./audit/remove";
import { mailboxAuditContract, type MailboxAuditInputs, type MailboxAuditState } from "./mailboxAuditContract";
import { actionWarnings } from "./mailboxAuditSettings";

export { mailboxAuditContract, type MailboxAuditInputs, type MailboxAuditState } from "./mailboxAuditContract";

export type MailboxAuditKind = ResourceKind<MailboxAuditInputs, MailboxAuditState, Findings>;

/** The kind over a way to connect. */
export function mailboxAuditOver(connecting: Connect): MailboxAuditKind {
  return defineKind({
    contract: mailboxAuditContract,
    observe: (ctx, reference) => observeMailboxAudit(ctx, reference, connecting),
    news: (declared) => actionWarnings(declared),
    plan: planMailboxAudit,
    apply: (ctx, plan) => applyMailboxAudit(ctx, plan, connecting),
    remove: (ctx, id, last) => removeMailboxAudit(ctx, id, last, connecting),
  });
}

/** Settings: `environment`, `authorityHost`, `exchangeEndpoint`, `exchangeObserver` (`deployer`), `tenantId`. */
export const mailboxAudit: MailboxAuditKind = mailboxAuditOver(connect);
