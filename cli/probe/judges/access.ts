/** Who is let in, and where a request goes. */
import { exchangeOnline } from "../../../provider/entra/wellKnown";
import { text } from "../answer";
import { NotAsked } from "../notAsked";
import type { Seen } from "../seen";
import { type Judge, unless } from "../verdict";

const appRole = "Exchange.ManageAsApp";
/** In every app-only token, and no directory role. */
const noDirectoryRole = "0997a1d0-0d1d-4acb-b408-d5ca73121e90";

const audiences: readonly string[] = [exchangeOnline.appId, ...exchangeOnline.resources];

/** Held when the request was answered as one that is let in. */
function answered(name: string): Judge {
  return (seen) => {
    const { status } = seen.raw(name);
    return unless(status === 200, `status ${String(status)}`);
  };
}

function list(name: string, what: string): Judge {
  return (seen) => {
    const { status, rows } = seen.raw(name);
    return unless(status === 200 && rows !== undefined, `status ${String(status)}, ${what}`);
  };
}

/** Whether the service lets the token in at all: else it says nothing of what is in the token. */
function letIn(seen: Seen): void {
  seen.rows("mailboxes");
}

export const accessJudges = {
  "token-names-exchange": ({ token }) =>
    unless(
      token.audience !== undefined && audiences.includes(token.audience.replace(/\/$/, "")),
      "another audience, or none that can be read",
    ),
  "token-carries-app-role": (seen) => {
    letIn(seen);
    return unless(seen.token.roles.includes(appRole), `let in, though the token's roles lack ${appRole}`);
  },
  "token-carries-directory-role": (seen) => {
    letIn(seen);
    const roles = seen.token.wids.filter((id) => id !== noDirectoryRole);
    return unless(roles.length > 0, "let in, though the token names no directory role");
  },
  "no-token-is-401": (seen) => {
    const answer = seen.raw("withoutToken");
    const isChallenge = /^Bearer\b/i.test(answer.header("www-authenticate") ?? "");
    return unless(
      answer.status === 401 && isChallenge,
      `status ${String(answer.status)}, ${isChallenge ? "with" : "without"} a challenge`,
    );
  },
  "module-file-lists-cmdlets": (seen) => {
    const { status, rows } = seen.raw("moduleFile");
    const names = text(rows?.[0]?.["exportedCmdlets"])?.split(",") ?? [];
    return unless(
      status === 200 && names.includes("Get-Mailbox"),
      `status ${String(status)}, ${names.length === 0 ? "no list" : "a list without Get-Mailbox"}`,
    );
  },
  "domain-in-path": answered("domainInPath"),
  "version-1-answers-too": answered("version1"),
  "path-in-any-letter-case": answered("otherLetterCase"),
  "organization-anchor-reads-all": list("anchorOrganization", "anchored to the system mailbox"),
  "anchor-by-upn": list("anchorUpn", "anchored by UPN"),
  "anchor-by-smtp": list("anchorSmtp", "anchored by SMTP"),
  "anchor-by-mailbox-guid": list("anchorMailboxGuid", "anchored by ExchangeGuid"),
  "anchor-by-directory-guid-refused": (seen) => {
    const { guid, exchangeGuid } = seen.names;
    if (guid === exchangeGuid) throw new NotAsked("the mailbox has one GUID for both");
    const { status } = seen.raw("anchorDirectoryGuid");
    return unless(status >= 400, `status ${String(status)}`);
  },
} satisfies Readonly<Record<string, Judge>>;
