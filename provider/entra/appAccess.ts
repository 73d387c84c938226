/**
 * The resource kind `m365audit:entra:AppAccess`: an app holds what is declared and nothing beyond it. The wizards of the products
 * end with an app that has what was clicked together once; this keeps it from growing.
 */
import { defineKind, type ResourceKind } from "../core/kind";
import { applyAppAccess } from "./appAccess/apply";
import { appAccessContract, type AppAccessInputs, type AppAccessState } from "./appAccess/contract";
import { type AppAccessFindings, observeAppAccess } from "./appAccess/observe";
import { planAppAccess } from "./appAccess/plan";
import { connectGraph, type ConnectGraph } from "./graph/connect";

export type AppAccessKind = ResourceKind<AppAccessInputs, AppAccessState, AppAccessFindings>;

/** The kind over a way to connect. */
export function appAccessOver(connect: ConnectGraph): AppAccessKind {
  return defineKind({
    contract: appAccessContract,
    observe: (ctx, reference) => observeAppAccess(ctx, reference, connect),
    plan: planAppAccess,
    apply: (ctx, plan) => applyAppAccess(ctx, plan, connect),
    // It never gave the app anything, so there is nothing to take back.
    remove: () => Promise.resolve(),
  });
}

/** Settings: `environment`, `authorityHost`, `graphEndpoint`, `tenantId`. */
export const appAccess: AppAccessKind = appAccessOver(connectGraph);
