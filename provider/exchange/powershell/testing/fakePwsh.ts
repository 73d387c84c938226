/** A `pwsh` that runs nothing and writes down how it was called, for tests. */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** One call. */
export interface Call {
  /** Arguments after the program's name. */
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly stdin: string;
}

/** What the fake writes and how it ends. */
export interface Behaviour {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exitCode?: number;
}

export interface FakePwsh {
  /** To stand first on PATH. */
  readonly folder: string;
  /** `PATH` with the folder first. */
  readonly path: string;
  readonly calls: () => readonly Call[];
  /** From now on. */
  readonly behave: (behaviour: Behaviour) => void;
  readonly remove: () => void;
}

const program = `#!${process.execPath}
const { appendFileSync, readFileSync, writeSync } = require("node:fs");
const { join } = require("node:path");
const stdin = readFileSync(0, "utf8");
appendFileSync(join(__dirname, "calls"), JSON.stringify({ args: process.argv.slice(2), environment: process.env, stdin }) + "\\n");
const { stdout = "", stderr = "", exitCode = 0 } = JSON.parse(readFileSync(join(__dirname, "behaviour"), "utf8"));
writeSync(1, stdout);
writeSync(2, stderr);
process.exitCode = exitCode;
`;

export function fakePwsh(behaviour: Behaviour = {}): FakePwsh {
  const folder = mkdtempSync(path.join(tmpdir(), "fake-pwsh-"));
  const executable = path.join(folder, "pwsh");
  writeFileSync(executable, program);
  chmodSync(executable, 0o700);
  const behave = (next: Behaviour): void => {
    writeFileSync(path.join(folder, "behaviour"), JSON.stringify(next));
  };
  behave(behaviour);
  const record = path.join(folder, "calls");
  return {
    folder,
    path: [folder, process.env["PATH"]].join(path.delimiter),
    calls: () =>
      existsSync(record)
        ? readFileSync(record, "utf8")
            .trim()
            .split("\n")
            .map((line) => JSON.parse(line) as Call)
        : [],
    behave,
    remove: () => {
      rmSync(folder, { recursive: true });
    },
  };
}

/** What a script that found nothing wrong writes. */
export const fakeResult = JSON.stringify({
  bypassedAccounts: { count: 1, sample: ["svc-migration"], unknown: 0, scannedAt: "2026-03-01T00:00:00.0000000Z" },
  scannedAt: "2026-03-01T00:00:00.0000000Z",
  mailboxes: 50,
  compliant: 50,
  changed: 12,
  failed: { count: 0, sample: [] },
});
