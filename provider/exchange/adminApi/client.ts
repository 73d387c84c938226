/** The Exchange Online admin API as the rest of the package sees it: cmdlets, listings, and many calls at once. */
import { type Clock, systemClock } from "../../core/clock";
import { Rejected } from "../../core/errors";
import { createHttp } from "../../core/http";
import { describeAccess } from "./access";
import { type BatchOptions, type Job, runBatches } from "./batch";
import { type Cmdlet, organizationAnchor } from "./cmdlet";
import { listing, type ListingEvent } from "./paging";
import { type AcquireToken, Tokens } from "../../identity/token";
import { type AdminAnswer, invokeRequest, Transport } from "./transport";

/** What a cmdlet gave back. */
export interface CmdletAnswer {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly warnings: readonly string[];
  /** When the server answered, by its own clock (the `Date` header): RFC 3339 in UTC. Undefined when it did not say. */
  readonly serverTime: string | undefined;
}

/** Which mailboxes to list and what of them. */
export interface MailboxQuery {
  /** Values of `RecipientTypeDetails`; at least one. */
  readonly recipientTypes: readonly string[];
  readonly properties: readonly string[];
  /** OData filter, for example on `WhenChangedUTC`. The audit lists cannot be filtered on. */
  readonly filter?: string;
}

/** What is being done, for error messages: a verb phrase and a subject. */
export interface Doing {
  readonly operation: string;
  readonly subject: string;
}

export interface AdminApi {
  readonly tenantId: string;
  readonly tokens: Tokens;
  /** Runs one cmdlet that may safely run twice, and gives its first page. */
  run(cmdlet: Cmdlet, doing: Doing): Promise<CmdletAnswer>;
  /** Runs a `Get-*` cmdlet and gives its result page by page. */
  list(cmdlet: Cmdlet, doing: Doing): AsyncIterable<ListingEvent<unknown>>;
  /** Lists mailboxes, 1,000 a page. */
  mailboxes(query: MailboxQuery, doing: Doing): AsyncIterable<ListingEvent<unknown>>;
  /** Runs many cmdlets, ten to a request. */
  runAll<K>(jobs: Iterable<Job<K>>, options: BatchOptions<K>): Promise<void>;
  /** Ends idle connections. */
  close(): Promise<void>;
}

export interface AdminApiOptions {
  readonly endpoint: string;
  readonly tenantId: string;
  readonly acquireToken: AcquireToken;
  readonly clock?: Clock;
  readonly signal?: AbortSignal | undefined;
  /** Spreads the pauses; `Math.random` unless given. */
  readonly random?: () => number;
}

/** Opens a connection. Nothing is sent before the first call, and no call before the token is proven to be of the tenant. */
export async function openAdminApi(options: AdminApiOptions): Promise<AdminApi> {
  const { tenantId, clock = systemClock } = options;
  const tokens = new Tokens(options.acquireToken, tenantId, clock, "Exchange Online");
  const http = await createHttp();
  const transport = new Transport({
    endpoint: options.endpoint,
    tenantId,
    tokens,
    http,
    clock,
    signal: options.signal,
    random: options.random,
    lacking: () => (tokens.claims === undefined ? undefined : `Now ${describeAccess(tokens.claims)}.`),
  });
  return {
    tenantId,
    tokens,
    run: async (cmdlet, doing) =>
      cmdletAnswer(await transport.sendPatiently(invokeRequest(cmdlet, tenantId, doing)), doing),
    list: (cmdlet, doing) => listing(transport, invokeRequest(cmdlet, tenantId, doing)),
    mailboxes: ({ recipientTypes, properties, filter }, doing) => {
      const query = [
        `RecipientTypeDetails=${recipientTypes.join(",")}`,
        `$select=${properties.join(",")}`,
        ...(filter === undefined ? [] : [`$filter=${encodeURIComponent(filter)}`]),
      ];
      const anchor = organizationAnchor(tenantId);
      return listing(transport, {
        method: "GET",
        url: `Mailbox?${query.join("&")}`,
        anchor,
        cmdletName: "Get-Mailbox",
        ...doing,
      });
    },
    runAll: (jobs, batchOptions) => runBatches(transport, jobs, batchOptions),
    close: () => http.close(),
  };
}

function cmdletAnswer(answer: AdminAnswer, doing: Doing): CmdletAnswer {
  const { json } = answer;
  if (typeof json["@adminapi.confirmationmessage"] === "string") {
    throw new Rejected({ ...doing, happened: "the cmdlet asked for a confirmation in place of doing its work" });
  }
  const value: unknown = json["value"];
  const warnings: unknown = json["@adminapi.warnings"];
  const date = Date.parse(answer.header("date") ?? "");
  return {
    serverTime: Number.isNaN(date) ? undefined : new Date(date).toISOString(),
    rows: Array.isArray(value) ? value.filter((row) => typeof row === "object" && row !== null) : [],
    warnings: Array.isArray(warnings) ? warnings.filter((text) => typeof text === "string") : [],
  };
}
