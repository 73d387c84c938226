/**
 * The template of the product's bulk-upload file, as the user's own instance offers it ("Download Example file"): the file's version,
 * and for Office 365 the word that a row begins with and the columns that follow.
 *
 * What is published about it: a text file, a comma-separated row for each data source whose first value is its type, comments that
 * begin with `#`, the first of which carry `# file version: 2.0` or `2.1`. Word and columns for Office 365 are not published, so they
 * are taken from the template or not at all. Assumed of it: for each type there is a line (in a comment or not) with the type first and
 * the names of its columns after it.
 */
import { InvalidInput } from "../../core";

export type Service = "exchange" | "sharePoint" | "oneDrive";

/** What a column of the Office 365 row holds. */
export type Field =
  | "applicationId"
  | "clientSecret"
  | "tenantId"
  | "service"
  | "scope"
  | "domain"
  | "groupEmail"
  | "userEmail"
  | "email"
  | "folderPath"
  | "dataSet"
  | "location"
  | "crawler"
  | "priority"
  | "continuous"
  | "start"
  | "description";

export interface Column {
  /** As the template has it. */
  readonly name: string;
  readonly field: Field;
}

export interface Template {
  readonly version: "2.0" | "2.1";
  /** The template's first lines, which a file begins with too. */
  readonly head: readonly string[];
  /** The first value of a row. */
  readonly keyword: string;
  readonly columns: readonly Column[];
}

/** In the order in which they are tried. What is in brackets is not looked at. */
const fields: readonly (readonly [RegExp, Field])[] = [
  [/secret/, "clientSecret"],
  [/tenant|^directory(id)?$/, "tenantId"],
  [/^(application|client|app)(client)?(id)?$/, "applicationId"],
  [/scope/, "scope"],
  [/group.*mail/, "groupEmail"],
  [/user.*mail/, "userEmail"],
  [/mail/, "email"],
  [/domain/, "domain"],
  [/folder|path/, "folderPath"],
  [/dataset/, "dataSet"],
  [/location|country/, "location"],
  [/crawler/, "crawler"],
  [/priority/, "priority"],
  [/continuous/, "continuous"],
  [/start/, "start"],
  [/description/, "description"],
  [/service/, "service"],
];

const office365 = /(?:office[\s_-]?|o|exchange[\s_-]?|sharepoint[\s_-]?|onedrive[\s_-]?)365/i;
const servicesIn: readonly (readonly [RegExp, Service])[] = [
  [/exchange/i, "exchange"],
  [/share\s?point/i, "sharePoint"],
  [/one\s?drive/i, "oneDrive"],
];

/**
 * @param text the template's text
 * @throws InvalidInput when its version is another than 2.0 and 2.1, when it has no Office 365 row for the service, or when it has a
 * column that this package does not know what to put into
 */
export async function readTemplate(text: string, service: Service): Promise<Template> {
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  const version = lines.map((line) => /^#+\s*file version:\s*(\S+)/i.exec(line)?.[1]).find((one) => one !== undefined);
  if (version !== "2.0" && version !== "2.1") {
    const given = version === undefined ? "no line `# file version: …` was found" : `file version ${version} was given`;
    throw wrong(`${given}; allowed: the example file of an instance, file version 2.0 or 2.1`);
  }
  const rows = await Promise.all(lines.map(cellsOf));
  const [keyword = "", ...names] = rowFor(service, rows);
  const columns = names.map((name) => ({ name, field: fieldOf(name) }));
  const unknown = columns.filter(({ field }) => field === undefined).map(({ name }) => `"${name}"`);
  if (unknown.length > 0) {
    throw wrong(
      `the columns ${unknown.join(", ")} of its row "${keyword}" are not known, so no value can be put there`,
    );
  }
  const known = columns.flatMap(({ name, field }): Column[] => (field === undefined ? [] : [{ name, field }]));
  const twice = known.filter(({ field }, index) => known.findIndex((one) => one.field === field) !== index);
  if (twice.length > 0) throw wrong(`two columns of its row "${keyword}" mean the same: ${twice[0]?.name ?? ""}`);
  return { version, head: lines.slice(0, 2).filter((line) => line.startsWith("#")), keyword, columns: known };
}

/** The field that a column is for, by its name; undefined when none is known. */
export function fieldOf(name: string): Field | undefined {
  const plain = plainName(name.replace(/[([<{].*?[)\]>}]/g, "")) || plainName(name);
  return fields.find(([pattern]) => pattern.test(plain))?.[1];
}

/** Lower-case letters and digits only. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, "");
}

/** The line with the type and its columns for Office 365 and this service. */
function rowFor(service: Service, rows: readonly (readonly string[])[]): readonly string[] {
  const headers = rows.filter((cells) => {
    const found = new Set(cells.slice(1).map(fieldOf));
    return (
      office365.test(cells[0] ?? "") &&
      (["applicationId", "clientSecret", "tenantId"] as const).every((one) => found.has(one))
    );
  });
  if (headers.length === 0) {
    throw wrong(
      "it has no row for Office 365 with the columns Application (Client) ID, Client Secret and Directory (Tenant) ID; " +
        "take the file that your own instance gives under Data Sources > New > Add Multiple Data Sources > Download Example file",
    );
  }
  const named = headers.filter(([keyword = ""]) => servicesIn.some(([pattern]) => pattern.test(keyword)));
  const own = named.filter(([keyword = ""]) =>
    servicesIn.some(([pattern, one]) => one === service && pattern.test(keyword)),
  );
  const general = headers.filter((cells) => !named.includes(cells) && cells.slice(1).map(fieldOf).includes("service"));
  const [row, ...more] = own.length > 0 ? own : general;
  if (row === undefined) throw wrong(`its Office 365 rows say of none that it is for ${service}`);
  if (more.some((other) => other.join() !== row.join())) throw wrong(`it has several Office 365 rows for ${service}`);
  return row;
}

/** The values of a line, in a comment or not; none when it is no comma-separated row. */
async function cellsOf(line: string): Promise<readonly string[]> {
  const { parse } = await import("csv-parse/sync");
  try {
    const text = line.replace(/^[#\s]+/, "");
    const [cells = []] = parse(text, {
      relax_quotes: true,
      relax_column_count: true,
      trim: true,
    });
    return cells;
  } catch {
    return [];
  }
}

function wrong(what: string): InvalidInput {
  return new InvalidInput("NOW Privacy's bulk-upload template", [
    { path: "m365audit:nowprivacyBulkTemplate", message: what },
  ]);
}
