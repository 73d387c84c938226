/** A stack can't be applied to the wrong tenant: every component that names its tenant proves it before it makes anything. */
import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import { AccessRefused, WrongTenant } from "../core/errors";
import { requireStackTenant, sameTenant } from "../core/tenant";
import { programSettings } from "../pulumi/settings";

/**
 * The declared tenant id in lower case, once it is sure that the stack is for that tenant and azuread has said that its credentials
 * are of it. Make the inputs of the first resources from it, so that none of them is registered when the proof fails.
 *
 * @param options pass the component as `parent`, so that the azuread provider asked is the one that its children use
 * @throws WrongTenant (as the Output's rejection) when the stack's setting `tenantId` names another tenant, or azuread works in one
 */
export function provenTenant(
  tenantId: pulumi.Input<string>,
  options: pulumi.InvokeOptions = {},
): pulumi.Output<string> {
  return pulumi.output(tenantId).apply(async (declared) => {
    requireStackTenant(programSettings(), declared, "making the Entra objects of tenant");
    const actual = await azureadTenant(`tenant ${declared}`, options);
    if (sameTenant(actual, declared)) {
      await remindToPin(declared, options);
      return declared.toLowerCase();
    }
    throw new WrongTenant({
      operation: "proving the tenant of the azuread provider for",
      subject: `tenant ${declared}`,
      happened: `its credentials are of tenant ${actual}. Nothing was sent`,
      next: "Sign in to the declared tenant (ARM_TENANT_ID or azuread:tenantId), or correct m365audit:tenantId of this stack.",
      property: "tenantId",
    });
  });
}

/**
 * A refresh and a destroy do not run the program, so this guard does not run in them: with credentials of another tenant, an azuread
 * provider that is not pinned finds nothing there and takes every object for gone. A pinned one fails to sign in.
 */
async function remindToPin(tenantId: string, { parent, provider }: pulumi.InvokeOptions): Promise<void> {
  if (provider !== undefined || new pulumi.Config("azuread").get("tenantId") !== undefined) return;
  await pulumi.log.warn(
    `azuread:tenantId is not set in this stack. Run \`pulumi config set azuread:tenantId ${tenantId}\`, or a refresh with credentials of another tenant takes everything for gone.`,
    parent,
    undefined,
    true,
  );
}

/**
 * Id of the tenant that the azuread provider's credentials are of.
 *
 * @param subject what it is asked for, in error messages
 * @param options pass the component as `parent`, so that the azuread provider asked is the one that its children use
 * @throws AccessRefused when the provider cannot sign in
 */
export async function azureadTenant(subject: string, options: pulumi.InvokeOptions): Promise<string> {
  try {
    return (await azuread.getClientConfig(options)).tenantId;
  } catch (cause) {
    throw new AccessRefused({
      operation: "proving the tenant of the azuread provider for",
      subject,
      happened: cause instanceof Error ? cause.message : String(cause),
      next: "Give azuread credentials of that tenant: ARM_TENANT_ID with ARM_CLIENT_ID and ARM_CLIENT_SECRET, or `az login --tenant`.",
      property: "tenantId",
      cause,
    });
  }
}
