import * as fc from "fast-check";
import { linesOf } from "../../operator/sheet";
import { datasetContract } from "../dataset";
import { datasetHandover } from "./dataset";
import { dataSourceHandover } from "./dataSource";
import { spansOf } from "./testing/markdown";
import { dataSourceWork, datasetWork, declaredSource } from "./testing/work";

const hostile = fc
  .array(
    fc.constantFrom("`", "``", "```", "\n", "\r\n1. ", " ", "<script>", "**", "](x)", "&lt;", "\\", "$(id)", "'", "a"),
    {
      minLength: 1,
      maxLength: 8,
    },
  )
  .map((parts) => `x${parts.join("")}x`);

/** The sheets that show the value wherever a text can stand. */
function sheetsWith(value: string): string[][] {
  const parsed = declaredSource({
    datasetName: value,
    datasetId: `operator:${value}`,
    customDescription: value,
  });
  // The contract refuses most of them as a Secret ID; a sheet does not rely on that.
  const source = { ...parsed, clientSecretReference: { keyId: value, endDate: value, stackOutput: "clientSecret" } };
  const was = declaredSource({ customDescription: `${value}y`, crawlPriority: 0.1, datasetId: `operator:${value}` });
  const dataset = datasetContract.inputs.parse({ name: value, securityGroups: [value] });
  const other = datasetContract.inputs.parse({ name: `${value}y`, securityGroups: [`${value}y`] });
  const secret = { keyId: value, endDate: value };
  const found = { customDescription: value, service: value, name: value };
  const sheets = [
    dataSourceHandover.sheet(dataSourceWork(source)),
    dataSourceHandover.sheet(dataSourceWork(source, was, secret)),
    dataSourceHandover.removal({ id: "x", stack: value, found, vendorId: value }),
    dataSourceHandover.removal({
      id: "x",
      stack: value,
      found: { service: value, ingestionScope: { type: value, domain: value } },
    }),
    datasetHandover.sheet(datasetWork(dataset)),
    datasetHandover.sheet(datasetWork(dataset, other)),
    datasetHandover.removal({ id: "x", stack: value, found, vendorId: value }),
  ];
  return sheets.map((sheet) => [sheet.title, ...linesOf(sheet)]);
}

test("no value gets out of its code span: around the spans, every sheet reads the same", () => {
  const around = (value: string): string[][] =>
    sheetsWith(value).map((lines) => lines.map((line) => spansOf(line).around));
  const plain = around("x");
  fc.assert(
    fc.property(hostile, (value) => {
      expect(around(value)).toEqual(plain);
    }),
  );
});

test("every value is shown whole, on one line", () => {
  fc.assert(
    fc.property(hostile, (value) => {
      const lines = sheetsWith(value).flat();
      expect(lines.join("")).not.toMatch(/[\r\n]/);
      expect(lines.flatMap((line) => spansOf(line).spans)).toContain(value.replace(/\s+/g, " "));
    }),
  );
});
