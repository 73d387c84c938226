/** What answers look like, and what the settings are that reading shows. */
import { auditActionNames, defaultActions } from "../../../sandbox/exchange/auditActions";
import { logonTypes, recipientTypes } from "../../../sandbox/exchange/model";
import { text, texts, type Row } from "../answer";
import { NotAsked } from "../notAsked";
import { strangeParameter } from "../reads";
import type { Seen } from "../seen";
import { type Judge, unless } from "../verdict";

/** Answers of all sorts, in which headers are looked for. */
const several = ["mailboxes", "nobody", "one", "mixed"] as const;

function everywhere(...headers: readonly string[]): Judge {
  return (seen) => {
    const missing = several.filter((name) => headers.some((header) => seen.answer(name).header(header) === undefined));
    return unless(missing.length === 0, `missing in ${String(missing.length)} of ${String(several.length)} answers`);
  };
}

function statusIs(name: string, status: number): Judge {
  return (seen) => {
    const answer = seen.answer(name);
    return unless(answer.status === status, `status ${String(answer.status)}`);
  };
}

/** Names on the lists of the sample. */
function actionsIn(row: Row): readonly string[] {
  return logonTypes.flatMap((logonType) => texts(row[`Audit${logonType}`]));
}

export const answerJudges = {
  "answer-is-value-and-warnings": (seen) => {
    const { status, rows, json } = seen.answer("mailboxes");
    return unless(
      status === 200 && rows !== undefined && Array.isArray(json["@adminapi.warnings"]),
      `status ${String(status)}, ${rows === undefined ? "no value" : "a value"}`,
    );
  },
  "error-detail-form": (seen) =>
    unless(/^\w*\|[\w.]+\|/.test(seen.answer("nobody").detail ?? ""), "no detail, or of another form"),
  "error-has-inner-exception": (seen) =>
    unless((seen.answer("nobody").innerType ?? "").endsWith("Exception"), "no inner exception with a type"),
  "error-names-its-type-in-a-header": (seen) =>
    unless(seen.answer("nobody").header("x-exceptiontype") !== undefined, "no such header"),
  "nobody-is-not-found": (seen) => {
    const { status, text: body } = seen.answer("nobody");
    return unless(
      status >= 400 && body.includes("ManagementObjectNotFoundException"),
      `status ${String(status)}, another type`,
    );
  },
  "nobody-is-404": statusIs("nobody", 404),
  "unknown-cmdlet-is-403-of-nul-bytes": (seen) => {
    const { status, text: body } = seen.raw("strangeCmdlet");
    const isNul = /^\0+$/.test(body);
    return unless(status === 403 && isNul, `status ${String(status)}, ${isNul ? "NUL bytes" : "another body"}`);
  },
  "unknown-parameter-is-named": (seen) => {
    const { status, text: body } = seen.raw("strangeParameter");
    const isNamed = body.includes(strangeParameter);
    return unless(status === 400 && isNamed, `status ${String(status)}, ${isNamed ? "" : "not "}named`);
  },
  "null-parameters-refused": (seen) => {
    const { status } = seen.raw("nullParameters");
    return unless(status === 400, `status ${String(status)}`);
  },
  "date-header": everywhere("date"),
  "request-id-header": everywhere("request-id"),
  "back-end-header": everywhere("x-calculatedbetarget"),
  "rate-limit-headers": everywhere("rate-limit-limit", "rate-limit-remaining", "rate-limit-reset"),
  "known-actions": (seen) => {
    const unknown = new Set(seen.sample.flatMap(actionsIn).filter((name) => !auditActionNames.includes(name)));
    return unless(unknown.size === 0, `${String(unknown.size)} names that are not known`);
  },
  "managed-lists-are-known": (seen) => {
    const different = differentManagedLists(seen);
    return unless(different.length === 0, `another list for ${different.join(", ")}`);
  },
  "organization-config-has-switches": (seen) => {
    const [row = {}] = seen.rows("organization");
    const missing = ["AuditDisabled", "IsDehydrated"].filter((name) => typeof row[name] !== "boolean");
    return unless(missing.length === 0, `without ${missing.join(", ")}`);
  },
  "audit-log-config-has-switch": (seen) => {
    const [row = {}] = seen.rows("auditLog");
    return unless(typeof row["UnifiedAuditLogIngestionEnabled"] === "boolean", "no such switch");
  },
} satisfies Readonly<Record<string, Judge>>;

/** Logon types of which a mailbox has a managed list that is not the known one. */
function differentManagedLists(seen: Seen): readonly string[] {
  const managed = seen.sample.flatMap((row) => {
    const type = recipientTypes.find((name) => name === text(row["RecipientTypeDetails"]));
    return type === undefined
      ? []
      : logonTypes
          .filter((logonType) => texts(row["DefaultAuditSet"]).includes(logonType))
          .map((logonType) => ({
            logonType,
            list: texts(row[`Audit${logonType}`]),
            known: defaultActions(type, logonType),
          }));
  });
  if (managed.length === 0) throw new NotAsked("none of the mailboxes looked at has a managed list");
  const different = managed.filter(
    ({ list, known }) => list.length !== known.length || !known.every((action) => list.includes(action)),
  );
  return [...new Set(different.map(({ logonType }) => logonType))];
}
