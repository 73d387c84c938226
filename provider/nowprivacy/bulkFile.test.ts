import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import * as fc from "fast-check";
import { type Applied, type Context, manualClock, reconcile } from "../core";
import type { NewDataSource } from "./backend";
import { renderRow } from "./bulkFile/row";
import { type Service, readTemplate } from "./bulkFile/template";
import { dataset, datasetContract } from "./dataset";
import { dataSource } from "./dataSource";
import { type DataSourceInputs, type DataSourceState, dataSourceContract } from "./dataSourceContract";

const tail = "Data Set,Location,Crawler,Priority,Continuous,Start";
/** Invented for the tests, as everything about Office 365 in it is. */
const template = `# file version: 2.1
# Lines that begin with a hash are comments.
#
# smb2,Domain,User Name,Password,Server,Share,Path,${tail},Description
# office365,Application (Client) ID,Client Secret,Directory (Tenant) ID,Service (exchange|sharepoint|onedrive),Scope,Domain,Email,Folder Path,${tail},Description
`;

const values: NewDataSource = {
  datasetId: "Mail",
  service: "exchange",
  applicationId: "11111111-1111-1111-1111-111111111111",
  clientSecret: 'a~secret,with "quotes"',
  tenantId: "22222222-2222-2222-2222-222222222222",
  ingestionScope: { type: "groupEmail", domain: "contoso.com", email: "team@contoso.com" },
  country: "GB",
  customDescription: "Mail of the team",
  crawlPriority: 0.2,
  crawlMode: "continuous",
  startCrawlImmediately: true,
};

async function row(
  text: string,
  changes: Partial<NewDataSource> = {},
): Promise<{ cells: string[]; byHand: readonly string[] }> {
  const source = { ...values, ...changes };
  const { line, byHand } = await renderRow(await readTemplate(text, source.service), source, source.datasetId);
  const [cells = []] = parse(line);
  return { cells, byHand };
}

describe("a row", () => {
  test("has the template's word and columns, in its order, and leaves empty what nobody declared", async () => {
    expect((await row(template)).cells).toEqual([
      "office365",
      values.applicationId,
      values.clientSecret,
      values.tenantId,
      "exchange",
      "Group email",
      "contoso.com",
      "team@contoso.com",
      "",
      "Mail",
      "GB",
      "",
      "0.2",
      "true",
      "true",
      "Mail of the team",
    ]);
  });

  test("carries any value without loss", async () => {
    const known = await readTemplate(template, "exchange");
    await fc.assert(
      fc.asyncProperty(
        fc.string({ minLength: 1 }).filter((text) => !/[\r\n]/.test(text)),
        async (text) => {
          const { line } = await renderRow(known, { ...values, clientSecret: text, customDescription: text }, "Mail");
          const [cells = []] = parse(line);
          expect(cells[2]).toBe(text);
          expect(cells.at(-1)).toBe(text);
        },
      ),
    );
  });

  test("that cannot say what is declared is refused, with all of it at once", async () => {
    const short = "# file version: 2.0\n# Office 365 Exchange,Client ID,Secret,Tenant ID\n";
    await expect(row(short)).rejects.toMatchObject({
      problems: [
        "ingestionScope",
        "datasetId",
        "country",
        "crawlPriority",
        "crawlMode",
        "startImmediately",
        "ingestionScope.domain",
        "ingestionScope.email",
      ].map((path) => ({ path, message: expect.stringContaining("no column") })),
    });
    await expect(row(template, { customDescription: "two\nlines" })).rejects.toThrow(/line break/);
  });

  test("of version 2.0 leaves the description to the person who uploads it", async () => {
    const older = template.replace("2.1", "2.0").replaceAll(",Description", "");
    const { cells, byHand } = await row(older);
    expect(cells).toHaveLength(15);
    expect(byHand).toEqual(['enter the custom description "Mail of the team"']);
  });
});

