import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { findProgram, lastLines, pathFolders, run } from "./programs";
import { longStep, type Report } from "./progress";
import { Refusal } from "./refusal";
import { isAtLeast, LANGUAGE_HOST, parseVersion, SUPPORTED_ENGINE } from "./version";

/** A program that is built from Go modules, by the go.mod of the folder of that name beside this file. */
interface Target {
  readonly folder: "cli" | "languagehost";
  /** As a person would say it. */
  readonly name: string;
  readonly package: string;
  readonly file: string;
  readonly flags: string;
}

const CLI: Target = {
  folder: "cli",
  name: `the Pulumi CLI ${SUPPORTED_ENGINE}`,
  package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
  file: "pulumi",
  flags: `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${SUPPORTED_ENGINE}`,
};

const HOST: Target = {
  folder: "languagehost",
  name: `Pulumi's Node language host ${LANGUAGE_HOST}`,
  package: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
  file: "pulumi-language-nodejs",
  flags: "-s -w",
};

/**
 * Builds the Pulumi CLI and the Node language host into `folder`. Throws a `Refusal` when Go is missing or too old, or a
 * build fails.
 */
export async function buildEngine(folder: string, report: Report): Promise<void> {
  await findGo(CLI);
  report("This happens once. A first build takes several minutes; Go downloads about 0.5 GB and caches about 4 GB.");
  // The quick one first: what is wrong with the way to the modules shows within seconds.
  await build(HOST, folder, report);
  await build(CLI, folder, report);
}

/** Builds the Node language host into `folder`. Throws a `Refusal` when Go is missing or too old, or the build fails. */
export async function buildLanguageHost(folder: string, report: Report): Promise<void> {
  await build(HOST, folder, report);
}

/** The Go version that a go.mod file asks for; Go itself reads its `go` line that way (https://go.dev/ref/mod#go-mod-file-go). */
export function goLine(goMod: string): string {
  const version = /^go (\S+)$/m.exec(goMod)?.[1];
  if (version === undefined) throw new Error("The go.mod file has no go line");
  return version;
}

/**
 * The environment for our builds: what the user has set, such as a module proxy, and our own terms. The toolchain is the
 * one that is there: Go would otherwise download another without a word.
 */
export function goEnvironment(base: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...base, GOTOOLCHAIN: "local", GOWORK: "off", GO111MODULE: "on" };
}

/** Sums up what `go build -v` writes: a line for each module that it downloads and each package that it compiles. */
export class BuildProgress {
  #downloaded = 0;
  #compiled = 0;

  line(line: string): void {
    if (line.startsWith("go: downloading ")) this.#downloaded += 1;
    else if (/^[\w.~/-]+$/.test(line)) this.#compiled += 1;
  }

  toString(): string {
    const modules = this.#downloaded === 0 ? [] : [`${String(this.#downloaded)} modules downloaded`];
    return [...modules, `${String(this.#compiled)} packages compiled`].join(", ");
  }
}

async function build(target: Target, folder: string, report: Report): Promise<void> {
  const moduleFolder = join(__dirname, target.folder);
  const go = await findGo(target);
  const output = join(folder, process.platform === "win32" ? `${target.file}.exe` : target.file);
  const progress = new BuildProgress();
  const outcome = await longStep(
    report,
    `Building ${target.name} from Go modules`,
    async () =>
      await run(go, ["build", "-v", "-mod=readonly", "-o", output, "-ldflags", target.flags, target.package], {
        cwd: moduleFolder,
        environment: goEnvironment(process.env),
        onErrorLine: (line) => progress.line(line),
      }),
    () => progress.toString(),
  );
  if (outcome.code !== 0) throw new Refusal(`go build of ${target.name} failed: ${lastLines(outcome.stderr)}`);
}

/** Finds a Go that is new enough for the target. */
async function findGo(target: Target): Promise<string> {
  const needed = goLine(await readFile(join(__dirname, target.folder, "go.mod"), "utf8"));
  const usual = process.platform === "win32" ? [] : ["/usr/local/go/bin", join(homedir(), "go", "bin")];
  const go = await findProgram("go", [...pathFolders(process.env), ...usual]);
  const advice = `Go ${needed} or newer is needed (https://go.dev/dl)`;
  if (go === undefined) throw new Refusal(`there is no Go on PATH; ${advice}`);
  const outcome = await run(go, ["env", "GOVERSION"], { environment: goEnvironment(process.env), limit: 30_000 });
  const printed = outcome.stdout.trim();
  if (outcome.code !== 0 || parseVersion(printed) === undefined) {
    throw new Refusal(`${go} doesn't say which version it is; ${advice}`);
  }
  if (!isAtLeast(printed, needed)) throw new Refusal(`${go} is ${printed}; ${advice}`);
  return go;
}
