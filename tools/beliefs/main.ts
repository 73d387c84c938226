/** Writes docs/beliefs.md, or with `--check` says whether it is what the table of beliefs says (exit code 1 when not). */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { beliefs } from "../../sandbox/beliefs";
import { repository } from "../repository";
import { beliefsDocument } from "./document";

function main(args: readonly string[]): number {
  const target = path.join(repository(), "docs", "beliefs.md");
  const text = beliefsDocument(beliefs);
  const count = `${String(beliefs.length)} beliefs`;
  if (!args.includes("--check")) {
    writeFileSync(target, text);
    console.log(`docs/beliefs.md: ${count}`);
    return 0;
  }
  if (existsSync(target) && readFileSync(target, "utf8") === text) {
    console.log(`docs/beliefs.md is fresh: ${count}`);
    return 0;
  }
  console.error("docs/beliefs.md is stale; run `npm run beliefs` and commit it.");
  return 1;
}

process.exitCode = main(process.argv.slice(2));
