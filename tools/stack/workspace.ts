/**
 * A private folder in which the engine finds the reference project: its `Pulumi.yaml` and stack file with the sandbox's addresses
 * filled in, a copy of the program, and a link to what it imports. The checkout itself stays as it is.
 */
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TranspileOptions } from "typescript";
import { parse, stringify } from "yaml";

/** The folder that holds `package.json`, seen from the source tree and from `dist` alike. */
export const packageRoot = path.dirname(require.resolve("pulumi-m365audit/package.json"));

export interface WorkspaceOptions {
  /** Name of the stack, whose `Pulumi.<stack>.yaml` stands in the checkout. */
  readonly stack: string;
  /** Plain configuration that takes precedence over the stack file's, by full key. */
  readonly config?: Readonly<Record<string, string>>;
  /** A program of the caller's (TypeScript source) in place of an example. */
  readonly program?: string;
  /** A folder of `examples` in place of the one that the project names, which is `exchange-online`. */
  readonly example?: string;
  /** Give the engine the program as JavaScript, which spares each run the compiler; `false`: as TypeScript, as users have it. */
  readonly compiled?: boolean;
}

export interface Workspace {
  readonly folder: string;
  remove(): Promise<void>;
}

interface ProjectFile {
  main?: string;
  runtime?: unknown;
}
interface StackFile {
  config?: Record<string, unknown>;
}

export async function createWorkspace(options: WorkspaceOptions): Promise<Workspace> {
  const { stack, config = {}, program, example, compiled = false } = options;
  const folder = await mkdtemp(path.join(tmpdir(), "m365audit-stack-"));
  const project = parse(await readFile(path.join(packageRoot, "Pulumi.yaml"), "utf8")) as ProjectFile;
  if (program === undefined) {
    if (example !== undefined) project.main = `examples/${example}`;
    // A copy: what a program looks for from its folder upwards (the attestations of the project) has to be found in this one.
    await cp(path.join(packageRoot, "examples"), path.join(folder, "examples"), { recursive: true });
  } else {
    project.main = "program";
    await mkdir(path.join(folder, "program"));
    await writeFile(path.join(folder, "program", "index.ts"), program);
    await cp(
      path.join(packageRoot, "examples/exchange-online/tsconfig.json"),
      path.join(folder, "program/tsconfig.json"),
    );
    await writeFile(
      path.join(folder, "program", "package.json"),
      JSON.stringify({ name: "program", main: "index.ts" }),
    );
  }
  if (compiled) {
    project.runtime = { name: "nodejs", options: { typescript: false } };
    await compile(path.join(folder, project.main ?? "."));
  }
  await symlink(path.join(packageRoot, "node_modules"), path.join(folder, "node_modules"), "junction");
  await writeFile(path.join(folder, "Pulumi.yaml"), stringify(project));
  await cp(path.join(packageRoot, stackFileName(stack)), path.join(folder, stackFileName(stack)));
  await setPlainConfig(folder, stack, config);
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Sets configuration by full key as `pulumi config set` does, without a process: a second of a processor for each. Undefined removes. */
export async function setPlainConfig(
  folder: string,
  stack: string,
  config: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const file = path.join(folder, stackFileName(stack));
  const settings = parse(await readFile(file, "utf8")) as StackFile;
  const merged = Object.entries({ ...settings.config, ...config }).filter(([, value]) => value !== undefined);
  await writeFile(file, stringify({ ...settings, config: Object.fromEntries(merged) }));
}

function stackFileName(stack: string): string {
  return `Pulumi.${stack}.yaml`;
}

/** Puts the program's `index.js` beside its `index.ts`, which its package then names. */
async function compile(folder: string): Promise<void> {
  const { transpileModule } = await import("typescript");
  const read = async (name: string): Promise<string> => readFile(path.join(folder, name), "utf8");
  const { outputText } = transpileModule(
    await read("index.ts"),
    JSON.parse(await read("tsconfig.json")) as TranspileOptions,
  );
  await writeFile(path.join(folder, "index.js"), outputText);
  const description = JSON.parse(await read("package.json")) as object;
  await writeFile(path.join(folder, "package.json"), JSON.stringify({ ...description, main: "index.js" }));
}
