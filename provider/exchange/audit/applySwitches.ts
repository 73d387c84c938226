/** Turns the organization's switches the right way. */
import type { Context } from "../../core/kind";
import { isCmdletFailure } from "../adminApi/errors";
import type { AdminApi } from "../adminApi/client";
import { paths } from "./plan";
import type { Switches } from "./switches";

/** Every setting of an organization that was never customized is refused with this. */
const dehydrated = /InvalidOperationInDehydratedContext/i;

/**
 * Does those of the planned changes that are about switches.
 *
 * Until a customization that was only just enabled is in force (30 minutes to 48 hours), settings stay refused. That is told and
 * not waited for: the switch stays as it is, so the next preview shows it and the next up turns it.
 *
 * @returns the switches as they are then
 */
export async function applySwitches(
  ctx: Context,
  api: AdminApi,
  before: Switches,
  isPlanned: (path: string) => boolean,
): Promise<Switches> {
  let after = before;
  const subject = api.tenantId;
  if (isPlanned(paths.isDehydrated)) {
    ctx.report("enabling customization of the organization (Enable-OrganizationCustomization)");
    await enableCustomization(api);
    after = { ...after, isDehydrated: false };
  }
  if (isPlanned(paths.auditDisabled)) {
    ctx.report("switching the organization's auditing on (AuditDisabled was true)");
    const cmdlet = { name: "Set-OrganizationConfig", parameters: { AuditDisabled: false }, select: ["Identity"] };
    const doing = { operation: "switching auditing on for the organization of tenant", subject };
    if (await isInForce(ctx, () => api.run(cmdlet, doing), "auditing of the organization"))
      after = { ...after, auditDisabled: false };
  }
  if (isPlanned(paths.unifiedAuditLog)) {
    ctx.report("switching the unified audit log on; Microsoft says that it may take up to 60 minutes to show");
    const cmdlet = { name: "Set-AdminAuditLogConfig", parameters: { UnifiedAuditLogIngestionEnabled: true } };
    const doing = { operation: "switching the unified audit log on for tenant", subject };
    if (await isInForce(ctx, () => api.run(cmdlet, doing), "the unified audit log"))
      after = { ...after, unifiedAuditLog: true };
  }
  return after;
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

async function isInForce(ctx: Context, change: () => Promise<unknown>, what: string): Promise<boolean> {
  try {
    await change();
    return true;
  } catch (error) {
    if (!isCmdletFailure(error, dehydrated)) throw error;
    ctx.report(
      `${what} cannot be switched on yet: the organization's customization takes 30 minutes to 48 hours to be in force. ` +
        "The next up does it.",
    );
    return false;
  }
}