describe("a template", () => {
  const read = (text: string, service: Service = "exchange"): Promise<unknown> => readTemplate(text, service);
  const columns = "Client ID,Client Secret,Tenant ID";

  test("without a row for Office 365 is refused, with where to get one", async () => {
    const without = template
      .split("\n")
      .filter((line) => !line.includes("office365"))
      .join("\n");
    await expect(read(without)).rejects.toThrow(/no row for Office 365.*Download Example file/s);
    await expect(read("# file version: 2.1\n# office365,User Name,Password\n")).rejects.toThrow(
      /no row for Office 365/,
    );
  });

  test("of another version, or of none, is refused", async () => {
    await expect(read(template.replace("2.1", "3.0"))).rejects.toThrow(/file version 3.0 was given/);
    await expect(read("smb2,x\n")).rejects.toThrow(/no line `# file version/);
  });

  test("with a column that nobody knows is refused: no value is guessed", async () => {
    await expect(read(`# file version: 2.1\n# office365,${columns},Service,Flux\n`)).rejects.toThrow(/"Flux"/);
    await expect(read(`# file version: 2.1\n# office365,${columns},Service,Client Secret 2\n`)).rejects.toThrow(
      /mean the same/,
    );
  });

  test("may have a row for each service", async () => {
    const text = `# file version: 2.1\n# exchange365,${columns}\n# onedrive365,${columns},Folder Path\n`;
    await expect(read(text, "oneDrive")).resolves.toMatchObject({ keyword: "onedrive365" });
    await expect(read(text, "exchange")).resolves.toMatchObject({ keyword: "exchange365" });
    await expect(read(text, "sharePoint")).rejects.toThrow(/none that it is for sharePoint/);
  });

  test("is read with any line ends, and its first lines go with it", async () => {
    await expect(read(`\uFEFF${template.replaceAll("\n", "\r\n")}`)).resolves.toMatchObject({
      version: "2.1",
      head: ["# file version: 2.1", "# Lines that begin with a hash are comments."],
    });
  });

  test("whose words are others than the product's is refused", async () => {
    await expect(row(template.replace("exchange|sharepoint", "EXO|SPO"))).rejects.toMatchObject({
      problems: [{ path: "service", message: 'the template takes EXO, SPO, onedrive, and none is "Exchange"' }],
    });
  });
});

describe("the kinds, with the bulk-upload file", () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "bulk-"));
    file = join(folder, "upload.csv");
    writeFileSync(join(folder, "template.csv"), template);
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function context(
    declaration = "urn:a",
    more: Readonly<Record<string, string>> = {},
  ): Context & { reported: string[] } {
    const reported: string[] = [];
    const settings: Record<string, string> = {
      nowprivacyBackend: "bulkFile",
      nowprivacyBulkTemplate: join(folder, "template.csv"),
      nowprivacyBulkFile: file,
      ...more,
    };
    const report = (line: string): void => void reported.push(line);
    return { clock: manualClock(), settings: { get: (name) => settings[name] }, declaration, report, reported };
  }
  const declared = (more: Partial<DataSourceInputs> = {}): DataSourceInputs => {
    const { startCrawlImmediately: startImmediately, ...rest } = values;
    return dataSourceContract.inputs.parse({ ...rest, startImmediately, ...more });
  };
  const make = (ctx: Context, inputs = declared()): Promise<Applied<DataSourceState>> =>
    reconcile(dataSource, ctx, { inputs });

  test("a new data source becomes a row of a file that only its owner can read", async () => {
    const ctx = context();
    const { state } = await make(ctx);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const lines = readFileSync(file, "utf8").split("\n");
    expect(lines[0]).toBe("# file version: 2.1");
    expect(lines.at(-2)).toMatch(/^office365,/);
    expect(state).toMatchObject({ crawl: "running", description: "Mail of the team" });
    expect(ctx.reported.join()).toContain("Add Multiple Data Sources");
    expect(ctx.reported.join()).not.toContain("a~secret");
  });

  test("each data source has its row, each row goes with its data source, and the file with the last", async () => {
    const declarations = ["urn:a", "urn:b", "urn:c"];
    const made = await Promise.all(declarations.map((urn) => make(context(urn), declared({ customDescription: urn }))));
    await make(context("urn:a"), declared({ customDescription: "again" }));
    const rows = (): string[] =>
      readFileSync(file, "utf8")
        .split("\n")
        .filter((line) => line.startsWith("office365"));
    expect(
      rows()
        .map((line) => line.split(",").at(-1))
        .sort(),
    ).toEqual(["again", "urn:b", "urn:c"]);
    for (const [index, { id, state }] of made.entries()) {
      await dataSource.remove(context(declarations[index]), id, state);
      if (index < 2) expect(rows()).toHaveLength(2 - index);
    }
    expect(() => statSync(file)).toThrow("ENOENT");
    const [first] = made;
    if (first !== undefined) await dataSource.remove(context(), first.id, first.state);
  });

  test("a custom description is there once", async () => {
    await make(context("urn:a"), declared({ customDescription: "Mail (all)" }));
    await expect(make(context("urn:b"), declared({ customDescription: "Mail (all)" }))).rejects.toMatchObject({
      tag: "Conflict",
      property: "customDescription",
    });
    await make(context("urn:a"), declared({ customDescription: "Mail (all)", crawlPriority: 1 }));
    await make(context("urn:b"), declared({ customDescription: undefined }));
    await make(context("urn:c"), declared({ customDescription: undefined }));
    expect(readFileSync(file, "utf8").match(/^office365/gm)).toHaveLength(3);
  });

  test("what would narrow the crawl is refused in a preview already: nobody can read what there is to lose", async () => {
    const { id, state } = await make(context());
    const narrow = declared({
      ingestionScope: { type: "userEmail", domain: "contoso.com", email: "ada@contoso.com" },
    });
    expect(() => dataSource.plan(narrow, { id, state })).toThrow(/ingestionScope: .*cannot be read what it holds/);
    const notStarted = await make(context("urn:b"), declared({ startImmediately: false, customDescription: "b" }));
    expect(() => dataSource.plan(declared({ datasetId: "Post" }), notStarted)).toThrow(/datasetId: .*cannot be read/);
    expect(dataSource.plan({ ...narrow, allowDataLoss: true }, { id, state }).changes).toHaveLength(2);
  });

  test("a file that is someone else's is left alone", async () => {
    writeFileSync(file, template);
    await expect(make(context())).rejects.toMatchObject({ tag: "Conflict", property: "m365audit:nowprivacyBulkFile" });
    expect(readFileSync(file, "utf8")).toBe(template);
  });

  test("a refresh takes what was recorded for what is there", async () => {
    const { id, state } = await make(context());
    const observed = await dataSource.observe(context(), { id, inputs: declared(), last: { ...state } });
    expect(dataSource.plan(declared(), observed).changes).toEqual([]);
  });

  test("a change is refused with the steps to take by hand, until someone says that they were taken", async () => {
    const { id, state } = await make(context());
    const inputs = declared({ crawlPriority: 1, clientSecret: "the-next-secret", customDescription: undefined });
    const change = (more = {}): Promise<Applied<DataSourceState>> =>
      reconcile(dataSource, context("urn:a", more), { id, inputs, last: { ...state } });
    const error = (await change().catch((caught: unknown) => caught)) as Error;
    expect(error).toMatchObject({ tag: "Conflict" });
    expect(error.message).toContain("- crawlPriority: 0.2 → 1");
    expect(error.message).toContain("- clientSecret: enter the new value (not shown)");
    expect(error.message).toContain('- customDescription: "Mail of the team" → nothing');
    expect(error.message).not.toContain("the-next-secret");
    const [, word = ""] = /NOWPRIVACY_APPLIED_BY_HAND=(\w+)/.exec(error.message) ?? [];
    const applied = await change({ nowprivacyAppliedByHand: `other, ${word}` });
    expect(applied.state).toMatchObject({ crawlPriority: 1, clientSecret: "the-next-secret" });
    expect(applied.state.customDescription).toBeUndefined();
    expect(dataSource.plan(inputs, applied).changes).toEqual([]);
    // The same values again, from other ones, are other steps.
    const later = { id, inputs, last: { ...state, crawlPriority: 0.3 } };
    await expect(reconcile(dataSource, context("urn:a", { nowprivacyAppliedByHand: word }), later)).rejects.toThrow(
      /crawlPriority: 0.3 → 1/,
    );
  });

  test("what only this program is told needs no hand", async () => {
    const { id, state } = await make(context());
    const inputs = declared({ allowDataLoss: true });
    await expect(reconcile(dataSource, context(), { id, inputs, last: { ...state } })).resolves.toMatchObject({
      state: { allowDataLoss: true },
    });
  });

  test("a dataset goes by its name, and what the file cannot say of it is said to the person", async () => {
    const ctx = context();
    const inputs = datasetContract.inputs.parse({ name: "Mail", securityGroups: ["Legal"] });
    const { id, state } = await reconcile(dataset, ctx, { inputs });
    expect(id).toBe("Mail");
    expect(ctx.reported.join()).toContain('give dataset "Mail" the security groups Legal');
    await expect(
      reconcile(dataset, ctx, { id, inputs: { ...inputs, name: "Post" }, last: { ...state } }),
    ).rejects.toThrow(/name: "Mail" → "Post"/);
    await dataset.remove(ctx, id, state);
    expect(ctx.reported.at(-1)).toContain('delete dataset "Mail"');
  });

  test("a template that cannot be read is named", async () => {
    const ctx = context("urn:a", { nowprivacyBulkTemplate: join(folder, "none.csv") });
    await expect(make(ctx)).rejects.toMatchObject({
      problems: [{ path: "m365audit:nowprivacyBulkTemplate", message: expect.stringContaining("ENOENT") }],
    });
  });
});
