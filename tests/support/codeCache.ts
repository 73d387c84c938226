/** Compiled code that the Node processes of all end-to-end runs share: see `compiledCode.cjs`. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { packageRoot, runCommand } from "../../tools/stack";

const preload = path.join(__dirname, "compiledCode.cjs");

/** Everything that a program, a dynamic provider, a stand-in or our command line loads. */
const load = `
const { readdirSync } = require("node:fs");
const { join } = require("node:path");
process.argv = [process.argv[0], "", "the address of an engine"];
for (const name of ["cmd/dynamic-provider", "cmd/run/instrumentation.js", "cmd/run/tracing.js"]) require("@pulumi/pulumi/" + name);
for (const name of ["ini", "minimist", "@pulumi/azuread", "@pulumi/tls", "@pulumi/command"]) require(name);
for (const name of ["@azure/identity", "csv-parse/sync", "csv-stringify/sync", "markdown-it", "openapi-fetch", "undici", "yaml"]) require(name);
for (const folder of ["provider", "sandbox/plugins", "cli"])
  for (const file of readdirSync(join("dist", folder), { recursive: true }))
    if (file.endsWith(".js") && !file.endsWith("main.js")) require(join(process.cwd(), "dist", folder, file));
process.exit(0);
`;

/** What the processes need in their environment to use it. */
export async function codeCacheEnvironment(): Promise<Record<string, string>> {
  const quoted = JSON.stringify(preload);
  return {
    NODE_OPTIONS: [process.env["NODE_OPTIONS"], `--require=${quoted}`].filter(Boolean).join(" "),
    M365AUDIT_TEST_CODE_CACHE: await place(),
  };
}

/** Fills it where that was not done for this Node, these packages and this code. */
export async function fillCodeCache(): Promise<void> {
  const variables = await codeCacheEnvironment();
  const file = await place();
  if (existsSync(file)) return;
  await mkdir(path.dirname(file), { recursive: true });
  const env = { ...(process.env as Record<string, string>), ...variables, M365AUDIT_TEST_CODE_CACHE_FILL: "1" };
  const { code, stderr } = await runCommand(process.execPath, ["-e", load], { cwd: packageRoot, env });
  if (code !== 0) throw new Error(`loading what is to be kept compiled ended with ${String(code)}: ${stderr}`);
}

async function place(): Promise<string> {
  const stamps = ["package-lock.json", "dist/.setup.json"].map((name) =>
    readFile(path.join(packageRoot, name), "utf8"),
  );
  const key = createHash("sha1").update([process.version, ...(await Promise.all(stamps))].join("\n"));
  return path.join(packageRoot, "node_modules", ".cache", "m365audit", `code-${key.digest("hex").slice(0, 12)}`);
}
