/**
 * Proves with a credential itself what it may reach: looks with fresh tokens until several looks in a row see all that is needed,
 * because consent, roles and credentials arrive in Entra's copies one by one.
 */
import { DeadlineExceeded } from "../../core/errors";
import type { Context } from "../../core/kind";
import { type Look, untilStable } from "../../core/stable";
import { requireStackTenant } from "../../core/tenant";
import { type AppIdentity, appTokens } from "../../identity/credentials";
import { type Environment, type EnvironmentHosts, hostsFor } from "../../identity/environments";
import type { AcquireToken } from "../../identity/token";
import { exchangeOnline, microsoftGraph } from "../wellKnown";
import { exchangeProbe } from "./exchangeProbe";
import { type Finding, lookAt, type Sight, type Sources } from "./look";
import type { Api, Need } from "./needs";
import { proofDefaults } from "./proofDefaults";
import { NotProven, type Reach, reachTable, rowText } from "./reach";
import type { Passing } from "./refusals";

export interface ProofOptions {
  /** The tenant's cloud. Default: the setting `environment`, else the public one. */
  readonly environment?: Environment | undefined;
  /** What cannot be known becomes a warning. Default false: an error. */
  readonly ignoreWarnings?: boolean;
  /** How long to wait for what is missing. Default {@link proofDefaults}. */
  readonly timeoutSeconds?: number;
  /** How many looks in a row, each with new tokens, have to see everything. Default {@link proofDefaults}. */
  readonly inARow?: number;
}

/** Milliseconds for which an answer other than yes may still turn into one, counted from when it was first seen in a row. */
const patienceMs: Readonly<Record<Passing, number>> = { never: 0, soon: 2 * 60_000, late: Infinity };

/**
 * What the identity may and may not reach. Settings: `environment`, `authorityHost`, `exchangeEndpoint`, `tenantId`. Every token is held
 * against tenant and app.
 *
 * @throws NotProven when something that is needed is missing, or cannot be known and `ignoreWarnings` is off: with the whole table
 * @throws WrongTenant when the stack or a token is another tenant's; InvalidInput when the credential cannot be used at all
 */
export async function proveAccess(
  ctx: Context,
  identity: AppIdentity,
  needs: readonly Need[],
  options: ProofOptions = {},
): Promise<Reach> {
  const { tenantId, clientId } = identity;
  requireStackTenant(ctx.settings, tenantId, "proving what an app may reach in tenant");
  const hosts = hostsFor(ctx.settings, options.environment);
  const acquire = (api: Api): AcquireToken => {
    const authority = { authorityHost: hosts.authorityHost, scope: scopeOf(api, hosts), service: api.displayName };
    const tokens = appTokens(identity, authority);
    return (claims) => tokens(claims, ctx.signal);
  };
  const probe = exchangeProbe(ctx, {
    tenantId,
    endpoint: hosts.exchangeEndpoint,
    acquire: (claims) => acquire(exchangeOnline)(claims),
  });
  try {
    const sources = { tenantId, clientId, clock: ctx.clock, acquire, probeExchangeOnline: probe.ask };
    return await proveWith(ctx, sources, needs, options);
  } finally {
    await probe.close();
  }
}

/** {@link proveAccess} over a source of tokens and answers. */
export async function proveWith(
  ctx: Pick<Context, "clock" | "signal" | "report">,
  sources: Sources,
  needs: readonly Need[],
  {
    ignoreWarnings = false,
    timeoutSeconds = proofDefaults.timeoutSeconds,
    inARow = proofDefaults.inARow,
  }: ProofOptions = {},
): Promise<Reach> {
  const { clock, signal } = ctx;
  const operation = "proving what may be reached by";
  const subject = `app ${sources.clientId} in tenant ${sources.tenantId}`;
  const started = clock.now();
  const patience = new Patience(() => clock.now());
  let last: Sight | undefined;
  const judge = (sight: Sight): Reach => {
    const waited = Math.round((clock.now() - started) / 1000);
    return judged(sight, { ignoreWarnings, provenAt: new Date(clock.now()).toISOString(), waited, operation, subject });
  };
  const look = async (): Promise<Look<Sight>> => {
    last = await lookAt(needs, sources);
    const { open, lost } = patience.sort(last.findings);
    if (lost.length > 0) judge(last);
    return open.length === 0 ? { seen: last } : { missing: inShort(open) };
  };
  const waiting = { clock, signal, inARow, limitMs: timeoutSeconds * 1000, describe: { operation, subject } };
  const sight = await untilStable(look, {
    ...waiting,
    report: (line) => {
      ctx.report(line);
    },
  }).catch((error: unknown) => {
    if (error instanceof DeadlineExceeded && last !== undefined) return last;
    throw error;
  });
  const reach = judge(sight);
  for (const warning of reach.warnings) ctx.report(`not known: ${warning}`);
  return reach;
}

