/**
 * States that earlier versions wrote, as this version sees them: whoever upgrades gets no preview in which something is made anew or
 * goes away. Nothing is refreshed: what stands in the sandbox is not what was there then.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { parse, stringify } from "yaml";
import type { Scene } from "../support/engine";
import { attestationsFile } from "../support/operator";
import { openSetup, placesOf, type Setup, setups } from "./setups";

const states = path.join(__dirname, "states");
const versions = readdirSync(states);

interface State {
  readonly deployment: {
    readonly secrets_providers: { readonly state: { readonly salt: string } };
    readonly resources: readonly { readonly urn: string }[];
  };
}
interface Digest {
  readonly steps: readonly { readonly op: string; readonly urn: string }[];
}

interface Upgrade {
  readonly scene: Scene;
  /** URNs of all that the state holds. */
  readonly recorded: readonly string[];
}

/** The set-up's stack with what a version left behind. */
async function openUpgrade(setup: Setup, version: string): Promise<Upgrade> {
  const scene = await openSetup(setup);
  const filled = (file: string): string =>
    placesOf(scene).reduce(
      (text, [value, place]) => text.replaceAll(place, value),
      readFileSync(path.join(states, version, file), "utf8"),
    );
  const attested = `${setup.name}.attestations.json`;
  if (existsSync(path.join(states, version, attested))) {
    await mkdir(path.dirname(attestationsFile(scene.stack)), { recursive: true });
    await writeFile(attestationsFile(scene.stack), filled(attested));
  }
  const text = filled(`${setup.name}.json`);
  const state = JSON.parse(text) as State;
  const file = path.join(scene.stack.folder, "state.json");
  await writeFile(file, text);
  // The secrets are encrypted with what is in the state's own folder.
  const stackFile = path.join(scene.stack.folder, `Pulumi.${scene.stack.name}.yaml`);
  const settings = parse(await readFile(stackFile, "utf8")) as object;
  const { salt } = state.deployment.secrets_providers.state;
  await writeFile(stackFile, stringify({ ...settings, encryptionsalt: salt }));
  await scene.stack.pulumi("stack", "import", "--file", file, "--stack", scene.stack.name);
  return { scene, recorded: state.deployment.resources.map(({ urn }) => urn) };
}

const name = (urn: string): string => urn.split("::").at(-1) ?? urn;

describe.each(versions)("a state that %s wrote", (version) => {
  test.each(setups)("of $name previews without a replacement or a deletion", async (setup) => {
    const { scene, recorded } = await openUpgrade(setup, version);
    try {
      const options = ["--refresh=false", "--show-sames", "--json", "--stack", scene.stack.name];
      const { steps } = JSON.parse(await scene.stack.pulumi("preview", ...options)) as Digest;
      expect(steps.filter(({ op }) => op !== "same").map(({ op, urn }) => `${op} ${name(urn)}`)).toEqual([]);
      const seen = new Set(steps.map(({ urn }) => urn));
      expect(recorded.filter((urn) => !seen.has(urn) && !urn.includes("pulumi:providers:"))).toEqual([]);
    } finally {
      await scene.close();
    }
  });
});
