/**
 * Writes `schema.json`, or with `--check` says whether it is what the contracts and their doc comments say (exit code 1 when not).
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import * as contracts from "../../provider/contracts";
import { parseJson } from "../../provider/core/http";
import { readSource } from "./comments";
import { repository } from "../repository";
import { differences, firstLines } from "./difference";
import { generateSchema, type PackageFacts } from "./generate";

function main(args: readonly string[]): number {
  const root = repository();
  const target = path.join(root, "schema.json");
  const facts = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as PackageFacts;
  const schema = generateSchema(contracts, readSource(path.join(root, "provider", "contracts.ts")), facts);
  const text = `${JSON.stringify(schema, null, 2)}\n`;
  const last = existsSync(target) ? readFileSync(target, "utf8") : "{}";
  const counts = `${String(Object.keys(schema.resources).length)} resources, ${String(Object.keys(schema.types).length)} types`;
  if (!args.includes("--check")) {
    writeFileSync(target, text);
    console.log(`schema.json: ${counts}`);
    return 0;
  }
  if (text === last) {
    console.log(`schema.json is fresh: ${counts}`);
    return 0;
  }
  const lines = differences(parseJson(last), JSON.parse(text));
  console.error("schema.json is stale; run `npm run schema` and commit it:");
  for (const line of firstLines(lines.length === 0 ? ["~ layout only"] : lines, 20)) console.error(`  ${line}`);
  return 1;
}

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
