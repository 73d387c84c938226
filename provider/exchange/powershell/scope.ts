/** The part of a script that lists the mailboxes that it is about. */
import { list, text } from "./literal";

export interface Scope {
  /** Values of `RecipientTypeDetails`. */
  readonly recipientTypes: readonly string[];
  /** A filter in OPATH that the mailboxes have to pass. */
  readonly filter?: string | undefined;
  /** Names of the only mailboxes to take, each a user principal name, a primary address or a GUID. */
  readonly include?: readonly string[] | undefined;
  /** Names of mailboxes to leave out. */
  readonly exclude: readonly string[];
}

/**
 * Fills `$mailboxes` before the first of them is changed: without `-ResultSize Unlimited` the listing would silently end after 1,000,
 * and one that breaks off is an error and no reason to believe that the rest is gone.
 */
export function listMailboxes(scope: Scope): string {
  const filter = scope.filter === undefined ? "" : ` -Filter ${text(scope.filter)}`;
  return `
Write-Line 'listing mailboxes'
$recipientTypes = ${list(scope.recipientTypes)}
$mailboxes = @(Get-EXOMailbox -PropertySets 'Minimum', 'Audit' -RecipientTypeDetails $recipientTypes -ResultSize Unlimited${filter} @always)
$result.scannedAt = [datetime]::UtcNow.ToString('o')
${hasNames(scope) ? byName(scope) : ""}`;
}

function hasNames({ include, exclude }: Scope): boolean {
  return include !== undefined || exclude.length > 0;
}

/** With a filter the server leaves mailboxes out, so that an excluded one that is not listed may well be there. */
function byName({ include, exclude, filter }: Scope): string {
  const wanted = [...(include ?? []), ...(filter === undefined ? exclude : [])];
  const only = `        if (@($names | Where-Object { $include -contains $_ }).Count -eq 0) { continue }\n`;
  return `$include = ${list(include ?? [])}
$exclude = ${list(exclude)}
$seen = [System.Collections.Generic.HashSet[string]]::new([System.StringComparer]::OrdinalIgnoreCase)
$mailboxes = @(
    foreach ($mailbox in $mailboxes) {
        $names = @($mailbox.Guid, $mailbox.PrimarySmtpAddress, $mailbox.UserPrincipalName, $mailbox.ExternalDirectoryObjectId | ForEach-Object { [string] $_ })
        foreach ($name in $names) { $null = $seen.Add($name) }
${include === undefined ? "" : only}        if (@($names | Where-Object { $exclude -contains $_ }).Count -gt 0) { continue }
        $mailbox
    }
)
$unmatched = @(${list(wanted)} | Where-Object { -not $seen.Contains($_) })
$result.unmatched = Get-Sample -Lines $unmatched
`;
}
