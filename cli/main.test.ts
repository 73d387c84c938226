import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { startSandbox } from "../sandbox";

const root = join(__dirname, "..");

const loader = `
  require("./scripts/typescript.cjs");
  require("./cli/main.ts");
`;

interface Run {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly errors: () => string;
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>;
  /** Resolves once the output matches. */
  readonly says: (pattern: RegExp) => Promise<void>;
}

/** The command from its sources, compiled as they are loaded, in a process of its own. */
function start(...args: string[]): Run {
  const child = spawn(process.execPath, ["-e", loader, "--", ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let errors = "";
  const waiting: (() => void)[] = [];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    for (const look of waiting) look();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  return {
    child,
    output: () => output,
    errors: () => errors,
    ended,
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (pattern.test(output)) resolve();
        };
        waiting.push(look);
        void ended.then((code) => {
          reject(new Error(`It ended with ${String(code)}: ${output}${errors}`));
        });
        look();
      }),
  };
}

// Compiling and starting a process of its own takes seconds on a busy machine.
jest.setTimeout(60_000);

describe("m365audit sandbox", () => {
  const started: ChildProcess[] = [];
  const m365audit = (...args: string[]): Run => {
    const run = start(...args);
    started.push(run.child);
    return run;
  };
  afterEach(() => {
    for (const child of started.splice(0)) child.kill();
  });

  it("says what it is, writes private files for each tenant, and leaves nothing behind on Ctrl-C", async () => {
    const run = m365audit("sandbox", "--port", "0", "--mailboxes", "7");
    await run.says(/Press Ctrl-C/);
    const text = run.output();
    expect(text).toContain("cb58fcb5-b6ea-4c16-a2ac-6ace6ba6dc68");
    expect(text).toContain("fabrikam.onmicrosoft.com (7 mailboxes)");
    const files = [...text.matchAll(/environment {2}(\S+)/g)].map(([, file]) => file ?? "");
    expect(files).toHaveLength(2);
    for (const file of files) {
      expect(statSync(file).mode & 0o777).toBe(0o600);
      const secret = /ARM_CLIENT_SECRET='([^']+)'/.exec(readFileSync(file, "utf8"))?.[1];
      expect(secret).toHaveLength(40);
      expect(text).not.toContain(secret);
    }
    run.child.kill("SIGINT");
    expect(await run.ended).toBe(0);
    expect(files.map((file) => existsSync(file))).toEqual([false, false]);
  });

  it("prints one line of JSON for scripts", async () => {
    const run = m365audit(
      "sandbox",
      "--json",
      "--port",
      "0",
      "--tenant",
      "One.example",
      "two.example",
      "--seed",
      "other",
    );
    await run.says(/\n/);
    const lines = run.output().trim().split("\n");
    expect(lines).toHaveLength(1);
    const printed = JSON.parse(lines[0] ?? "") as {
      origin: string;
      caFile: string;
      tenants: { initialDomain: string; environment: object }[];
    };
    expect(printed.tenants.map(({ initialDomain }) => initialDomain)).toEqual(["one.example", "two.example"]);
    expect(printed.tenants[0]?.environment).toMatchObject({
      M365AUDIT_AUTHORITY_HOST: printed.origin,
      SSL_CERT_FILE: printed.caFile,
    });
    run.child.kill("SIGTERM");
    expect(await run.ended).toBe(0);
    expect(existsSync(printed.caFile)).toBe(false);
  });

  it("says in plain words that the port is busy", async () => {
    const other = await startSandbox({ tenants: [] });
    const run = m365audit("sandbox", "--port", new URL(other.origin).port);
    expect(await run.ended).toBe(1);
    expect(run.errors()).toMatch(/^m365audit: port \d+ is in use by another program .*--port 0/);
    await other.close();
  });
});
