import { homedir } from "node:os";
import { cacheRoot, faultOf, presentFiles, readStamp, slotFor, type Slot, type Stamp } from "./cache";
import { dynamicProviderFile } from "./dynamicProvider";
import { LANGUAGE_HOST } from "./version";

/** This machine, as far as an engine is concerned: the cache and the names that programs have here. */
export interface Machine {
  readonly cache: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly files: { readonly pulumi: string; readonly languageHost: string; readonly dynamicProvider: string };
}

/** Describes the machine that the process runs on. */
export function thisMachine(environment: NodeJS.ProcessEnv = process.env): Machine {
  const executable = (name: string): string => (process.platform === "win32" ? `${name}.exe` : name);
  return {
    cache: cacheRoot(environment, homedir()),
    environment,
    files: {
      pulumi: executable("pulumi"),
      languageHost: executable("pulumi-language-nodejs"),
      dynamicProvider: dynamicProviderFile(process.platform),
    },
  };
}

/** The slot for `version` on this machine. */
export function slotOn(machine: Machine, version: string): Slot {
  return slotFor(machine.cache, version, process.platform, process.arch);
}

/** What the slot's stamp says when all that it promises is there, else why it can't be used. */
export async function inspectSlot(
  slot: Slot,
  wanted: { readonly version: string; readonly files: readonly string[] },
): Promise<{ readonly stamp: Stamp } | { readonly fault: string }> {
  const stamp = await readStamp(slot);
  const present = await presentFiles(slot, [...new Set([...wanted.files, ...(stamp?.files ?? [])])]);
  const fault = faultOf(stamp, { ...wanted, languageHost: LANGUAGE_HOST }, present);
  return stamp === undefined || fault !== undefined ? { fault: fault ?? "nothing is cached" } : { stamp };
}
