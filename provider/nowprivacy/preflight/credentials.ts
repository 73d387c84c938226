/** Test Credentials: what the data source's own credential may crawl, service by service, by the Graph permissions in its token. */
import { type Context } from "../../core";
import { type NowPrivacyService, nowPrivacyServiceAccess } from "../../entra/leastPrivilege";
import { type Need } from "../../entra/preflight/needs";
import { type ProofOptions, proveAccess } from "../../entra/preflight/prove";
import { type Answer, NotProven, type Reach } from "../../entra/preflight/reach";
import { microsoftGraph } from "../../entra/wellKnown";
import { type Service, serviceNames } from "./service";

/** What the data source signs in with. It stays in memory. */
export interface SourceCredential {
  readonly tenantId: string;
  readonly applicationId: string;
  readonly clientSecret: string;
}

/** One kind of thing that a service holds, and whether the credential may crawl it. */
export interface CrawlRow {
  readonly service: NowPrivacyService;
  /** For example `mailboxes`. */
  readonly crawls: string;
  /** `unknown`: no token told. */
  readonly answer: Answer;
  /** For anything but `yes`, why; else what allows it. */
  readonly why: string;
}

/** What came of Test Credentials. */
export interface CredentialsTest {
  /** Every service, also those that the data source is not for. */
  readonly mayCrawl: readonly CrawlRow[];
  /** What the data source's own service needs, permission by permission. */
  readonly reach: Reach;
  /** What is worth knowing although nothing is missing, a sentence each. */
  readonly notes: readonly string[];
}

/** What of a service is crawled with which permissions. */
const crawled: readonly { readonly service: NowPrivacyService; readonly crawls: string; readonly by: string }[] = [
  { service: "Exchange", crawls: "mailboxes", by: "Mail.Read" },
  { service: "Exchange", crawls: "calendars", by: "Calendars.Read" },
  { service: "SharePoint", crawls: "sites", by: "Sites.Read.All" },
  { service: "OneDrive", crawls: "drives", by: "Files.Read.All" },
];
/** Without it the product knows no users and groups, whatever it may read of them. */
const lists = "Directory.Read.All";

export interface CredentialsOptions extends Pick<ProofOptions, "environment" | "timeoutSeconds" | "inARow"> {
  /** Exchange Online, not consent, lets the app into the mailboxes of the scope; no token shows that. */
  readonly limitedToScope?: boolean;
}

/**
 * Signs in and reads what the tokens hold. What is missing is in the answer, not an error.
 *
 * @throws WrongTenant when the stack or a token is another tenant's; InvalidInput when the credential cannot be used at all
 */
export async function testCredentials(
  ctx: Context,
  { tenantId, applicationId, clientSecret }: SourceCredential,
  service: Service,
  { limitedToScope = false, ...options }: CredentialsOptions = {},
): Promise<CredentialsTest> {
  const name = serviceNames[service];
  const identity = { tenantId, clientId: applicationId, proof: { kind: "secret", clientSecret } } as const;
  const reach = await proveAccess(ctx, identity, [needOf(name, limitedToScope)], {
    ...options,
    ignoreWarnings: true,
  }).catch((error: unknown) => {
    if (error instanceof NotProven) return error.reach;
    throw error;
  });
  return { reach, mayCrawl: mayCrawl(reach, limitedToScope), notes: notesOf(name, reach, limitedToScope) };
}

/** Permissions that Exchange Online gives over a part of the mailboxes in place of consent, where the app is limited to its scope. */
const givenByExchange: readonly string[] = ["Mail.Read", "Calendars.Read"];

function needOf(service: NowPrivacyService, limitedToScope: boolean): Need {
  const { values } = nowPrivacyServiceAccess[service];
  const permissions = values.filter((value) => !(limitedToScope && givenByExchange.includes(value)));
  return { service, api: microsoftGraph.displayName, permissions };
}

/** The Graph permissions in the token; undefined when no token was given, or none that can be read. */
export function graphPermissions({ rows, beyond, tokenTenantId }: Reach): readonly string[] | undefined {
  if (tokenTenantId === undefined) return undefined;
  const prefix = `${microsoftGraph.displayName}: `;
  return [
    ...rows.filter(({ answer }) => answer === "yes").map(({ need }) => need),
    ...beyond.filter((held) => held.startsWith(prefix)).map((held) => held.slice(prefix.length)),
  ];
}

function mayCrawl(reach: Reach, limitedToScope: boolean): CrawlRow[] {
  const held = graphPermissions(reach);
  return crawled.map(({ service, crawls, by }) => {
    const row = (answer: Answer, why: string): CrawlRow => ({ service, crawls, answer, why });
    if (held === undefined) return row(reach.rows[0]?.answer ?? "unknown", reach.rows[0]?.why ?? "no token was given");
    const missing = [lists, by].filter((permission) => !held.includes(permission));
    if (missing.length === 0) return row("yes", `${lists}, ${by}`);
    if (limitedToScope && missing.length === 1 && missing[0] === by && givenByExchange.includes(by)) {
      return row("unknown", `${by} is given by Exchange Online over the scope, which no token shows`);
    }
    return row("no", `the token is without ${missing.join(" and ")}`);
  });
}

function notesOf(service: NowPrivacyService, reach: Reach, limitedToScope: boolean): string[] {
  const held = graphPermissions(reach) ?? [];
  const tooWide = givenByExchange.filter((permission) => held.includes(permission));
  return [
    ...(nowPrivacyServiceAccess[service].inferred
      ? [`The product's documentation does not say what ${service} needs; these permissions are inferred.`]
      : []),
    ...(limitedToScope && tooWide.length > 0
      ? [
          `The token holds ${tooWide.join(" and ")}, which reach every mailbox of the tenant, so the app is not limited to its scope: take the consent away.`,
        ]
      : []),
  ];
}
