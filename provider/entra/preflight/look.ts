/** One look at what a credential may reach: a fresh token for each API, and what is in it. */
import type { Clock } from "../../core/clock";
import { AccessRefused, Rejected } from "../../core/errors";
import { isTransient } from "../../core/retry";
import { type AcquireToken, claimsOf, type TokenClaims, Tokens } from "../../identity/token";
import { directoryRoleTemplates } from "../wellKnown";
import { type Api, apiOf, type Need, roleName, roleTemplateId, whoConsents } from "./needs";
import type { Answer, ReachRow } from "./reach";
import { type Passing, refusalOf } from "./refusals";

/** A row of the table, and how long its answer may still change by itself. */
export interface Finding extends ReachRow {
  readonly passing: Passing;
}

/** What one look saw. */
export interface Sight {
  readonly findings: readonly Finding[];
  /** See `Reach`. */
  readonly beyond: readonly string[];
  readonly tokenTenantId: string | undefined;
}

/** What to look with. */
export interface Sources {
  readonly tenantId: string;
  readonly clientId: string;
  readonly clock: Clock;
  /** New tokens for an API. */
  readonly acquire: (api: Api) => AcquireToken;
  /**
   * Reads something small from Exchange Online, as the app.
   * @throws AccessRefused when the app is not let in; Unavailable, Throttled when it cannot be asked
   */
  readonly probeExchangeOnline: () => Promise<void>;
}

type Outcome = Pick<Finding, "answer" | "why" | "passing">;

const yes = (why: string): Outcome => ({ answer: "yes", why, passing: "never" });
const not = (answer: Exclude<Answer, "yes">, why: string, passing: Passing): Outcome => ({ answer, why, passing });

/** What came of asking for a token: what it says, or the one answer for everything that is needed of the API. */
type Token = { readonly claims: TokenClaims } | { readonly outcome: Outcome };

/**
 * Looks once.
 *
 * @throws WrongTenant when a token is of another tenant, Rejected when it is of another app, InvalidInput when the credential cannot
 * be used
 */
export async function lookAt(needs: readonly Need[], sources: Sources): Promise<Sight> {
  const apis = new Map(needs.map(({ api }) => [apiOf(api).appId, apiOf(api)]));
  const tokens = new Map(
    await Promise.all(
      [...apis.values()].map(async (api): Promise<[string, Token]> => [api.appId, await tokenFor(api, sources)]),
    ),
  );
  const findings: Finding[] = [];
  for (const need of needs) {
    const token = tokens.get(apiOf(need.api).appId);
    if (token !== undefined) findings.push(...(await findingsOf(need, token, sources)));
  }
  const claims = [...tokens.values()].flatMap((token) => ("claims" in token ? [token.claims] : []));
  return { findings, beyond: beyondOf(needs, apis, tokens), tokenTenantId: claims[0]?.tid?.toLowerCase() };
}

async function tokenFor(api: Api, { tenantId, clientId, clock, acquire }: Sources): Promise<Token> {
  try {
    const acquired = await acquire(api)();
    if (claimsOf(acquired.token) === undefined) {
      return {
        outcome: not("unknown", "a token was given, but it is no JWT, so what is in it cannot be read", "never"),
      };
    }
    const { claims } = await new Tokens(() => Promise.resolve(acquired), tenantId, clock, api.displayName).current();
    if (claims.appid?.toLowerCase() === clientId.toLowerCase()) return { claims };
    throw new Rejected({
      operation: `proving the app of the ${api.displayName} token for`,
      subject: clientId,
      happened: `the token is of app ${claims.appid ?? "(none)"}`,
      next: "Check clientId and what it signs in with.",
      property: "clientId",
    });
  } catch (error) {
    if (isTransient(error)) {
      // For a tenant that does not exist, too, the library says no more than that it found no endpoints.
      const why = `${error.facts.happened}; check the way there, tenantId and environment`;
      return { outcome: not("unknown", why, "soon") };
    }
    if (!(error instanceof AccessRefused)) throw error;
    const { happened } = error.facts;
    const { about, passing, next } = refusalOf(happened);
    return {
      outcome: not(about === "resource" ? "unknown" : "no", `${happened.replace(/\.$/, "")}; ${next}`, passing),
    };
  }
}

