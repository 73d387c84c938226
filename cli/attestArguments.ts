/** What `m365audit attest` was told on the command line, unchecked. */
export interface AttestArguments {
  readonly stack: string;
  readonly all?: boolean;
  readonly id?: string;
  readonly certificate?: string;
  readonly sign?: string;
  readonly by?: string;
  readonly state?: string;
}
