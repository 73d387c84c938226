import { delimiter, dirname } from "node:path";
import { pathFolders, pathVariable } from "./programs";

/** Where an engine came from: found on `PATH`, the vendor's installer, or built from Go modules. */
export type EngineSource = "path" | "installer" | "modules";

/** A Pulumi engine that is ready to run Node programs, dynamic providers among them. */
export interface Engine {
  /** Without `v`: `3.256.0`. */
  readonly version: string;
  readonly source: EngineSource;
  /** The `pulumi` executable, as an absolute path. */
  readonly executable: string;
  /** The folder to put first on `PATH`: it has what the engine starts. */
  readonly binaries: string;
  /** `base` with the engine first on `PATH` and its search for updates off; for a child process. */
  environment(base: NodeJS.ProcessEnv): Record<string, string>;
}

/** Makes an `Engine`; `companions` is a folder with programs that are missing beside `executable`, if any are. */
export function engineAt(version: string, source: EngineSource, executable: string, companions?: string): Engine {
  const own = dirname(executable);
  const first = companions === undefined ? [own] : [companions, own];
  return {
    version,
    source,
    executable,
    binaries: first[0] ?? own,
    environment: (base) => {
      const rest = pathFolders(base).filter((folder) => !first.includes(folder));
      const defined = Object.entries(base).filter((entry): entry is [string, string] => entry[1] !== undefined);
      return {
        ...Object.fromEntries(defined),
        [pathVariable(base)]: [...first, ...rest].join(delimiter),
        PULUMI_SKIP_UPDATE_CHECK: "true",
      };
    },
  };
}
