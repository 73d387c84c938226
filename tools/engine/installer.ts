import { spawn } from "node:child_process";
import { lastLines } from "./programs";
import { longStep, type Report } from "./progress";
import { Refusal } from "./refusal";
import { SUPPORTED_ENGINE } from "./version";

/** What the Automation API's installer downloads first: https://www.pulumi.com/docs/iac/download-install/. */
const INSTALL_SCRIPT = `https://get.pulumi.com/install.${process.platform === "win32" ? "ps1" : "sh"}`;
const CONNECT_LIMIT = 10_000;
const INSTALL_LIMIT = 10 * 60_000;

/**
 * Run in a process of its own, because the Automation API's `install` has no time limit and starts a shell with a
 * downloader of its own: when we let go of the process, it ends itself and all that it started.
 */
const INSTALL = `
const [automation, version, root] = process.argv.slice(1);
const end = () => { try { process.kill(-process.pid, "SIGKILL"); } catch { process.exit(1); } };
process.on("disconnect", end);
const { PulumiCommand } = require(automation);
const { parse } = require(require.resolve("semver", { paths: [automation] }));
PulumiCommand.install({ version: parse(version), root }).then(
  () => process.exit(0),
  (error) => { console.error(error.message); process.exit(1); },
);
`;

/**
 * Installs the engine into `root` (programs in `root/bin`) with the vendor's installer.
 *
 * Throws a `Refusal` where the vendor's site can't be reached in 10 seconds or the installer fails.
 */
export async function install(root: string, report: Report): Promise<void> {
  await probe(INSTALL_SCRIPT);
  const failure = await longStep(report, `Installing Pulumi ${SUPPORTED_ENGINE} with the vendor's installer`, () =>
    runInstaller(root),
  );
  if (failure !== undefined) throw new Refusal(failure);
}

/** Asks for the installer's headers: the quickest way to learn that the vendor's site is out of reach. */
async function probe(url: string): Promise<void> {
  const host = new URL(url).host;
  let response: Response;
  try {
    response = await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(CONNECT_LIMIT) });
  } catch (error) {
    throw new Refusal(`${host} can't be reached from here (${causeOf(error)})`);
  }
  if (!response.ok) throw new Refusal(`${host} answered ${String(response.status)}`);
}

async function runInstaller(root: string): Promise<string | undefined> {
  const automation = require.resolve("@pulumi/pulumi/automation");
  const child = spawn(process.execPath, ["-e", INSTALL, automation, SUPPORTED_ENGINE, root], {
    cwd: root,
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    detached: process.platform !== "win32",
    windowsHide: true,
  });
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  let late = false;
  const limit = setTimeout(() => {
    late = true;
    child.disconnect();
  }, INSTALL_LIMIT);
  try {
    return await new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => {
        if (late) resolve("the installer was not done within 10 minutes");
        else
          resolve(code === 0 ? undefined : `the installer failed: ${lastLines(stderr) || `exit code ${String(code)}`}`);
      });
    });
  } finally {
    clearTimeout(limit);
  }
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `no answer within ${String(CONNECT_LIMIT / 1000)} s`;
  return error.cause instanceof Error ? causeOf(error.cause) : "code" in error ? String(error.code) : error.message;
}
