/**
 * Makes a clean clone ready: packages, generated code, compiled code, and the package linked to itself. What is up to date
 * is left alone, so that it can be run before every task. Uses nothing but Node's own modules.
 */
import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { clearInterval, setInterval } from "node:timers";
import { fileURLToPath, pathToFileURL } from "node:url";
import decisions from "./decisions.cjs";
import { withLock } from "./lock.mjs";
import { run, runNode } from "./process.mjs";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const OLDEST_NODE = 20;
const SELF = join(root, "node_modules", "pulumi-m365audit");
const INSTALL_STAMP = join(root, "node_modules", ".m365audit-setup");
const BUILD_STAMP = join(root, "dist", ".setup.json");
const BUILD_LOCK = join(root, "dist", ".setup.lock");

/** A failure whose message says all that a person needs; no stack is shown. */
export class SetupError extends Error {}

/**
 * Brings everything up to date. `install: false` is for `npm install`'s own `prepare`. Returns the compiler's messages when
 * the code does not compile, which is for the caller to judge: the compiler writes its output all the same.
 */
export async function setup({ install = true } = {}) {
  requireNode();
  if (pending(install).length === 0) return undefined;
  mkdirSync(dirname(BUILD_LOCK), { recursive: true });
  return await withLock(BUILD_LOCK, say, async () => {
    if (install) await installPackages();
    link();
    await generate();
    return await compile();
  });
}

function requireNode() {
  if (Number(process.versions.node.split(".")[0]) >= OLDEST_NODE) return;
  throw new SetupError(`Node ${OLDEST_NODE} or newer is needed; this is ${process.version}.`);
}

/** What there is to do, most basic first. */
function pending(install) {
  const found = [];
  if (install && packagesFault() !== undefined) found.push("packages");
  if (!isLinked()) found.push("link");
  if (staleContracts().length > 0) found.push("generate");
  if (buildState().fault !== undefined) found.push("compile");
  return found;
}

// Packages

function lockHash() {
  return hash(readFileSync(join(root, "package-lock.json")));
}

function packagesFault() {
  const installed = readJson(join(root, "node_modules", ".package-lock.json"));
  if (installed !== undefined && readText(INSTALL_STAMP) === lockHash()) return undefined;
  const fault = decisions.installFault(readJson(join(root, "package-lock.json")), installed);
  // Someone else has installed them: noted, so that the next look is at one short file.
  if (fault === undefined) writeWhole(INSTALL_STAMP, lockHash());
  return fault;
}

async function installPackages() {
  const fault = packagesFault();
  if (fault === undefined) return;
  // No install scripts: those of Pulumi's packages look for plugins on the vendor's site. What we need is done below.
  const args = [
    "ci",
    "--include=dev",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
    "--no-update-notifier",
  ];
  const npm = process.env.npm_execpath;
  const { code, output } = await timed(`installing packages (${fault})`, () =>
    npm?.endsWith("npm-cli.js") === true
      ? runNode([npm, ...args], { cwd: root })
      : run("npm", args, { cwd: root, shell: process.platform === "win32" }),
  );
  if (code !== 0) throw new SetupError(`npm ci failed (exit code ${code}):\n${output.trim()}`);
  writeWhole(INSTALL_STAMP, lockHash());
}

// The link by which `require("pulumi-m365audit/…")`, which is what a stack's state holds, works in the clone itself.

function isLinked() {
  const entry = lstatSync(SELF, { throwIfNoEntry: false });
  if (entry === undefined) return false;
  if (!entry.isSymbolicLink())
    throw new SetupError(`${relative(root, SELF)} should be a link to this folder: remove it.`);
  // A junction's target is absolute.
  const target = readlinkSync(SELF);
  return target === ".." || join(target, ".") === join(root, ".") || target === `${root}${sep}`;
}

function link() {
  if (isLinked()) return;
  rmSync(SELF, { force: true });
  mkdirSync(dirname(SELF), { recursive: true });
  if (process.platform === "win32") symlinkSync(root, SELF, "junction");
  else symlinkSync("..", SELF);
}

// Types generated from our OpenAPI contracts

/** Each `provider/<system>/openapi.yaml` with the key of what was generated from it and the key that it has now. */
function staleContracts() {
  const recorded = readJson(BUILD_STAMP)?.generated ?? {};
  const generator = readJson(join(root, "node_modules", "openapi-typescript", "package.json"))?.version ?? "";
  const found = [];
  for (const system of readdirSync(join(root, "provider"))) {
    const source = join("provider", system, "openapi.yaml");
    if (!existsSync(join(root, source))) continue;
    const target = join("provider", system, "openapi.gen.ts");
    const key = hash(generator, readFileSync(join(root, source)));
    if (recorded[target] !== key || !existsSync(join(root, target))) found.push({ source, target, key });
  }
  return found;
}

