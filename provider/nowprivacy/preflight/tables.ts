/** The answers of both tests as tables in plain text. */
import type { CredentialsTest, CrawlRow } from "./credentials";
import type { Finding } from "./findings";

/** What may be crawled, a line each under a line of headings. */
export function crawlTable(rows: readonly CrawlRow[]): string {
  return table([
    ["SERVICE", "CRAWLS", "ALLOWED", "WHY"],
    ...rows.map(({ service, crawls, answer, why }, index) => [
      service,
      crawls,
      answer,
      // A refused sign-in answers every row alike.
      why === rows[index - 1]?.why ? "as above" : why,
    ]),
  ]);
}

/** What was looked for and found, a line each under a line of headings. */
export function foundTable(findings: readonly Finding[]): string {
  return table([
    ["LOOKED FOR", "THERE", "FOUND"],
    ...findings.map(({ lookedFor, answer, found }) => [lookedFor, answer, found]),
  ]);
}

/** Both. */
export function connectionTables({
  mayCrawl,
  found,
}: Pick<CredentialsTest, "mayCrawl"> & { readonly found: readonly Finding[] }): string {
  return `${crawlTable(mayCrawl)}\n\n${foundTable(found)}`;
}

function table(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => (line[column] ?? "").length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
