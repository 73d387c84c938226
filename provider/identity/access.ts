/**
 * Waiting for access that was only just granted. Entra is eventually consistent, and what an app may do is written into its token when
 * that is issued: so each look takes a new token, sees what it holds, and asks the API itself.
 */
import { AccessRefused } from "../core/errors";
import type { Settings } from "../core/kind";
import { retry } from "../core/retry";
import { wholeNumber } from "../core/settings";
import { type Look, type StableOptions, untilStable } from "../core/stable";
import type { Waiting } from "../core/wait";
import type { HeldToken, TokenClaims, Tokens } from "./token";

/** What a wait for access needs of the world. A kind's context has all of it. */
export type AccessWait = Waiting & { readonly settings: Settings };

/** The access that is waited for. */
export interface Access<T> {
  readonly tokens: Tokens;
  /** What the token must hold and does not, in words; undefined when it lacks nothing that it must hold. */
  readonly lacks: (claims: TokenClaims) => string | undefined;
  /** Asks the API with the token in hand. */
  readonly prove: () => Promise<T>;
  /** What to say when the API refuses a token that holds all that it must. Default: the API's own words. */
  readonly refused?: (claims: TokenClaims) => string;
}

/** How many new tokens in a row have to be let in before access counts as given. */
const inARow = 3;

/**
 * Waits until `inARow` new tokens one after another hold what they must and the API lets each of them in; gives the API's last answer.
 * The last of these tokens is then the one in hand.
 *
 * Refused sign-ins are waited for as well, but for those that no waiting changes: a credential takes as long to arrive as a grant does.
 *
 * @param describe see {@link StableOptions.describe}
 * @param limitMs default: {@link accessLimitMs}
 * @throws DeadlineExceeded with what is still missing; any error but a refusal at once
 */
export function untilAccess<T>(
  access: Access<T>,
  wait: AccessWait,
  describe: StableOptions["describe"],
  limitMs = accessLimitMs(wait.settings),
): Promise<T> {
  const { clock, signal } = wait;
  const report = (line: string): void => {
    wait.report(line);
  };
  return untilStable(() => lookWithNewToken(access, wait), { clock, signal, report, inARow, limitMs, describe });
}

async function lookWithNewToken<T>({ tokens, lacks, prove, refused }: Access<T>, wait: AccessWait): Promise<Look<T>> {
  let token: HeldToken | undefined;
  try {
    tokens.discard();
    token = await retry(() => tokens.current(), wait);
    const missing = lacks(token.claims);
    if (missing !== undefined) return { missing };
    const seen = await prove();
    // The client takes another token when one is refused, so that it would not be seen here.
    if ((await tokens.current()) === token) return { seen };
    return { missing: refused?.(token.claims) ?? "one token was refused and the next let in" };
  } catch (error) {
    if (!(error instanceof AccessRefused) || error.isLasting) throw error;
    const said = token === undefined ? undefined : refused?.(tokens.claims ?? token.claims);
    return { missing: said ?? error.facts.happened, cause: error };
  }
}

/**
 * For how long to wait for access in all, in milliseconds: the setting `accessTimeoutSeconds`, else 10 minutes.
 *
 * @throws InvalidInput when it is no number of seconds
 */
export function accessLimitMs(settings: Settings): number {
  return 1000 * wholeNumber(settings, "accessTimeoutSeconds", { fallback: 600, least: 0, most: 99_999 });
}
