import { execFileSync } from "node:child_process";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { testCertificate, type TestCertificate } from "../provider/entra/testing/certificates";
import { fingerprintOf } from "../provider/operator/entry";
import type { AttestArguments } from "./attestArguments";
import {
  audit,
  changed,
  connector,
  credential,
  dataset,
  dataSource,
  type Ended,
  exportedState,
  keyId,
  newProject,
  source,
  stack,
  tenantId,
  type TestProject,
  urnOf,
} from "./operator/testing/project";
import type { Surroundings } from "./operator/surroundings";
import { runAttest } from "./runAttest";
import { runRunbook } from "./runRunbook";

let project: TestProject;
beforeEach(async () => {
  project = await newProject();
});
afterEach(() => project.close());

function attest(
  names: readonly string[],
  more: Partial<AttestArguments> = {},
  here: Partial<Surroundings> = {},
): Promise<Ended> {
  const options = { stack, state: "state.json", by: "anna@contoso.com", ...more };
  return project.run((surroundings) => runAttest(names, options, surroundings), here);
}

async function attestedNames(): Promise<string[]> {
  return (await project.entries())
    .map(({ resource, action }) => `${resource.split("::").at(-1) ?? ""} ${action}`)
    .sort();
}

describe("m365audit attest", () => {
  it("writes what is declared and who says so, and tells it property by property", async () => {
    await project.export(exportedState(audit));
    const { code, output, errors } = await attest(["audit-source"], { id: "1S-77" });
    expect(code).toBe(0);
    const [entry, ...others] = await project.entries();
    expect(others).toEqual([]);
    const { organization, sourceGroup, crawlSource, credentialId } = source.inputs;
    const values = { organization, sourceGroup, tenantId, crawlSource, credentialId };
    expect(entry).toEqual({
      resource: urnOf(source),
      action: "entered",
      fingerprint: fingerprintOf(values),
      values,
      by: "anna@contoso.com",
      at: "2026-12-01T09:01:00Z",
      id: "1S-77",
    });
    expect(output).toMatch(/^audit-source \(Source in Netwrix 1Secure\): entered as declared\n/);
    expect(output).toContain("\n  Source Group: Exchange Online\n");
    expect(output).toContain("\n  Crawl Source: ON\n");
    expect(output).toContain("\n  Id in the product: 1S-77\n");
    expect(output).toMatch(/commit attestations\/contoso\.json .*; the next `pulumi up` reads it\.\n$/);
    expect(errors).toBe(
      "m365audit: warning: audit-source is attested while audit-credential, which comes before it, is still open\n" +
        "m365audit: warning: audit-source is attested while audit-connector, which comes before it, is still open\n",
    );
  });

  it("names the client secret by its Secret ID, and warns that the upload waits for the certificate", async () => {
    await project.export(exportedState([credential]));
    const { output, errors } = await attest([urnOf(credential)]);
    expect(output).toContain(`  Client Secret: the one with Secret ID ${keyId}, until 2027-06-01T00:00:00Z\n`);
    expect(errors).toMatch(/audit-credential is attested without its certificate .* upload .* waits for it/);
    const [entry] = await project.entries();
    expect(entry?.secret).toEqual({ keyId, endDate: "2027-06-01T00:00:00Z" });
    expect(JSON.stringify(entry)).not.toContain("ciphertext");
  });

  it("takes a component for everything that is open in it, and nothing else", async () => {
    await project.export(exportedState([...audit, dataset, dataSource]));
    expect((await attest(["audit-connector"])).code).toBe(0);
    const { code, output } = await attest(["audit"]);
    expect([code, output]).toEqual([0, expect.not.stringContaining("audit-connector")]);
    expect(await attestedNames()).toEqual([
      "audit-connector entered",
      "audit-credential entered",
      "audit-source entered",
    ]);
    const again = await attest(["audit"]);
    expect([again.code, again.output]).toEqual([
      0,
      "audit: nothing is open in it\nNothing new to attest; nothing was written.\n",
    ]);
  });

  it("takes --all for everything that is open, of both products, and what is no longer declared", async () => {
    await project.export(exportedState([...audit, dataset, dataSource]));
    await attest([], { all: true });
    expect(await attestedNames()).toHaveLength(5);
    await project.export(exportedState([credential]));
    const { code, output } = await attest(["mail"]);
    expect(code).toBe(0);
    expect(output).toMatch(
      /^mail \(Dataset in NOW Privacy\): removed\. It is no longer declared, and anna@contoso\.com attests/,
    );
    await attest([], { all: true });
    expect(await attestedNames()).toEqual([
      "audit-connector removed",
      "audit-credential entered",
      "audit-source removed",
      "mail removed",
      "mail-exchange removed",
    ]);
    const again = await attest(["mail"]);
    expect([again.code, again.errors]).toEqual([2, expect.stringContaining('"mail" was given; allowed:')]);
  });

  it("changes nothing where the same is attested already", async () => {
    await project.export(exportedState(audit));
    await attest(["audit-source"], { id: "1S-77" });
    const before = await project.entries();
    const { code, output } = await attest(["audit-source"], { by: "ben@contoso.com" });
    expect([code, output]).toEqual([
      0,
      "audit-source: already attested by anna@contoso.com at 2026-12-01T09:01:00Z\n" +
        "Nothing new to attest; nothing was written.\n",
    ]);
    expect(await project.entries()).toEqual(before);
  });

  it("keeps what the product answered when a change is attested, and not when another object is made", async () => {
    await project.export(exportedState([source]));
    await attest(["audit-source"], { id: "1S-77" });
    await project.export(exportedState([changed(source, { crawlSource: false })]));
    await attest(["audit-source"]);
    expect(await project.entries()).toEqual([
      expect.objectContaining({ id: "1S-77", values: expect.objectContaining({ crawlSource: false }) }),
    ]);
    await project.export(exportedState([changed(source, { organization: "Fabrikam" })]));
    await attest(["audit-source"]);
    const [entry] = await project.entries();
    expect([entry?.values["organization"], entry?.id]).toEqual(["Fabrikam", undefined]);
  });

  it("counts what is attested last also within a second, or where another machine's clock is ahead", async () => {
    await project.export(exportedState([source]));
    await attest(
      ["audit-source"],
      {},
      { clock: { now: () => Date.parse("2026-12-01T09:40:00Z"), sleep: () => Promise.resolve() } },
    );
    await project.export(exportedState([changed(source, { crawlSource: false })]));
    await attest(["audit-source"]);
    expect(await project.entries()).toEqual([expect.objectContaining({ at: "2026-12-01T09:40:01Z" })]);
  });

  it("lists what is possible for a name that is not known, and URNs for one that is ambiguous", async () => {
    const twin = { ...dataset, name: "audit-source" };
    await project.export(exportedState([...audit, twin]));
    const { code, errors } = await attest(["audit-sorce", "audit-source", "audit"]);
    expect(code).toBe(2);
    expect(errors).toContain(
      'RESOURCE: "audit-sorce" was given; allowed:\n      audit-credential (awaitingOperator)\n',
    );
    expect(errors).toContain("or what these are made of: audit, audited-contoso");
    expect(errors).toContain(
      `RESOURCE: "audit-source" may be each of; give one URN:\n      ${urnOf(source)}\n      ${urnOf(twin)}`,
    );
    expect((await attest([urnOf(twin)])).code).toBe(0);
    expect(await attestedNames()).toEqual(["audit-source entered"]);
  });

  it.each([
    ["neither names nor --all", [], {}, "RESOURCE: nothing was given"],
    ["both", ["audit-source"], { all: true }, "RESOURCE: both names and --all were given"],
    ["--id with several", ["audit"], { id: "7" }, "--id: allowed: only with one resource"],
    ["an empty --id", ["audit-source"], { id: " " }, "--id: allowed: the product's own id"],
    [
      "--certificate without credentials",
      ["audit-source"],
      { certificate: "a.cer" },
      "--certificate: allowed: only with one",
    ],
    ["nobody", ["audit-source"], { by: "" }, "--by: not given, and git knows no user.email"],
    ["control characters", ["audit-source"], { by: "a\nb" }, "--by: it has control characters"],
  ])("refuses %s", async (_, names, more, said) => {
    await project.export(exportedState(audit));
    const { code, errors } = await attest(names, more);
    expect([code, errors]).toEqual([2, expect.stringContaining(said)]);
    await expect(project.entries()).rejects.toThrow("ENOENT");
  });

  it("takes who attests from git", async () => {
    await project.export(exportedState(audit));
    await project.write(".gitconfig", "[user]\n\tname = Anna\n\temail = anna@git.example\n");
    const { by: _, ...options } = { stack, state: "state.json", by: "" };
    await project.run((here) => runAttest(["audit-source"], options, here));
    expect(await project.entries()).toEqual([expect.objectContaining({ by: "anna@git.example" })]);
  });
});

