/** Measures the figures that the README gives and writes them to results.md. Exit code 1 when one is over its limit. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import * as path from "node:path";
import { figures } from "./figures";
import { repository } from "../tools/repository";
import { renderResults, type Measured } from "./results";

function aligned(table: readonly (readonly string[])[]): string[] {
  const width = (column: number): number => Math.max(...table.map((row) => row[column]?.length ?? 0));
  return table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(width(column)))
      .join("  ")
      .trimEnd(),
  );
}

async function main(names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => !figures.some((figure) => figure.name === name));
  if (unknown.length > 0) {
    console.error(`no such figure: ${unknown.join(", ")}; there are ${figures.map(({ name }) => name).join(", ")}`);
    return 2;
  }
  const machine = `Node ${process.version}, ${process.platform} ${process.arch}, ${String(availableParallelism())} processors`;
  const measured: Measured[] = [];
  for (const figure of figures.filter(({ name }) => names.length === 0 || names.includes(name))) {
    console.log(`${figure.title}: ${figure.question}`);
    const outcome = await figure.measure((line) => {
      console.log(`  ${line}`);
    });
    console.log(`${outcome.kept ? "ok" : "OVER THE LIMIT"}: ${outcome.answer}`);
    for (const line of aligned(outcome.table)) console.log(`  ${line}`);
    measured.push({ figure, outcome, machine });
  }
  const target = path.join(repository(), "bench", "results.md");
  const last = existsSync(target) ? readFileSync(target, "utf8") : "";
  const text = renderResults(
    last,
    measured,
    figures.map(({ title }) => title),
  );
  const { format, resolveConfig } = await import("prettier");
  writeFileSync(target, await format(text, { ...(await resolveConfig(target)), parser: "markdown" }));
  return measured.every(({ outcome }) => outcome.kept) ? 0 : 1;
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