async function generate() {
  for (const { source, target, key } of staleContracts()) {
    const temporary = join("dist", `openapi.${process.pid}.tmp.ts`);
    mkdirSync(join(root, "dist"), { recursive: true });
    const program = join("node_modules", "openapi-typescript", "bin", "cli.js");
    const { code, output } = await timed(`generating ${target}`, () =>
      runNode([program, source, "-o", temporary], { cwd: root }),
    );
    if (code !== 0) throw new SetupError(`No types could be generated from ${source}:\n${output.trim()}`);
    renameSync(join(root, temporary), join(root, target));
    const { generated = {}, sources } = readJson(BUILD_STAMP) ?? {};
    writeBuildStamp({ generated: { ...generated, [target]: key }, sources });
  }
}

// Compiled code

/** The files that the build is made of, and what became of them. */
function buildState() {
  const folders = readJson(join(root, "tsconfig.build.json")).include.filter((name) => existsSync(join(root, name)));
  const sources = folders.flatMap((folder) => [...filesIn(join(root, folder))]).map((file) => relative(root, file));
  const outputs = new Map();
  for (const source of sources.sort()) {
    const output = decisions.outputOf(source);
    if (output !== undefined) outputs.set(source, output);
  }
  const settings = ["tsconfig.json", "tsconfig.build.json", "package-lock.json"];
  const parts = [...settings, ...outputs.keys()].flatMap((file) => [file, readFileSync(join(root, file))]);
  const key = hash(process.version.split(".")[0], ...parts);
  const expected = [...outputs.values()];
  const present = new Set(expected.filter((file) => existsSync(join(root, file))));
  const fault = decisions.compileFault(readJson(BUILD_STAMP)?.sources, key, { expected, present });
  return { outputs, key, present, fault };
}

async function compile() {
  const { outputs, key, present, fault } = buildState();
  if (fault === undefined) return undefined;
  // The compiler's memory of what it wrote is of no use when someone has removed part of it.
  if (outputs.size > present.size) rmSync(join(root, "dist", ".tsbuildinfo"), { force: true });
  const compiler = join("node_modules", "typescript", "bin", "tsc");
  const pretty = process.stdout.isTTY === true ? "true" : "false";
  const { code, output } = await timed(`compiling (${fault})`, () =>
    runNode([compiler, "-p", "tsconfig.build.json", "--pretty", pretty], { cwd: root }),
  );
  removeOrphans(new Set(outputs.values()));
  for (const [source, target] of outputs) {
    if (source.endsWith(".ts")) continue;
    mkdirSync(dirname(join(root, target)), { recursive: true });
    copyFileSync(join(root, source), join(root, target));
  }
  const program = join(root, "dist", "cli", "main.js");
  if (existsSync(program)) chmodSync(program, 0o755);
  if (code !== 0) return output.trim() || `tsc ended with ${code}`;
  writeBuildStamp({ generated: readJson(BUILD_STAMP)?.generated ?? {}, sources: key });
  return undefined;
}

/** Removes what was compiled from a source that is gone: a file can be shadowed by what it was before. */
function removeOrphans(outputs) {
  for (const file of filesIn(join(root, "dist"))) {
    const path = relative(root, file).replaceAll("\\", "/");
    if (!path.startsWith("dist/.") && !outputs.has(path.replace(/\.d\.ts$/, ".js"))) rmSync(file);
  }
}

// Helpers

function* filesIn(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === "node_modules") continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesIn(path);
    else if (entry.isFile()) yield path;
  }
}

function hash(...parts) {
  const digest = createHash("sha256");
  for (const part of parts) digest.update(String(part.length)).update("\0").update(part);
  return digest.digest("hex");
}

function readText(file) {
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

function readJson(file) {
  const text = readText(file);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SetupError(`${relative(root, file)} is not JSON: ${error.message}`);
  }
}

function writeBuildStamp(stamp) {
  writeWhole(BUILD_STAMP, `${JSON.stringify(stamp, undefined, 2)}\n`);
}

function writeWhole(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, text);
  renameSync(temporary, file);
}

async function timed(what, work) {
  const start = Date.now();
  const seconds = () => ((Date.now() - start) / 1000).toFixed(1);
  say(`${what} …`);
  const beating = setInterval(() => say(`${what}: ${seconds()} s …`), 15_000);
  try {
    return await work();
  } finally {
    clearInterval(beating);
    say(`${what}: ${seconds()} s`);
  }
}

/** To standard error, so that what a task prints can be piped. */
function say(line) {
  process.stderr.write(`setup: ${line}\n`);
}

/** `npm ci` and `npm install` of a clone end with this; packages are there then, perhaps without those for development. */
async function prepare() {
  const tools = Object.keys(readJson(join(root, "package.json")).devDependencies);
  if (tools.some((name) => !existsSync(join(root, "node_modules", name)))) return 0;
  const faults = await setup({ install: false });
  if (faults === undefined) return 0;
  console.error(faults);
  // Packages can be installed in the middle of a change; but what does not compile is not published.
  return ["publish", "pack"].includes(process.env.npm_command ?? "") ? 1 : 0;
}

async function main() {
  if (process.argv.includes("--prepare")) return await prepare();
  const faults = await setup();
  if (faults === undefined) return 0;
  console.error(`${faults}\nsetup: the code does not compile.`);
  return 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  try {
    process.exitCode = await main();
  } catch (error) {
    console.error(error instanceof SetupError ? `setup: ${error.message}` : error);
    process.exitCode = 1;
  }
}