describe("the certificate of m365audit attest", () => {
  let given: TestCertificate;
  beforeAll(async () => {
    given = await testCertificate({ from: "2026-11-22T00:00:00Z", to: "2028-11-21T00:00:00Z" });
  });

  it.each([
    ["PEM", () => given.certificatePem],
    ["PEM with words around it", () => `Bag Attributes: x\n${given.certificatePem}\ntrailer\n`],
    ["DER", () => new X509Certificate(given.certificatePem).raw],
  ])("is taken from %s and written as PEM", async (_, content) => {
    await project.export(exportedState(audit));
    await project.write("a.cer", content());
    const { code, output } = await attest(["audit"], { certificate: "a.cer" });
    const { fingerprint, raw } = new X509Certificate(given.certificatePem);
    expect(code).toBe(0);
    expect(output).toContain(
      `  Certificate: thumbprint ${fingerprint.replaceAll(":", "")}, until 2028-11-21T00:00:00Z\n`,
    );
    const certificates = (await project.entries()).flatMap(({ certificate }) => certificate ?? []);
    expect(certificates.map((pem) => new X509Certificate(pem).raw.equals(raw))).toEqual([true]);
    expect(certificates[0]).toMatch(/^-----BEGIN CERTIFICATE-----\n[^-]+-----END CERTIFICATE-----\n$/);
  });

  it("can be handed in later, and stays through a later attestation", async () => {
    await project.export(exportedState([credential]));
    await attest(["audit-credential"]);
    await project.write("a.cer", given.certificatePem);
    expect((await attest(["audit-credential"], { certificate: "a.cer" })).output).toContain("thumbprint");
    const clientSecretReference = { keyId: "next", stackOutput: "clientSecret" };
    await project.export(exportedState([changed(credential, { clientSecretReference })]));
    const { output, errors } = await attest(["audit-credential"]);
    expect([errors, output]).toEqual(["", expect.stringContaining("Certificate: as it was attested before")]);
    expect(await project.entries()).toEqual([
      expect.objectContaining({
        certificate: given.certificatePem.replaceAll("\r", "").trimEnd() + "\n",
        secret: { keyId: "next" },
      }),
    ]);
  });

  it.each([
    ["a private key in PEM", () => given.privateKeyPem, /holds a private key/],
    ["a certificate with its private key", () => given.certificatePem + given.privateKeyPem, /holds a private key/],
    [
      "a private key in DER",
      () => createPrivateKey(given.privateKeyPem).export({ format: "der", type: "pkcs8" }),
      /holds a private key/,
    ],
    ["two certificates", () => `${given.certificatePem}\n${given.certificatePem}`, /holds 2 certificates/],
    ["something else", () => "a letter from the vendor", /holds no certificate/],
    [
      "more after the certificate",
      () => Buffer.concat([new X509Certificate(given.certificatePem).raw, Buffer.from("more")]),
      /holds (no|more than a) certificate/,
    ],
  ])("is refused: %s, of which nothing is repeated", async (_, content, said) => {
    await project.export(exportedState([credential]));
    await project.write("a.cer", content());
    const { code, output, errors } = await attest(["audit-credential"], { certificate: "a.cer" });
    expect([code, output, errors]).toEqual([2, "", expect.stringMatching(said)]);
    expect(errors).not.toMatch(/MII|letter/);
    await expect(project.entries()).rejects.toThrow("ENOENT");
  });

  it("is refused when it has ended, or is not there", async () => {
    await project.export(exportedState([credential]));
    const old = await testCertificate({ from: "2024-01-01T00:00:00Z", to: "2026-01-01T00:00:00Z" });
    await project.write("old.cer", old.certificatePem);
    const ended = await attest(["audit-credential"], { certificate: "old.cer" });
    expect([ended.code, ended.errors]).toEqual([2, expect.stringContaining("ended on 2026-01-01T00:00:00Z")]);
    const missing = await attest(["audit-credential"], { certificate: "none.cer" });
    expect([missing.code, missing.errors]).toEqual([2, expect.stringContaining("cannot be read (ENOENT)")]);
  });
});

