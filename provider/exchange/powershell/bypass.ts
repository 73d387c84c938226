/** The part of a script about accounts on audit bypass, whose actions are recorded in no mailbox. */
import { list } from "./literal";

export interface Bypass {
  /** Accounts that may stay on bypass, each by GUID, user principal name, address or name. */
  readonly allow: readonly string[];
  readonly others: "remove" | "report";
}

/**
 * The server cannot filter associations, so all are listed. One without `AuditBypassEnabled` is unknown, not off. An allowed account
 * that is on no row by id or name is looked up; only one that is gone needs no allowance, any other error stops the script.
 */
export function bypass({ allow, others }: Bypass): string {
  return `
Write-Line 'listing audit bypass associations'
$associations = @(Get-MailboxAuditBypassAssociation -ResultSize Unlimited @always)
$unknown = @($associations | Where-Object { $_.AuditBypassEnabled -isnot [bool] }).Count
$bypassed = @($associations | Where-Object { $_.AuditBypassEnabled -eq $true })
${allow.length === 0 ? "$allowed = @()" : allowance(allow)}
$left = [System.Collections.Generic.List[string]]::new()
foreach ($account in $bypassed) {
${others === "remove" ? removal : "    $left.Add([string] $account.Name)"}
}
$result.bypassedAccounts = Get-Sample -Lines $left.ToArray()
$result.bypassedAccounts.unknown = $unknown
$result.bypassedAccounts.scannedAt = [datetime]::UtcNow.ToString('o')
`;
}

function allowance(allow: readonly string[]): string {
  return `$allowed = @(
    foreach ($identity in ${list(allow)}) {
        if ($bypassed.Count -eq 0) { continue }
        $known = @($bypassed | Where-Object { [string] $_.Guid -eq $identity -or $_.Name -eq $identity })
        if ($known.Count -eq 0) {
            try { $known = @(Get-MailboxAuditBypassAssociation -Identity $identity @always) }
            catch { if ("$($_.FullyQualifiedErrorId) $($_.Exception.Message)" -notmatch 'ManagementObjectNotFound') { throw } }
        }
        $known | ForEach-Object { [string] $_.Guid }
    }
)`;
}

const removal = `    if ($allowed -contains [string] $account.Guid) {
        $left.Add([string] $account.Name)
        continue
    }
    try { Set-MailboxAuditBypassAssociation -Identity ([string] $account.Guid) -AuditBypassEnabled $false -Confirm:$false @always }
    catch {
        $left.Add([string] $account.Name)
        Add-Failure -What "taking $($account.Name) off audit bypass" -Reason $_
    }`;
