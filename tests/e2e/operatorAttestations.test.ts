/** Attestations that may not be believed, on the real engine: each is refused in the preview, in words, and nothing is lost by it. */
import { readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { testCertificate } from "../../provider/entra/testing/certificates";
import { type Entry, fingerprintOf } from "../../provider/operator/entry";
import { sshKey, temporaryFolder } from "../../provider/operator/testing/tools";
import type { Outcome } from "../../tools/stack";
import type { Scene } from "../support/engine";
import { attest, attestations, attestationsFile, cli, openOperatorScene, person } from "../support/operator";
import { refused, refusedByProvider, resourcesOf } from "../support/refusals";

const keys = temporaryFolder();
/** What 1Secure gave the person with the credential. */
const certificate = path.join(keys, "1secure.pem");
let scene: Scene;
/** The attestations as they are right. */
let right: string;
/** The stack as the state has it. */
let recorded: Awaited<ReturnType<typeof resourcesOf>>;
beforeAll(async () => {
  scene = await openOperatorScene();
  await scene.stack.up();
  await writeFile(
    certificate,
    (await testCertificate({ to: new Date(Date.now() + 365 * 86_400_000).toISOString() })).certificatePem,
  );
  await attest(scene.stack, "--all", "--certificate", certificate);
  right = await attestations(scene.stack);
  const { outputs } = await scene.stack.up();
  expect(statusOf(outputs)).toEqual(["attested", 0]);
  recorded = await resourcesOf(scene.stack);
  expect(await refusedByProvider(scene.stack, recorded)).toEqual({ refresh: [], check: [] });
});
afterAll(async () => {
  await scene.close();
});
afterEach(async () => {
  await write(right);
});

const everything = ["credential", "source", "connector"].map((part) => `exchange-online-${part}`);

const statusOf = (outputs: Outcome["outputs"]): unknown[] => [outputs["status"]?.value, outputs["openSteps"]?.value];

function write(text: string): Promise<void> {
  return writeFile(attestationsFile(scene.stack), text);
}

/** The entry of a resource by the end of its name, and the attestations with others in its place. */
function withEntries(name: string, change: (entry: Entry) => readonly Entry[]): string {
  const lines = right.split("\n").flatMap((line) => {
    if (!line.startsWith("{") || !line.includes(`::exchange-online-${name}"`)) return [line];
    return change(JSON.parse(line.replace(/,$/, "")) as Entry).map((entry) => `${JSON.stringify(entry)},`);
  });
  return lines.join("\n");
}

/** Refuses the preview and the update, and says each thing once: on the engine, for what stands for its kind of refusal. */
async function isRefusedByEngine(text: string, message: RegExp): Promise<void> {
  const before = await resourcesOf(scene.stack);
  await isRefused(text, message);
  await write(text);
  for (const run of ["preview", "up"] as const) {
    const { errors, said } = await refused((tap) => scene.stack[run](tap));
    expect(errors.join("\n")).toMatch(message);
    // A resource each, and each once.
    expect(new Set(errors).size).toBe(errors.length);
    expect(said).not.toMatch(/^\s+at |promises were still active|unhandled|node_modules/m);
  }
  expect(await resourcesOf(scene.stack)).toEqual(before);
  await write(right);
}

/** Our side of it, for which no engine is needed: the refresh that a preview and an update begin with, and the check without one. */
async function isRefused(text: string, message: RegExp): Promise<void> {
  await write(text);
  const { refresh, check } = await refusedByProvider(scene.stack, recorded);
  for (const errors of [refresh, check]) {
    expect(errors.join("\n")).toMatch(message);
    expect(new Set(errors).size).toBe(errors.length);
    expect(errors.join("\n")).not.toMatch(/^\s+at |unhandled|node_modules/m);
  }
  await write(right);
}

async function isAsBefore(): Promise<void> {
  const { changes, diagnostics } = await scene.stack.preview();
  expect(changes).toEqual([]);
  expect(diagnostics).toEqual([]);
}

describe("an attestations file that is none", () => {
  test("because a merge was not finished is refused with the lines of git's marks", async () => {
    const conflicted = right.replace(/^\{"resource".*$/m, (line) => `<<<<<<< HEAD\n${line}\n=======\n>>>>>>> other`);
    const marks = conflicted.split("\n").flatMap((line, index) => (/^[<=>]{7}/.test(line) ? [index + 1] : []));
    await isRefusedByEngine(
      conflicted,
      new RegExp(`contoso\\.json: 1 problem:\n {2}- lines ${marks.join(", ")}: a merge that is not finished`),
    );
  });

  test("because it was cut off is refused with what is missing", async () => {
    await isRefused(right.slice(0, -40), /contoso\.json: \d problems?:\n {2}- line \d+: allowed as the last line/);
  });

  test("is also refused where nothing is refreshed, by the program itself", async () => {
    await write("nothing of this is JSON\n");
    for (const run of ["preview", "up"] as const) {
      const { code, output } = await prompt(run, "--refresh=false");
      expect(code).not.toBe(0);
      expect(output.match(/AttestationsRefused: reading the attestations in/g)).toHaveLength(1);
      expect(output).not.toMatch(/^\s+at |promises were still active/m);
    }
    await write(right);
    await isAsBefore();
  });
});

describe("an attestation that was forged", () => {
  test("with values edited by hand is refused with its line and who is said to have made it", async () => {
    const line = right.split("\n").findIndex((text) => text.includes('"crawlSource":true')) + 1;
    await isRefusedByEngine(
      right.replace('"crawlSource":true', '"crawlSource":false'),
      new RegExp(`- line ${String(line)}, entered, ${person} at .*Z: its fingerprint .* so it was changed by hand`),
    );
  });

  test("with a fingerprint edited by hand is refused", async () => {
    const forged = withEntries("connector", (entry) => [{ ...entry, fingerprint: fingerprintOf({ forged: true }) }]);
    await isRefused(forged, /exchange-online-connector: 1 problem:\n.*so it was changed by hand/);
  });

  test("is refused for the credential too, on which the secret's rotation rests", async () => {
    const forged = withEntries("credential", (entry) => [{ ...entry, secret: { keyId: "another" } }]);
    await isRefused(forged, /exchange-online-credential: 1 problem:\n.*so it was changed by hand/);
    await write(forged);
    const { output } = await prompt("preview", "--refresh=false");
    expect(output.match(/so it was changed by hand/g)).toHaveLength(1);
  });
});

test("two attestations of one resource, as a union merge leaves them, are refused with both lines", async () => {
  const conflicting = withEntries("source", (entry) => [
    entry,
    { ...entry, by: "bob@contoso.com", at: "2026-01-01T00:00:00Z" },
  ]);
  const [one = 0, other = 0] = conflicting
    .split("\n")
    .flatMap((line, index) => (line.includes('::exchange-online-source"') ? [index + 1] : []));
  await isRefused(
    conflicting,
    new RegExp(`- lines ${String(one)}, ${String(other)}: 2 entries say "entered" and differ: .*bob@contoso\\.com`),
  );
});

describe("an attestation that counts no longer, or never did,", () => {
  test("because the declaration changed is a warning with its reason, and the step is open", async () => {
    await scene.stack.setConfig({ "m365audit:crawlSource": { value: "false" } });
    const { changes, diagnostics } = await scene.stack.preview();
    const said = diagnostics.join("\n");
    expect(said).toMatch(
      /exchange-online-source: the attestation of ada@contoso\.com \(.*\) is of an earlier declaration/,
    );
    expect(said).toContain("exchange-online: 5 steps are open for a person in Netwrix 1Secure");
    expect(changes.map(({ name }) => name)).toEqual(["exchange-online-source"]);
    await scene.stack.setConfig({ "m365audit:crawlSource": { value: "true" } });
    await isAsBefore();
  });

  test("because it is another stack's is no attestation of this one", async () => {
    await write(right.replaceAll("urn:pulumi:contoso::", "urn:pulumi:fabrikam::"));
    const { diagnostics } = await scene.stack.preview();
    expect(diagnostics.join("\n")).toContain("exchange-online: 17 steps are open for a person");
    const { stderr, code } = await cli(scene.stack, "runbook");
    expect(code).toBe(0);
    expect(stderr.match(/does not count: it is of another stack, fabrikam/g)).toHaveLength(3);
  });

  test("because another stack's was put under this one's name is a warning, and the step is open", async () => {
    const values = { organization: "Fabrikam", clientId: "3f7cdb0b-1e2a-4ce3-85bc-cde920ea1359", displayName: "Audit" };
    await write(
      withEntries("credential", (entry) => [{ ...entry, values, fingerprint: fingerprintOf(values, entry.secret) }]),
    );
    const { diagnostics } = await scene.stack.preview();
    const said = diagnostics.join("\n");
    expect(said).toMatch(/exchange-online-credential: the attestation of .* is of an earlier declaration/);
    expect(said).toMatch(/exchange-online: \d+ steps are open for a person/);
  });
});

describe("where the project says who may sign", () => {
  const allowed = (): string => path.join(path.dirname(attestationsFile(scene.stack)), "allowed_signers");
  const ada = sshKey(keys, "ada");
  const stranger = sshKey(keys, "stranger");
  let unsigned: string;
  let signed: string;
  beforeAll(async () => {
    unsigned = right;
    await writeFile(allowed(), `${person} namespaces="m365audit-attestation" ${ada.publicKey}\n`);
  });
  afterAll(async () => {
    await rm(allowed());
    right = unsigned;
  });

  test("an attestation without a signature is refused", async () => {
    await isRefused(unsigned, /it is not signed, and .*allowed_signers says who may sign: ask ada@contoso\.com/);
  });

  test("one signed by a stranger is neither written nor believed", async () => {
    const own = await cli(scene.stack, "attest", "--all", "--by", person, "--sign", stranger.file);
    expect(own.code).not.toBe(0);
    expect(await attestations(scene.stack)).toBe(unsigned);

    // Where nobody says who may sign, anybody can.
    const signers = await readFile(allowed(), "utf8");
    await rm(allowed());
    await attest(scene.stack, ...everything, "--sign", stranger.file);
    const strange = await attestations(scene.stack);
    await writeFile(allowed(), signers);
    await isRefused(strange, /the key SHA256:\S+ is not among the allowed signers/);
  });

  test("one signed by whoever may is believed", async () => {
    // What is there is refused, and made good by attesting it anew.
    await attest(scene.stack, ...everything, "--certificate", certificate, "--sign", ada.file);
    signed = await attestations(scene.stack);
    expect(signed.match(/BEGIN SSH SIGNATURE/g)).toHaveLength(3);
    right = signed;
    await isAsBefore();
    expect(statusOf((await scene.stack.up()).outputs)).toEqual(["attested", 0]);
  });

  test("one that was changed after it was signed is refused", async () => {
    const changed = withEntries("source", (entry) => [{ ...entry, id: "another" }]);
    await isRefused(changed, /the signature is of another text: the entry was changed after it was signed/);
  });

  test("a signature of another entry is none of this", async () => {
    const connector = /^\{.*::exchange-online-connector.*$/m.exec(signed)?.[0].replace(/,$/, "") ?? "";
    const { signature = "" } = JSON.parse(connector) as Entry;
    await isRefused(
      withEntries("source", (entry) => [{ ...entry, signature }]),
      /exchange-online-source: 1 problem:\n.*the signature is of another text/,
    );
  });
});

test("in the end the stack is as it was", async () => {
  await isAsBefore();
});

/** `pulumi preview …` or `pulumi up --skip-preview …` at the prompt: how it ended, and what it said. */
async function prompt(run: "preview" | "up", ...args: string[]): Promise<{ code: number; output: string }> {
  const more = run === "up" ? ["--yes", "--skip-preview"] : [];
  return scene.stack.pulumi(run, "--stack", scene.stack.name, ...more, ...args).then(
    (text) => ({ code: 0, output: text }),
    (error: unknown) => ({ code: 1, output: (error as { stdout: string }).stdout }),
  );
}
