/** What `m365audit sandbox` was told on the command line, checked. */
export interface SandboxArguments {
  readonly mailboxes: number;
  readonly port: number;
  readonly seed?: string;
  readonly tenant?: readonly string[];
  readonly json?: true;
  /** Milliseconds. */
  readonly cmdletLatency?: number;
  readonly concurrentRequests?: number;
  readonly writesPerMinute?: number;
  readonly timeScale?: number;
  /** By the names of the sandbox's behaviours of Exchange; whether they are such is not checked here. */
  readonly exchange?: Readonly<Record<string, unknown>>;
}
