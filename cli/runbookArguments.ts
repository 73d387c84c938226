/** What `m365audit runbook` was told on the command line, unchecked. */
export interface RunbookArguments {
  readonly stack: string;
  readonly html?: boolean;
  readonly state?: string;
}
