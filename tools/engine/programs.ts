import { spawn } from "node:child_process";
import { constants } from "node:fs";
import { access, realpath, stat } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { isCode } from "./cache";

/** The folders of `PATH`, in order. On Windows the variable's name is often `Path`. */
export function pathFolders(environment: NodeJS.ProcessEnv): string[] {
  const name = pathVariable(environment);
  return (environment[name] ?? "").split(delimiter).filter((folder) => folder !== "");
}

/** The name under which `environment` has its `PATH`. */
export function pathVariable(environment: NodeJS.ProcessEnv): string {
  return Object.keys(environment).find((name) => name.toUpperCase() === "PATH") ?? "PATH";
}

/** The file that a command of this name is, in the first of `folders` that has it. */
export async function findProgram(name: string, folders: readonly string[]): Promise<string | undefined> {
  const endings = process.platform === "win32" ? [".exe", ".cmd"] : [""];
  for (const folder of folders) {
    for (const ending of endings) {
      const file = join(folder, name + ending);
      if (await isExecutable(file)) return file;
    }
  }
  return undefined;
}

/** The file itself, whatever links led to it. */
export const resolveLinks = realpath;

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "EACCES", "ELOOP"].some((code) => isCode(error, code))) return false;
    throw error;
  }
}

/** What a program did. */
export interface Outcome {
  /** The exit code; `null` when a signal or the time limit ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly environment?: NodeJS.ProcessEnv;
  /** Milliseconds after which the program is ended. */
  readonly limit?: number;
  /** Called with each line that the program writes to its standard error. */
  readonly onErrorLine?: (line: string) => void;
}

/** Runs a program without input and waits for it. Rejects only when it can't be started. */
export async function run(file: string, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  return await new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: options.cwd,
      env: options.environment ?? process.env,
      stdio: ["ignore", "pipe", "pipe"],
      windowsHide: true,
      ...(options.limit === undefined ? {} : { timeout: options.limit, killSignal: "SIGKILL" as const }),
    });
    let stdout = "";
    let stderr = "";
    let rest = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) options.onErrorLine?.(line);
    });
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
}

/** The last lines of what a failed program wrote, for a message. */
export function lastLines(text: string, count = 6): string {
  return text.trim().split("\n").slice(-count).join("\n");
}
