/** What is around every script: helpers, the order in which things are undone, the result and the exit code. */
import { disconnect } from "./connection";

/** How many of something are named one by one. */
const sampleSize = 20;

/**
 * `@always` goes with every cmdlet: an error of one is an exception in a script and in a module alike, whatever preferences are
 * set, and warnings stay off standard output, which carries the result.
 */
const helpers = `
$always = @{ ErrorAction = 'Stop'; WarningAction = 'SilentlyContinue' }
$ProgressPreference = 'SilentlyContinue'
$exitCode = 0
$tolerated = 0
$connected = $false
$folder = $null
$failed = [System.Collections.Generic.List[string]]::new()
$result = [ordered]@{}

function Write-Line {
    param([string] $Text)
    [Console]::Error.WriteLine($Text)
}

function Add-Failure {
    param([string] $What, [System.Management.Automation.ErrorRecord] $Reason)
    $line = "$($What): $($Reason.Exception.Message)"
    $failed.Add($line)
    Write-Line "failed: $line"
}

function Get-Sample {
    param([string[]] $Lines)
    [ordered]@{ count = $Lines.Count; sample = @($Lines | Select-Object -First ${String(sampleSize)}) }
}
`;

/**
 * Puts a script together. Its result is one line of JSON, the last on standard output; what it does is told on standard error. The
 * exit code is 1 when more failed than is tolerated.
 *
 * @param head what has to stand first in a script file
 * @param definitions functions and tables of the body
 * @param body what is done; it fills `$result` and `$failed`
 */
export function frame(head: string, definitions: string, body: readonly string[]): string {
  const work = body.map((part) => indented(part.trim())).join("\n\n");
  return `${head}${helpers}
${definitions.trim()}

try {
${work}
}
catch {
    $failed.Add($_.Exception.Message)
    Write-Line "failed: $($_.Exception.Message)"
}
finally {
${indented(disconnect.trim())}
}

$result.failed = Get-Sample -Lines $failed.ToArray()
[Console]::Out.WriteLine((ConvertTo-Json -InputObject $result -Compress -Depth 4 -EscapeHandling EscapeNonAscii))
if ($failed.Count -gt $tolerated) { $exitCode = 1 }
exit $exitCode
`.replace(/\n{3,}/g, "\n\n");
}

function indented(part: string): string {
  return part.replace(/^(?=.)/gm, "    ");
}
