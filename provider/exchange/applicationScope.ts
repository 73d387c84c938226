/**
 * The resource kind `m365audit:exchange:ApplicationScope`: one for an app. It lets the app into the mailboxes in scope and no others,
 * by Exchange Online's RBAC for Applications.
 */
import { defineKind, type ResourceKind } from "../core/kind";
import { applyApplicationScope } from "./applicationScope/apply";
import { connectExchange, type ConnectExchange } from "./applicationScope/connect";
import {
  applicationScopeContract,
  type ApplicationScopeInputs,
  type ApplicationScopeState,
} from "./applicationScope/contract";
import type { Findings } from "./applicationScope/findings";
import { observeApplicationScope } from "./applicationScope/observe";
import { planApplicationScope } from "./applicationScope/plan";
import { removeApplicationScope } from "./applicationScope/remove";

export type ApplicationScopeKind = ResourceKind<ApplicationScopeInputs, ApplicationScopeState, Findings>;

/** The kind over a way to connect. */
export function applicationScopeOver(connect: ConnectExchange): ApplicationScopeKind {
  return defineKind({
    contract: applicationScopeContract,
    observe: (ctx, reference) => observeApplicationScope(ctx, reference, connect),
    plan: planApplicationScope,
    apply: (ctx, plan) => applyApplicationScope(ctx, plan, connect),
    remove: (ctx, _id, last) => removeApplicationScope(ctx, last, connect),
  });
}

/** Settings: `environment`, `authorityHost`, `exchangeEndpoint`, `tenantId`. */
export const applicationScope: ApplicationScopeKind = applicationScopeOver(connectExchange);
