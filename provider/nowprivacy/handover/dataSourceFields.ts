/** What NOW Privacy shows of a data source, for someone who types it back. */
import type { Field } from "../../operator/handover";
import type { ClientSecretReference } from "../../operator/secretReference";
import { codeOf, isCountryCode } from "../countries";
import type { DataSourceDesired } from "../dataSourceContract";
import { folderPath, ingestionScope } from "../ingestionScope";
import { nameOf } from "../countries";
import { alike, flat, keyOf, modeWords, scopeWords, serviceWords } from "./words";

/** What is declared for the run-sheet's text alone. */
export interface ForThePerson {
  readonly clientSecretReference?: ClientSecretReference | undefined;
  readonly datasetName?: string | undefined;
}

export type Declared = Readonly<DataSourceDesired> & ForThePerson;

/** The properties that a person enters, in the product's order. */
export const entered = [
  "datasetId",
  "service",
  "applicationId",
  "tenantId",
  "folderPath",
  "ingestionScope",
  "country",
  "customDescription",
  "crawlPriority",
  "crawlMode",
] as const satisfies readonly (keyof DataSourceDesired)[];

export type Entered = (typeof entered)[number];

/** In the product's words, as far as its pages show them. */
export const labels: Readonly<Record<Entered, string>> = {
  datasetId: "Data Set",
  service: "Office 365 service",
  applicationId: "Application (Client) ID",
  tenantId: "Directory (Tenant) ID",
  folderPath: "Folder Path",
  ingestionScope: "Ingestion scope",
  country: "Country",
  customDescription: "Custom Description",
  crawlPriority: "Crawl priority",
  crawlMode: "Crawl mode",
};

export const fields: readonly Field<DataSourceDesired>[] = [
  field("datasetId", "the dataset's name", {
    shown: ({ datasetName, datasetId }: Declared) => datasetName ?? datasetId,
    read: (typed, { datasetName, datasetId }: Declared) =>
      [datasetName, datasetId].some((known) => known !== undefined && alike(typed, known)) ? datasetId : text(typed),
  }),
  field("service", "Exchange, SharePoint or OneDrive", {
    shown: ({ service }) => serviceWords[service],
    read: (typed) => keyOf(serviceWords, typed),
  }),
  field("applicationId", "a GUID", { shown: ({ applicationId }) => applicationId, read: guidOf }),
  field("tenantId", "a GUID", { shown: ({ tenantId }) => tenantId, read: guidOf }),
  field("folderPath", "a path such as /Documents/Reports; empty: all folders", {
    shown: ({ folderPath: path }) => path,
    read: (typed, { folderPath: path }) => {
      const given = typed.trim().replace(/\/+$/, "");
      return path !== undefined && alike(given, path) ? path : folderPath.safeParse(given).data;
    },
  }),
  field(
    "ingestionScope",
    'Everything, "Domain: contoso.com", "Group email: contoso.com, sales@contoso.com" or "User email: contoso.com, ada@contoso.com"',
    { shown: ({ ingestionScope: scope }) => scopeLine(scope), read: scopeOf },
  ),
  field("country", "its name or code, such as United Kingdom or GB", {
    shown: ({ country }) => {
      const name = nameOf(country);
      return name === undefined ? country : `${name} (${country})`;
    },
    read: countryOf,
  }),
  field("customDescription", "the description, where someone has entered one; empty: the product's own", {
    shown: ({ customDescription }) => customDescription,
    read: (typed, { customDescription: own }) => (own !== undefined && flat(own) === flat(typed) ? own : text(typed)),
  }),
  field("crawlPriority", "a number from 0.1 to 1.0", {
    shown: ({ crawlPriority }) => String(crawlPriority),
    read: (typed) => {
      const priority = /^\s*[01]?([.,]\d*)?\s*$/.test(typed) ? Number(typed.trim().replace(",", ".")) : NaN;
      return priority >= 0.1 && priority <= 1 ? priority : undefined;
    },
  }),
  field("crawlMode", "Crawl Once or Continuous", {
    shown: ({ crawlMode }) => modeWords[crawlMode],
    read: (typed) =>
      keyOf({ ...modeWords, continuous: "Continuously" }, typed) ?? keyOf({ continuous: "Crawl Continuously" }, typed),
  }),
];

type Reading = Pick<Field<DataSourceDesired>, "shown" | "read">;

function field(property: Entered, hint: string, reading: Reading): Field<DataSourceDesired> {
  return { property, label: labels[property], hint, ...reading };
}

function text(typed: string): string | undefined {
  const trimmed = typed.trim();
  return trimmed === "" ? undefined : trimmed;
}

function guidOf(typed: string): string | undefined {
  const bare = typed.replace(/[\s{}]/g, "").toLowerCase();
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(bare) ? bare : undefined;
}

/** "Group email: contoso.com, sales@contoso.com" */
function scopeLine(scope: DataSourceDesired["ingestionScope"]): string {
  const word = scopeWords[scope.type] ?? scope.type;
  if (scope.type === "everything") return word;
  return `${word}: ${scope.type === "domain" ? scope.domain : `${scope.domain}, ${scope.email}`}`;
}

/** Any separators, domain and email in any order; without a domain it is the email's. */
function scopeOf(typed: string): DataSourceDesired["ingestionScope"] | undefined {
  const [, word = "", rest = ""] = /^\s*(everything|domain|(?:group|user)\s*e-?mail)\b(.*)$/is.exec(typed) ?? [];
  const type = keyOf(scopeWords, word);
  const values = rest.split(/[\s:,;]+/).filter((value) => !/^(?:|domain|e-?mail)$/i.test(value));
  const [email, ...emails] = values.filter((value) => value.includes("@"));
  const [domain = email?.split("@")[1], ...domains] = values.filter((value) => !value.includes("@"));
  if (emails.length + domains.length > 0) return undefined;
  const given = { type, ...(domain === undefined ? {} : { domain }), ...(email === undefined ? {} : { email }) };
  return ingestionScope.safeParse(given).data;
}

/** A name, a code, or both; undefined where they are of two countries. */
function countryOf(typed: string): string | undefined {
  const [, name = "", code = ""] = /^(.*?)\s*\(\s*([a-z]{2,3})\s*\)$/is.exec(flat(typed)) ?? [];
  if (code === "") return single(flat(typed));
  const [named, coded] = [single(name), single(code)];
  return named !== undefined && named !== coded ? undefined : coded;
}

function single(name: string): string | undefined {
  return isCountryCode(name) ? name.toUpperCase() : name === "" ? undefined : codeOf(name);
}
