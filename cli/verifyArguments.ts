/** What `m365audit verify` was told on the command line, unchecked. */
export interface VerifyArguments {
  readonly stack: string;
  /** The form's file. */
  readonly export: string;
  readonly record?: boolean;
  readonly sign?: string;
  readonly by?: string;
  readonly state?: string;
}
