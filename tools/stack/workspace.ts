/**
 * A private folder in which the engine finds the reference project: its `Pulumi.yaml` and stack file with the sandbox's addresses
 * filled in, a copy of the program, and a link to what it imports. The checkout itself stays as it is.
 */
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
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
}

export interface Workspace {
  readonly folder: string;
  remove(): Promise<void>;
}

interface ProjectFile {
  main?: string;
}
interface StackFile {
  config?: Record<string, unknown>;
}

export async function createWorkspace(options: WorkspaceOptions): Promise<Workspace> {
  const { stack, config = {}, program, example } = options;
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
  await symlink(path.join(packageRoot, "node_modules"), path.join(folder, "node_modules"), "junction");
  await writeFile(path.join(folder, "Pulumi.yaml"), stringify(project));
  const stackFile = parse(await readFile(path.join(packageRoot, `Pulumi.${stack}.yaml`), "utf8")) as StackFile;
  stackFile.config = { ...stackFile.config, ...config };
  await writeFile(path.join(folder, `Pulumi.${stack}.yaml`), stringify(stackFile));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
