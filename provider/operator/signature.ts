/**
 * Signatures under attestations: SSH keys, by OpenSSH's own `ssh-keygen -Y`, as git signs commits.
 * https://man.openbsd.org/ssh-keygen (`-Y sign`, `ALLOWED SIGNERS`)
 */
import { access, constants } from "node:fs/promises";
import { join } from "node:path";
import { Rejected } from "../core";

/** What the signatures are for, so that none made for something else (a commit, a mail) counts. */
export const signatureNamespace = "m365audit-attestation";

export interface SignOptions {
  /** Is given what ssh-keygen says while it works, for example that the key's device waits to be touched. */
  readonly show?: (text: string) => void;
}

/**
 * An armored SSH signature of a text. For a passphrase ssh-keygen itself asks at the terminal; it is never read here.
 *
 * @param keyFile the private key, or the public one of a key that an agent holds
 * @throws Rejected when the key cannot be used, or there is no ssh-keygen
 */
export async function sign(text: string, keyFile: string, { show }: SignOptions = {}): Promise<string> {
  const operation = "signing with";
  await readable(
    operation,
    keyFile,
    "Name the file of a private SSH key, or of the public key of one that an agent holds.",
  );
  const { code, stdout, stderr } = await sshKeygen(["-Y", "sign", "-n", signatureNamespace, "-f", keyFile], text, show);
  if (code === 0) return stdout.toString("utf8");
  throw new Rejected({ operation, subject: keyFile, ...signingFailure(stderr) });
}

function signingFailure(stderr: string): { happened: string; next: string } {
  if (/too open/i.test(stderr)) {
    return {
      happened: "others than its owner may read the key, so ssh-keygen ignores it",
      next: "chmod 600 the key's file.",
    };
  }
  if (/passphrase/i.test(stderr)) {
    return {
      happened: "the key has a passphrase, and none or a wrong one was given",
      next: "Run it at a terminal, where ssh-keygen asks for the passphrase, or add the key to an agent (ssh-add) first.",
    };
  }
  if (/No private key found|agent refused/i.test(stderr)) {
    return {
      happened: "the private key is neither there nor with an agent",
      next: "Name the private key's file, or add the key to an agent (ssh-add).",
    };
  }
  if (/Couldn't load public key|invalid format|error in libcrypto/i.test(stderr)) {
    return {
      happened: "the file is no SSH key",
      next: "Name the file of an SSH key; `ssh-keygen -t ed25519` makes one.",
    };
  }
  return { happened: `ssh-keygen refused: ${lastLine(stderr)}`, next: "See ssh-keygen's manual." };
}

/** Who signed, or in a clause why the signature does not count. */
export type Verdict = { readonly principal: string } | { readonly refused: string };

/**
 * Whether a signature is of this text and by someone who may sign.
 *
 * @param signersFile who may sign, in ssh-keygen's form
 * @param at the time at which the key must have been allowed, RFC 3339 in UTC
 * @param by the principal that it has to be of; default: any
 * @throws Rejected when it cannot be found out: no ssh-keygen, or one that is too old, or no file of signers
 */
export async function verify(
  text: string,
  signature: string,
  signersFile: string,
  at: string,
  by?: string,
): Promise<Verdict> {
  await readable(
    "reading the allowed signers in",
    signersFile,
    "Correct the setting attestationSigners, or the file's permissions.",
  );
  return withFile(signature, async (file) => {
    const signers = ["-s", file, "-f", signersFile, `-Overify-time=${verifyTime(at)}`];
    const verifies = async (principal: string): Promise<boolean> => {
      const { code } = await sshKeygen(["-Y", "verify", "-n", signatureNamespace, "-I", principal, ...signers], text);
      return code === 0;
    };
    if (by !== undefined && (await verifies(by))) return { principal: by };

    const bare = await sshKeygen(["-Y", "check-novalidate", "-n", signatureNamespace, "-s", file], text);
    if (bare.code !== 0) return { refused: faultOf(bare.stderr) };
    const found = await sshKeygen(["-Y", "find-principals", ...signers], "");
    const principals = found.stdout
      .toString("utf8")
      .split(/\r?\n/)
      .filter((name) => name !== "");
    const key = /SHA256:\S+/.exec(bare.stdout.toString("utf8"))?.[0] ?? "unknown";
    if (principals.length === 0) return { refused: strangerOf(key, found.stderr, signersFile, at) };
    if (by === undefined) {
      for (const principal of principals) if (await verifies(principal)) return { principal };
    }
    const names = principals.join(", ");
    return {
      refused:
        by === undefined || principals.includes(by)
          ? `the allowed signers let ${names} sign, but not attestations (their \`namespaces\` leave out ${signatureNamespace})`
          : `it is signed by ${names}, not by ${by}`,
    };
  });
}

