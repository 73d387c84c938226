/** The attestations file of a stack: reading, changing and writing it. */
import { randomBytes } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Rejected } from "../core";
import { type Book, bookText, parseBook, shortName } from "./bookForm";
import type { Entry } from "./entry";

export { AttestationsRefused, type Book, bookText, parseBook, shortName } from "./bookForm";

/**
 * The entries with one more: it takes the place of that of the same resource and action. Whoever attests `entered` or `removed` says
 * what is now, so that the resource's other entries go; `found` stays beside the `entered` that it departs from.
 */
export function withEntry(entries: readonly Entry[], entry: Entry): Entry[] {
  const stays = ({ resource, action }: Entry): boolean =>
    resource !== entry.resource || (entry.action === "found" && action === "entered");
  return [...entries.filter(stays), entry];
}

/** What was read, by file; valid while the file is the same. */
const read = new Map<string, { readonly version: string; readonly book: Book }>();

/**
 * The attestations in a file; none where there is no such file.
 *
 * @throws AttestationsRefused when it is not as it should be
 * @throws Rejected when it cannot be read
 */
export async function readBook(file: string): Promise<Book> {
  const version = await versionOf(file);
  if (version === undefined) return { file, entries: [], lines: new Map() };
  const known = read.get(file);
  if (known?.version === version) return known.book;
  const text = await readFile(file, "utf8").catch((cause: unknown) =>
    failed("reading the attestations in", file, cause),
  );
  const book = parseBook(text, file);
  read.set(file, { version, book });
  return book;
}

/** Tells one state of a file from every other, without reading it; undefined where there is none. @throws Rejected */
export async function versionOf(file: string): Promise<string | undefined> {
  try {
    const { ino, size, mtimeNs } = await stat(file, { bigint: true });
    return [ino, size, mtimeNs].join(" ");
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return undefined;
    return failed("reading the attestations in", file, cause);
  }
}

function codeOf(cause: unknown): string {
  return (cause as NodeJS.ErrnoException | undefined)?.code ?? "unknown cause";
}

function failed(operation: string, file: string, cause: unknown): never {
  const happened = `the file system refuses it (${codeOf(cause)})`;
  throw new Rejected({
    operation,
    subject: shortName(file),
    happened,
    next: "Look at the file's kind and permissions.",
    cause,
  });
}

const attributes = `# Written by m365audit with the first attestations file of this folder.
# An attestations file has one entry a line, and each line stands for itself. So a merge keeps the lines of both sides; where both
# sides attest the same resource, m365audit refuses the two entries until someone has said which one is true.
*.json merge=union
`;

/**
 * Writes the attestations: the whole file or nothing of it. The first one of a folder comes with a `.gitattributes` that tells git how
 * to merge it, where there is none.
 *
 * @returns the files besides that were made
 * @throws AttestationsRefused when an entry is none that could be read again; nothing was written
 * @throws Rejected when it cannot be written
 */
export async function writeBook(
  file: string,
  entries: readonly Entry[],
): Promise<{ readonly alsoMade: readonly string[] }> {
  const text = bookText(entries);
  parseBook(text, file);
  const folder = dirname(file);
  const attributesFile = join(folder, ".gitattributes");
  const aside = join(folder, `.${basename(file)}.${randomBytes(6).toString("hex")}`);
  try {
    await mkdir(folder, { recursive: true });
    const names = await readdir(folder);
    await writeSynced(aside, text);
    await rename(aside, file);
    if (names.includes(".gitattributes") || names.some((name) => name.endsWith(".json"))) return { alsoMade: [] };
    await writeFile(attributesFile, attributes, { flag: "wx" });
    return { alsoMade: [attributesFile] };
  } catch (cause) {
    await rm(aside, { force: true }).catch(() => undefined);
    return failed("writing the attestations in", file, cause);
  }
}

/** To the disk, so that a rename that outlives a crash does not name an empty file. */
async function writeSynced(file: string, text: string): Promise<void> {
  const handle = await open(file, "wx");
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
