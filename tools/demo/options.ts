/** What the demo can be asked for on its command line. */
export interface DemoOptions {
  /** How many mailboxes the sandbox tenant has. */
  readonly mailboxes: number;
  /** Leave the sandbox and the stack for a look around. */
  readonly keep: boolean;
  /** Use the official azuread, tls and command plugins in place of the stand-ins. */
  readonly officialPlugins: boolean;
}
