/**
 * Made the files in `states/VERSION`, once, in a checkout of that version, by
 * `npx ts-node -T -O '{"module":"commonjs","moduleResolution":"node"}' tests/upgrade/make.ts VERSION`.
 * What a version left behind is never made anew. The secrets in it are a sandbox's, encrypted.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { testCertificate } from "../../provider/entra/testing/certificates";
import { attestationsFile, attest } from "../support/operator";
import { openSetup, placesOf, setups } from "./setups";

async function make(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const setup of setups) {
    const scene = await openSetup(setup);
    try {
      const withPlaces = (text: string): string =>
        placesOf(scene).reduce((rest, [value, place]) => rest.replaceAll(value, place), text);
      await scene.stack.up();
      if (setup.name === "operator") {
        const certificate = path.join(scene.stack.folder, "1secure.pem");
        await writeFile(certificate, (await testCertificate({ to: "2028-03-01T08:00:00Z" })).certificatePem);
        await attest(scene.stack, "--all", "--certificate", certificate);
        await scene.stack.up();
        const text = await readFile(attestationsFile(scene.stack), "utf8");
        await writeFile(path.join(folder, `${setup.name}.attestations.json`), withPlaces(text));
      }
      const state = await scene.stack.pulumi("stack", "export", "--stack", scene.stack.name);
      await writeFile(path.join(folder, `${setup.name}.json`), aLineEach(withPlaces(state)));
    } finally {
      await scene.close();
    }
  }
}

/** The exported state with a resource a line. */
function aLineEach(text: string): string {
  const state = JSON.parse(text) as { deployment: { resources: readonly object[] } };
  const lines = state.deployment.resources.map((resource) => JSON.stringify(resource)).join(",\n");
  const rest = JSON.stringify({ ...state, deployment: { ...state.deployment, resources: [] } });
  return `${rest.replace('"resources":[]', () => `"resources":[\n${lines}\n]`)}\n`;
}

const [version] = process.argv.slice(2);
if (version === undefined) throw new Error("name the version");
void make(path.join(__dirname, "states", version));
