/**
 * The bulk-upload file on disk. It holds client secrets in clear text, because the product reads them so: it is readable by its owner
 * only, replaced as a whole, and gone with its last row.
 */
import { chmod, readFile, rename, rm, writeFile } from "node:fs/promises";
import { Conflict } from "../../core";

/** Says that a file is ours to write. After the template's own first lines, which have to come first. */
const ours = "# Written by pulumi-m365audit. It holds client secrets: delete it when it has been uploaded.";
const tag = "# m365audit ";
/** Before each row: whose it is, and the custom description, which not every template has a column for. */
const tagged = /^# m365audit (\S+)(?: (".*"))?$/;

/** What is in the file for one data source. */
export interface PreparedRow {
  readonly id: string;
  /** Without a line break. */
  readonly line: string;
  /** The custom description: unique in the product. */
  readonly description?: string | undefined;
}

/** By the id of the data source. */
type Rows = ReadonlyMap<string, PreparedRow>;

/** Writes to one file come one after another, whichever resources they are for. */
const queues = new Map<string, Promise<unknown>>();

/**
 * Adds the row, or puts it in place of the one with the same id.
 * @throws Conflict when there is a file that is not ours, or another row has the custom description
 */
export function putRow(path: string, head: readonly string[], row: PreparedRow): Promise<void> {
  return oneByOne(path, async () => {
    const rows = new Map((await read(path)) ?? []);
    const { id, description } = row;
    const other = [...rows.values()].find((one) => description !== undefined && one.description === description);
    if (other !== undefined && other.id !== id) {
      throw new Conflict({
        operation: "writing the bulk-upload file",
        subject: path,
        happened: `the row of ${other.id} has the custom description ${JSON.stringify(description)} too`,
        next: "Descriptions are unique: choose another, or none for the product's own.",
        property: "customDescription",
      });
    }
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
    lines.flatMap((line, index): [string, PreparedRow][] => {
      const [, id, quoted] = tagged.exec(line) ?? [];
      if (id === undefined) return [];
      const description = quoted === undefined ? {} : { description: JSON.parse(quoted) as string };
      return [[id, { id, line: lines[index + 1] ?? "", ...description }]];
    }),
  );
}

function tagOf({ id, description }: PreparedRow): string {
  return `${tag}${id}${description === undefined ? "" : ` ${JSON.stringify(description)}`}`;
}

function headOf(text: string): string[] {
  const lines = text.split("\n");
  return lines.slice(0, lines.indexOf(ours));
}

async function write(path: string, head: readonly string[], rows: Rows): Promise<void> {
  const body = [...rows.values()].flatMap((row) => [tagOf(row), row.line]);
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
