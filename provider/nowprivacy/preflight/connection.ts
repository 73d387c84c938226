/** Both tests of a data source, with its own credential: Test Credentials, then Test Connection. */
import { type Context, type ErrorFacts, M365AuditError, requireStackTenant } from "../../core";
import { openRecipients } from "../../entra/graph/recipients";
import { proofDefaults } from "../../entra/preflight/proofDefaults";
import { microsoftGraph } from "../../entra/wellKnown";
import { appTokens } from "../../identity/credentials";
import { type Environment, hostsFor } from "../../identity/environments";
import { scopeText } from "../ingestionScope";
import {
  type CredentialsOptions,
  type CredentialsTest,
  graphPermissions,
  type SourceCredential,
  testCredentials,
} from "./credentials";
import { type Finding, unknown } from "./findings";
import { lookForScope, notLookedFor, type Wanted } from "./scope";
import { connectionTables } from "./tables";

/** What came of both tests. */
export interface ConnectionTest extends CredentialsTest {
  /** What was looked for, in order. */
  readonly found: readonly Finding[];
  /** RFC 3339 in UTC. */
  readonly testedAt: string;
}

/** As the product has it for Office 365, whatever the tests say. */
export const notFullyValidated = "Office 365 cannot be fully validated without crawling it.";

/** The data source cannot work as it is declared, or that cannot be known. The message has both tables. */
export class NotConnected extends M365AuditError {
  readonly tag = "NotConnected";
  constructor(
    facts: ErrorFacts,
    readonly test: ConnectionTest,
  ) {
    super(facts);
  }
}

export interface ConnectionOptions extends CredentialsOptions {
  readonly environment?: Environment | undefined;
}

/**
 * Tests without judging: what is missing is in the answer, not an error. Settings: `environment`, `authorityHost`, `graphEndpoint`,
 * `tenantId`.
 *
 * @throws WrongTenant when the stack or a token is another tenant's; InvalidInput when the credential cannot be used at all
 */
export async function testConnection(
  ctx: Context,
  credential: SourceCredential,
  wanted: Wanted,
  options: ConnectionOptions = {},
): Promise<ConnectionTest> {
  requireStackTenant(ctx.settings, credential.tenantId, "testing a data source of tenant");
  const credentials = await testCredentials(ctx, credential, wanted.service, options);
  const found = await scopeOf(ctx, credential, wanted, options, credentials);
  return {
    ...credentials,
    notes: [...credentials.notes, ...found.flatMap(({ notes }) => notes), ...notLookedFor(wanted)],
    found,
    testedAt: new Date(ctx.clock.now()).toISOString(),
  };
}

/** What a run may go on with; the strings are for people. */
export interface Judgement {
  /** What failed or could not be known, and was let through. */
  readonly excused: readonly string[];
  /** All that a person should look at: what was excused, the notes, and what no test can tell. */
  readonly warnings: readonly string[];
}

/**
 * Whether the data source may be set up. No token, or a permission that is missing, is an error in any case; a scope that is not there, and what
 * could not be found out, may be so for a while only, and `ignoreWarnings` makes warnings of them.
 *
 * @throws NotConnected
 */
export function judged(test: ConnectionTest, subject: string, ignoreWarnings: boolean): Judgement {
  const lacking = whatIsLacking(test);
  const doubts = [
    ...test.reach.rows
      .filter(({ answer }) => answer === "unknown" && hasToken(test))
      .map(({ api, need, why }) => `${api} ${need}: not known; ${why.replace(/\.$/, "")}`),
    ...test.found
      .filter(({ answer }) => answer !== "yes")
      .map(({ lookedFor, answer, found }) => `${lookedFor}: ${answer === "no" ? found : `not known; ${found}`}`),
  ];
  if (lacking === undefined && (doubts.length === 0 || ignoreWarnings)) {
    return { excused: doubts, warnings: [...doubts, ...test.notes, notFullyValidated] };
  }
  const happened = [...(lacking === undefined ? [] : [lacking]), ...doubts].join("; ");
  const advice = lacking === undefined ? "Set ignoreWarnings: true to go on all the same. " : "";
  const next = `${advice}What may be crawled and what was found:\n${connectionTables(test)}`;
  throw new NotConnected({ operation: "testing the connection of", subject, happened, next }, test);
}

/** Why the credential will not do, whatever may be ignored: it got no token, or a permission is missing. A clause; undefined if it will. */
export function whatIsLacking({ reach }: Pick<CredentialsTest, "reach">): string | undefined {
  const lacking = reach.rows.filter(({ answer }) => answer === "no");
  if (!hasToken({ reach })) return `no token was given: ${(lacking[0] ?? reach.rows[0])?.why ?? "nobody knows why"}`;
  return lacking.length === 0 ? undefined : `the credential is without ${lacking.map(({ need }) => need).join(", ")}`;
}

function hasToken({ reach }: Pick<CredentialsTest, "reach">): boolean {
  return graphPermissions(reach) !== undefined;
}

/** For errors and lines of progress: `NOW Privacy's data source for Exchange, userEmail a@contoso.com`. */
export function subjectOf({ service, ingestionScope }: Wanted): string {
  return `the data source for ${service}, ${scopeText(ingestionScope)}`;
}

async function scopeOf(
  ctx: Context,
  { tenantId, applicationId, clientSecret }: SourceCredential,
  wanted: Wanted,
  { environment, timeoutSeconds = proofDefaults.timeoutSeconds, inARow = proofDefaults.inARow }: ConnectionOptions,
  { reach }: CredentialsTest,
): Promise<readonly Finding[]> {
  if (graphPermissions(reach)?.includes("Directory.Read.All") !== true) {
    const why = "not looked for: the credential cannot read the directory";
    return [unknown(scopeText(wanted.ingestionScope), why)];
  }
  const { graphEndpoint, graphScope, authorityHost } = hostsFor(ctx.settings, environment);
  const service = microsoftGraph.displayName;
  const recipients = await openRecipients({
    ...ctx,
    endpoint: graphEndpoint,
    tenantId: tenantId.toLowerCase(),
    acquireToken: appTokens(
      { tenantId, clientId: applicationId, proof: { kind: "secret", clientSecret } },
      { authorityHost, scope: graphScope, service },
    ),
    who: "The data source's app",
  });
  try {
    const { clock, signal } = ctx;
    const report = (line: string): void => {
      ctx.report(line);
    };
    return await lookForScope(recipients, wanted, { clock, signal, inARow, limitMs: timeoutSeconds * 1000, report });
  } finally {
    await recipients.close();
  }
}
