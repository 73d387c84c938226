import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Rejected } from "../core";
import { sign, signatureNamespace, verify } from "./signature";
import { sshKey, temporaryFolder } from "./testing/tools";

const folder = temporaryFolder();
const anna = sshKey(folder, "anna");
const bob = sshKey(folder, "bob");
const at = "2026-01-31T09:30:00Z";

function signers(name: string, ...lines: readonly string[]): string {
  const file = join(folder, name);
  writeFileSync(file, lines.map((line) => `${line}\n`).join(""));
  return file;
}

const both = signers("both", `anna@contoso.com ${anna.publicKey}`, `bob@contoso.com,bob@fabrikam.com ${bob.publicKey}`);

/** Runs with other variables of the environment; undefined takes one away. */
async function within<T>(variables: Readonly<Record<string, string | undefined>>, run: () => Promise<T>): Promise<T> {
  const before = { ...process.env };
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  }
  try {
    return await run();
  } finally {
    for (const name of Object.keys(variables)) {
      if (before[name] === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = before[name];
    }
  }
}

async function messageOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => "nothing was refused",
    (failure: unknown) => failure,
  );
  expect(error).toBeInstanceOf(Rejected);
  return (error as Error).message;
}

describe("a signature", () => {
  it("is of who signed the text", async () => {
    const signature = await sign("text", anna.file);
    expect(signature).toMatch(/^-----BEGIN SSH SIGNATURE-----\n/);
    expect(await verify("text", signature, both, at)).toEqual({ principal: "anna@contoso.com" });
    expect(await verify("text", signature, both, at, "anna@contoso.com")).toEqual({ principal: "anna@contoso.com" });
  });

  it("is of any principal that the signers' file gives the key", async () => {
    const signature = await sign("text", bob.file);
    expect(await verify("text", signature, both, at, "bob@fabrikam.com")).toEqual({ principal: "bob@fabrikam.com" });
    const pattern = signers("pattern", `*@contoso.com ${bob.publicKey}`);
    expect(await verify("text", signature, pattern, at, "bob@contoso.com")).toEqual({ principal: "bob@contoso.com" });
    expect(await verify("text", signature, pattern, at, "bob@fabrikam.com")).toEqual({
      refused: "it is signed by *@contoso.com, not by bob@fabrikam.com",
    });
  });

  it.each([
    [
      "another text",
      async () => verify("other", await sign("text", anna.file), both, at),
      /^the signature is of another text/,
    ],
    [
      "someone else",
      async () => verify("text", await sign("text", bob.file), both, at, "anna@contoso.com"),
      /^it is signed by bob@contoso\.com, bob@fabrikam\.com, not by anna@contoso\.com$/,
    ],
    [
      "a stranger",
      async () =>
        verify("text", await sign("text", bob.file), signers("one", `anna@contoso.com ${anna.publicKey}`), at),
      /^the key SHA256:\S+ is not among the allowed signers$/,
    ],
    [
      "no signature",
      async () => verify("text", "signed by anna", both, at),
      /^the signature is none that ssh-keygen can read$/,
    ],
    [
      "a cut signature",
      async () => verify("text", (await sign("text", anna.file)).replace(/\n.{20}/, "\n"), both, at),
      /^the signature is none that ssh-keygen can read$/,
    ],
    [
      "a signer of other things",
      async () =>
        verify(
          "text",
          await sign("text", anna.file),
          signers("git", `anna@contoso.com namespaces="git" ${anna.publicKey}`),
          at,
        ),
      /^the allowed signers let anna@contoso\.com sign, but not attestations/,
    ],
    [
      "a line that is none",
      async () => verify("text", await sign("text", anna.file), signers("odd", "anna"), at),
      /not among the allowed signers; ssh-keygen says of that file: line 1: missing key$/,
    ],
  ])("does not count when it is of %s", async (_, run, refused) => {
    expect(await run()).toEqual({ refused: expect.stringMatching(refused) });
  });

  it("that was made for git does not count", async () => {
    const signature = execFileSync("ssh-keygen", ["-Y", "sign", "-n", "git", "-f", anna.file], {
      input: "text",
      encoding: "utf8",
      stdio: "pipe",
    });
    expect(await verify("text", signature, both, at)).toEqual({
      refused: `the signature was made for something else (its namespace is not ${signatureNamespace})`,
    });
  });

  it.each(["UTC", "Asia/Tokyo", "America/Los_Angeles"])(
    "counts while its key was allowed, to the second, also in %s",
    async (TZ) => {
      const limited = signers(
        "limited",
        `anna@contoso.com valid-after="20260101000000Z",valid-before="20260201000000Z" ${anna.publicKey}`,
      );
      const signature = await sign("text", anna.file);
      const when = (time: string): ReturnType<typeof verify> =>
        within({ TZ }, () => verify("text", signature, limited, time));
      expect(await when("2026-01-01T00:00:00Z")).toEqual({ principal: "anna@contoso.com" });
      expect(await when("2026-01-31T23:59:59.999Z")).toEqual({ principal: "anna@contoso.com" });
      const refused = expect.stringMatching(/was not allowed to sign at 20\d\d-.*Z \(valid-after or valid-before/);
      expect(await when("2025-12-31T23:59:59Z")).toEqual({ refused });
      expect(await when("2026-02-01T00:00:01Z")).toEqual({ refused });
    },
  );

  it("is in a file of its owner's alone while it is looked at, and in none after that", async () => {
    // Stands before the real one on the PATH, and notes the signature's file and who may read it.
    const log = join(folder, "files");
    const watched = join(folder, "watched");
    mkdirSync(watched);
    const script = `#!/bin/sh\nfor word; do case "$word" in */signature) ls -l "$word" >> '${log}';; esac; done\nPATH="$REAL_PATH" exec ssh-keygen "$@"\n`;
    writeFileSync(join(watched, "ssh-keygen"), script, { mode: 0o755 });
    const path = process.env["PATH"] ?? "";
    await within({ PATH: `${watched}:${path}`, REAL_PATH: path }, async () => {
      await verify("text", await sign("text", anna.file), both, at);
      await verify("text", "none", both, at);
    });
    const lines = readFileSync(log, "utf8").trim().split("\n");
    expect(lines.length).toBeGreaterThan(2);
    for (const line of lines) {
      expect(line).toMatch(/^-rw-------/);
      expect(existsSync(dirname(line.split(" ").at(-1) ?? ""))).toBe(false);
    }
  });
});

describe("what is in the way is said in plain words", () => {
  it("a key that is not there", async () => {
    expect(await messageOf(sign("text", join(folder, "gone")))).toMatch(
      /^signing with .*gone: there is no such file\. Name the file of a private SSH key/,
    );
  });

  it("a file that is no key", async () => {
    const file = signers("nokey", "hello");
    chmodSync(file, 0o600);
    expect(await messageOf(sign("text", file))).toMatch(/the file is no SSH key\. Name the file of an SSH key/);
  });

  it("a key that others may read", async () => {
    const { file } = sshKey(folder, "open");
    chmodSync(file, 0o644);
    expect(await messageOf(sign("text", file))).toMatch(/others than its owner may read the key, .*\. chmod 600/);
  });

  it("a key with a passphrase, without a terminal and without an agent", async () => {
    const { file } = sshKey(folder, "locked", "a passphrase");
    // Also at a developer's own terminal nobody is asked.
    const nobody = { SSH_AUTH_SOCK: undefined, SSH_ASKPASS: "/bin/false", SSH_ASKPASS_REQUIRE: "force" };
    expect(await within(nobody, () => messageOf(sign("text", file)))).toMatch(
      /the key has a passphrase, .*or add the key to an agent \(ssh-add\)/,
    );
  });

  it("a public key whose private one is nowhere", async () => {
    const { file } = sshKey(folder, "half");
    copyFileSync(`${file}.pub`, join(folder, "lonely.pub"));
    rmSync(file);
    expect(
      await within({ SSH_AUTH_SOCK: undefined }, () => messageOf(sign("text", join(folder, "lonely.pub")))),
    ).toMatch(/the private key is neither there nor with an agent/);
  });

  it("no ssh-keygen", async () => {
    const none = { PATH: join(folder, "nowhere") };
    expect(await within(none, () => messageOf(sign("text", anna.file)))).toMatch(
      /^running ssh-keygen: it is not there, or cannot be started\. Install OpenSSH/,
    );
    expect(await within(none, () => messageOf(verify("text", "x", both, at)))).toMatch(
      /^running ssh-keygen: it is not there/,
    );
  });

  it("an ssh-keygen of long ago", async () => {
    const old = join(folder, "old");
    mkdirSync(old);
    writeFileSync(
      join(old, "ssh-keygen"),
      "#!/bin/sh\necho 'ssh-keygen: illegal option -- Y' >&2\necho 'usage: ssh-keygen' >&2\nexit 1\n",
      { mode: 0o755 },
    );
    expect(
      await within({ PATH: `${old}:${process.env["PATH"] ?? ""}` }, () => messageOf(verify("text", "x", both, at))),
    ).toMatch(/so it is too old\. Install OpenSSH 8\.9/);
  });

  it("no file of signers", async () => {
    expect(await messageOf(verify("text", "x", join(folder, "gone"), at))).toMatch(
      /^reading the allowed signers in .*gone: there is no such file/,
    );
  });
});

describe("an agent", () => {
  it("signs for the public key that is named", async () => {
    const { file, publicKey } = sshKey(folder, "held");
    const socket = join(folder, "agent");
    const started = execFileSync("ssh-agent", ["-s", "-a", socket], { encoding: "utf8" });
    const pid = Number(/SSH_AGENT_PID=(\d+)/.exec(started)?.[1]);
    try {
      execFileSync("ssh-add", ["-q", file], { env: { ...process.env, SSH_AUTH_SOCK: socket }, stdio: "ignore" });
      rmSync(file);
      const signature = await within({ SSH_AUTH_SOCK: socket }, () => sign("text", `${file}.pub`));
      expect(await verify("text", signature, signers("held-by", `eve ${publicKey}`), at)).toEqual({ principal: "eve" });
    } finally {
      process.kill(pid);
    }
  });
});
