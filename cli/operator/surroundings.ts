/** What a command uses of the process that it runs in, so that a test can give it another. */
import { type Clock, InvalidInput, M365AuditError, systemClock } from "../../provider/core";
import { AttestationsRefused } from "../../provider/operator/book";

export interface Surroundings {
  /** The folder that it was called in: the project's, or one inside. */
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** All of the standard input. */
  input(): Promise<string>;
  /** To the standard output. */
  print(text: string): void;
  /** A line to the standard error. */
  tell(line: string): void;
}

export const thisProcess: Surroundings = {
  cwd: process.cwd(),
  environment: process.env,
  clock: systemClock,
  async input() {
    const parts: Buffer[] = [];
    for await (const part of process.stdin) parts.push(part as Buffer);
    return Buffer.concat(parts).toString("utf8");
  },
  print: (text) => void process.stdout.write(text),
  tell: (line) => void process.stderr.write(`${line}\n`),
};

/** What a command ends with: all is well; drift, or something failed; the command line or a file is wrong. */
export const exitCodes = { fine: 0, drift: 1, failed: 1, badInput: 2 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Runs a command and tells what it threw on purpose. @param failed what it ends with where no input is at fault */
export async function ending(
  here: Surroundings,
  command: () => Promise<ExitCode>,
  failed: ExitCode = exitCodes.failed,
): Promise<ExitCode> {
  try {
    return await command();
  } catch (error) {
    if (!(error instanceof M365AuditError)) throw error;
    here.tell(`m365audit: ${error.message}`);
    const isBadInput = error instanceof InvalidInput || error instanceof AttestationsRefused;
    return isBadInput ? exitCodes.badInput : failed;
  }
}

/** `code` of an error of the file system: "ENOENT". */
export function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
