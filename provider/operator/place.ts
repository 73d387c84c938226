/** Where the attestations of a stack are: in the user's repository, beside the program, to be reviewed like it. */
import { access } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { Rejected } from "../core";

/** The folder of the attestations, relative to the project's, where no setting names another. */
export const defaultFolder = "attestations";

/** What a stack configures of it. */
export interface PlaceSettings {
  /** Folder of the attestations, relative to the project's. */
  readonly attestations?: string | undefined;
  /** File of those who may sign (`ALLOWED SIGNERS` in ssh-keygen's manual), relative to the project's folder. */
  readonly attestationSigners?: string | undefined;
}

/**
 * The folder of the Pulumi project, absolute: the nearest at or above `from` that holds a Pulumi.yaml or Pulumi.yml.
 *
 * @param from default: the current working directory
 * @throws Rejected when there is none
 */
export async function projectRoot(from: string = process.cwd()): Promise<string> {
  const start = resolve(from);
  for (let folder = start; ; folder = dirname(folder)) {
    if ((await exists(join(folder, "Pulumi.yaml"))) || (await exists(join(folder, "Pulumi.yml")))) return folder;
    if (dirname(folder) === folder) break;
  }
  throw new Rejected({
    operation: "looking for the Pulumi project of",
    subject: start,
    happened: "neither this folder nor one above it holds a Pulumi.yaml",
    next: "Run the command in the folder of the Pulumi project, or below it.",
  });
}

/** What a URN says of where its resource belongs. */
export interface UrnParts {
  /** The stack's plain name, without organization and project. */
  readonly stack: string;
  readonly project: string;
}

/** @throws Rejected when it is no URN of Pulumi's */
export function partsOf(urn: string): UrnParts {
  const [, stack, project] = /^urn:pulumi:([^:\s]+)::([^:\s]+)::/.exec(urn) ?? [];
  if (stack !== undefined && project !== undefined) return { stack, project };
  throw new Rejected({
    operation: "reading the stack from",
    subject: JSON.stringify(urn),
    happened: "it is no URN; allowed: urn:pulumi:<stack>::<project>::<type>::<name>",
  });
}

/** The name of a resource, out of its URN. */
export function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** The plain name of a resource's stack. @throws Rejected when it is no URN of Pulumi's */
export function stackOf(urn: string): string {
  return partsOf(urn).stack;
}

/**
 * The attestations file of a stack, absolute. It need not be there.
 *
 * @param stack its plain name, as in a URN
 * @throws Rejected when the name is none that a stack can have: it could lead out of the folder
 */
export function attestationsFile(place: { folder?: string | undefined; stack: string; root: string }): string {
  const { folder = defaultFolder, stack, root } = place;
  if (!/^[A-Za-z0-9._-]{1,100}$/.test(stack) || /^\.+$/.test(stack)) {
    throw new Rejected({
      operation: "naming the attestations file of the stack",
      subject: JSON.stringify(stack),
      happened: "this is no plain name of a stack; allowed: up to 100 letters, digits, and the signs . _ -",
      next: "Of organization/project/stack, give the last part.",
    });
  }
  return join(resolve(root, folder), `${stack}.json`);
}

/**
 * The file of those who may sign attestations, absolute: the one that is set, else `allowed_signers` beside the attestations where it is
 * there. Undefined: none, and signatures are not asked for.
 *
 * @throws Rejected when the one that is set is not there: that must not switch the checks off
 */
export async function allowedSignersFile(settings: PlaceSettings, root: string): Promise<string | undefined> {
  if (settings.attestationSigners !== undefined) {
    const file = resolve(root, settings.attestationSigners);
    if (await exists(file)) return file;
    throw new Rejected({
      operation: "looking for the allowed signers in",
      subject: file,
      happened: "there is no such file, or it cannot be read",
      next: "Create it (a principal and a public SSH key on each line), or correct the setting.",
      property: "attestationSigners",
    });
  }
  const usual = join(resolve(root, settings.attestations ?? defaultFolder), "allowed_signers");
  return (await exists(usual)) ? usual : undefined;
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
