/**
 * One policy a tenant. Exchange keeps one set of audit settings a mailbox and nothing that says whose they are, so of two policies one
 * would undo what the other does, most of all when it is deleted with `restoreDefaults`.
 */
import * as pulumi from "@pulumi/pulumi";
import { InvalidInput } from "../core/errors";

/** Which policy a tenant has, in one run of a program. A process may run several: its monitor tells them apart. */
const runs = new WeakMap<object, Map<string, string>>();

/**
 * Notes that a policy is a tenant's, as soon as it is known which.
 *
 * @param name of the policy's resource
 * @returns the tenant's id, which is not known before it has been looked at
 * @throws InvalidInput when the tenant has another policy; where the id is only known later, the Output fails with it
 */
export function claimTenant(name: string, tenantId: pulumi.Input<string>): pulumi.Input<string> {
  const policies = policiesOfThisRun();
  if (typeof tenantId === "string") return claimed(policies, name, tenantId);
  return pulumi.output(tenantId).apply((id) => claimed(policies, name, id));
}

function policiesOfThisRun(): Map<string, string> {
  // Without a monitor nothing can be registered.
  const run: object = pulumi.runtime.getMonitor() ?? {};
  const policies = runs.get(run) ?? new Map<string, string>();
  runs.set(run, policies);
  return policies;
}

function claimed(policies: Map<string, string>, name: string, tenantId: string): string {
  const tenant = tenantId.toLowerCase();
  const other = policies.get(tenant);
  if (other === undefined) policies.set(tenant, name);
  else if (other !== name) {
    const message =
      `tenant ${tenant} has the mailbox audit policy "${other}" already; allowed: one policy a tenant, because each would undo the ` +
      "other. Declare one whose recipientTypes, include, exclude and filter take in what both are about.";
    throw new InvalidInput(`mailbox audit policy "${name}"`, [{ path: "tenantId", message }]);
  }
  return tenantId;
}
