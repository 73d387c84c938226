import { join } from "node:path";
import { engineAt, type Engine } from "./engine";
import { writeDynamicProvider } from "./dynamicProvider";
import { fillSlot } from "./fill";
import { install } from "./installer";
import { inspectSlot, slotOn, type Machine } from "./machine";
import { buildEngine, buildLanguageHost } from "./modules";
import { findProgram } from "./programs";
import type { Report } from "./progress";
import { Refusal, type Way } from "./refusal";
import type { Stamp } from "./cache";
import { LANGUAGE_HOST, SUPPORTED_ENGINE } from "./version";

/** The engine of our cache, when it is complete; else why there is none. Reads one stamp and looks at a few files. */
export async function inspectCache(machine: Machine): Promise<Engine | { readonly fault: string }> {
  const slot = slotOn(machine, SUPPORTED_ENGINE);
  const inspected = await inspectSlot(slot, { version: SUPPORTED_ENGINE, files: Object.values(machine.files) });
  if ("fault" in inspected) return inspected;
  return engineAt(inspected.stamp.version, inspected.stamp.source, join(slot.binaries, machine.files.pulumi));
}

/** Takes the engine of our cache. Throws a `Refusal` when there is none. */
export async function fromCache(machine: Machine): Promise<Engine> {
  const inspected = await inspectCache(machine);
  if ("fault" in inspected) throw new Refusal(inspected.fault);
  return inspected;
}

/** Fills our cache by the vendor's installer. Throws a `Refusal` when that is not possible here. */
export async function fromInstaller(machine: Machine, report: Report): Promise<Engine> {
  return await fill(machine, report, async (folder) => {
    await install(folder, report);
    const languageHost = await addMissing(join(folder, "bin"), report);
    return { version: SUPPORTED_ENGINE, source: "installer", languageHost, files: Object.values(machine.files) };
  });
}

/** Fills our cache by building from Go modules. Throws a `Refusal` when that is not possible here. */
export async function fromModules(machine: Machine, report: Report): Promise<Engine> {
  return await fill(machine, report, async (folder) => {
    const binaries = join(folder, "bin");
    await buildEngine(binaries, report);
    await writeDynamicProvider(binaries, process.platform);
    return {
      version: SUPPORTED_ENGINE,
      source: "modules",
      languageHost: LANGUAGE_HOST,
      files: Object.values(machine.files),
    };
  });
}

/** The ways to an engine of our cache, in order, for `firstOpen`. */
export function cachedWays(machine: Machine, report: Report): Way<Engine>[] {
  return [
    { name: "the engine cache", attempt: () => fromCache(machine) },
    { name: "the vendor's installer", attempt: () => fromInstaller(machine, report) },
    { name: "building from Go modules", attempt: () => fromModules(machine, report) },
  ];
}

async function fill(machine: Machine, report: Report, make: (folder: string) => Promise<Stamp>): Promise<Engine> {
  const usable = async (): Promise<Engine | undefined> => {
    const inspected = await inspectCache(machine);
    return "fault" in inspected ? undefined : inspected;
  };
  return await fillSlot(machine, slotOn(machine, SUPPORTED_ENGINE), report, usable, make);
}

/** Adds what an installed engine lacks for Node; the stamp's word for where its language host is from. */
async function addMissing(binaries: string, report: Report): Promise<string> {
  if ((await findProgram("pulumi-resource-pulumi-nodejs", [binaries])) === undefined) {
    await writeDynamicProvider(binaries, process.platform);
  }
  if ((await findProgram("pulumi-language-nodejs", [binaries])) !== undefined) return "bundled";
  await buildLanguageHost(binaries, report);
  return LANGUAGE_HOST;
}
