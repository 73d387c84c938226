/** The Exchange Online admin API as the rest of the package sees it: cmdlets, listings, and many calls at once. */
import { createHttp } from "../../core/http";
import type { Waiting } from "../../core/wait";
import { describeAccess } from "./access";
import { organizationAnchor } from "./anchors";
import { type CmdletAnswer, cmdletAnswer, type Doing } from "./answer";
import { Calls, type CallsOptions } from "./calls";
import type { Cmdlet } from "./cmdlet";
import { mayRun } from "./mayRun";
import { listing, type ListingEvent } from "./paging";
import type { ListSource } from "./parts";
import { type AcquireToken, Tokens } from "../../identity/token";
import { type AdminRequest, invokeRequest, Transport } from "./transport";

export type { CmdletAnswer, Doing } from "./answer";

/** Requests under way at once, at most. CIPP-API sends ten at a time to one tenant. */
export const concurrentRequests = 20;

/** Which mailboxes to list and what of them. */
export interface MailboxQuery {
  /** Values of `RecipientTypeDetails`; at least one. */
  readonly recipientTypes: readonly string[];
  readonly properties: readonly string[];
  /** The audit lists cannot be filtered on. */
  readonly filter?: MailboxFilter;
}

/** One filter in the two languages that the service has. */
export interface MailboxFilter {
  /** For `Get-Mailbox -Filter`. */
  readonly opath: string;
  /** For the `$filter` of the `Mailbox` resource; left out where it is not known how that takes it, as with dates. */
  readonly odata?: string;
}

export interface AdminApi {
  readonly tenantId: string;
  readonly tokens: Tokens;
  /** Runs one cmdlet that may safely run twice, and gives its first page. */
  run(cmdlet: Cmdlet, doing: Doing): Promise<CmdletAnswer>;
  /** Runs a `Get-*` cmdlet and gives its result page by page. */
  list(cmdlet: Cmdlet, doing: Doing): AsyncIterable<ListingEvent<unknown>>;
  /** Lists mailboxes, 1,000 a page: by the `Mailbox` resource, or by `Get-Mailbox` where the filter is in OPATH only. */
  mailboxes(query: MailboxQuery, doing: Doing): AsyncIterable<ListingEvent<unknown>>;
  /** A way to run many cmdlets, each sent to the server of what it is about. */
  calls(options: CallsOptions): Calls;
  /** Whether the app's roles hold a cmdlet: what `EXOModuleFile` lists (CIPP-API asks it so). */
  mayRun(cmdlet: string): Promise<boolean>;
  /** Ends idle connections. */
  close(): Promise<void>;
}

export interface AdminApiOptions extends Waiting {
  readonly endpoint: string;
  readonly tenantId: string;
  readonly acquireToken: AcquireToken;
  /** Spreads the pauses; `Math.random` unless given. */
  readonly random?: () => number;
}

/** Opens a connection. Nothing is sent before the first call, and no call before the token is proven to be of the tenant. */
export async function openAdminApi(options: AdminApiOptions): Promise<AdminApi> {
  const { tenantId, clock, settings, signal } = options;
  const tokens = new Tokens(options.acquireToken, tenantId, clock, "Exchange Online", signal);
  const http = await createHttp({ settings, connections: concurrentRequests });
  const transport = new Transport({
    endpoint: options.endpoint,
    tenantId,
    tokens,
    http,
    clock,
    settings,
    signal,
    report: (line) => options.report(line),
    random: options.random,
    lacking: () => (tokens.claims === undefined ? undefined : `Now ${describeAccess(tokens.claims)}.`),
  });
  return {
    tenantId,
    tokens,
    run: async (cmdlet, doing) =>
      cmdletAnswer(await transport.sendPatiently(invokeRequest(cmdlet, tenantId, doing)), doing),
    list: (cmdlet, doing) => listing(transport, cmdletSource(cmdlet, tenantId, doing)),
    mailboxes: (query, doing) => listing(transport, mailboxSource(query, tenantId, doing)),
    calls: (callsOptions) => new Calls(transport, callsOptions),
    mayRun: (cmdlet) => mayRun(transport, cmdlet),
    close: () => http.close(),
  };
}

/** Without it, a cmdlet gives all that it has in one answer, and a resource 100 rows a page. */
const thousandAPage = { Prefer: "odata.maxpagesize=1000" };

function cmdletSource(cmdlet: Cmdlet, tenantId: string, doing: Doing): ListSource {
  const whole = invokeRequest(cmdlet, tenantId, doing);
  return { paged: { ...whole, headers: thousandAPage }, whole };
}

/** `Get-Mailbox` and the `Mailbox` resource give rows of the same form. */
function mailboxSource(
  { recipientTypes, properties, filter }: MailboxQuery,
  tenantId: string,
  doing: Doing,
): ListSource {
  const byCmdlet = (opath: string | undefined): AdminRequest =>
    invokeRequest(
      {
        name: "Get-Mailbox",
        parameters: {
          RecipientTypeDetails: recipientTypes,
          ResultSize: "Unlimited",
          ...(opath === undefined ? {} : { Filter: opath }),
        },
        select: properties,
      },
      tenantId,
      doing,
    );
  const whole = byCmdlet(filter?.opath);
  const part = (more: string): AdminRequest =>
    byCmdlet(filter === undefined ? more : `(${filter.opath}) -and (${more})`);
  if (filter !== undefined && filter.odata === undefined) {
    return { paged: { ...whole, headers: thousandAPage }, whole, part };
  }
  const query = [
    `RecipientTypeDetails=${recipientTypes.join(",")}`,
    `$select=${properties.join(",")}`,
    ...(filter?.odata === undefined ? [] : [`$filter=${encodeURIComponent(filter.odata)}`]),
  ];
  const paged: AdminRequest = {
    method: "GET",
    url: `Mailbox?${query.join("&")}`,
    headers: thousandAPage,
    anchor: organizationAnchor(tenantId),
    cmdletName: "Get-Mailbox",
    ...doing,
  };
  return { paged, whole, part };
}
