/**
 * The part of a script about the organization's switches that defeat every mailbox's own settings. A switch that Exchange does not
 * tell is an error, never taken for a good one.
 */
export const switches = `
$organization = Get-OrganizationConfig @always
$auditLog = Get-AdminAuditLogConfig @always
if ($organization.AuditDisabled -isnot [bool] -or $auditLog.UnifiedAuditLogIngestionEnabled -isnot [bool]) {
    throw 'Exchange does not say how the audit switches of the organization stand; the role of the app may not be enough.'
}
$toSwitch = @()
if ($organization.AuditDisabled) { $toSwitch += 'organization' }
if (-not $auditLog.UnifiedAuditLogIngestionEnabled) { $toSwitch += 'unified audit log' }
if ($toSwitch.Count -gt 0 -and $organization.IsDehydrated -eq $true) {
    Write-Line 'enabling customization of the organization; until it is in force, 30 minutes to 48 hours, settings stay refused'
    try { Enable-OrganizationCustomization @always }
    catch { if ($_.Exception.Message -notmatch 'already enabled|not required') { throw } }
}
foreach ($name in $toSwitch) {
    Write-Line "switching auditing on: $name"
    try {
        if ($name -eq 'organization') { Set-OrganizationConfig -AuditDisabled $false @always }
        else { Set-AdminAuditLogConfig -UnifiedAuditLogIngestionEnabled $true @always }
    }
    catch { Add-Failure -What "switching auditing on: $name" -Reason $_ }
}
`;
