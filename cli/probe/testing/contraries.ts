/**
 * For tests: each belief that the probe asks, turned round. Where the sandbox has a switch for it, that is used; what is only a matter of
 * form is changed on the way.
 */
import type { ReadBelief, WriteBelief } from "../../../sandbox/beliefs";
import type { BehaviourChange } from "../../../sandbox";
import { asRow, type Row } from "../answer";
import type { Answer, Between } from "./tenant";

type Askable = ReadBelief | WriteBelief;

export interface Contrary {
  readonly behaviour?: BehaviourChange;
  /** Made anew for each run, as some count what passes. */
  readonly between?: () => Between;
  /** Claims of the token that say something else. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Beliefs that cannot hold either. */
  readonly implied?: readonly Askable[];
}

interface Asked {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The cmdlet, and what it was given. */
  readonly cmdlet: string;
  readonly parameters: Row;
}

type Which = (asked: Asked) => boolean;

function describe({ url, method, headers = {}, body }: Parameters<Between>[0]): Asked {
  const input = asRow(asRow(body === undefined ? undefined : JSON.parse(body))["CmdletInput"]);
  return { url, method, headers, cmdlet: String(input["CmdletName"]), parameters: asRow(input["Parameters"]) };
}

/** Changes the answers to some requests. */
function answering(which: Which, change: (answer: Answer) => Answer): Contrary {
  return {
    between: () => async (asked, send) => {
      const answer = await send(asked);
      return which(describe(asked)) ? change(answer) : answer;
    },
  };
}

/** Changes some requests on their way. */
function sending(which: Which, change: (asked: Parameters<Between>[0]) => Parameters<Between>[0]): Contrary {
  return { between: () => async (asked, send) => send(which(describe(asked)) ? change(asked) : asked) };
}

const everything: Which = () => true;
const status = (code: number) => (answer: Answer) => ({ ...answer, status: code });
const refusal: Answer = {
  status: 400,
  headers: {},
  text: '{"error":{"code":"ErrorIncorrectRoutingHint","message":"no"}}',
};
const nothing: Answer = { status: 404, headers: {}, text: "" };

function edited(change: (json: Record<string, unknown>) => void): (answer: Answer) => Answer {
  return (answer) => {
    if (answer.status >= 500 || !answer.text.startsWith("{")) return answer;
    const json = JSON.parse(answer.text) as Record<string, unknown>;
    change(json);
    return { ...answer, text: JSON.stringify(json) };
  };
}

function rows(change: (row: Record<string, unknown>) => void): (answer: Answer) => Answer {
  return edited(({ value }) => {
    if (Array.isArray(value)) for (const row of value as Record<string, unknown>[]) change(row);
  });
}

function responses(change: (item: Record<string, unknown>) => Record<string, unknown>): (answer: Answer) => Answer {
  return edited((json) => {
    if (Array.isArray(json["responses"]))
      json["responses"] = (json["responses"] as Record<string, unknown>[]).map(change);
  });
}

const withoutHeader =
  (...names: readonly string[]) =>
  (answer: Answer): Answer => ({
    ...answer,
    headers: Object.fromEntries(Object.entries(answer.headers).filter(([name]) => !names.includes(name))),
  });

const replaced = (from: string, to: string) => (answer: Answer) => ({
  ...answer,
  text: answer.text.replaceAll(from, to),
});

// What the probe asks, as it is seen on the way.
const mailboxes: Which = ({ cmdlet, parameters }) => cmdlet === "Get-Mailbox" && parameters["ResultSize"] === 4;
const selected: Which = ({ url }) => url.endsWith("$select=Guid,AuditEnabled");
const nobody: Which = ({ cmdlet, parameters, url }) =>
  cmdlet === "Get-Mailbox" && "Identity" in parameters && url.endsWith("InvokeCommand");
const cutShort: Which = ({ parameters }) => parameters["ResultSize"] === 1 && parameters["Filter"] === undefined;
const organization: Which = ({ url }) => url.endsWith("AuditDisabled,IsDehydrated,Name");
const listPage: Which = ({ url, method }) =>
  method === "GET" && url.includes("PropertySet=Audit") && !url.includes("skiptoken");
const garbled: Which = ({ url }) => url.includes("skiptoken=Z2Fy");
const nextPage =
  (verb: string): Which =>
  (asked) =>
    asked.method === verb && asked.url.includes("skiptoken") && !garbled(asked);
