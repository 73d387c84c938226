/** `command:local:Command`: runs shell commands on this machine when it is created, updated and deleted. */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import type { Call, ResourceType } from "../resource";
import { shown, text, texts, type Plain, type PlainMap } from "../values";

/** What the command stand-in's resources need. */
export interface CommandContext {
  /** Where a command without `dir` runs. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const unsupported = (property: string) => ({ property, reason: "the stand-in for command returns no files" });

export const command: ResourceType<CommandContext> = {
  token: "command:local:Command",
  properties: {
    addPreviousOutputInEnv: { input: "optional" },
    archivePaths: { input: "optional" },
    assetPaths: { input: "optional" },
    create: { input: "optional" },
    delete: { input: "optional" },
    dir: { input: "optional" },
    environment: { input: "optional" },
    interpreter: { input: "optional" },
    logging: { input: "optional", oneOf: ["stdout", "stderr", "stdoutAndStderr", "none"] },
    stdin: { input: "optional" },
    triggers: { input: "optional", replaces: true },
    update: { input: "optional" },
    stderr: { derived: true },
    stdout: { derived: true },
  },
  validate: (inputs) =>
    ["archivePaths", "assetPaths"].filter((name) => inputs[name] !== undefined).map((name) => unsupported(name)),
  async create(context, inputs, call) {
    // The official plugin puts eight hexadecimal digits after the name.
    const id = `${call.name}${randomBytes(4).toString("hex")}`;
    return { id, outputs: { ...inputs, ...(await run(context, text(inputs, "create"), inputs, {}, call)) } };
  },
  read: (_context, id, state) => {
    if (Object.keys(state).length === 0)
      throw new Error("command.local.Command can't be imported: it exists only in the state.");
    return Promise.resolve({ id, outputs: state });
  },
  async update(context, _id, state, inputs, call) {
    const line = text(inputs, "update") ?? text(inputs, "create");
    return { ...inputs, ...(await run(context, line, inputs, state, call)) };
  },
  async delete(context, _id, state, call) {
    await run(context, text(state, "delete"), state, state, call);
  },
};

/** Runs a command line to its end. @returns what it wrote, without a line feed at the end; unchanged when there is none to run. */
async function run(
  context: CommandContext,
  line: string | undefined,
  settings: PlainMap,
  previous: PlainMap,
  call: Call,
): Promise<{ stdout: Plain; stderr: Plain }> {
  const before = { stdout: previous["stdout"] ?? "", stderr: previous["stderr"] ?? "" };
  if (line === undefined) return before;
  const interpreter = texts(settings, "interpreter");
  const [program = "/bin/sh", ...fixed] =
    interpreter.length > 0 ? interpreter : process.platform === "win32" ? ["cmd", "/C"] : ["/bin/sh", "-c"];
  const passOn = settings["addPreviousOutputInEnv"] !== false && Object.keys(previous).length > 0;
  const child = spawn(program, [...fixed, line], {
    cwd: text(settings, "dir") ?? context.directory,
    env: {
      ...context.environment,
      ...(passOn ? { PULUMI_COMMAND_STDOUT: shown(before.stdout), PULUMI_COMMAND_STDERR: shown(before.stderr) } : {}),
      ...variables(settings["environment"]),
    },
    stdio: ["pipe", "pipe", "pipe"],
  });
  // A command that does not read its input closes the pipe early; that is its right.
  child.stdin.on("error", () => undefined);
  child.stdin.end(text(settings, "stdin") ?? "");
  const written = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (part: string) => (written.stdout += part));
  child.stderr.setEncoding("utf8").on("data", (part: string) => (written.stderr += part));
  const outcome = await new Promise<string | undefined>((resolve) => {
    child.on("error", (error) => {
      resolve(error.message);
    });
    child.on("close", (code, signal) => {
      resolve(code === 0 ? undefined : signal === null ? `exit status ${String(code)}` : `signal: ${signal}`);
    });
  });
  if (outcome !== undefined)
    throw new Error(`${outcome}: running the command of "${call.name}"${account(call, line, written)}`);
  return { stdout: written.stdout.replace(/\n$/, ""), stderr: written.stderr.replace(/\n$/, "") };
}

/** The command and what it wrote; nothing of either when a secret went into it. */
function account(call: Call, line: string, written: { readonly stdout: string; readonly stderr: string }): string {
  if (call.secretInputs.length > 0) return " (a secret went into it, so neither it nor its output is shown)";
  return `: ${line}\n${written.stdout}${written.stderr}`.trimEnd();
}

function variables(value: Plain | undefined): Readonly<Record<string, string>> {
  if (value === undefined || value === null || typeof value !== "object") return {};
  return Object.fromEntries(Object.entries(value as PlainMap).map(([name, content]) => [name, shown(content)]));
}
