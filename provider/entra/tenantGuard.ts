/** A stack can't be applied to the wrong tenant: every component that names its tenant proves it before it makes anything. */
import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import { AccessRefused, WrongTenant } from "../core/errors";

/**
 * The declared tenant id in lower case, once azuread has said that its credentials are of that tenant. Make the inputs of the
 * first resources from it, so that none of them is registered when the proof fails.
 *
 * @param options pass the component as `parent`, so that the azuread provider asked is the one that its children use
 * @throws WrongTenant (as the Output's rejection) when azuread works in another tenant
 */
export function provenTenant(
  tenantId: pulumi.Input<string>,
  options: pulumi.InvokeOptions = {},
): pulumi.Output<string> {
  return pulumi.output(tenantId).apply(async (declared) => {
    const { tenantId: actual } = await signedIn(declared, options);
    if (actual.toLowerCase() === declared.toLowerCase()) return declared.toLowerCase();
    throw new WrongTenant({
      operation: "proving the tenant of the azuread provider for",
      subject: `tenant ${declared}`,
      happened: `its credentials are of tenant ${actual}. Nothing was sent`,
      next: "Sign in to the declared tenant (ARM_TENANT_ID or azuread:tenantId), or correct m365audit:tenantId of this stack.",
      property: "tenantId",
    });
  });
}

async function signedIn(declared: string, options: pulumi.InvokeOptions): Promise<azuread.GetClientConfigResult> {
  try {
    return await azuread.getClientConfig(options);
  } catch (cause) {
    throw new AccessRefused({
      operation: "proving the tenant of the azuread provider for",
      subject: `tenant ${declared}`,
      happened: cause instanceof Error ? cause.message : String(cause),
      next: "Give azuread credentials of that tenant: ARM_TENANT_ID with ARM_CLIENT_ID and ARM_CLIENT_SECRET, or `az login --tenant`.",
      property: "tenantId",
      cause,
    });
  }
}
