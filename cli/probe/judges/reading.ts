/** Lists, pages, filters, and what reading shows. */
import { text, type RawAnswer, type Row } from "../answer";
import { NotAsked } from "../notAsked";
import type { Seen } from "../seen";
import { type Judge, unless } from "../verdict";

const auditSet = [
  "AuditAdmin",
  "AuditDelegate",
  "AuditEnabled",
  "AuditLogAgeLimit",
  "AuditOwner",
  "DefaultAuditSet",
  "ExternalDirectoryObjectId",
];

const statusOf = ({ status }: RawAnswer): string => `status ${String(status)}`;

function refused(name: string): Judge {
  return (seen) => {
    const answer = seen.answer(name);
    return unless(answer.status === 400, statusOf(answer));
  };
}

function thereIs(name: string): Judge {
  return (seen) => {
    const answer = seen.raw(name);
    return unless(answer.status === 200, statusOf(answer));
  };
}

/** Held when the past finds something and the future nothing. */
function comparesAsTime(past: string, future: string): Judge {
  return (seen) => {
    const [older, newer] = [seen.answer(past), seen.answer(future)];
    if (older.status !== 200 || newer.status !== 200) return `${statusOf(older)} and ${statusOf(newer)}`;
    return unless(
      (older.rows?.length ?? 0) > 0 && newer.rows?.length === 0,
      `${String(older.rows?.length ?? 0)} mailboxes since 2000, ${String(newer.rows?.length ?? 0)} since 2999`,
    );
  };
}

/** Names of a row's properties, without what announces their types. */
const namesIn = (row: Row): string[] => Object.keys(row).filter((name) => !name.includes("@"));

function everyRow(seen: Seen, check: (row: Row) => boolean, saw: string): string | undefined {
  return unless(seen.sample.every(check), saw);
}

/** The part of a metadata document that describes mailboxes, or all of it when there is no such part. */
function mailboxType(document: string): string {
  return /<EntityType\b[^>]*\bName="Mailbox"[\s\S]*?<\/EntityType>/.exec(document)?.[0] ?? document;
}

function paged(name: string): Judge {
  return (seen) => {
    const answer = seen.answer(name);
    const count = answer.rows?.length ?? 0;
    return unless(
      answer.status === 200 && count > 0 && count <= 2 && answer.nextLink !== undefined,
      `${statusOf(answer)}, ${String(count)} rows, ${answer.nextLink === undefined ? "no" : "a"} next link`,
    );
  };
}

function goesOn(first: string, next: string): Judge {
  return (seen) => {
    const before = seen.rows(first);
    const answer = seen.answer(next);
    const rows = answer.rows ?? [];
    const known = new Set(before.map((row) => JSON.stringify(row)));
    return unless(
      answer.status === 200 && rows.length > 0 && rows.every((row) => !known.has(JSON.stringify(row))),
      `${statusOf(answer)}, ${String(rows.length)} rows`,
    );
  };
}

