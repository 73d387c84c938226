/** A policy as a PowerShell script. Pure. */
import { logonTypes, microsoftDefaults } from "../auditActions";
import type { Bypass } from "../powershell/bypass";
import type { Connection } from "../powershell/connection";
import type { MailboxRule } from "../powershell/mailboxes";
import type { Scope } from "../powershell/scope";
import { auditScript, restoreScript } from "../powershell/script";
import { filterOf } from "./filterParser";
import { listProperty } from "./mailbox";
import { toOpath } from "./opath";
import { auditPolicy, type PolicySettings } from "./policy";

export type { Connection } from "../powershell/connection";
export { scriptResultOf, type ScriptResult } from "../powershell/result";

/** What a script is made from. What is left out is as in the policy. */
export interface ScriptSettings extends PolicySettings {
  readonly bypass?: { readonly [K in keyof Bypass]?: Bypass[K] | undefined } | undefined;
  readonly maxFailures?: number | undefined;
  readonly onDelete?: "keep" | "restoreDefaults" | undefined;
}

/** Puts the tenant right: its mailboxes, switches and bypass associations. */
export function applyScript(settings: ScriptSettings, connection: Connection): string {
  const { allow = [], others = "remove" } = settings.bypass ?? {};
  return auditScript({
    connection,
    scope: scopeOf(settings),
    rule: ruleOf(settings),
    bypass: { allow, others },
    maxFailures: settings.maxFailures ?? 0,
  });
}

/** What is to be run when the policy is deleted; undefined where everything stays as it is. */
export function removeScript(settings: ScriptSettings, connection: Connection): string | undefined {
  if (settings.onDelete !== "restoreDefaults") return undefined;
  return restoreScript({ connection, scope: scopeOf(settings), logonTypes });
}

function scopeOf(settings: PolicySettings): Scope {
  const { recipientTypes, include, exclude, filter } = auditPolicy(settings);
  return { recipientTypes, include, exclude, filter: filter === undefined ? undefined : toOpath(filterOf(filter)) };
}

function ruleOf(settings: PolicySettings): MailboxRule {
  const { match, microsoftManaged, lists } = auditPolicy(settings);
  const exactly = match === "exactly";
  if (microsoftManaged) return { kind: "managed", exactly, defaults: microsoftDefaults };
  const parameters = logonTypes.flatMap((type) => {
    const list = lists[type];
    return list === undefined ? [] : [[listProperty[type], list] as const];
  });
  return { kind: "lists", exactly, lists: Object.fromEntries(parameters) };
}
