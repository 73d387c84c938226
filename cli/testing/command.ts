/** The command in a process of its own. */
import { spawn } from "node:child_process";
import { join } from "node:path";

/** From its sources, compiled as they are loaded: that takes seconds on a busy machine. */
const loader = `
  require("./scripts/typescript.cjs");
  require("./cli/main.ts");
`;

export interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** @param environment besides that of this process */
export function runCommand(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Ended> {
  const child = spawn(process.execPath, ["-e", loader, "--", ...args], {
    cwd: join(__dirname, "..", ".."),
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [output, errors] = ["", ""];
  child.stdout.on("data", (part: Buffer) => (output += part.toString()));
  child.stderr.on("data", (part: Buffer) => (errors += part.toString()));
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, output, errors })));
}