/** RFC 3339 → the form of `-O verify-time`: UTC only with the Z, else local time. */
function verifyTime(at: string): string {
  return `${at.slice(0, 19).replace(/[-:T]/g, "")}Z`;
}

function faultOf(stderr: string): string {
  if (/namespace does not match/i.test(stderr))
    return `the signature was made for something else (its namespace is not ${signatureNamespace})`;
  if (/incorrect signature/i.test(stderr))
    return "the signature is of another text: the entry was changed after it was signed";
  return "the signature is none that ssh-keygen can read";
}

function strangerOf(key: string, stderr: string, signersFile: string, at: string): string {
  const said = stderr
    .split(/\r?\n/)
    .filter((line) => line.startsWith(`${signersFile}:`))
    .map((line) => line.slice(signersFile.length + 1).replace(/^(\d+):\s*/, "line $1: "));
  if (said.some((line) => /not yet valid|expired/.test(line))) {
    return `the key ${key} was not allowed to sign at ${at} (valid-after or valid-before in the allowed signers)`;
  }
  const note = said.length === 0 ? "" : `; ssh-keygen says of that file: ${said.join("; ")}`;
  return `the key ${key} is not among the allowed signers${note}`;
}

interface Ran {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

async function sshKeygen(args: readonly string[], input: string, show?: (text: string) => void): Promise<Ran> {
  const { spawn } = await import("node:child_process");
  const ran = await new Promise<Ran>((done, fail) => {
    // In English, so that what it says can be understood here.
    const child = spawn("ssh-keygen", args, { env: { ...process.env, LC_ALL: "C" }, stdio: "pipe", windowsHide: true });
    const stdout: Buffer[] = [];
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      stderr += chunk;
      const news = chunk.replace(/Signing data on standard input\r?\n/, "");
      if (news !== "") show?.(news);
    });
    child.on("error", fail);
    child.on("close", (code) => done({ code, stdout: Buffer.concat(stdout), stderr }));
    // It may end without having read everything; then its own words say why.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
  }).catch((cause: unknown) => {
    throw new Rejected({
      operation: "running",
      subject: "ssh-keygen",
      happened: "it is not there, or cannot be started",
      next: "Install OpenSSH 8.9 or newer (package openssh-client), so that ssh-keygen is on the PATH.",
      cause,
    });
  });
  if (/illegal option|unknown option|Unsupported operation|Invalid option|^usage:/im.test(ran.stderr)) {
    throw new Rejected({
      operation: "running",
      subject: "ssh-keygen",
      happened: "it does not know what it is asked for, so it is too old",
      next: "Install OpenSSH 8.9 or newer.",
    });
  }
  return ran;
}

function lastLine(text: string): string {
  return text.trim().split(/\r?\n/).at(-1) ?? "";
}

async function readable(operation: string, file: string, next: string): Promise<void> {
  await access(file, constants.R_OK).catch((cause: unknown) => {
    const { code } = cause as NodeJS.ErrnoException;
    const happened =
      code === "ENOENT" ? "there is no such file" : `the file cannot be read (${code ?? "unknown cause"})`;
    throw new Rejected({ operation, subject: file, happened, next, cause });
  });
}

/** For ssh-keygen, which takes a signature only from a file. */
async function withFile<T>(text: string, use: (file: string) => Promise<T>): Promise<T> {
  const { mkdtemp, rm, writeFile } = await import("node:fs/promises");
  const { tmpdir } = await import("node:os");
  const folder = await mkdtemp(join(tmpdir(), "m365audit-"));
  try {
    const file = join(folder, "signature");
    await writeFile(file, text, { mode: 0o600 });
    return await use(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
