/** The guard against work on the wrong tenant: a stack that names its tenant touches no other. */
import { WrongTenant } from "./errors";
import type { Settings } from "./kind";

/**
 * Call it before the first request about a tenant. A stack without the setting `tenantId` may work on any.
 *
 * @param operation a verb phrase that ends before the tenant's id: "connecting to Exchange Online of tenant"
 * @throws WrongTenant when the stack's setting `tenantId` names another tenant
 */
export function requireStackTenant(settings: Settings, tenantId: string, operation: string): void {
  const stackTenant = settings.get("tenantId");
  if (stackTenant === undefined || sameTenant(stackTenant, tenantId)) return;
  throw new WrongTenant({
    operation,
    subject: tenantId,
    happened: `the stack is for tenant ${stackTenant} (m365audit:tenantId)`,
    next: "Nothing was sent. Correct the declaration or the stack's configuration.",
    property: "tenantId",
  });
}

/** Whether two tenant ids are the same GUID, however they are written. */
export function sameTenant(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
