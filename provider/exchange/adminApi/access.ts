/** What a token still lacks for Exchange Online, and the bounded wait for access that was only just granted. */
import type { Clock } from "../../core/clock";
import { AccessRefused } from "../../core/errors";
import { directoryRoleTemplates } from "../../entra/wellKnown";
import type { TokenClaims, Tokens } from "./token";

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
export function describeAccess({ roles, wids, appid }: TokenClaims): string {
  const names = wids.flatMap((id) => supportedRoles.get(id) ?? []);
  const missing = [
    ...(roles.includes(appRole) ? [] : [`the app role ${appRole} (with admin consent)`]),
    ...(names.length > 0 ? [] : ["a directory role such as Exchange Administrator"]),
  ];
  const who = `the token of app ${appid ?? "(unknown)"}`;
  if (missing.length > 0) return `${who} is without ${missing.join(" and without ")}`;
  return `${who} has ${appRole} and the role ${names.join(", ")}, which is not enough or not in force yet`;
}

export interface AccessWait {
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  report(line: string): void;
  /** Milliseconds for which to wait in all. Default 300,000. */
  readonly limitMs?: number;
}

const defaultLimitMs = 5 * 60_000;
/** Milliseconds between tries: the first pause and the longest. */
const firstPauseMs = 5_000;
const longestPauseMs = 30_000;

/**
 * Runs `attempt` until it is let in or the limit is reached, each time with a new token: grants take a while to arrive, and are
 * only in tokens that were issued after.
 *
 * @throws AccessRefused as the last attempt threw it; any other error at once
 */
export async function untilLetIn<T>(tokens: Tokens, attempt: () => Promise<T>, wait: AccessWait): Promise<T> {
  const { clock, signal, limitMs = defaultLimitMs } = wait;
  const deadline = clock.now() + limitMs;
  for (let pause = firstPauseMs; ; pause = Math.min(longestPauseMs, pause * 2)) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof AccessRefused) || clock.now() + pause > deadline) throw error;
      const { claims } = tokens;
      const state = claims === undefined ? error.facts.happened : describeAccess(claims);
      wait.report(`waiting for Exchange Online to let us in: ${state}; trying again in ${String(pause / 1000)} s`);
      tokens.discard();
      await clock.sleep(pause, signal);
    }
  }
}