async function findingsOf(need: Need, token: Token, sources: Sources): Promise<Finding[]> {
  const api = apiOf(need.api);
  const row = (what: string, outcome: Outcome): Finding => ({
    service: need.service,
    api: api.displayName,
    need: what,
    ...outcome,
  });
  const permissions = (need.permissions ?? []).map((permission) =>
    row(permission, permissionIn(token, permission, api)),
  );
  const role = need.directoryRole === undefined ? undefined : roleIn(token, need, need.directoryRole);
  const known = [...permissions, ...(role === undefined || role.scoped ? [] : [role.outcome])];
  const probed = need.probe === undefined ? undefined : await probe(known, sources);
  const roleOutcome = role?.scoped === true && probed !== undefined ? byProbe(probed) : role?.outcome;
  return [
    ...permissions,
    ...(role === undefined || roleOutcome === undefined ? [] : [row(role.what, roleOutcome)]),
    ...(probed === undefined ? [] : [row("Exchange Online answers", probed)]),
  ];
}

function permissionIn(token: Token, permission: string, api: Api): Outcome {
  if ("outcome" in token) return token.outcome;
  if (token.claims.roles.includes(permission)) return yes("the token has it");
  const why = `the token is without it; grant the application permission and have ${whoConsents(api)} consent`;
  return not("no", why, "late");
}

/** `scoped`: it is assigned over an administrative unit and not for the whole tenant as well, so no token tells. */
function roleIn(
  token: Token,
  { administrativeUnit }: Need,
  role: string,
): { readonly what: string; readonly scoped: boolean; readonly outcome: Outcome } {
  const inToken = "claims" in token && token.claims.wids.some((id) => id.toLowerCase() === roleTemplateId(role));
  const what = `role ${roleName(roleTemplateId(role))}${administrativeUnit === true ? " (administrative unit)" : ""}`;
  if ("outcome" in token) return { what, scoped: false, outcome: token.outcome };
  if (administrativeUnit === true && !inToken) {
    const why = "a role over an administrative unit is in no token, and nothing else was asked; declare a probe";
    return { what, scoped: true, outcome: not("unknown", why, "never") };
  }
  if (inToken) return { what, scoped: false, outcome: yes("the token has it") };
  const why = "the token is without it; have a Privileged Role Administrator assign it to the app's service principal";
  return { what, scoped: false, outcome: not("no", why, "late") };
}

/** Asks only with a token that has what it takes: without, the answer is known. */
async function probe(known: readonly Outcome[], { probeExchangeOnline }: Sources): Promise<Outcome> {
  const missing = known.find(({ answer }) => answer !== "yes");
  if (missing !== undefined) return not("unknown", "not asked, since the app is not ready for it", missing.passing);
  try {
    await probeExchangeOnline();
    return yes("it listed a mailbox");
  } catch (error) {
    if (error instanceof AccessRefused) return not("no", `it does not let the app in: ${error.facts.happened}`, "late");
    if (isTransient(error)) {
      return not("unknown", `it could not be asked: ${error.facts.happened}`, "soon");
    }
    throw error;
  }
}

/** What the service's own answer says of a role that no token shows. */
function byProbe({ answer, why, passing }: Outcome): Outcome {
  return answer === "yes"
    ? yes("Exchange Online lets the app in; no token shows such a role")
    : not(answer, why, passing);
}

/** What is in the tokens and in no need. Roles without a name here are left out: one that is no role is in every app's token. */
function beyondOf(
  needs: readonly Need[],
  apis: ReadonlyMap<string, Api>,
  tokens: ReadonlyMap<string, Token>,
): readonly string[] {
  const templates: readonly string[] = Object.values(directoryRoleTemplates);
  const neededRoles = needs.flatMap(({ directoryRole, administrativeUnit }) =>
    directoryRole === undefined || administrativeUnit === true ? [] : [roleTemplateId(directoryRole)],
  );
  const beyond = [...apis].flatMap(([appId, { displayName }]) => {
    const token = tokens.get(appId);
    if (token === undefined || "outcome" in token) return [];
    const needed = needs.flatMap(({ api, permissions }) => (apiOf(api).appId === appId ? (permissions ?? []) : []));
    return [
      ...token.claims.roles.filter((role) => !needed.includes(role)).map((role) => `${displayName}: ${role}`),
      ...token.claims.wids
        .filter((id) => templates.includes(id) && !neededRoles.includes(id))
        .map((id) => `role ${roleName(id)}`),
    ];
  });
  return [...new Set(beyond)].sort();
}
