/** What `m365audit probe` was told on the command line, unchecked. */
export interface ProbeArguments {
  readonly tenant?: string;
  readonly clientId?: string;
  readonly certificateFile?: string;
  readonly keyFile?: string;
  readonly environment?: string;
  readonly writeOne?: string;
  readonly out?: string;
  readonly json?: boolean;
}