const anchoredBy =
  (kind: string): Which =>
  ({ url, headers, parameters }) =>
    "Identity" in parameters && url.endsWith("?$select=Guid") && (headers["X-AnchorMailbox"] ?? "").startsWith(kind);
const at =
  (path: string): Which =>
  ({ url }) =>
    url.includes(path);
const setting =
  (name: string): Which =>
  ({ cmdlet, parameters }) =>
    cmdlet === "Set-Mailbox" && name in parameters;
const batchOf =
  (count: number): ((asked: Parameters<Between>[0]) => boolean) =>
  ({ url, body = "" }) =>
    url.endsWith("$batch") && (JSON.parse(body) as { requests: unknown[] }).requests.length === count;

/** Like {@link answering}, for batches of so many requests. */
function batches(count: number, change: (answer: Answer) => Answer): Contrary {
  return {
    between: () => async (asked, send) => {
      const answer = await send(asked);
      return batchOf(count)(asked) ? change(answer) : answer;
    },
  };
}

/** The reading after the change is that before it. */
const staleOnce = (): Between => {
  let last: Answer | undefined;
  let isStale = false;
  return async (asked, send) => {
    const { cmdlet, parameters, headers } = describe(asked);
    const answer = await send(asked);
    if (cmdlet === "Set-Mailbox" && JSON.stringify(parameters["AuditOwner"] ?? null).includes('Add":["Move')) {
      isStale = last !== undefined;
    }
    if (
      cmdlet !== "Get-Mailbox" ||
      !(headers["X-AnchorMailbox"] ?? "").startsWith("UPN:") ||
      mailboxes(describe(asked))
    )
      return answer;
    const shown = isStale ? (last ?? answer) : answer;
    [isStale, last] = [false, answer];
    return shown;
  };
};

/** An `Add` that replaces the whole list. */
const addReplaces = (asked: Parameters<Between>[0]): Parameters<Between>[0] => ({
  ...asked,
  body: (asked.body ?? "").replace(/\{"@odata\.type":"#Exchange\.GenericHashTable","Add":(\["Move"\])\}/, "$1"),
});

