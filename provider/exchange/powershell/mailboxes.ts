/** The part of a script that holds mailboxes against a rule and sets those that differ. */
import { list, table } from "./literal";

/** Names of `Set-Mailbox` parameters that hold a logon type's list. */
export type ListParameter = "AuditAdmin" | "AuditDelegate" | "AuditOwner";

/** What every mailbox is held against. */
export type MailboxRule =
  | {
      readonly kind: "lists";
      /** `true`: the lists and no other actions; an empty list records nothing. `false`: others that are on stay on. */
      readonly exactly: boolean;
      /** The actions of each list; one that is left out is left alone. */
      readonly lists: Readonly<Partial<Record<ListParameter, readonly string[]>>>;
    }
  | {
      /** The lists are Microsoft's to keep. */
      readonly kind: "managed";
      /** `true`: every list. `false`: a list that holds more than Microsoft's stays pinned and gets what it lacks of it. */
      readonly exactly: boolean;
      /** Microsoft's own list of each logon type, in the order of `DefaultAuditSet`. */
      readonly defaults: Readonly<Record<"Admin" | "Delegate" | "Owner", readonly string[]>>;
    };

/**
 * Readers of a row of the listing. A setting that it does not give is an error: taken for an empty list it would make the script
 * switch off what is recorded.
 */
const readers = `
function Get-Actions {
    param($Mailbox, [string] $Property)
    $found = $Mailbox.PSObject.Properties[$Property]
    if ($null -eq $found -or $null -eq $found.Value) { throw "the listing of mailboxes gives no $Property" }
    @($found.Value | ForEach-Object { [string] $_ } | Where-Object { $_ -ne 'None' })
}

function Test-AuditEnabled {
    param($Mailbox)
    if ($Mailbox.AuditEnabled -isnot [bool]) { throw 'the listing of mailboxes gives no AuditEnabled' }
    $Mailbox.AuditEnabled
}
`;

/**
 * Defines `Get-Correction`: the parameters of each `Set-Mailbox` that a mailbox needs, in order; none when it is as it should be.
 * Every call switches auditing on as well, because what reading shows of that switch cannot be relied on; so a mailbox that needs
 * nothing else gets a call without parameters.
 */
export function correction(rule: MailboxRule): string {
  return `${readers}${rule.kind === "lists" ? listCorrection(rule) : managedCorrection(rule)}`;
}

/**
 * A pinned list is added to, which leaves alone what someone else adds meanwhile. One that is Microsoft's to keep is given whole,
 * because what adding to one does is documented nowhere.
 */
function listCorrection({ exactly, lists }: Extract<MailboxRule, { kind: "lists" }>): string {
  const change = exactly
    ? `        $surplus = @($recorded | Where-Object { $wanted[$property] -notcontains $_ })
        if ($missing.Count -gt 0 -or $surplus.Count -gt 0) {
            $parameters[$property] = if ($wanted[$property].Count -eq 0) { 'None' } else { $wanted[$property] }
        }`
    : `        $isManaged = @($Mailbox.DefaultAuditSet | ForEach-Object { "Audit$_" }) -contains $property
        if ($missing.Count -gt 0) {
            $parameters[$property] = if ($isManaged) { @($recorded) + $missing } else { @{ Add = $missing } }
        }`;
  return `
$wanted = ${table(lists)}

function Get-Correction {
    param($Mailbox)
    $parameters = @{}
    foreach ($property in $wanted.Keys) {
        $recorded = @(Get-Actions -Mailbox $Mailbox -Property $property)
        $missing = @($wanted[$property] | Where-Object { $recorded -notcontains $_ })
${change}
    }
    if ($parameters.Count -gt 0 -or -not (Test-AuditEnabled -Mailbox $Mailbox)) { $parameters }
}
`;
}

/** `DefaultAuditSet` and lists go in two calls: whether one may carry both is not documented, and Microsoft's own script uses two. */
function managedCorrection({ exactly, defaults }: Extract<MailboxRule, { kind: "managed" }>): string {
  const kept = exactly
    ? "@()"
    : `@($pinned | Where-Object {
        $type = $_
        @(Get-Actions -Mailbox $Mailbox -Property "Audit$type" | Where-Object { $defaults[$type] -notcontains $_ }).Count -gt 0
    })`;
  return `
$defaults = ${table(defaults)}

function Get-Correction {
    param($Mailbox)
    $found = $Mailbox.PSObject.Properties['DefaultAuditSet']
    if ($null -eq $found) { throw 'the listing of mailboxes gives no DefaultAuditSet' }
    $managed = @($found.Value | ForEach-Object { [string] $_ })
    $pinned = @($defaults.Keys | Where-Object { $managed -notcontains $_ })
    $kept = ${kept}
    $handedBack = $kept.Count -lt $pinned.Count
    if ($handedBack) { @{ DefaultAuditSet = @($defaults.Keys | Where-Object { $kept -notcontains $_ }) } }
    $parameters = @{}
    foreach ($type in $kept) {
        $recorded = @(Get-Actions -Mailbox $Mailbox -Property "Audit$type")
        $missing = @($defaults[$type] | Where-Object { $recorded -notcontains $_ })
        if ($missing.Count -gt 0) { $parameters["Audit$type"] = @{ Add = $missing } }
    }
    if ($parameters.Count -gt 0) { $parameters }
    elseif (-not $handedBack -and -not (Test-AuditEnabled -Mailbox $Mailbox)) { $parameters }
}
`;
}

/**
 * Defines `Get-Correction` for handing back: each mailbox of which a list is pinned goes to Microsoft's defaults.
 *
 * @param logonTypes every value of `DefaultAuditSet`
 */
export function restoration(logonTypes: readonly string[]): string {
  return `
$logonTypes = ${list(logonTypes)}

function Get-Correction {
    param($Mailbox)
    $found = $Mailbox.PSObject.Properties['DefaultAuditSet']
    if ($null -eq $found) { throw 'the listing of mailboxes gives no DefaultAuditSet' }
    $managed = @($found.Value | ForEach-Object { [string] $_ })
    if (@($logonTypes | Where-Object { $managed -notcontains $_ }).Count -gt 0) { @{ DefaultAuditSet = $logonTypes } }
}
`;
}

/**
 * Sets what differs. One mailbox that fails, for its licence for example, does not stop the others.
 *
 * @param maxFailures how many mailboxes may fail before the script counts as failed
 */
export function setMailboxes(maxFailures: number): string {
  return `
$result.mailboxes = $mailboxes.Count
$result.compliant = 0
$result.changed = 0
foreach ($mailbox in $mailboxes) {
    $calls = @()
    try {
        $calls = @(Get-Correction -Mailbox $mailbox)
        foreach ($call in $calls) {
            Set-Mailbox -Identity ([string] $mailbox.Guid) -AuditEnabled $true @call -Confirm:$false @always
        }
        $result.compliant++
        if ($calls.Count -gt 0) { $result.changed++ }
    }
    catch { Add-Failure -What ([string] $mailbox.PrimarySmtpAddress) -Reason $_ }
    if ($calls.Count -gt 0 -and $result.changed % 100 -eq 0) { Write-Line "$($result.changed) mailboxes changed so far" }
}
$failures = $result.mailboxes - $result.compliant
if ($failures -le ${String(maxFailures)}) { $tolerated = $failures }
Write-Line "$($result.mailboxes) mailboxes, $($result.changed) changed, $failures failed"
`;
}
