/**
 * How the admin API behaves where a client may rely on it, as data: each line is something that a probe could ask of a live tenant.
 * The defaults are what is documented, captured or reported, and the strict side where nothing is known; a test turns one round to see
 * who notices. Sources are named where there is one; "unknown" says that the default is our own choice.
 */
import { z } from "zod";

const minute = 60_000;
const share = z.number().min(0).max(1);

const exchangeBehaviourSchema = z.strictObject({
  // Servers and routing
  /** Mailboxes, of all, that are not on the server of the organization's system mailbox. How many is unknown. */
  mailboxesElsewhere: share.default(0.9),
  /** A change of a mailbox, or of an account's bypass, is only carried out by the server that hosts it. Reported (CIPP), captured (CIPP#2661). */
  changesNeedTheirServer: z.boolean().default(true),
  /** Whether reading one mailbox needs its server too. Unknown; clients were seen to read by the system mailbox. */
  readsNeedTheirServer: z.boolean().default(false),
  /** Where the items of a batch run: all where its own anchor leads (reported, CIPP), or each where its own does. */
  batchRouting: z.enum(["outerAnchor", "itemAnchor"]).default("outerAnchor"),
  /** Whether `UPN:` and `SMTP:` must hold that very name, or may hold any name of the mailbox. Unknown. */
  anchorNames: z.enum(["exact", "anyName"]).default("exact"),
  /** The GUID in `MBX:GUID@TENANT`: the mailbox's own (`ExchangeGuid`, documented), or any of its GUIDs. */
  mailboxHint: z.enum(["exchangeGuid", "anyGuid"]).default("exchangeGuid"),
  /** What becomes of a request whose `UPN:` or `SMTP:` names nobody. Unknown. */
  unknownAnchor: z.enum(["systemMailbox", "refused"]).default("systemMailbox"),
  /** How a server refuses what belongs to another: captured, documented, captured. */
  wrongServer: z.enum(["needsProxy", "incorrectRoutingHint", "noWritePermission"]).default("needsProxy"),
  /** `Set-AdminAuditLogConfig` is only carried out where the system mailbox 8cc370d3 leads. Captured. */
  auditLogConfigNeedsItsServer: z.boolean().default(true),
  /** A verified domain may stand for the tenant's id in the path. Reported (CIPP). */
  domainInPath: z.boolean().default(true),

  // Batches
  /** More requests in a batch are refused. That the service refuses is unknown; no client sends more. */
  batchLimit: z.int().positive().default(10),

  // Admission
  /** How a cmdlet is refused that does not exist or that the caller's roles do not have: 403 with NUL bytes (captured), or an error that says so. */
  refusedCmdlet: z.enum(["nulBytes", "namedError"]).default("nulBytes"),
  /** `EXOModuleFile` lists the cmdlets that the caller may run. Reported. */
  moduleFile: z.boolean().default(true),
  /** `$metadata`, `EXOBanner` and `CasMailbox` are there. Published. */
  otherResources: z.boolean().default(true),

  // Lists
  /** `Get-*` without a preferred page size gives all that `ResultSize` allows in one answer. Inferred from clients that rely on it. */
  wholeListInOneAnswer: z.boolean().default(true),
  /** Rows that a list gives when `ResultSize` isn't named. Documented. */
  defaultResultSize: z.int().positive().default(1000),
  /** Rows of a page of `Mailbox` when no size is preferred. Documented. */
  defaultPageSize: z.int().positive().default(100),
  /** A page link is only good with the anchor that it was got with. Reported (graph2otel). */
  pageNeedsSameAnchor: z.boolean().default(true),
  /** Pages are refused at once where the path names the organization by a domain that is not `.onmicrosoft.com`. Reported (Microsoft Q&A 1023619). */
  customDomainsPage: z.boolean().default(false),
  /** Exception type of a page that has expired. Captured. */
  expiredPageType: z.string().min(1).default("System.Exception"),
  /** The property sets of `Get-EXOMailbox` are taken by `PropertySet`. Documented. */
  propertySets: z.boolean().default(true),
  /** The property set `Audit` has `DefaultAuditSet`. Documented. */
  auditSetHasDefaultAuditSet: z.boolean().default(true),

  // Filters
  /** The type of `Mailbox`'s `When…` properties in `$filter`: text (published `$metadata`), or points in time. */
  whenProperties: z.enum(["string", "dateTimeOffset"]).default("string"),
  /** What a quoted date is compared as while they are text. Unknown. */
  quotedDates: z.enum(["times", "texts"]).default("times"),
  /** `Get-Mailbox -Filter` takes `WhenChangedUTC`. Documented. */
  opathDates: z.boolean().default(true),
  /** `AuditAdmin` and the other lists can be filtered by. Published `$metadata`: no. */
  auditListsFilterable: z.boolean().default(false),

  // Set-Mailbox
  /** A hash table in a body needs its `@odata.type`. Read in clients; captured as an error without. */
  hashTablesNeedType: z.boolean().default(true),
  /** `@{Add=…}` of an action that is on the list: nothing happens (a script of 2025), or an error (a report of 2019). */
  addOfWhatIsThere: z.enum(["nothing", "error"]).default("nothing"),
  /** `@{Add=…}` and `@{Remove=…}` that make no difference leave a managed list managed. Unknown. */
  unchangedListStaysManaged: z.boolean().default(true),
  /** Setting a list takes its logon type out of `DefaultAuditSet`, also where the list equals the default. Documented. */
  listEndsManagedSet: z.boolean().default(true),
  /** `DefaultAuditSet` and lists in one call. Unknown; Microsoft's script makes two calls. */
  defaultAuditSetWithLists: z.enum(["defaultsFirst", "refused"]).default("defaultsFirst"),
  /** The audited actions of group mailboxes can't be changed. Documented. */
  groupMailboxesFixed: z.boolean().default(true),
  /** What reading shows after `AddFolderPermissions`, `ModifyFolderPermissions` or `RemoveFolderPermissions` was set. Unknown. */
  folderPermissionActions: z.enum(["shown", "dropped"]).default("shown"),
  /** A change that changes nothing is answered with a warning that no settings were modified. Captured. */
  unmodifiedWarning: z.boolean().default(true),
  /** `AuditEnabled` reads true where auditing is on by default, whatever was set. Reported. */
  auditEnabledShowsDefault: z.boolean().default(true),
  /** A change of audit settings moves `WhenChangedUTC`. Inferred. */
  auditChangesMoveWhenChanged: z.boolean().default(true),

  // Bypass
  /** `AuditBypassEnabled` is left out on objects where it was never set. Captured. */
  bypassMayBeAbsent: z.boolean().default(true),

  // Switches of the organization
  /** Milliseconds until `Get-AdminAuditLogConfig` shows that the unified audit log was switched. Documented: up to 60 minutes. */
  unifiedAuditLogDelayMs: z
    .number()
    .min(0)
    .default(60 * minute),
  /** Milliseconds until `Enable-OrganizationCustomization` is in force. Documented: 30 minutes up to 48 hours. */
  customizationDelayMs: z
    .number()
    .min(0)
    .default(30 * minute),
  /** What `IsDehydrated` shows until then. Unknown. */
  isDehydratedMeanwhile: z.boolean().default(false),
  /** `Enable-OrganizationCustomization` fails the second time. Documented. */
  customizationOnlyOnce: z.boolean().default(true),
});

export type ExchangeBehaviour = Readonly<z.output<typeof exchangeBehaviourSchema>>;

export const defaultBehaviour: ExchangeBehaviour = Object.freeze(exchangeBehaviourSchema.parse({}));

/** Some of it, to turn round: what is left out stays. */
export type BehaviourChange = { readonly [K in keyof ExchangeBehaviour]?: ExchangeBehaviour[K] | undefined };

/**
 * The behaviour with some of it turned round.
 * @throws ZodError that names what is no behaviour, or no value for it
 */
export function turnedRound(behaviour: ExchangeBehaviour, change: BehaviourChange): ExchangeBehaviour {
  const given = Object.entries(change).filter(([, value]) => value !== undefined);
  return Object.freeze(exchangeBehaviourSchema.parse({ ...behaviour, ...Object.fromEntries(given) }));
}
