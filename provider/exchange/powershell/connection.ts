/** The parts of a script that sign in to Exchange Online and leave nothing behind. */
import type { PrivateKeyPlace } from "../../identity/privateKey";
import { text } from "./literal";

/**
 * How the script gets the app's certificate:
 * - `stdin`: certificate and private key in PEM arrive on its standard input; with `key` the certificate alone, and the script reads the
 *   key from that place itself;
 * - `file`: a PFX file that is there when it runs, whose password, if any, is its parameter `CertificatePassword`;
 * - `thumbprint`: the certificate is in the current user's store (Windows only).
 */
export type Certificate =
  | { readonly from: "stdin"; readonly key?: PrivateKeyPlace }
  | { readonly from: "file"; readonly path: string }
  | { readonly from: "thumbprint"; readonly thumbprint: string };

/** Which of Microsoft's clouds: values of `Connect-ExchangeOnline -ExchangeEnvironmentName`. */
export const environmentNames = {
  public: "O365Default",
  usGovernment: "O365USGovGCCHigh",
  usGovernmentDod: "O365USGovDoD",
  china: "O365China",
} as const;

export interface Connection {
  /** Client id of the app. */
  readonly clientId: string;
  /** The tenant's initial domain, for example `contoso.onmicrosoft.com`. */
  readonly organization: string;
  /** Refuse to work in any other tenant (a GUID). */
  readonly tenantId?: string;
  readonly certificate: Certificate;
  /** Default: `public`. */
  readonly environment?: keyof typeof environmentNames;
}

/**
 * The module is only supported with PowerShell 7.4 from this version on, and a temporary folder that is private from the start
 * needs 7.4 as well. Source: "About the Exchange Online PowerShell V3 module".
 */
export const required = { powershell: "7.4", module: "3.5.0" } as const;

export const prerequisites = `
if ($PSVersionTable.PSVersion.Major -lt 7 -or ($PSVersionTable.PSVersion.Major -eq 7 -and $PSVersionTable.PSVersion.Minor -lt 4)) {
    throw "PowerShell ${required.powershell} or later is needed; this is $($PSVersionTable.PSVersion)."
}
$module = Get-Module -ListAvailable -Name ExchangeOnlineManagement | Where-Object { $_.Version -ge [version] '${required.module}' }
if ($null -eq $module) {
    throw 'ExchangeOnlineManagement ${required.module} or later is needed; to install it: Install-Module -Name ExchangeOnlineManagement -Scope CurrentUser'
}
Import-Module -Name ExchangeOnlineManagement -MinimumVersion '${required.module}' @always
`;

/** `$folder` is the folder to remove at the end, once there is one. Goes into the `try`. */
export function connect({ clientId, organization, tenantId, certificate, environment }: Connection): string {
  const parameters = [
    certificateParameters(certificate),
    `-AppId ${text(clientId)}`,
    `-Organization ${text(organization)}`,
    ...(environment === undefined || environment === "public"
      ? []
      : [`-ExchangeEnvironmentName ${environmentNames[environment]}`]),
    "-ShowBanner:$false",
    "@always",
  ];
  return `${certificate.from === "stdin" ? pfxFromInput(certificate.key) : ""}
Write-Line ${text(`connecting to ${organization}`)}
Connect-ExchangeOnline ${parameters.join(" ")}
$connected = $true
${tenantId === undefined ? "" : tenantCheck(tenantId)}`;
}

function certificateParameters(certificate: Certificate): string {
  switch (certificate.from) {
    case "stdin":
      return "-CertificateFilePath $pfxFile -CertificatePassword $pfxPassword";
    case "file":
      return `-CertificateFilePath ${text(certificate.path)} @password`;
    case "thumbprint":
      return `-CertificateThumbprint ${text(certificate.thumbprint)}`;
  }
}

/**
 * Why a file, when `Connect-ExchangeOnline` also takes a certificate object: a key that was read from PEM is bound to nothing on
 * Windows, where parts of the system refuse such a key, and a PFX is the documented way on every platform. Why its key comes by
 * standard input: arguments and environment of a process can be read by others on the machine.
 *
 * The folder is private (mode 0700) and the file is made with mode 0600, neither with a moment in between. The PFX is encrypted
 * under a password that exists in this process only, so that even a file left by a power cut is of no use to anyone.
 */
const pfxFromInput = (place: PrivateKeyPlace | undefined): string => `
$pem = [Console]::In.ReadToEnd()
${keyFrom(place)}
$certificate = [System.Security.Cryptography.X509Certificates.X509Certificate2]::CreateFromPem($pem, $key)
$pem = $null
$key = $null
$pfxPassword = [securestring]::new()
foreach ($byte in [System.Security.Cryptography.RandomNumberGenerator]::GetBytes(32)) {
    foreach ($digit in $byte.ToString('x2').ToCharArray()) { $pfxPassword.AppendChar($digit) }
}
$folder = [System.IO.Directory]::CreateTempSubdirectory('m365audit-').FullName
$pfxFile = Join-Path -Path $folder -ChildPath 'certificate.pfx'
$options = [System.IO.FileStreamOptions]::new()
$options.Mode = [System.IO.FileMode]::CreateNew
$options.Access = [System.IO.FileAccess]::Write
if (-not $IsWindows) { $options.UnixCreateMode = [System.IO.UnixFileMode] 'UserRead, UserWrite' }
$stream = [System.IO.FileStream]::new($pfxFile, $options)
try {
    $pfx = $certificate.Export([System.Security.Cryptography.X509Certificates.X509ContentType]::Pfx, $pfxPassword)
    $stream.Write($pfx, 0, $pfx.Length)
}
finally {
    $stream.Dispose()
    $certificate.Dispose()
}
`;

/** Whether the key is that of the certificate is `CreateFromPem`'s to say. */
function keyFrom(place: PrivateKeyPlace | undefined): string {
  if (place === undefined) return "$key = $pem";
  const { file, environmentVariable } = place;
  if (environmentVariable === undefined) return `$key = Get-Content -LiteralPath ${text(file ?? "")} -Raw @always`;
  return `$key = [System.Environment]::GetEnvironmentVariable(${text(environmentVariable)})
if ([string]::IsNullOrWhiteSpace($key)) { throw ${text(`the environment variable ${environmentVariable} is not set where Pulumi runs`)} }`;
}

function tenantCheck(tenantId: string): string {
  return `$tenantId = ${text(tenantId)}
$tenants = @(Get-ConnectionInformation @always | ForEach-Object { [string] $_.TenantID })
if ($tenants -notcontains $tenantId) {
    throw "The connection is to tenant $tenants and not to $tenantId; nothing was changed."
}
`;
}

/** Goes into the `finally`: whatever failed before, the file goes first. */
export const disconnect = `
if ($null -ne $folder) {
    try { Remove-Item -LiteralPath $folder -Recurse -Force -ErrorAction Stop }
    catch {
        Write-Line "the temporary folder $folder could not be removed: $($_.Exception.Message)"
        $exitCode = 1
    }
}
if ($connected) {
    try { Disconnect-ExchangeOnline -Confirm:$false @always }
    catch { Write-Line "disconnecting: $($_.Exception.Message)" }
}
`;
