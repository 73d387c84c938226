/** What `m365audit now-privacy test` was told on the command line, unchecked. */
export interface NowPrivacyTestArguments {
  readonly tenant?: string;
  readonly clientId?: string;
  readonly secretFile?: string;
  readonly service?: string;
  readonly scope?: string;
  readonly domain?: string;
  readonly email?: string;
  readonly folderPath?: string;
  readonly environment?: string;
  readonly limitedToScope?: boolean;
  readonly mailboxInScope?: string;
  readonly ignoreWarnings?: boolean;
  readonly wait?: string;
  readonly json?: boolean;
}
