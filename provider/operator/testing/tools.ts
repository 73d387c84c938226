/** The real tools, in folders that go away. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder for one test file, removed when its tests are done. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "m365audit-test-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A new SSH key. */
export interface SshKey {
  /** File of the private key; the public one is beside it. */
  readonly file: string;
  /** Type and key, as a line of allowed signers has them. */
  readonly publicKey: string;
}

/** @param passphrase default: none */
export function sshKey(folder: string, name: string, passphrase = ""): SshKey {
  const file = join(folder, name);
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", passphrase, "-C", name, "-f", file], { stdio: "ignore" });
  const [type, key] = readFileSync(`${file}.pub`, "utf8").split(" ");
  return { file, publicKey: `${type ?? ""} ${key ?? ""}` };
}

/** Runs git in a folder, with none of the machine's settings. @throws with git's words when it fails */
export function git(folder: string, ...args: readonly string[]): string {
  const identity = ["-c", "user.name=Test", "-c", "user.email=test@contoso.com", "-c", "commit.gpgsign=false"];
  return execFileSync("git", [...identity, ...args], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1", LC_ALL: "C" },
    stdio: "pipe",
  });
}
