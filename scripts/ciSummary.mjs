/**
 * `node scripts/ciSummary.mjs <checks.json> <exit code> <tests.json> <exit code>`: ends a CI run with one line that counts
 * tests and checks, and an exit code that says whether all is well.
 */
import { existsSync, readFileSync } from "node:fs";
import decisions from "./decisions.cjs";

function read(file) {
  if (!existsSync(file)) return undefined;
  const text = readFileSync(file, "utf8");
  return text === "" ? undefined : JSON.parse(text);
}

const [checksFile, checksCode, testsFile, testsCode] = process.argv.slice(2);
const counted = decisions.countResults(read(checksFile), Number(checksCode), read(testsFile), Number(testsCode));
for (const note of counted.notes) console.log(note);
console.log(`${counted.passed} passed, ${counted.failed} failed`);
process.exitCode = counted.failed === 0 ? 0 : 1;
