import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { runNode } from "./process.mjs";
import { root } from "./setup.mjs";

const tool = (...path) => join("node_modules", ...path);

/** Each is run whatever the others found. */
const checks = [
  { name: "types", args: [tool("typescript", "bin", "tsc"), "-p", "tsconfig.json"] },
  { name: "lint", args: [tool("eslint", "bin", "eslint.js"), "--max-warnings", "0", "."] },
  { name: "format", args: [tool("prettier", "bin", "prettier.cjs"), "--check", "--log-level", "warn", "."] },
  {
    name: "layers",
    args: [
      tool("dependency-cruiser", "bin", "dependency-cruise.mjs"),
      ...["--config", ".dependency-cruiser.cjs"],
      ...["provider", "sandbox", "cli", "tools", "bench", "tests", "examples"],
    ],
  },
  { name: "schema", args: [join("dist", "tools", "schema", "main.js"), "--check"] },
  { name: "beliefs", args: [join("dist", "tools", "beliefs", "main.js"), "--check"] },
];

/**
 * Runs the checks, or only those that are named, two at a time; shows what each failed one said, and ends with a line for
 * each. `--summary FILE` also writes the results there as JSON. Returns the exit code.
 */
export async function check(args) {
  const { names, summary } = parse(args);
  const unknown = names.filter((name) => !checks.some((one) => one.name === name));
  if (unknown.length > 0) {
    console.error(`There is no check ${unknown.join(", ")}; there are ${checks.map(({ name }) => name).join(", ")}.`);
    return 2;
  }
  const chosen = checks.filter(({ name }) => names.length === 0 || names.includes(name));
  const results = new Map();
  const queue = [...chosen];
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift())
      results.set(next.name, await runCheck(next));
  };
  await Promise.all([worker(), worker()]);
  const ordered = chosen.map(({ name }) => results.get(name));
  for (const { name, passed, seconds } of ordered) {
    console.log(`${passed ? "✓" : "✗"} ${name.padEnd(8)}${seconds.toFixed(1).padStart(6)} s`);
  }
  if (summary !== undefined) writeFileSync(summary, JSON.stringify(ordered));
  return ordered.every(({ passed }) => passed) ? 0 : 1;
}

async function runCheck({ name, args }) {
  const start = Date.now();
  const { code, output } = await runNode(args, { cwd: root });
  const passed = code === 0;
  if (!passed) console.log(`${name}:\n${output.trim()}\n`);
  return { name, passed, seconds: (Date.now() - start) / 1000 };
}

function parse(args) {
  const names = [];
  let summary;
  for (let index = 0; index < args.length; index += 1) {
    if (args[index] === "--summary") summary = args[(index += 1)];
    else names.push(args[index]);
  }
  return { names, summary };
}
