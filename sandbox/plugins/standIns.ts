/** Starts the stand-ins for the official plugins, for machines on which the engine cannot get those. */
import { fork, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { requestTime } from "./timeChannel";

/** Names of the plugins that there is a stand-in for. */
export const standInNames = ["azuread", "tls", "command"] as const;

export interface StandInOptions {
  /** On top of this process's environment; see `azuread/index.ts` for what the azuread stand-in reads. */
  readonly environment: Readonly<Record<string, string>>;
  /** The compiled `main`; the package's own unless a test runs another. */
  readonly main?: string;
  /** Options of Node for the processes. */
  readonly nodeOptions?: readonly string[];
}

export interface StandIns {
  /** What `PULUMI_DEBUG_PROVIDERS` must be for the engine to use them. */
  readonly debugProviders: string;
  /**
   * Puts the clocks of all stand-ins to a time, from which they go on; undefined puts them back to the machine's time.
   * A move of the sandbox's own clock is not noticed by the stand-ins: move both.
   *
   * @param when a Date, or a time in RFC 3339
   * @returns when every process has said that its clock is there
   * @throws RangeError when it is no time; Error when a process has ended
   */
  setTime(when: Date | string | undefined): Promise<void>;
  /** Ends the processes. */
  close(): Promise<void>;
}

/**
 * Starts one process for each plugin. They end with this process, or with `close`.
 *
 * @throws Error when the package is not compiled, or when a process does not start.
 */
export async function startStandIns(options: StandInOptions): Promise<StandIns> {
  const main = options.main ?? compiledMain();
  const children = standInNames.map((name) =>
    fork(main, [name], {
      env: { ...process.env, ...options.environment },
      execArgv: [...(options.nodeOptions ?? [])],
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    }),
  );
  const close = async (): Promise<void> => {
    await Promise.all(children.map(end));
  };
  try {
    const ports = await Promise.all(children.map((child, index) => portOf(child, standInNames[index] ?? "")));
    return {
      debugProviders: standInNames.map((name, index) => `${name}:${ports[index] ?? ""}`).join(","),
      setTime: async (when) => {
        const time = when === undefined ? undefined : new Date(when).getTime();
        if (Number.isNaN(time)) throw new RangeError(`"${String(when)}" is not a time in RFC 3339.`);
        await Promise.all(children.map((child, index) => requestTime(child, standInNames[index] ?? "", time)));
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Beside this file when it is compiled itself, else in the package's `dist`. */
function compiledMain(): string {
  const candidates = [path.join(__dirname, "main.js"), path.resolve(__dirname, "../../dist/sandbox/plugins/main.js")];
  const main = candidates.find((candidate) => existsSync(candidate));
  if (main === undefined) {
    throw new Error('The stand-ins run from compiled code, and "dist" is missing: run "npm run build" first.');
  }
  return main;
}

/** The first line that the process prints. */
function portOf(child: ChildProcess, name: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = "";
    let complaint = "";
    child.stderr?.setEncoding("utf8").on("data", (part: string) => {
      complaint = `${complaint}${part}`.slice(-2000);
    });
    child.stdout?.setEncoding("utf8").on("data", (part: string) => {
      printed += part;
      const line = /^(\d+)\r?\n/.exec(printed);
      if (line?.[1] !== undefined) resolve(line[1]);
    });
    child.once("error", reject);
    child.once("exit", (code) => {
      reject(new Error(`The stand-in for ${name} ended with code ${String(code)}: ${complaint.trim()}`));
    });
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise<void>((resolve) => {
    child.once("exit", () => {
      resolve();
    });
    child.kill();
  });
}
