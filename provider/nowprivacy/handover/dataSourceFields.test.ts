import * as fc from "fast-check";
import i18n from "i18n-iso-countries";
import { dataSourceHandover } from "./dataSource";
import { declaredSource, finance, mailId } from "./testing/work";

const { fields } = dataSourceHandover;
const drive = declaredSource({ service: "oneDrive", folderPath: "/Documents/Reports" });

const read = (property: string, typed: string, declared = finance): unknown =>
  fields.find((field) => field.property === property)?.read(typed, declared);

test("there is a field for everything that is entered, in the product's order", () => {
  expect(fields.map(({ property }) => property)).toEqual(dataSourceHandover.entered);
});

test.each([
  finance,
  drive,
  declaredSource({ ingestionScope: { type: "everything" }, crawlMode: "once", crawlPriority: 1 }),
])("what stands there is read as what is declared, in any case and with blanks around it", (declared) => {
  for (const { property, shown, read: reading } of fields) {
    const value = (declared as Readonly<Record<string, unknown>>)[property];
    const text = shown(declared);
    if (text === undefined) {
      expect(value).toBeUndefined();
      continue;
    }
    expect(reading(text, declared)).toEqual(value);
    expect(reading(`  ${text} `, declared)).toEqual(value);
    if (property !== "customDescription") expect(reading(text.toUpperCase(), declared)).toEqual(value);
  }
});

test.each(Object.keys(i18n.getAlpha2Codes()))("country %s is read as it is shown", (country) => {
  const declared = declaredSource({ country });
  const shown = fields.find(({ property }) => property === "country")?.shown(declared) ?? "";
  expect(shown).toContain(`(${country})`);
  expect(read("country", shown, declared)).toBe(country);
});

test.each([
  ["country", "united kingdom", "GB"],
  ["country", "gb", "GB"],
  ["country", "Great Britain (GB)", "GB"],
  ["country", "Germany (GB)", undefined],
  ["country", "Atlantis", undefined],
  ["country", "", undefined],
  ["service", "share point", "sharePoint"],
  ["service", "Outlook", undefined],
  ["crawlMode", "continuously", "continuous"],
  ["crawlMode", "Once", "once"],
  ["crawlMode", "crawl continuously", "continuous"],
  ["crawlMode", "twice", undefined],
  ["crawlPriority", "0,2", 0.2],
  ["crawlPriority", ".5", 0.5],
  ["crawlPriority", "1.1", undefined],
  ["crawlPriority", "", undefined],
  ["applicationId", "{AAAAAAAA-1111-1111-1111-111111111111}", "aaaaaaaa-1111-1111-1111-111111111111"],
  ["applicationId", "mine", undefined],
  ["ingestionScope", "everything", { type: "everything" }],
  ["ingestionScope", "everything: contoso.com", undefined],
  ["ingestionScope", "DOMAIN contoso.com", { type: "domain", domain: "contoso.com" }],
  [
    "ingestionScope",
    "user e-mail: ada@contoso.com",
    { type: "userEmail", domain: "contoso.com", email: "ada@contoso.com" },
  ],
  [
    "ingestionScope",
    "Group email: domain: contoso.com; email: sales@contoso.com",
    { type: "groupEmail", domain: "contoso.com", email: "sales@contoso.com" },
  ],
  ["ingestionScope", "Group email: fabrikam.com, sales@contoso.com", undefined],
  ["ingestionScope", "Group email: contoso.com", undefined],
  ["ingestionScope", "some", undefined],
  ["datasetId", " mail ", mailId],
  ["datasetId", mailId, mailId],
  ["datasetId", "Finance", "Finance"],
  ["customDescription", "Finance  mail", "Finance mail"],
  ["customDescription", " ", undefined],
  ["folderPath", "/Documents/", "/Documents"],
  ["folderPath", "Documents", undefined],
])("%s typed as %j is %j", (property, typed, value) => {
  expect(read(property, typed)).toEqual(value);
});

test("a folder differs from the declared one in more than case", () => {
  expect(read("folderPath", "/documents/REPORTS/", drive)).toBe("/Documents/Reports");
  expect(read("folderPath", "/Documents", drive)).toBe("/Documents");
});

test("whatever is typed, nothing is thrown", () => {
  fc.assert(
    fc.property(fc.string(), (typed) => {
      for (const { read: reading } of fields) reading(typed, drive);
    }),
  );
});
