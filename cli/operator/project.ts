/** The Pulumi project that a command is called in, and where its stack keeps attestations. */
import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { InvalidInput, settingsFrom } from "../../provider/core";
import { allowedSignersFile, attestationsFile, projectRoot } from "../../provider/operator/place";
import { shortName } from "./state";
import { codeOf, type Surroundings } from "./surroundings";

export interface Project {
  /** The folder of Pulumi.yaml, absolute. */
  readonly root: string;
  /** The attestations of the stack, absolute. */
  readonly file: string;
  /** The same as a person is told it: relative to {@link root}. */
  readonly shownFile: string;
  /** Those who may sign, absolute; undefined: signatures are not asked for. */
  readonly signersFile: string | undefined;
}

/**
 * @param stack as given: `contoso`, or `organization/project/contoso`
 * @throws InvalidInput when a file of the project is no YAML
 */
export async function projectOf(stack: string, here: Surroundings): Promise<Project> {
  const root = await projectRoot(here.cwd);
  const configured = await configurationOf(root, shortName(stack));
  const settings = settingsFrom((key) => configured.get(key), here.environment);
  const [folder, attestationSigners] = [settings.get("attestations"), settings.get("attestationSigners")];
  const file = attestationsFile({ folder, stack: shortName(stack), root });
  const signersFile = await allowedSignersFile({ attestations: folder, attestationSigners }, root);
  return { root, file, shownFile: relative(root, file), signersFile };
}

/** The stack's configuration, and below it the project's own values, by full key. A secret is not a text, and none is looked for. */
async function configurationOf(root: string, stack: string): Promise<ReadonlyMap<string, unknown>> {
  const project = (await readYaml(root, "Pulumi.yaml")) ?? (await readYaml(root, "Pulumi.yml")) ?? {};
  const folder = typeof project["stackConfigDir"] === "string" ? project["stackConfigDir"] : ".";
  const file = join(folder, `Pulumi.${stack}`);
  const own = (await readYaml(root, `${file}.yaml`)) ?? (await readYaml(root, `${file}.yml`)) ?? {};
  const name = String(project["name"]);
  const shared = Object.entries(properties(project["config"])).map(([key, value]): [string, unknown] => [
    key.includes(":") ? key : `${name}:${key}`,
    properties(value)["value"] ?? properties(value)["default"] ?? value,
  ]);
  const all = [...shared, ...Object.entries(properties(own["config"]))];
  return new Map(all.filter(([, value]) => typeof value === "string"));
}

async function readYaml(root: string, name: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  let text: string;
  try {
    text = await readFile(join(root, name), "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw new InvalidInput(name, [{ path: "", message: `the file cannot be read (${codeOf(error)})` }]);
  }
  const { parseDocument } = await import("yaml");
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error === undefined) return properties(document.toJS());
  const line = String(error.linePos?.[0].line ?? 1);
  throw new InvalidInput(name, [{ path: `line ${line}`, message: `the file is no YAML (${error.code})` }]);
}

function properties(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
