import { mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { isAbsolute, join, resolve } from "node:path";

/** Where a cached engine came from. */
export type CachedSource = "installer" | "modules";

/** What is written beside a finished engine. Its presence says that the engine was put there whole. */
export interface Stamp {
  /** The engine's version, without `v`. */
  readonly version: string;
  readonly source: CachedSource;
  /** The version of the Go module that the Node language host was built from; `bundled` where it came with the engine. */
  readonly languageHost: string;
  /** File names in `bin` without which the engine is not complete. */
  readonly files: readonly string[];
}

/** Where one engine version for one kind of machine is kept. */
export interface Slot {
  /** Moved into place as a whole once it is finished. */
  readonly directory: string;
  readonly binaries: string;
  readonly stamp: string;
  /** Held by the process that fills the slot. */
  readonly lock: string;
}

/**
 * The folder of the cache, outside any repository: `M365AUDIT_ENGINE_CACHE`, else `m365audit/engine` in the user's cache
 * folder (https://specifications.freedesktop.org/basedir-spec, by which a relative `XDG_CACHE_HOME` is ignored).
 */
export function cacheRoot(environment: NodeJS.ProcessEnv, home: string): string {
  const own = environment.M365AUDIT_ENGINE_CACHE;
  if (own !== undefined && own !== "") return resolve(own);
  const xdg = environment.XDG_CACHE_HOME;
  const caches = xdg !== undefined && isAbsolute(xdg) ? xdg : join(home, ".cache");
  return join(caches, "m365audit", "engine");
}

/** The slot of `version` on a machine of that platform and architecture (Node's names, such as `linux` and `x64`). */
export function slotFor(cache: string, version: string, platform: string, architecture: string): Slot {
  const directory = join(cache, version, `${platform}-${architecture}`);
  return {
    directory,
    binaries: join(directory, "bin"),
    stamp: join(directory, "engine.json"),
    lock: `${directory}.lock`,
  };
}

/** Says why what the stamp describes can't be used, or nothing when it can. `present` are the files seen in `bin`. */
export function faultOf(
  stamp: Stamp | undefined,
  wanted: { readonly version: string; readonly languageHost: string; readonly files: readonly string[] },
  present: ReadonlySet<string>,
): string | undefined {
  if (stamp === undefined) return "nothing is cached";
  if (stamp.version !== wanted.version) return `the cache holds ${stamp.version}, not ${wanted.version}`;
  if (stamp.languageHost !== "bundled" && stamp.languageHost !== wanted.languageHost) {
    return `its Node language host is ${stamp.languageHost}, not ${wanted.languageHost}`;
  }
  const missing = [...new Set([...wanted.files, ...stamp.files])].filter((file) => !present.has(file));
  return missing.length === 0 ? undefined : `${missing.join(", ")} missing from the cache`;
}

/** Reads a stamp; `undefined` when there is none or it can't be made out, which both mean "do it again". */
export async function readStamp(slot: Slot): Promise<Stamp | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(slot.stamp, "utf8"));
    return isStamp(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || isCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

/** The names among `files` that are there, in the slot's `bin`. */
export async function presentFiles(slot: Slot, files: readonly string[]): Promise<ReadonlySet<string>> {
  const seen = await Promise.all(
    files.map(async (file) => {
      try {
        return (await stat(join(slot.binaries, file))).isFile();
      } catch (error) {
        if (isCode(error, "ENOENT") || isCode(error, "ENOTDIR")) return false;
        throw error;
      }
    }),
  );
  return new Set(files.filter((_, index) => seen[index] === true));
}

/** Writes `text` so that a reader sees the old file or the whole new one. */
export async function writeWhole(file: string, text: string, mode = 0o644): Promise<void> {
  const temporary = `${file}.${String(process.pid)}.tmp`;
  await writeFile(temporary, text, { mode });
  await rename(temporary, file);
}

/** Makes a folder beside the slots for work in progress; it is on the same file system, so it can be moved into place. */
export async function workFolder(cache: string): Promise<string> {
  const folder = join(cache, `work-${String(process.pid)}-${String(process.hrtime.bigint())}`);
  await mkdir(join(folder, "bin"), { recursive: true });
  return folder;
}

/**
 * Whether `error` is a system error of that code, such as `ENOENT`. Not by `instanceof`: jest's test files have an `Error`
 * of their own.
 */
export function isCode(error: unknown, code: string): boolean {
  return typeof error === "object" && error !== null && "code" in error && error.code === code;
}

function isStamp(value: unknown): value is Stamp {
  if (typeof value !== "object" || value === null) return false;
  const { version, source, languageHost, files } = value as Partial<Record<keyof Stamp, unknown>>;
  return (
    typeof version === "string" &&
    (source === "installer" || source === "modules") &&
    typeof languageHost === "string" &&
    Array.isArray(files) &&
    files.every((file) => typeof file === "string")
  );
}
