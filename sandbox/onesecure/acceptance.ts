/** What Entra thinks of a client secret that 1Secure holds. */
import { secretHash } from "../entra/credentials";
import type { SandboxTenant, Tenants } from "../tenants";

/** `no`: the secret was removed, has expired or never was one. `unknownApp`: the tenant has no such application. */
export type Acceptance = "yes" | "no" | "unknownApp";

/** @param tenantId only this tenant; without it, whichever has the application */
export type Accepts = (clientId: string, clientSecret: string, tenantId?: string) => Acceptance;

/**
 * Asks the directories as they are, not a replica of them: what is asked for here is whether a secret is held, and asking must not
 * change what a client gets to see.
 *
 * @param now milliseconds since the Unix epoch
 */
export function acceptanceOf(tenants: Tenants, now: () => number): Accepts {
  return (clientId, clientSecret, tenantId) => {
    const asked = tenantId === undefined ? tenants.all : [tenants.byName(tenantId)];
    const answers = asked.map((tenant) => heldBy(tenant, clientId, clientSecret, now()));
    return answers.find((answer) => answer !== "unknownApp") ?? "unknownApp";
  };
}

function heldBy(tenant: SandboxTenant | undefined, clientId: string, clientSecret: string, now: number): Acceptance {
  const application = tenant?.directory.applicationByAppId(clientId);
  // An application signs in to a tenant as its service principal there.
  if (application === undefined || tenant?.directory.servicePrincipalByAppId(clientId) === undefined) {
    return "unknownApp";
  }
  const hash = secretHash(clientSecret);
  const held = application.passwordCredentials.some(
    ({ sha256, startDateTime, endDateTime }) =>
      sha256 === hash && Date.parse(startDateTime) <= now && now < Date.parse(endDateTime),
  );
  return held ? "yes" : "no";
}
