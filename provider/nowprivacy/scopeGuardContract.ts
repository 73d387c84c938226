/** The contract of the kind `m365audit:nowprivacy:ScopeGuard`. */
import { z } from "zod";
import type { Contract } from "../core";
import { ingestionScope } from "./ingestionScope";
import { guid } from "./schemas";

export const scopeGuardContract = {
  token: "m365audit:nowprivacy:ScopeGuard",
  description:
    "Keeps an app's access to mailboxes from being narrowed while NOW Privacy crawls with it: the product deletes of its own copy what a " +
    "crawl no longer sees. Before the scope is changed, every Exchange data source that signs in with the app is looked at, and a change " +
    "that would leave out something that was crawled is refused. Nothing is made in the product.",
  inputs: z.strictObject({
    /** Directory (Tenant) ID, a GUID. A change looks again. */
    tenantId: guid,
    /** Application (Client) ID of the app whose access is to be limited, a GUID. A change looks again. */
    applicationId: guid,
    /**
     * What the app is to be limited to. What limits it takes the scope from here (`ingestionScope`), so that it comes after the guard. A
     * change looks again.
     */
    ingestionScope,
    /** Let a change go on although NOW Privacy will delete part of its own copy of the data. Default: false. */
    allowDataLoss: z.boolean().default(false),
  }),
  outputs: z.strictObject({}),
} as const satisfies Contract;

/** What is declared, with what may be left out filled in. */
export type ScopeGuardInputs = z.output<typeof scopeGuardContract.inputs>;
/** What is recorded. */
export type ScopeGuardState = ScopeGuardInputs;
