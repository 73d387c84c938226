/** Programs of the bench's own that run beside it: a line of JSON goes in, a line of JSON comes out. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

export interface Running<T> {
  /** The first line that the program wrote. */
  readonly answer: T;
  /** Ends the program's standard input, at which it ends, and waits for that. */
  end(): Promise<void>;
}

/**
 * Starts a compiled program of this folder. What it is told goes through standard input, never through its arguments, which others
 * on the machine can read.
 *
 * @param program path of the compiled file
 * @throws Error when it ends without an answer; its standard error is ours
 */
export async function startProgram<T>(
  program: string,
  told: object,
  environment: Readonly<Record<string, string>> = {},
): Promise<Running<T>> {
  const child = spawn(process.execPath, [program], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, ...environment },
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  child.stdin.write(`${JSON.stringify(told)}\n`);
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once("line", resolve);
    ended.then((code) => {
      reject(new Error(`${program} ended with code ${String(code)} and no answer`));
    }, reject);
  });
  return {
    answer: JSON.parse(line) as T,
    end: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
