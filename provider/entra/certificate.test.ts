import { createPrivateKey, X509Certificate } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { mockEngine, valueOf } from "../pulumi/testing/mockEngine";
import { Certificate, type CertificateArgs } from "./certificate";
import { type TestCertificate, testCertificate } from "./testing/certificates";

const applicationId = "/applications/984d51af-215f-437c-ab31-480cc7c04b0e";
const now = Date.parse("2026-11-22T17:51:31.008Z");
const validityEndTime = "2028-11-21T17:51:30.906399734Z";

let made: TestCertificate;
let own: TestCertificate;
let other: TestCertificate;
beforeAll(async () => {
  made = await testCertificate();
  own = await testCertificate({ to: "2027-11-21T12:30:45Z" });
  other = await testCertificate();
});

/** The tls and azuread plugins, as far as the component sees them. */
const plugins = () => ({
  outputs: (type: string) => {
    switch (type) {
      case "tls:index/privateKey:PrivateKey":
        return { privateKeyPem: made.privateKeyPem, privateKeyPemPkcs8: made.privateKeyPem };
      case "tls:index/selfSignedCert:SelfSignedCert":
        return { certPem: made.certificatePem, validityEndTime };
      case "azuread:index/applicationCertificate:ApplicationCertificate":
        return { keyId: "key-1" };
      default:
        return {};
    }
  },
});

async function run(args: Partial<CertificateArgs>) {
  const engine = await mockEngine(plugins());
  return engine.run(() => new Certificate("exchange", { applicationId, ...args }, {}, () => now));
}

async function refused(args: Partial<CertificateArgs>) {
  const engine = await mockEngine(plugins());
  return engine.refused(() => new Certificate("exchange", { applicationId, ...args }, {}, () => now));
}

test("a key and a self-signed certificate of two years are made, and the certificate is uploaded", async () => {
  const { resources } = await run({});
  expect(resources).toMatchObject([
    { type: "m365audit:entra:Certificate", name: "exchange", inputs: {} },
    {
      type: "azuread:index/applicationCertificate:ApplicationCertificate",
      name: "exchange-credential",
      parent: "exchange",
      inputs: { applicationId, encoding: "pem", type: "AsymmetricX509Cert", value: made.certificatePem },
    },
    {
      type: "tls:index/privateKey:PrivateKey",
      name: "exchange-key",
      parent: "exchange",
      inputs: { algorithm: "RSA", rsaBits: 2048 },
    },
    {
      type: "tls:index/selfSignedCert:SelfSignedCert",
      name: "exchange-self-signed",
      parent: "exchange",
      inputs: {
        allowedUses: ["digital_signature"],
        earlyRenewalHours: 1440,
        subject: { commonName: "Netwrix 1Secure" },
        validityPeriodHours: 17_520,
      },
    },
  ]);
});

test("the end of the credential is in whole seconds, so that the next preview does not replace it", async () => {
  const { result, resources } = await run({});
  expect(resources[1]?.inputs.endDate).toBe("2028-11-21T17:51:30Z");
  expect(await valueOf(result.endDate)).toBe("2028-11-21T17:51:30Z");
});

test("certificate, key, thumbprint and key id come out of it, the key as a secret", async () => {
  const { result } = await run({});
  expect(await valueOf(result.certificatePem)).toBe(made.certificatePem);
  expect(await valueOf(result.privateKeyPem)).toBe(made.privateKeyPem);
  expect(await (result.privateKeyPem as unknown as { isSecret: Promise<boolean> }).isSecret).toBe(true);
  expect(await valueOf(result.keyId)).toBe("key-1");
  const thumbprint = await valueOf(result.thumbprint);
  expect(thumbprint).toMatch(/^[0-9A-F]{40}$/);
  expect(thumbprint).toBe(new X509Certificate(made.certificatePem).fingerprint.replaceAll(":", ""));
});

test("name, validity, renewal and key length can be chosen", async () => {
  const { resources } = await run({ commonName: "Contoso", validityDays: 365, earlyRenewalDays: 30, keyBits: 4096 });
  expect(resources[2]?.inputs).toMatchObject({ rsaBits: 4096 });
  expect(resources[3]?.inputs).toMatchObject({
    subject: { commonName: "Contoso" },
    validityPeriodHours: 8760,
    earlyRenewalHours: 720,
  });
});

test("a supplied certificate is only uploaded, to its own end, and without a key that stands in the same text", async () => {
  const { result, resources } = await run({
    certificatePem: own.privateKeyPem + "\n" + own.certificatePem,
    privateKeyPem: own.privateKeyPem,
  });
  expect(resources.map(({ name }) => name)).toEqual(["exchange", "exchange-credential"]);
  expect(resources[1]?.inputs).toMatchObject({ endDate: "2027-11-21T12:30:45Z" });
  expect(resources[1]?.inputs.value).not.toContain("PRIVATE KEY");
  expect(new X509Certificate(resources[1]?.inputs.value as string).fingerprint).toBe(
    new X509Certificate(own.certificatePem).fingerprint,
  );
  expect((await valueOf(result.privateKeyPem)).trim()).toBe(own.privateKeyPem.trim());
  expect(await (result.certificatePem as unknown as { isSecret: Promise<boolean> }).isSecret).toBe(false);
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
        () => now,
      ),
  );
  await expect(run).rejects.toMatchObject({
    tag: "InvalidInput",
    problems: [{ path: "privateKeyPem", message: "it is not the key of certificatePem" }],
  });
});

test.each([
  ["a validity of over two years", { validityDays: 731 }, ["validityDays: 731 was given"]],
  ["a short key", { keyBits: 1024 }, ["keyBits: 1024 was given"]],
  ["a renewal that never ends", { validityDays: 30 }, ["earlyRenewalDays: 60 days is the default; allowed: less than"]],
  [
    "several at once",
    { applicationId: "x", commonName: "", validityDays: 0 },
    ["applicationId: ", "commonName: ", "validityDays: 0 was given", "earlyRenewalDays: "],
  ],
  ["a key alone", { privateKeyPem: "x" }, ["certificatePem: required together with privateKeyPem"]],
])("%s: refused with every problem, and nothing is registered", async (_, args, expected) => {
  const { problems, registered } = await refused(args);
  expect(problems).toEqual(expected.map((problem): unknown => expect.stringContaining(problem)));
  expect(registered).toEqual([]);
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
