import { cachedWays, inspectCache } from "./cached";
import { engineAt, type Engine } from "./engine";
import { thisMachine, type Machine } from "./machine";
import { complete, findOnPath, type Found } from "./onPath";
import { pathFolders } from "./programs";
import type { Report } from "./progress";
import { firstOpen, Refusal } from "./refusal";
import { SUPPORTED_ENGINE } from "./version";

export type { Engine, EngineSource } from "./engine";
export { EngineUnavailableError } from "./refusal";
export { SUPPORTED_ENGINE } from "./version";

const ADVICE =
  `Install Pulumi ${SUPPORTED_ENGINE} or newer (https://www.pulumi.com/docs/iac/download-install/), ` +
  "or install Go and run `npm run engine`.";

/** One search per process, for a given `PATH` and cache. */
const ensured = new Map<string, Promise<Engine>>();

/**
 * Finds a Pulumi engine, or installs or builds one: `pulumi` on `PATH`, then our cache, then the vendor's installer, then
 * Go modules. The last two put the engine into the cache and can take minutes; `report` gets a line at least every 15
 * seconds then. Once there is an engine, this takes a few file lookups and at most one `pulumi version`.
 *
 * Throws an `EngineUnavailableError` that names each way and why it failed.
 */
export async function ensureEngine(options: { readonly report?: Report } = {}): Promise<Engine> {
  const machine = thisMachine();
  const key = JSON.stringify([machine.cache, pathFolders(machine.environment)]);
  const earlier = ensured.get(key);
  if (earlier !== undefined) return await earlier;
  const search = searchEngine(machine, options.report ?? (() => undefined));
  ensured.set(key, search);
  try {
    return await search;
  } catch (error) {
    ensured.delete(key);
    throw error;
  }
}

/** What there is now, without installing or building anything. */
export interface EngineSurvey {
  readonly engine?: Engine;
  /** What the engine lacks for Node programs and `ensureEngine` would add. */
  readonly missing: readonly string[];
  /** What was not usable, and why, in the order in which it was looked at. */
  readonly refused: readonly string[];
}

/** Looks for an engine without getting one. */
export async function surveyEngine(): Promise<EngineSurvey> {
  const machine = thisMachine();
  const refused: string[] = [];
  const found = await foundOrRefusal(machine);
  if ("executable" in found && !isOurs(found, machine)) {
    const missing = found.missing.map((name) => machine.files[name]);
    return { engine: engineAt(found.version, "path", found.executable), missing, refused };
  }
  if ("refusal" in found) refused.push(`pulumi on PATH: ${found.refusal}`);
  const cached = await inspectCache(machine);
  if (!("fault" in cached)) return { engine: cached, missing: [], refused };
  return { missing: [], refused: [...refused, `the engine cache: ${cached.fault}`] };
}

async function searchEngine(machine: Machine, report: Report): Promise<Engine> {
  // Not worth a line each time: with nothing on PATH and an engine in the cache, all is as it should be.
  const first = await foundOrRefusal(machine);
  const cached = await inspectCache(machine);
  if (!("fault" in cached) && ("refusal" in first || isOurs(first, machine))) return cached;
  const onPath = {
    name: "pulumi on PATH",
    attempt: async (): Promise<Engine> => {
      if ("refusal" in first) throw new Refusal(first.refusal);
      return await complete(machine, first, report);
    },
  };
  return await firstOpen([onPath, ...cachedWays(machine, report)], report, ADVICE);
}

async function foundOrRefusal(machine: Machine): Promise<Found | { readonly refusal: string }> {
  try {
    return await findOnPath(machine);
  } catch (error) {
    if (error instanceof Refusal) return { refusal: error.message };
    throw error;
  }
}

/** Whether what is on `PATH` is our own cache, put there for a child process by `Engine.environment`. */
function isOurs(found: Found, machine: Machine): boolean {
  return found.executable.startsWith(machine.cache);
}
