/**
 * Proof that a scope is in force: Exchange's own answer for a mailbox in scope and for one that is not, by
 * `Test-ServicePrincipalAuthorization`, which bypasses the cache of permissions. It knows nothing of consent in Entra ID.
 */
import type { Context } from "../../core/kind";
import { type Look, untilStable } from "../../core/stable";
import type { AdminApi } from "../adminApi/client";
import type { ApplicationScopeInputs, ApplicationScopeOutputs } from "./contract";
import type { Target } from "./findings";
import { without } from "./recipientFilter";
import { anyMailbox, type MailboxName, pointerOf, rolesInForce } from "./wire";

type Proofs = ApplicationScopeOutputs["proof"];

/** Milliseconds that copies of Exchange's directory get to agree. */
const limitMs = 2 * 60_000;

/**
 * @param hasExcess whether assignments beyond what is declared are left: then a mailbox out of scope proves nothing
 * @returns what Exchange said; nothing where it has no such mailbox
 * @throws DeadlineExceeded when Exchange goes on to say otherwise
 */
export async function prove(
  ctx: Context,
  api: AdminApi,
  { clientId, roles }: ApplicationScopeInputs,
  target: Target,
  hasExcess: boolean,
): Promise<Proofs> {
  if (target.kind === "unit") return {};
  const filter = target.kind === "filter" ? target.filter : undefined;
  const inside = await anyMailbox(api, filter);
  const outside = filter === undefined || hasExcess ? undefined : await anyMailbox(api, without(filter));
  if (inside === undefined && outside === undefined) return {};
  const { clock, signal } = ctx;
  return untilStable(() => attempt(api, clientId, roles, inside, outside), {
    clock,
    signal,
    inARow: 1,
    limitMs,
    report: (line) => {
      ctx.report(line);
    },
    describe: {
      operation: "testing the scope of",
      subject: `app ${clientId}`,
      next: "Everything is set as declared. Run up again to test it once more; look at the management scope's filter if it stays so.",
    },
  });
}

async function attempt(
  api: AdminApi,
  clientId: string,
  roles: readonly string[],
  inside: MailboxName | undefined,
  outside: MailboxName | undefined,
): Promise<Look<Proofs>> {
  const pointer = await pointerOf(api, clientId);
  if (pointer === undefined) return { missing: "Exchange does not show its service principal yet" };
  const within = inside === undefined ? undefined : await rolesInForce(api, pointer, inside);
  const lacking = within === undefined ? [] : roles.filter((role) => !within.has(role.toLowerCase()));
  if (inside !== undefined && lacking.length > 0) {
    return { missing: `${inside.address} is in scope, but Exchange does not grant ${lacking.join(", ")} there` };
  }
  const beyond = outside === undefined ? [] : [...(await rolesInForce(api, pointer, outside))];
  if (outside !== undefined && beyond.length > 0) {
    return { missing: `${outside.address} is not in scope, but Exchange grants ${beyond.join(", ")} there` };
  }
  return {
    seen: {
      ...(inside === undefined ? {} : { inside: { mailbox: inside.address, inScope: true } }),
      ...(outside === undefined ? {} : { outside: { mailbox: outside.address, inScope: false } }),
    },
  };
}
