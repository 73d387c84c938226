/** One data source as a row of the product's bulk-upload file. */
import { InvalidInput, type Problem } from "../../core";
import type { NewDataSource } from "../backend";
import { type Column, type Field, type Template, plainName } from "./template";

export interface Row {
  /** The line, without a line break. Carries the client secret in clear text. */
  readonly line: string;
  /** What the file cannot say and the person who uploads it has to enter. */
  readonly byHand: readonly string[];
}

/** The words of the product's own pages. */
const serviceWords = { exchange: "Exchange", sharePoint: "SharePoint", oneDrive: "OneDrive" } as const;
const scopeWords = {
  everything: "Everything",
  domain: "Domain",
  groupEmail: "Group email",
  userEmail: "User email",
} as const;

/**
 * @param dataset the name of the dataset
 * @throws InvalidInput with everything that the template has no column for, or that a row cannot hold
 */
export async function renderRow(template: Template, dataSource: NewDataSource, dataset: string): Promise<Row> {
  const values = valuesOf(template, dataSource, dataset);
  const held = new Set(template.columns.map(({ field }) => field));
  const byHand: string[] = [];
  if (dataSource.customDescription !== undefined && !held.has("description")) {
    byHand.push(`enter the custom description ${JSON.stringify(dataSource.customDescription)}`);
  }
  const needed = [...values.keys()].filter(
    (field) => field !== "description" && field !== "email" && field !== "service",
  );
  const problems = [
    ...needed
      .filter((field) => !held.has(field) && !(isEmail(field) && held.has("email")) && says(dataSource, field))
      .map((field) => ({ path: pathOf(field), message: `the template has no column for it (${field})` })),
    ...[...values]
      .filter(([, value]) => /[\r\n]/.test(value))
      .map(([field]) => ({
        path: pathOf(field),
        message: "a line break was given; a row of the file cannot hold one",
      })),
  ];
  if (problems.length > 0) throw new InvalidInput("the row of NOW Privacy's bulk-upload file", problems);
  const { stringify } = await import("csv-stringify/sync");
  const cells = [template.keyword, ...template.columns.map((column) => cell(column, values))];
  return { line: stringify([cells]).replace(/\r?\n$/, ""), byHand };
}

function valuesOf({ columns }: Template, source: NewDataSource, dataset: string): Map<Field, string> {
  const scope = source.ingestionScope;
  const nameOf = (field: Field): string => columns.find((column) => column.field === field)?.name ?? "";
  const values = new Map<Field, string>([
    ["applicationId", source.applicationId],
    ["clientSecret", source.clientSecret],
    ["tenantId", source.tenantId],
    ["service", inTheirWords(nameOf("service"), serviceWords[source.service], "service")],
    ["scope", inTheirWords(nameOf("scope"), scopeWords[scope.type], "ingestionScope")],
    ["dataSet", dataset],
    ["location", source.country],
    ["priority", String(source.crawlPriority)],
    ["continuous", String(source.crawlMode === "continuous")],
    ["start", String(source.startCrawlImmediately)],
  ]);
  if (scope.type !== "everything") values.set("domain", scope.domain);
  if (scope.type === "groupEmail" || scope.type === "userEmail") {
    values.set(scope.type, scope.email);
    values.set("email", scope.email);
  }
  if (source.folderPath !== undefined) values.set("folderPath", source.folderPath);
  if (source.customDescription !== undefined) values.set("description", source.customDescription);
  return values;
}

/** What is not declared (the crawler) stays empty, which the product takes for its default. */
function cell({ field }: Column, values: ReadonlyMap<Field, string>): string {
  return values.get(field) ?? "";
}

/** Whether leaving the field out would say something else than what is declared. */
function says({ crawlMode, startCrawlImmediately, ingestionScope }: NewDataSource, field: Field): boolean {
  if (field === "continuous") return crawlMode === "continuous";
  if (field === "start") return startCrawlImmediately;
  if (field === "scope") return ingestionScope.type !== "everything";
  return true;
}

function isEmail(field: Field): boolean {
  return field === "groupEmail" || field === "userEmail";
}

/** Where a column's name lists the words that it takes, as in `Service (exchange|sharepoint)`, the one of them that is meant. */
function inTheirWords(column: string, word: string, property: string): string {
  const listed = /[([<{](.*)[)\]>}]/.exec(column)?.[1]?.split(/\s*(?:[|/;,]|\bor\b)\s*/) ?? [];
  const choices = listed.map((one) => one.trim()).filter((one) => one !== "");
  if (choices.length < 2) return word;
  const chosen = choices.find((one) => plainName(one) === plainName(word));
  if (chosen !== undefined) return chosen;
  const problem: Problem = {
    path: property,
    message: `the template takes ${choices.join(", ")}, and none is "${word}"`,
  };
  throw new InvalidInput("the row of NOW Privacy's bulk-upload file", [problem]);
}

const paths: Partial<Record<Field, string>> = {
  scope: "ingestionScope",
  domain: "ingestionScope.domain",
  groupEmail: "ingestionScope.email",
  userEmail: "ingestionScope.email",
  dataSet: "datasetId",
  location: "country",
  priority: "crawlPriority",
  continuous: "crawlMode",
  start: "startImmediately",
  description: "customDescription",
};

function pathOf(field: Field): string {
  return paths[field] ?? field;
}