export const readingJudges = {
  "get-mailbox-by-directory-guid": (seen) => {
    const { rows, status } = seen.answer("selected");
    const found = text(rows?.[0]?.["Guid"])?.toLowerCase();
    return unless(rows?.length === 1 && found === seen.names.guid.toLowerCase(), `status ${String(status)}`);
  },
  "select-is-honoured": (seen) => {
    const [row] = seen.rows("selected");
    if (row === undefined) throw new NotAsked("the mailbox was not found");
    const names = namesIn(row);
    return unless(
      names.includes("AuditEnabled") && names.length <= 3,
      `${String(names.length)} properties where two were asked for`,
    );
  },
  "rows-announce-their-types": (seen) =>
    everyRow(
      seen,
      (row) => row["AuditAdmin@odata.type"] === "#Collection(String)" && row["Guid@data.type"] === "System.Guid",
      "rows without these announcements",
    ),
  "age-limit-is-a-time-span": (seen) =>
    everyRow(
      seen,
      (row) => /^\d+\.\d{2}:\d{2}:\d{2}$/.test(text(row["AuditLogAgeLimit"]) ?? ""),
      "another form of AuditLogAgeLimit",
    ),
  "when-changed-in-whole-seconds": (seen) =>
    everyRow(
      seen,
      (row) => /T\d{2}:\d{2}:\d{2}(?:\.0+)?(?:Z|[+-]\d{2}:\d{2})?$/.test(text(row["WhenChangedUTC"]) ?? ""),
      "parts of a second, or another form",
    ),
  "default-result-size": (seen) => {
    const { rows = [], warnings } = seen.answer("defaultSize");
    const wasCut = warnings.some((warning) => /more results available/i.test(warning));
    if (rows.length < 1000 && !wasCut) throw new NotAsked("the tenant has less than 1,000 user mailboxes");
    if (rows.length === 1000 && !wasCut && seen.raw("beyondDefaultSize").rows?.length === 1000) {
      throw new NotAsked("the tenant has 1,000 user mailboxes exactly");
    }
    return unless(
      rows.length === 1000 && wasCut,
      `${String(rows.length)} rows, ${wasCut ? "" : "not "}said to be cut short`,
    );
  },
  "whole-list-in-one-answer": (seen) => {
    const { rows = [], nextLink, status } = seen.answer("beyondDefaultSize");
    if (rows.length === 1000 && nextLink === undefined) throw new NotAsked("the tenant has 1,000 user mailboxes");
    return unless(
      rows.length === 1001 && nextLink === undefined,
      `status ${String(status)}, ${String(rows.length)} of 1,001 rows, ${nextLink === undefined ? "no" : "a"} next link`,
    );
  },
  "truncation-is-a-warning": (seen) => {
    const { rows = [], warnings, status } = seen.answer("cutShort");
    return unless(
      status === 200 && rows.length === 1 && warnings.some((warning) => /more results available/i.test(warning)),
      `status ${String(status)}, ${String(rows.length)} rows, ${String(warnings.length)} warnings`,
    );
  },
  "command-pages-as-preferred": paged("commandPage"),
  "command-next-page-by-post": goesOn("commandPage", "commandNextPage"),
  "list-pages-as-preferred": paged("listPage"),
  "list-next-page-by-get": goesOn("listPage", "listNextPage"),
  "list-pages-of-a-hundred": (seen) => {
    const { rows = [], nextLink, status } = seen.answer("listDefaultSize");
    if (status === 200 && rows.length < 100 && nextLink === undefined) {
      throw new NotAsked("the tenant has less than 100 mailboxes");
    }
    return unless(
      rows.length === 100 && nextLink !== undefined,
      `status ${String(status)}, ${String(rows.length)} rows, ${nextLink === undefined ? "no" : "a"} next link`,
    );
  },
  "x-prefer-is-ignored": (seen) => {
    const { rows = [], status } = seen.answer("misspelledPreference");
    return unless(
      rows.length === 3,
      `status ${String(status)}, ${String(rows.length)} rows where three were asked for`,
    );
  },
  "bad-page-link-says-expired": (seen) => {
    const answer = seen.answer("garbledPage");
    const says = /Expired or Invalid pagination request/i.test(answer.text);
    return unless(answer.status === 400 && says, `${statusOf(answer)}, ${says ? "" : "not "}in these words`);
  },
  "bad-page-link-is-system-exception": (seen) => {
    const answer = seen.answer("garbledPage");
    if (answer.status < 400) return statusOf(answer);
    const type = answer.innerType ?? answer.detail?.split("|")[1];
    return unless(type === "System.Exception", "another type, or none");
  },
  "audit-property-set": (seen) => {
    const [row = {}] = seen.rows("listPage");
    const names = namesIn(row).filter((name) => name !== "PersistedCapabilities");
    const missing = auditSet.filter((name) => !names.includes(name));
    const more = names.filter((name) => !auditSet.includes(name));
    return unless(
      missing.length === 0 && more.length === 0,
      `without ${missing.join(", ") || "nothing"}, and ${String(more.length)} properties more`,
    );
  },
  "persisted-capabilities-are-readable": (seen) => {
    const answer = seen.answer("listPage");
    const isThere = answer.rows?.some((row) => Array.isArray(row["PersistedCapabilities"])) ?? false;
    return unless(isThere, `${statusOf(answer)}, no list of capabilities`);
  },
  "minimum-without-audit": (seen) => {
    const { status, json } = seen.answer("one");
    const names = namesIn(json);
    return unless(
      status === 200 && names.includes("UserPrincipalName") && !names.some((name) => name.startsWith("Audit")),
      `status ${String(status)}, ${names.some((name) => name.startsWith("Audit")) ? "with" : "without"} audit properties`,
    );
  },
  "list-by-recipient-type": (seen) => {
    const { rows = [], status } = seen.answer("byType");
    const all = rows.every((row) => row["RecipientTypeDetails"] === "UserMailbox");
    return unless(
      rows.length > 0 && all,
      `status ${String(status)}, ${String(rows.length)} rows${all ? "" : " of other types"}`,
    );
  },
  "metadata-is-there": (seen) => {
    const answer = seen.raw("metadata");
    return unless(answer.status === 200 && answer.text.includes('Name="WhenChangedUTC"'), statusOf(answer));
  },
  "dates-are-text-in-metadata": (seen) => {
    const { status, text: document } = seen.answer("metadata");
    const property = /<Property\b[^>]*\bName="WhenChangedUTC"[^>]*>/.exec(mailboxType(document))?.[0];
    if (status !== 200 || property === undefined) throw new NotAsked("there is no metadata of it");
    const type = /\bType="(Edm\.[A-Za-z]{1,20})"/.exec(property)?.[1];
    return unless(type === "Edm.String", `type ${type === "Edm.DateTimeOffset" ? type : "other"}`);
  },
  "bare-date-refused": refused("bareDate"),
  "quoted-date-filters": comparesAsTime("quotedDatePast", "quotedDateFuture"),
  "quoted-date-compares-as-time": comparesAsTime("quotedDatePast", "otherDateFuture"),
  "opath-date-compares-as-time": comparesAsTime("opathDatePast", "opathDateFuture"),
  "audit-lists-cannot-be-filtered-by": refused("auditListFilter"),
  "audit-enabled-can-be-filtered-by": (seen) => {
    const answer = seen.answer("auditEnabledFilter");
    return unless(
      answer.status === 200 && answer.rows?.length === 1,
      `${statusOf(answer)}, ${String(answer.rows?.length ?? 0)} rows`,
    );
  },
  "bypass-rows-have-ids": (seen) => {
    const rows = seen.rows("bypass");
    const isRow = (row: Row): boolean =>
      ["Guid", "Identity", "Name"].every((name) => text(row[name]) !== undefined) &&
      ["boolean", "undefined"].includes(typeof row["AuditBypassEnabled"]);
    return unless(rows.length > 0 && rows.every(isRow), "rows of another form");
  },
  "bypass-takes-no-filter": refused("bypassFilter"),
  "banner-is-there": thereIs("banner"),
  "cas-mailbox-is-there": (seen) => {
    const answer = seen.raw("casMailbox");
    return unless(answer.status === 200 && answer.rows !== undefined, statusOf(answer));
  },
} satisfies Readonly<Record<string, Judge>>;
