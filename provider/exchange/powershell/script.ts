/**
 * Whole scripts: the vendor's way of putting mailboxes under audit, made to do in a large tenant what it is meant to do. Pure.
 *
 * The vendor's own pipeline lists at most 1,000 mailboxes, sets every one of them every time, and misspells the parameter of its
 * disconnect, so that it ends with a question that nobody answers (Netwrix, "Settings for Non-Owner Mailbox Access Audit: Using
 * Application"). These list all, set only what differs, tell what failed, and always disconnect.
 */
import { bypass, type Bypass } from "./bypass";
import { connect, type Connection, prerequisites, required } from "./connection";
import { frame } from "./frame";
import { correction, type MailboxRule, restoration, setMailboxes } from "./mailboxes";
import { listMailboxes, type Scope } from "./scope";
import { switches } from "./switches";

export interface AuditScript {
  readonly connection: Connection;
  readonly scope: Scope;
  readonly rule: MailboxRule;
  readonly bypass: Bypass;
  /** How many mailboxes may fail before the script counts as failed. */
  readonly maxFailures: number;
}

/** Puts mailboxes, switches and bypass associations right. */
export function auditScript({ connection, scope, rule, bypass: accounts, maxFailures }: AuditScript): string {
  return frame(head(connection), correction(rule), [
    prerequisites,
    connect(connection),
    switches,
    bypass(accounts),
    listMailboxes(scope),
    setMailboxes(maxFailures),
  ]);
}

export interface RestoreScript {
  readonly connection: Connection;
  readonly scope: Scope;
  /** Every value of `DefaultAuditSet`. */
  readonly logonTypes: readonly string[];
}

/** Hands the lists of mailboxes back to Microsoft. Auditing stays on. */
export function restoreScript({ connection, scope, logonTypes }: RestoreScript): string {
  return frame(head(connection), restoration(logonTypes), [
    prerequisites,
    connect(connection),
    listMailboxes(scope),
    setMailboxes(0),
  ]);
}

const made = "# Made by pulumi-m365audit; a change is better made in what it was made from.\n";

/** A script that is run from a file says by itself what it needs, and takes the password of its PFX file. */
function head({ certificate }: Connection): string {
  if (certificate.from === "stdin") return made;
  const requirement = `#Requires -Version ${required.powershell}\n`;
  if (certificate.from === "thumbprint") return `${made}${requirement}`;
  return `${made}${requirement}
[CmdletBinding()]
param(
    # Of the PFX file. Leave it out when the file has none.
    [securestring] $CertificatePassword
)
$password = @{}
if ($null -ne $CertificatePassword) { $password.CertificatePassword = $CertificatePassword }
`;
}