export const contraries: Readonly<Record<Askable, Contrary>> = {
  // access
  "token-names-exchange": { claims: { aud: "https://graph.microsoft.com" } },
  "token-carries-app-role": { claims: { roles: [] } },
  "token-carries-directory-role": { claims: { wids: ["0997a1d0-0d1d-4acb-b408-d5ca73121e90"] } },
  "no-token-is-401": answering(({ headers }) => !("Authorization" in headers), status(403)),
  "module-file-lists-cmdlets": { behaviour: { moduleFile: false } },

  // routing
  "domain-in-path": { behaviour: { domainInPath: false } },
  "version-1-answers-too": answering(at("v1.0/"), (answer) =>
    answer.text.includes("exportedCmdlets") ? answer : nothing,
  ),
  "path-in-any-letter-case": answering(at("/AdminApi/"), () => nothing),
  "organization-anchor-reads-all": answering(anchoredBy("APP:"), () => refusal),
  "anchor-by-upn": answering(anchoredBy("UPN:"), () => refusal),
  "anchor-by-smtp": answering(anchoredBy("SMTP:"), () => refusal),
  "anchor-by-mailbox-guid": {
    between: () => {
      let count = 0;
      return async (asked, send) => {
        const answer = await send(asked);
        // The mailbox's own GUID is tried first.
        return anchoredBy("MBX:")(describe(asked)) && ++count === 1 ? refusal : answer;
      };
    },
  },
  "anchor-by-directory-guid-refused": { behaviour: { mailboxHint: "anyGuid" } },
  "write-needs-the-mailboxs-server": { behaviour: { changesNeedTheirServer: false } },
  "wrong-server-form": { behaviour: { wrongServer: "incorrectRoutingHint" } },
  "batch-routed-as-a-whole": { behaviour: { batchRouting: "itemAnchor" } },
  "batch-of-eleven-refused": { behaviour: { batchLimit: 20 } },
  "batch-is-200-whatever-its-items": batches(3, status(207)),
  "batch-answers-by-id": batches(
    3,
    responses((item) => ({ ...item, id: String(Number(item["id"]) - 1) })),
  ),
  "batch-headers-in-lower-case": batches(
    3,
    responses((item) => ({ ...item, headers: { "Content-Type": "application/json" } })),
  ),
  "batch-takes-a-path-alone": batches(
    1,
    // Those that write name a whole address.
    responses((item) => (JSON.stringify(item).includes("IsDehydrated") ? { ...item, status: 400 } : item)),
  ),

  // reading
  "get-mailbox-by-directory-guid": answering(
    selected,
    edited((json) => void (json["value"] = [])),
  ),
  "select-is-honoured": sending(selected, (asked) => ({ ...asked, url: asked.url.replace(/\?.*/, "") })),
  "rows-announce-their-types": answering(
    mailboxes,
    rows((row) => delete row["AuditAdmin@odata.type"]),
  ),
  "age-limit-is-a-time-span": answering(
    mailboxes,
    rows((row) => (row["AuditLogAgeLimit"] = "P90D")),
  ),
  "when-changed-in-whole-seconds": answering(
    mailboxes,
    rows((row) => (row["WhenChangedUTC"] = "2026-01-01T00:00:00.123Z")),
  ),
  "default-result-size": { behaviour: { defaultResultSize: 500 } },
  "whole-list-in-one-answer": { behaviour: { wholeListInOneAnswer: false } },
  "truncation-is-a-warning": answering(
    cutShort,
    edited((json) => (json["@adminapi.warnings"] = [])),
  ),
  "command-pages-as-preferred": sending(
    ({ cmdlet, parameters }) => cmdlet === "Get-Mailbox" && parameters["ResultSize"] === "Unlimited",
    (asked) => ({ ...asked, headers: { ...asked.headers, Prefer: "" } }),
  ),
  "command-next-page-by-post": answering(nextPage("POST"), () => refusal),
  "list-pages-as-preferred": sending(listPage, (asked) => ({ ...asked, headers: { ...asked.headers, Prefer: "" } })),
  "list-next-page-by-get": answering(nextPage("GET"), () => refusal),
  "list-pages-of-a-hundred": { behaviour: { defaultPageSize: 50 } },
  "x-prefer-is-ignored": sending(
    ({ headers }) => "X-Prefer" in headers,
    (asked) => ({ ...asked, headers: { ...asked.headers, Prefer: "odata.maxpagesize=1" } }),
  ),
  "bad-page-link-says-expired": answering(garbled, replaced("Expired or Invalid", "Unusable")),
  "bad-page-link-is-system-exception": { behaviour: { expiredPageType: "Microsoft.OData.ODataException" } },
  "audit-property-set": { behaviour: { auditSetHasDefaultAuditSet: false } },
  "persisted-capabilities-are-readable": answering(
    listPage,
    rows((row) => delete row["PersistedCapabilities"]),
  ),
  "minimum-without-audit": answering(
    at("Mailbox('"),
    edited((json) => (json["AuditEnabled"] = true)),
  ),
  "list-by-recipient-type": sending(at("RecipientTypeDetails=UserMailbox"), (asked) => ({
    ...asked,
    url: asked.url.replace("=UserMailbox", "=SharedMailbox"),
  })),
  "metadata-is-there": answering(at("$metadata"), () => nothing),
  "dates-are-text-in-metadata": {
    behaviour: { whenProperties: "dateTimeOffset" },
    implied: ["bare-date-refused", "quoted-date-filters", "quoted-date-compares-as-time"],
  },
  "bare-date-refused": sending(at("ge%202000"), (asked) => ({
    ...asked,
    url: asked.url.replace(/ge%20(2000[^&]*)/, "ge%20'$1'"),
  })),
  "quoted-date-filters": answering(at("'2999-01-01"), (answer) => ({ ...answer, text: '{"value":[{}]}' })),
  "quoted-date-compares-as-time": { behaviour: { quotedDates: "texts" } },
  "opath-date-compares-as-time": { behaviour: { opathDates: false } },
  "audit-lists-cannot-be-filtered-by": { behaviour: { auditListsFilterable: true } },
  "audit-enabled-can-be-filtered-by": answering(at("AuditEnabled%20eq"), () => refusal),
  "bypass-rows-have-ids": answering(
    ({ cmdlet }) => cmdlet === "Get-MailboxAuditBypassAssociation",
    rows((row) => delete row["Name"]),
  ),
  "bypass-takes-no-filter": answering(
    ({ cmdlet, parameters }) => cmdlet === "Get-MailboxAuditBypassAssociation" && "Filter" in parameters,
    status(200),
  ),
  "banner-is-there": answering(at("EXOBanner"), () => nothing),
  "cas-mailbox-is-there": answering(at("CasMailbox"), () => nothing),

  // answers
  "answer-is-value-and-warnings": answering(
    mailboxes,
    edited((json) => delete json["@adminapi.warnings"]),
  ),
  "error-detail-form": answering(
    nobody,
    edited((json) => (json["error"] = { ...asRow(json["error"]), details: [] })),
  ),
  "error-has-inner-exception": answering(
    nobody,
    edited((json) => (json["error"] = { ...asRow(json["error"]), innererror: {} })),
  ),
  "error-names-its-type-in-a-header": answering(everything, withoutHeader("x-exceptiontype")),
  "nobody-is-not-found": answering(everything, replaced("ManagementObjectNotFoundException", "SomethingElseException")),
  "nobody-is-404": answering(
    ({ cmdlet }) => cmdlet === "Get-Mailbox",
    (answer) => (answer.status === 404 ? status(400)(answer) : answer),
  ),
  "unknown-cmdlet-is-403-of-nul-bytes": { behaviour: { refusedCmdlet: "namedError" } },
  "unknown-parameter-is-named": answering(everything, replaced("M365AuditProbeNothing", "")),
  "null-parameters-refused": sending(everything, (asked) =>
    asked.body === undefined ? asked : { ...asked, body: asked.body.replace('"Parameters":null', '"Parameters":{}') },
  ),
  "date-header": answering(everything, withoutHeader("date")),
  "request-id-header": answering(everything, withoutHeader("request-id")),
  "back-end-header": answering(everything, withoutHeader("x-calculatedbetarget")),
  "rate-limit-headers": answering(everything, withoutHeader("rate-limit-limit")),
  "what-if-asks-back": answering(
    setting("WhatIf"),
    edited((json) => delete json["@adminapi.confirmationmessage"]),
  ),
  "success-is-an-empty-value": answering(
    setting("AuditOwner"),
    edited((json) => (json["value"] = [{}])),
  ),
  "no-change-is-a-warning": { behaviour: { unmodifiedWarning: false } },

  // auditing
  "known-actions": answering(
    mailboxes,
    rows((row) => Object.assign(row, { DefaultAuditSet: [], AuditOwner: ["Update", "Observe"] })),
  ),
  "managed-lists-are-known": answering(
    mailboxes,
    rows((row) => Object.assign(row, { DefaultAuditSet: ["Owner"], AuditOwner: ["Update"] })),
  ),
  "typed-hash-table-adds": sending(setting("AuditOwner"), addReplaces),
  "untyped-hash-table-refused": { behaviour: { hashTablesNeedType: false } },
  "foreign-action-refused-with-names": answering(
    setting("AuditDelegate"),
    replaced("Supported audit operations", "Others"),
  ),
  "adding-what-is-there-is-no-error": { behaviour: { addOfWhatIsThere: "error" } },
  "adding-what-is-there-keeps-the-list-managed": { behaviour: { unchangedListStaysManaged: false } },
  "list-that-is-set-is-not-managed": { behaviour: { listEndsManagedSet: false } },
  "default-audit-set-restores": {
    between: () => async (asked, send) => {
      const { parameters } = describe(asked);
      const isIgnored = "DefaultAuditSet" in parameters && !("AuditOwner" in parameters);
      return isIgnored ? { status: 200, headers: {}, text: '{"value":[],"@adminapi.warnings":[]}' } : send(asked);
    },
  },
  "defaults-then-lists-in-one-call": { behaviour: { defaultAuditSetWithLists: "refused" } },
  "audit-changes-move-when-changed": { behaviour: { auditChangesMoveWhenChanged: false } },
  "anchored-read-sees-the-write": { between: staleOnce },
  "organization-config-has-switches": answering(
    organization,
    rows((row) => delete row["IsDehydrated"]),
  ),
  "audit-log-config-has-switch": answering(
    ({ cmdlet }) => cmdlet === "Get-AdminAuditLogConfig",
    rows((row) => delete row["UnifiedAuditLogIngestionEnabled"]),
  ),
};
