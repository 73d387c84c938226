/** Turns the organization's switches the right way, and reads them back. */
import { M365AuditError } from "../../core/errors";
import type { Context } from "../../core/kind";
import { wait } from "../../core/wait";
import { mayBeThere } from "../adminApi/calls";
import type { AdminApi } from "../adminApi/client";
import type { Cmdlet } from "../adminApi/cmdlet";
import { isCmdletFailure } from "../adminApi/errors";
import { notAsAnswered } from "./correct";
import type { Accepted } from "./findings";
import { paths } from "./plan";
import { readSwitches, type Switches } from "./switches";

/** Every setting of an organization that was never customized is refused with this. */
const dehydrated = /InvalidOperationInDehydratedContext/i;

/** Pauses between looks at a switch that should show at once (milliseconds). */
const looks = [2_000, 4_000, 8_000, 16_000] as const;

/** What became of the switches. */
export interface Switched {
  /** As they were read afterwards. */
  readonly switches: Switches;
  /** What Exchange took and does not show yet. */
  readonly accepted: Pick<Accepted, "unifiedAuditLog" | "customization">;
  /** Switches that are not as they were set. */
  readonly failures: readonly { readonly what: string; readonly error: M365AuditError }[];
}

/**
 * Does those of the planned changes that are about switches.
 *
 * Until a customization that was only just enabled is in force (30 minutes to 48 hours), settings stay refused. That is told and
 * not waited for: the switch stays as it is, so the next preview shows it and the next up turns it.
 */
export async function applySwitches(
  ctx: Context,
  api: AdminApi,
  before: Switches,
  isPlanned: (path: string) => boolean,
): Promise<Switched> {
  const planned = [paths.isDehydrated, paths.auditDisabled, paths.unifiedAuditLog].filter(isPlanned);
  if (planned.length === 0) return { switches: before, accepted: {}, failures: [] };
  const since = new Date(ctx.clock.now()).toISOString();
  const subject = api.tenantId;
  if (isPlanned(paths.isDehydrated)) {
    ctx.report("enabling customization of the organization (Enable-OrganizationCustomization)");
    await enableCustomization(api);
  }
  let audit: Turned = "notYet";
  if (isPlanned(paths.auditDisabled)) {
    ctx.report("switching the organization's auditing on (AuditDisabled was true)");
    audit = await turn(ctx, "auditing of the organization", () =>
      api.run(
        { name: "Set-OrganizationConfig", parameters: { AuditDisabled: false }, select: ["Identity"] },
        { operation: "switching auditing on for the organization of tenant", subject },
      ),
    );
  }
  let log: Turned = "notYet";
  if (isPlanned(paths.unifiedAuditLog)) {
    ctx.report("switching the unified audit log on; Microsoft says that it may take up to 60 minutes to show");
    const cmdlet: Cmdlet = { name: "Set-AdminAuditLogConfig", parameters: { UnifiedAuditLogIngestionEnabled: true } };
    log = await turn(ctx, "the unified audit log", () =>
      api.run(cmdlet, { operation: "switching the unified audit log on for tenant", subject }),
    );
  }
  const switches = await readUntil(ctx, api, ({ auditDisabled }) => audit === "notYet" || !auditDisabled);
  const failures: { what: string; error: M365AuditError }[] = [];
  if (audit !== "notYet" && switches.auditDisabled) {
    const stays = notAsAnswered(subject, "the organization's AuditDisabled still reads true");
    failures.push({ what: "AuditDisabled", error: audit === "taken" ? stays : audit });
  }
  if (log instanceof M365AuditError && !switches.unifiedAuditLog)
    failures.push({ what: "UnifiedAuditLogIngestionEnabled", error: log });
  return {
    switches,
    accepted: {
      ...(log === "taken" && !switches.unifiedAuditLog ? { unifiedAuditLog: since } : {}),
      ...(isPlanned(paths.isDehydrated) && switches.isDehydrated ? { customization: since } : {}),
    },
    failures,
  };
}

async function readUntil(ctx: Context, api: AdminApi, isSo: (switches: Switches) => boolean): Promise<Switches> {
  for (let at = 0; ; at += 1) {
    const { switches } = await readSwitches(api);
    const pause = looks[at];
    if (isSo(switches) || pause === undefined) return switches;
    await wait(pause, "the organization's switches do not show yet what was set", ctx, "Looking again");
  }
}

async function enableCustomization(api: AdminApi): Promise<void> {
  try {
    await api.run(
      { name: "Enable-OrganizationCustomization" },
      { operation: "enabling customization of the organization of tenant", subject: api.tenantId },
    );
  } catch (error) {
    // It can be done once only, and says so afterwards.
    if (isCmdletFailure(error, /./) && /already enabled|not required/i.test(error.facts.happened)) return;
    throw error;
  }
}

/**
 * What became of a change of a switch: Exchange says that it was made, or that the organization's customization is not in force yet, or
 * something after which only reading tells.
 */
type Turned = "taken" | "notYet" | M365AuditError;

async function turn(ctx: Context, what: string, change: () => Promise<unknown>): Promise<Turned> {
  try {
    await change();
    return "taken";
  } catch (error) {
    if (isCmdletFailure(error, dehydrated)) {
      ctx.report(
        `${what} cannot be switched on yet: the organization's customization takes 30 minutes to 48 hours to be in force. ` +
          "The next up does it.",
      );
      return "notYet";
    }
    if (error instanceof M365AuditError && mayBeThere(error)) return error;
    throw error;
  }
}
