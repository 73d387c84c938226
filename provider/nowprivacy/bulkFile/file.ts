/**
 * The bulk-upload file on disk. It holds client secrets in clear text, because the product reads them so: it is readable by its owner
 * only, replaced as a whole, and gone with its last row.
 */
import { chmod, readFile, rename, rm, writeFile } from "node:fs/promises";
import { Conflict } from "../../core";

/** Says that a file is ours to write. After the template's own first lines, which have to come first. */
const ours = "# Written by pulumi-m365audit. It holds client secrets: delete it when it has been uploaded.";
const tag = "# m365audit ";

/** Rows by the id of their data source. */
type Rows = ReadonlyMap<string, string>;

/** Writes to one file come one after another, whichever resources they are for. */
const queues = new Map<string, Promise<unknown>>();

/** Adds the row, or puts it in place of the one with the same id. @throws Conflict when there is a file that is not ours */
export function putRow(path: string, head: readonly string[], id: string, row: string): Promise<void> {
  return oneByOne(path, async () => {
    const rows = new Map((await read(path)) ?? []);
    rows.set(id, row);
    await write(path, head, rows);
  });
}

/** Takes the row away, and the file with the last one. A file or a row that is gone is no error. */
export function removeRow(path: string, id: string): Promise<void> {
  return oneByOne(path, async () => {
    const text = await textOf(path);
    const rows = new Map((await read(path)) ?? []);
    if (text === undefined || !rows.delete(id)) return;
    if (rows.size === 0) await rm(path, { force: true });
    else await write(path, headOf(text), rows);
  });
}

function oneByOne<T>(path: string, work: () => Promise<T>): Promise<T> {
  const before = queues.get(path) ?? Promise.resolve();
  const mine = before.then(work, work);
  queues.set(path, mine);
  return mine;
}

async function read(path: string): Promise<Rows | undefined> {
  const text = await textOf(path);
  if (text === undefined) return undefined;
  const lines = text.split("\n");
  if (!lines.includes(ours)) {
    throw new Conflict({
      operation: "writing the bulk-upload file",
      subject: path,
      happened: "there is a file that pulumi-m365audit has not written",
      next: "Set m365audit:nowprivacyBulkFile to a file that does not exist yet, or move that one away.",
      property: "m365audit:nowprivacyBulkFile",
    });
  }
  return new Map(
    lines.flatMap((line, index): [string, string][] =>
      line.startsWith(tag) ? [[line.slice(tag.length), lines[index + 1] ?? ""]] : [],
    ),
  );
}

function headOf(text: string): string[] {
  const lines = text.split("\n");
  return lines.slice(0, lines.indexOf(ours));
}

async function write(path: string, head: readonly string[], rows: Rows): Promise<void> {
  const body = [...rows].flatMap(([id, row]) => [`${tag}${id}`, row]);
  const temporary = `${path}.${String(process.pid)}.tmp`;
  try {
    await rm(temporary, { force: true });
    // "wx": never into a file that someone else has put there in between.
    await writeFile(temporary, `${[...head, ours, ...body].join("\n")}\n`, { mode: 0o600, flag: "wx" });
    await chmod(temporary, 0o600);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, "utf8")).replaceAll("\r\n", "\n");
  } catch (error) {
    if ((error as { code?: unknown }).code === "ENOENT") return undefined;
    throw error;
  }
}