describe("what was attested before and is refused", () => {
  it("is replaced by a new attestation, with a word that it was", async () => {
    await project.export(exportedState(audit));
    await attest(["audit"]);
    const file = `attestations/${stack}.json`;
    const text = await readFile(join(project.root, file), "utf8");
    await project.write(file, text.replace('"crawlSource":true', '"crawlSource":false'));
    const others = await project.run((here) => runRunbook({ stack, state: "state.json" }, here));
    expect([others.code, others.errors]).toEqual([2, expect.stringContaining("was changed by hand")]);

    const { code, errors } = await attest(["audit-source"]);
    expect([code, errors]).toEqual([0, expect.stringContaining("is refused, and this takes its place")]);
    expect((await project.run((here) => runRunbook({ stack, state: "state.json" }, here))).output).toContain(
      "Nothing is open",
    );
  });
});

describe("the signature of m365audit attest", () => {
  beforeEach(async () => {
    await project.export(exportedState([source, connector]));
    for (const name of ["anna", "mallory"]) {
      execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", join(project.root, name)]);
    }
    const key = execFileSync("cat", [join(project.root, "anna.pub")]).toString();
    await project.write("attestations/allowed_signers", `anna@contoso.com ${key}`);
  });

  it("is made with the key, and counts", async () => {
    const { code, output } = await attest(["audit"], { sign: "anna" });
    expect([code, output]).toEqual([0, expect.stringContaining("Attested by anna@contoso.com, signed.")]);
    expect(await project.entries()).toEqual([
      expect.objectContaining({ signature: expect.stringContaining("BEGIN SSH SIGNATURE") }),
      expect.objectContaining({ signature: expect.stringContaining("BEGIN SSH SIGNATURE") }),
    ]);
    expect((await attest(["audit-source"], { sign: "anna" })).output).toContain("already attested");
  });

  it("is asked for from then on when someone names who may sign, and can be given to what was attested before", async () => {
    const signers = await readFile(join(project.root, "attestations/allowed_signers"), "utf8");
    await rm(join(project.root, "attestations/allowed_signers"));
    await attest(["audit"]);
    await project.write("attestations/allowed_signers", signers);
    expect((await project.run((here) => runRunbook({ stack, state: "state.json" }, here))).code).toBe(2);
    expect((await attest(["audit"], { sign: "anna" })).code).toBe(0);
    expect((await project.run((here) => runRunbook({ stack, state: "state.json" }, here))).output).toContain(
      "Nothing is open",
    );
  });

  it.each([
    ["by nobody, where signatures are asked for", {}, 2, /--sign: not given; this project names who may sign/],
    ["by a stranger", { sign: "mallory" }, 1, /not among the allowed signers.*Nothing was written/],
    [
      "by someone else than who attests",
      { sign: "anna", by: "ben" },
      1,
      /signed by anna@contoso\.com, not by ben.*--by/,
    ],
    ["with a key that is not there", { sign: "none" }, 1, /no such file/],
  ])("is refused %s, and nothing is written", async (_, more, exitCode, said) => {
    const { code, errors } = await attest(["audit"], more);
    expect([code, errors]).toEqual([exitCode, expect.stringMatching(said)]);
    await expect(project.entries()).rejects.toThrow("ENOENT");
  });

  it("can be added to what was attested without one", async () => {
    await project.write("attestations/allowed_signers", "");
    await rm(join(project.root, "attestations/allowed_signers"));
    await attest(["audit-source"]);
    await attest(["audit-source"], { sign: "anna" });
    expect((await project.entries())[0]?.signature).toContain("BEGIN SSH SIGNATURE");
  });
});
