/**
 * Runs a task of the repository: `node scripts/run.mjs <task> [arguments]`. What the task needs is set up first, and its
 * exit code is ours.
 */
import { join } from "node:path";
import { check } from "./check.mjs";
import { runNode } from "./process.mjs";
import { root, setup, SetupError } from "./setup.mjs";

const compiled = (...path) => join(root, "dist", ...path);

/** `needsCode`: the task is a program of ours, which is not started when the code does not compile. */
const tasks = {
  demo: { needsCode: true, run: (args) => program([compiled("tools", "demo", "main.js"), ...args]) },
  test: { needsCode: false, run: test },
  engine: { needsCode: true, run: (args) => program([compiled("tools", "engine", "main.js"), ...args]) },
  check: { needsCode: false, run: check },
  bench: { needsCode: true, run: (args) => program([compiled("bench", "main.js"), ...args]) },
  schema: { needsCode: true, run: (args) => program([compiled("tools", "schema", "main.js"), ...args]) },
  beliefs: { needsCode: true, run: (args) => program([compiled("tools", "beliefs", "main.js"), ...args]) },
  sandbox: { needsCode: true, run: (args) => program([compiled("cli", "main.js"), "sandbox", ...args]) },
};

async function program(args, cwd = process.cwd()) {
  return (await runNode(args, { cwd, inherit: true })).code;
}

async function test(args) {
  // Before jest, because a first build takes longer than any test may, and jest would hide its progress. When it fails, the
  // tests that need no engine are still of use, and those that do say again what is wrong.
  if (needsEngine(args)) {
    const { code, output } = await runNode([compiled("tools", "engine", "main.js"), "--print"]);
    if (code !== 0 || output.includes("\nmissing")) await program([compiled("tools", "engine", "main.js")]);
  }
  return await program([join(root, "node_modules", "jest", "bin", "jest.js"), ...args], root);
}

/** jest takes every word after `--selectProjects` for a project's name, up to the next option. */
function needsEngine(args) {
  const start = args.indexOf("--selectProjects");
  if (start === -1) return true;
  const words = args.slice(start + 1);
  const end = words.findIndex((word) => word.startsWith("-"));
  return (end === -1 ? words : words.slice(0, end)).includes("end-to-end");
}

async function main([name, ...args]) {
  const task = Object.hasOwn(tasks, name ?? "") ? tasks[name] : undefined;
  if (task === undefined) {
    console.error(`Usage: node scripts/run.mjs <${Object.keys(tasks).join(" | ")}> [arguments]`);
    return 2;
  }
  const faults = await setup();
  if (faults === undefined) return await task.run(args);
  console.error(`${faults}\nsetup: the code does not compile${task.needsCode ? `, so ${name} was not started` : ""}.`);
  if (task.needsCode) return 1;
  // What can be learnt is worth learning, but all is not well.
  return Math.max(1, await task.run(args));
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof SetupError ? `setup: ${error.message}` : error);
  process.exitCode = 1;
}