/** Tells what may still change by itself from what will not. */
class Patience {
  /** By row: since when the answer has been something other than yes for this kind of reason. */
  readonly #since = new Map<number, { readonly passing: Passing; readonly start: number }>();

  constructor(private readonly now: () => number) {}

  /** `open`: worth waiting for. `lost`: a plain no that waiting does not change. */
  sort(findings: readonly Finding[]): { readonly open: readonly Finding[]; readonly lost: readonly Finding[] } {
    const open: Finding[] = [];
    const lost: Finding[] = [];
    for (const [row, finding] of findings.entries()) {
      if (this.#waits(row, finding)) open.push(finding);
      else if (finding.answer === "no") lost.push(finding);
    }
    return { open, lost };
  }

  #waits(row: number, { answer, passing }: Finding): boolean {
    if (answer === "yes") {
      this.#since.delete(row);
      return false;
    }
    const before = this.#since.get(row);
    const start = before?.passing === passing ? before.start : this.now();
    this.#since.set(row, { passing, start });
    return this.now() - start < patienceMs[passing];
  }
}

/** What is missing, each reason once, in the order of the rows. */
function inShort(findings: readonly Finding[]): string {
  const byReason = new Map<string, string[]>();
  for (const { need, why } of findings) byReason.set(why, [...(byReason.get(why) ?? []), need]);
  return [...byReason].map(([why, needs]) => `${[...new Set(needs)].join(", ")} (${why})`).join("; ");
}

interface Judging {
  readonly ignoreWarnings: boolean;
  readonly provenAt: string;
  /** Seconds. */
  readonly waited: number;
  readonly operation: string;
  readonly subject: string;
}

function judged({ findings, beyond, tokenTenantId }: Sight, judging: Judging): Reach {
  const rows = findings.map(({ service, api, need, answer, why }) => ({ service, api, need, answer, why }));
  const warnings = rows.filter(({ answer }) => answer === "unknown").map((row) => `${row.service}: ${rowText(row)}`);
  const missing = rows.filter(({ answer }) => answer === "no");
  const reach: Reach = { rows, beyond, warnings, provenAt: judging.provenAt, tokenTenantId };
  if (missing.length === 0 && (warnings.length === 0 || judging.ignoreWarnings)) return reach;
  const { operation, subject, waited } = judging;
  const of = `of ${String(rows.length)}`;
  const happened = [
    ...(missing.length === 0 ? [] : [`${String(missing.length)} ${of} needs not met`]),
    ...(warnings.length === 0 ? [] : [`${String(warnings.length)} ${of} not known`]),
  ];
  const advice = missing.length === 0 ? "Set ignoreWarnings: true to go on without knowing. " : "";
  throw new NotProven(
    {
      operation,
      subject,
      happened: `${happened.join(", ")} after ${String(waited)} s`,
      next: `${advice}What is reached and what is not:\n${reachTable(rows)}`,
    },
    reach,
  );
}

/** What a token for the API is asked for: its client id is known in every cloud, but these two are also asked in their own names. */
function scopeOf({ appId }: Api, { exchangeScope, graphScope }: EnvironmentHosts): string {
  if (appId === exchangeOnline.appId) return exchangeScope;
  return appId === microsoftGraph.appId ? graphScope : `${appId}/.default`;
}
