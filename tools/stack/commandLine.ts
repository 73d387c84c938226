/** Programs that are run as a person runs them at a prompt: what they print, what they complain of, and how they end. */

export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
  /** The exit code; a program that a signal ended counts as 1. */
  readonly code: number;
}

export interface CommandPlace {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Never rejects for how the program ends: that is what `code` is for. @throws the system's error when it can't be started */
export async function runCommand(
  file: string,
  args: readonly string[],
  { cwd, env }: CommandPlace,
): Promise<CommandResult> {
  const { execFile } = await import("node:child_process");
  return new Promise((resolve, reject) => {
    const child = execFile(file, args, { cwd, env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error !== null && typeof error.code === "string") reject(new Error(error.message, { cause: error }));
      else resolve({ stdout, stderr, code: error === null ? 0 : Number(error.code ?? 1) });
    });
    // Nothing here asks for anything; one that does gets no answer rather than waiting for it.
    child.stdin?.end();
  });
}
