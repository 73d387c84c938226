import { createHash } from "node:crypto";
import { symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { writeDynamicProvider } from "./dynamicProvider";
import { engineAt, type Engine } from "./engine";
import { fillSlot } from "./fill";
import { inspectSlot, slotOn, type Machine } from "./machine";
import { buildLanguageHost } from "./modules";
import { findProgram, pathFolders, resolveLinks, run } from "./programs";
import type { Report } from "./progress";
import { Refusal } from "./refusal";
import { formatVersion, isAtLeast, LANGUAGE_HOST, parseVersion, SUPPORTED_ENGINE } from "./version";

/** A `pulumi` that is on `PATH`. */
export interface Found {
  readonly executable: string;
  readonly version: string;
  /** The programs that it needs for Node and that are neither on `PATH` nor beside it. */
  readonly missing: readonly ("languageHost" | "dynamicProvider")[];
}

/** Looks for `pulumi` on `PATH` and asks for its version. Throws a `Refusal` when there is none or it is too old. */
export async function findOnPath(machine: Machine): Promise<Found> {
  const folders = pathFolders(machine.environment);
  const executable = await findProgram("pulumi", folders);
  if (executable === undefined) throw new Refusal("there is none");
  const outcome = await run(executable, ["version"], {
    environment: { ...machine.environment, PULUMI_SKIP_UPDATE_CHECK: "true" },
    limit: 30_000,
  });
  const version = parseVersion(outcome.stdout);
  if (outcome.code !== 0 || version === undefined) {
    throw new Refusal(`${executable} doesn't say which version it is`);
  }
  const printed = formatVersion(version);
  if (!isAtLeast(printed, SUPPORTED_ENGINE)) {
    throw new Refusal(`${executable} is ${printed}; ${SUPPORTED_ENGINE} or newer is supported`);
  }
  const around = [...folders, dirname(await resolveLinks(executable))];
  const missing: ("languageHost" | "dynamicProvider")[] = [];
  if ((await findProgram("pulumi-language-nodejs", around)) === undefined) missing.push("languageHost");
  if ((await findProgram("pulumi-resource-pulumi-nodejs", around)) === undefined) missing.push("dynamicProvider");
  return { executable, version: printed, missing };
}

/**
 * Makes what was found on `PATH` complete: programs that are missing beside it go into a folder of the cache, with a link
 * to the engine, so that that folder alone makes a whole.
 */
export async function complete(machine: Machine, found: Found, report: Report): Promise<Engine> {
  if (found.missing.length === 0) return engineAt(found.version, "path", found.executable);
  const { executable, missing, version } = found;
  // Another engine of the same version may lack something else.
  const key = createHash("sha256")
    .update(JSON.stringify([executable, missing]))
    .digest("hex")
    .slice(0, 12);
  const slot = slotOn(machine, `${version}-beside-${key}`);
  const files = missing.map((name) => machine.files[name]);
  const usable = async (): Promise<Engine | undefined> => {
    const inspected = await inspectSlot(slot, { version, files });
    return "stamp" in inspected ? engineAt(version, "path", executable, slot.binaries) : undefined;
  };
  return (
    (await usable()) ??
    (await fillSlot(machine, slot, report, usable, async (folder) => {
      const binaries = join(folder, "bin");
      report(`${executable} lacks ${files.join(" and ")}; adding what is missing in ${slot.binaries}`);
      if (missing.includes("dynamicProvider")) await writeDynamicProvider(binaries, process.platform);
      if (missing.includes("languageHost")) await buildLanguageHost(binaries, report);
      // Windows lets only some users make links; there, PATH alone leads to the engine.
      if (process.platform !== "win32") await symlink(executable, join(binaries, "pulumi"));
      return { version, source: "modules", languageHost: LANGUAGE_HOST, files };
    }))
  );
}
