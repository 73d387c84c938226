/** What `m365audit powershell` was told on the command line, unchecked. */
export interface PowershellArguments {
  readonly organization?: string;
  readonly clientId?: string;
  readonly tenantId?: string;
  readonly environment?: string;
  readonly certificateFile?: string;
  readonly thumbprint?: string;
  readonly baseline?: string;
  readonly match?: string;
  readonly auditAdmin?: readonly string[];
  readonly auditDelegate?: readonly string[];
  readonly auditOwner?: readonly string[];
  readonly recipientTypes?: readonly string[];
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly filter?: string;
  readonly maxFailures?: string;
  readonly bypassAllow?: readonly string[];
  readonly bypassOthers?: string;
  readonly out?: string;
}
