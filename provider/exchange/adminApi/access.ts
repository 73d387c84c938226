/** What a token still lacks for Exchange Online. */
import { directoryRoleTemplates } from "../../entra/wellKnown";
import type { TokenClaims } from "../../identity/token";

/** The app role that the admin API asks for. */
const appRole = "Exchange.ManageAsApp";

/** Directory roles with which an app may connect to Exchange Online (Microsoft's page on app-only authentication). */
const supportedRoles: ReadonlyMap<string, string> = new Map([
  ...(
    [
      "Exchange Administrator",
      "Exchange Recipient Administrator",
      "Global Administrator",
      "Global Reader",
      "Security Administrator",
      "Security Reader",
      "Compliance Administrator",
    ] as const
  ).map((name) => [directoryRoleTemplates[name], name] as const),
  ["729827e3-9c14-49f7-bb1b-9608f156bbb8", "Helpdesk Administrator"] as const,
]);

/** In words, what the token shows to be missing; what it holds when it shows nothing to be missing. */
export function describeAccess(claims: TokenClaims): string {
  const names = rolesIn(claims);
  const missing = [
    ...(claims.roles.includes(appRole) ? [] : [`the app role ${appRole} (with admin consent)`]),
    ...(names.length > 0 ? [] : ["a directory role such as Exchange Administrator"]),
  ];
  if (missing.length > 0) return `${holder(claims)} is without ${missing.join(" and without ")}`;
  return `${holder(claims)} has ${appRole} and the role ${names.join(", ")}, which is not enough or not in force yet`;
}

function rolesIn({ wids }: TokenClaims): readonly string[] {
  return wids.flatMap((id) => supportedRoles.get(id) ?? []);
}

function holder({ appid }: TokenClaims): string {
  return `the token of app ${appid ?? "(unknown)"}`;
}

/**
 * What no token can do without, where it is without it. A directory role is not among it: one that is given for an administrative unit
 * alone is in no token, and then the API's answer decides.
 */
export function lacksAppRole(claims: TokenClaims): string | undefined {
  return claims.roles.includes(appRole) ? undefined : describeAccess(claims);
}
