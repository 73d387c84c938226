import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { mockEngine, valueOf } from "../pulumi/testing/mockEngine";
import { Certificate } from "./certificate";
import { applicationId, keyOf, named, runsWith, start } from "./testing/certificateRuns";
import { type TestCertificate, testCertificate } from "./testing/certificates";

let own: TestCertificate;
let other: TestCertificate;
let folder: string;
beforeAll(async () => {
  own = await testCertificate({ to: "2027-11-21T12:30:45Z", commonName: "Contoso" });
  other = await testCertificate({ to: "2028-05-01T00:00:00Z" });
  folder = mkdtempSync(path.join(tmpdir(), "certificate-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const { plugins, refused, up } = runsWith(() => own);

/** What the program says in a run. */
async function warnings(run: () => Promise<unknown>): Promise<string[]> {
  const said: string[] = [];
  const spy = jest.spyOn(console, "warn").mockImplementation((line) => void said.push(String(line)));
  try {
    await run();
  } finally {
    spy.mockRestore();
  }
  return said;
}

function fileWith(name: string, text: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, text, { mode: 0o600 });
  return file;
}

test("a supplied certificate is only uploaded, to its own end", async () => {
  const run = await up(own);
  expect(run.resources.map(({ name }) => name)).toEqual(["exchange", "exchange-credential-1", "exchange-rotation"]);
  expect(named(run, "exchange-credential-1").inputs).toMatchObject({ endDate: "2027-11-21T12:30:45Z" });
  expect((await valueOf(keyOf(run.certificate))).trim()).toBe(own.privateKeyPem.trim());
  expect(await pulumi.isSecret(run.certificate.certificatePem)).toBe(false);
  expect(await valueOf(run.certificate.subject)).toBe("CN=Contoso");
});

test("as Key Vault issues it, certificate, chain and key in one text, only the certificate is uploaded and recorded", async () => {
  const text = [own.privateKeyPem, own.certificatePem, other.certificatePem].join("\n");
  const run = await up({ certificatePem: pulumi.secret(text) });
  const { value } = named(run, "exchange-credential-1").inputs;
  expect(new X509Certificate(value as string).fingerprint).toBe(new X509Certificate(own.certificatePem).fingerprint);
  expect(String(value).match(/-----BEGIN/g)).toHaveLength(1);
  expect(JSON.stringify([...run.record.values()])).not.toContain("PRIVATE KEY");
  expect(named(run, "exchange-rotation").secrets).toEqual([]);
  expect((await valueOf(keyOf(run.certificate))).trim()).toBe(own.privateKeyPem.trim());
  expect(await pulumi.isSecret(keyOf(run.certificate))).toBe(true);
});

test("a key that stays in its place is held against the certificate and comes into no resource and no output", async () => {
  const privateKey = { file: fileWith("key.pem", own.privateKeyPem) };
  const { certificate, resources, record } = await up({ certificatePem: own.certificatePem, privateKey });
  expect(certificate.privateKeyPem).toBeUndefined();
  expect(certificate.privateKey && (await valueOf(certificate.privateKey))).toEqual(privateKey);
  expect(JSON.stringify([resources, [...record.values()]])).not.toContain("PRIVATE KEY");
});

test("the file of the key may hold the certificate too", async () => {
  const privateKey = { file: fileWith("both.pem", `${own.privateKeyPem}\n${own.certificatePem}`) };
  const { certificate, resources } = await up({ privateKey });
  expect(await valueOf(certificate.subject)).toBe("CN=Contoso");
  expect(JSON.stringify(resources)).not.toContain("PRIVATE KEY");
});

describe("a key in the environment", () => {
  const environmentVariable = "CERTIFICATE_TEST_PRIVATE_KEY";
  afterEach(() => {
    Reflect.deleteProperty(process.env, environmentVariable);
  });

  test("is read there", async () => {
    process.env[environmentVariable] = own.privateKeyPem;
    const { certificate } = await up({ certificatePem: own.certificatePem, privateKey: { environmentVariable } });
    expect(await valueOf(certificate.subject)).toBe("CN=Contoso");
  });

  test("is named when it is missing", async () => {
    const { problems } = await refused({ certificatePem: own.certificatePem, privateKey: { environmentVariable } });
    expect(problems).toEqual([`privateKey.environmentVariable: ${environmentVariable} is not set where Pulumi runs`]);
  });
});

test("another supplied certificate overlaps with the one before, whose key is needed no more", async () => {
  const rotated = await up(other, 100, await up(own));
  expect(rotated.uploaded).toEqual(["exchange-credential-1", "exchange-credential-2"]);
  expect(named(rotated, "exchange-credential-1").inputs).toMatchObject({ endDate: "2027-11-21T12:30:45Z" });
  expect(named(rotated, "exchange-credential-2").inputs).toMatchObject({ endDate: "2028-05-01T00:00:00Z" });
  expect((await valueOf(keyOf(rotated.certificate))).trim()).toBe(other.privateKeyPem.trim());
  expect((await up(other, 101, rotated)).uploaded).toEqual(["exchange-credential-2"]);
});

test("near the end of a supplied certificate each run warns that another one is needed, and changes nothing", async () => {
  const first = await up(own);
  expect(await warnings(() => up(own, 300, first))).toEqual([]);
  const said = await warnings(async () => {
    expect((await up(own, 320, first)).uploaded).toEqual(["exchange-credential-1"]);
  });
  expect(said).toEqual([
    expect.stringMatching(/certificate "exchange" \(thumbprint [0-9A-F]{40}\) ends 2027-11-21T12:30:45Z/),
  ]);
});

test("a supplied certificate that is only known later is held to the same rules", async () => {
  const run = (await mockEngine(plugins())).run(
    () =>
      new Certificate(
        "exchange",
        {
          applicationId,
          certificatePem: pulumi.output(own.certificatePem),
          privateKeyPem: pulumi.secret(other.privateKeyPem),
        },
        {},
        () => start,
      ),
  );
  await expect(run).rejects.toMatchObject({
    tag: "InvalidInput",
    problems: [{ path: "privateKeyPem", message: "it is not the key of certificatePem" }],
  });
});

test("a certificate without a key, and one with another's key in the same text, are refused", async () => {
  expect((await refused({ certificatePem: own.certificatePem })).problems).toEqual([
    expect.stringContaining("certificatePem: no key could be read"),
  ]);
  const mixed = `${own.certificatePem}\n${other.privateKeyPem}`;
  expect((await refused({ certificatePem: mixed })).problems).toEqual([
    expect.stringContaining("certificatePem: its key is not that of its first certificate"),
  ]);
});

test("a certificate that is not valid yet is refused: nobody could sign in with it", async () => {
  const early = await testCertificate({ from: "2026-12-01T00:00:00Z", to: "2027-12-01T00:00:00Z" });
  expect((await refused(early)).problems).toEqual([
    "certificatePem: it is valid from 2026-12-01T00:00:00Z on; allowed: a certificate that is valid already",
  ]);
});

test("a supplied certificate is refused with every problem, and its key is not repeated", async () => {
  const old = await testCertificate({ from: "2020-01-01T00:00:00Z", to: "2024-01-01T00:00:00Z" });
  const { problems } = await refused({ ...old, privateKeyPem: other.privateKeyPem, validityDays: 365 });
  expect(problems).toEqual([
    "validityDays: not allowed together with certificatePem, which has its own",
    "privateKeyPem: it is not the key of certificatePem",
    "certificatePem: it ended on 2024-01-01T00:00:00Z; allowed: a certificate that is still valid",
    "certificatePem: it is valid from 2020-01-01T00:00:00Z to 2024-01-01T00:00:00Z; allowed: a validity of 2 years or less",
  ]);
});

test("two calendar years are no more than two years, even with a leap day in them", async () => {
  const leap = await testCertificate({ from: "2026-11-22T00:00:00Z", to: "2028-11-22T00:00:00Z" });
  expect((await refused(leap)).problems).toEqual([]);
});

test("texts that are no certificate and no key are refused, and keys that are too weak", async () => {
  const text = "hunter2";
  const { problems } = await refused({ certificatePem: text, privateKeyPem: text });
  expect(problems).toEqual([
    expect.stringContaining("certificatePem: no certificate could be read"),
    expect.stringContaining("privateKeyPem: no key could be read"),
  ]);
  expect(problems.join()).not.toContain(text);

  const weak = await testCertificate({ bits: 1024 });
  expect(createPrivateKey(weak.privateKeyPem).asymmetricKeyDetails?.modulusLength).toBe(1024);
  expect((await refused(weak)).problems).toEqual(["privateKeyPem: allowed: an RSA key of 2048 bits or more"]);
});
