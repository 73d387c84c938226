import { X509Certificate } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { mockEngine, valueOf } from "../pulumi/testing/mockEngine";
import { Certificate } from "./certificate";
import { applicationId, credentialType, keyOf, named, runsWith, start } from "./testing/certificateRuns";
import { type TestCertificate, testCertificate } from "./testing/certificates";

let made: TestCertificate;
let own: TestCertificate;
beforeAll(async () => {
  made = await testCertificate();
  own = await testCertificate({ to: "2027-11-21T12:30:45Z", commonName: "Contoso" });
});
const { plugins, refused, up } = runsWith(() => made);

/** Someone who signs in with a certificate. */
class User extends pulumi.CustomResource {
  constructor(name: string, inputs: pulumi.Inputs) {
    super("test:index:User", name, inputs);
  }
}

test("a key and a self-signed certificate of two years are made, and the certificate is uploaded", async () => {
  const { resources } = await up({});
  expect(resources).toMatchObject([
    { type: "m365audit:entra:Certificate", name: "exchange", inputs: {} },
    {
      type: credentialType,
      name: "exchange-credential-1",
      parent: "exchange",
      inputs: { applicationId, encoding: "pem", type: "AsymmetricX509Cert", value: made.certificatePem },
    },
    {
      type: "tls:index/privateKey:PrivateKey",
      name: "exchange-key-1",
      parent: "exchange",
      inputs: { algorithm: "RSA", rsaBits: 2048 },
    },
    { type: "pulumi-nodejs:dynamic/m365audit/entra:CredentialRotation", name: "exchange-rotation" },
    {
      type: "tls:index/selfSignedCert:SelfSignedCert",
      name: "exchange-self-signed-1",
      parent: "exchange",
      inputs: {
        allowedUses: ["digital_signature"],
        subject: { commonName: "Netwrix 1Secure" },
        validityPeriodHours: 17_520,
      },
    },
  ]);
});

test("the tls plugin is not asked to renew it, which it would do under those who use it", async () => {
  expect(named(await up({}), "exchange-self-signed-1").inputs).not.toHaveProperty("earlyRenewalHours");
});

test("the end of the credential is on record, in whole seconds, and not after the certificate's own", async () => {
  const run = await up({});
  expect(named(run, "exchange-credential-1").inputs["endDate"]).toBe("2028-11-21T17:51:31Z");
  expect(await valueOf(run.certificate.endDate)).toBe("2028-11-21T17:51:31Z");
  const selfSigned = { certPem: made.certificatePem, validityEndTime: "2028-11-21T17:51:29.906399734Z" };
  const engine = await mockEngine({
    now: start,
    outputs: (type, name, inputs) =>
      type === "tls:index/selfSignedCert:SelfSignedCert" ? selfSigned : plugins().outputs(type, name, inputs),
  });
  const { result } = await engine.run(() => new Certificate("exchange", { applicationId }, {}, () => start));
  expect(await valueOf(result.endDate)).toBe("2028-11-21T17:51:29Z");
});

test("certificate, key and what is in them come out of it, the key as a secret", async () => {
  const { certificate } = await up({});
  expect(await valueOf(certificate.certificatePem)).toBe(made.certificatePem);
  expect(await valueOf(keyOf(certificate))).toBe(made.privateKeyPem);
  expect(await pulumi.isSecret(keyOf(certificate))).toBe(true);
  expect(certificate.privateKey).toBeUndefined();
  const { thumbprint, subject, validFrom, keyBits, keyId, generation, rotatesOn } = certificate;
  expect(
    await valueOf(pulumi.output({ thumbprint, subject, validFrom, keyBits, keyId, generation, rotatesOn })),
  ).toEqual({
    thumbprint: new X509Certificate(made.certificatePem).fingerprint.replaceAll(":", ""),
    subject: "CN=Netwrix 1Secure",
    validFrom: "2026-11-22T00:00:00Z",
    keyBits: 2048,
    keyId: "key of exchange-credential-1",
    generation: 1,
    rotatesOn: "2028-09-22T17:51:31Z",
  });
});

test("whoever uses certificate or key waits for the upload", async () => {
  const engine = await mockEngine(plugins());
  const { resources } = await engine.run(() => {
    const { certificatePem, privateKeyPem } = new Certificate("one", { applicationId }, {}, () => start);
    new User("pem-user", { certificatePem });
    new User("key-user", { privateKeyPem });
  });
  for (const user of ["pem-user", "key-user"]) {
    expect(resources.find(({ name }) => name === user)?.after).toContain("one-credential-1");
  }
});

test("name, validity, rotation and key length can be chosen", async () => {
  const run = await up({ commonName: "Contoso", validityDays: 365, rotateBeforeDays: 30, keyBits: 4096 });
  expect(named(run, "exchange-key-1").inputs).toMatchObject({ rsaBits: 4096 });
  expect(named(run, "exchange-self-signed-1").inputs).toMatchObject({
    subject: { commonName: "Contoso" },
    validityPeriodHours: 8760,
  });
  expect(await valueOf(run.certificate.rotatesOn)).toBe("2027-10-23T17:51:31Z");
});

test("60 days before its end the next one is made from a new key, and only a later run removes the old one", async () => {
  const first = await up({});
  const before = await up({}, 669, first);
  expect(before.uploaded).toEqual(["exchange-credential-1"]);
  const rotated = await up({}, 670, before);
  expect(rotated.resources.map(({ name }) => name)).toEqual([
    "exchange",
    "exchange-credential-1",
    "exchange-credential-2",
    "exchange-key-1",
    "exchange-key-2",
    "exchange-rotation",
    "exchange-self-signed-1",
    "exchange-self-signed-2",
  ]);
  expect(named(rotated, "exchange-credential-2").after).toContain("exchange-credential-1");
  expect(await valueOf(rotated.certificate.keyId)).toBe("key of exchange-credential-2");
  expect(await valueOf(rotated.certificate.generations)).toEqual([
    { number: 1, keyId: "key of exchange-credential-1", endDate: "2028-11-21T17:51:31Z" },
    { number: 2, keyId: "key of exchange-credential-2", endDate: "2030-09-22T17:51:31Z" },
  ]);
  const later = await up({}, 671, rotated);
  expect(later.resources.map(({ name }) => name)).toEqual([
    "exchange",
    "exchange-credential-2",
    "exchange-key-2",
    "exchange-rotation",
    "exchange-self-signed-2",
  ]);
});

test("another name or key length makes a new certificate beside the old one, which stays as it was", async () => {
  const rotated = await up({ commonName: "Contoso", keyBits: 4096 }, 5, await up({}));
  expect(named(rotated, "exchange-self-signed-1").inputs).toMatchObject({ subject: { commonName: "Netwrix 1Secure" } });
  expect(named(rotated, "exchange-self-signed-2").inputs).toMatchObject({ subject: { commonName: "Contoso" } });
  expect(named(rotated, "exchange-key-1").inputs).toMatchObject({ rsaBits: 2048 });
  expect(named(rotated, "exchange-key-2").inputs).toMatchObject({ rsaBits: 4096 });
});

test("between one made here and one of your own there is an overlap too, both ways", async () => {
  const supplied = await up(own, 10, await up({}));
  expect(supplied.uploaded).toEqual(["exchange-credential-1", "exchange-credential-2"]);
  expect(named(supplied, "exchange-self-signed-1").inputs).toMatchObject({ validityPeriodHours: 17_520 });
  const madeAgain = await up({}, 20, await up(own, 11, supplied));
  expect(madeAgain.uploaded).toEqual(["exchange-credential-2", "exchange-credential-3"]);
  expect(await valueOf(madeAgain.certificate.certificatePem)).toBe(made.certificatePem);
});

test.each([
  ["a validity of over two years", { validityDays: 731 }, ["validityDays: 731 was given"]],
  ["a short key", { keyBits: 1024 }, ["keyBits: 1024 was given"]],
  ["a rotation at each run", { validityDays: 30 }, ["rotateBeforeDays: 60 days is the default; allowed: less than"]],
  [
    "several at once",
    { applicationId: "x", commonName: "", validityDays: 0 },
    ["applicationId: ", "commonName: ", "validityDays: 0 was given", "rotateBeforeDays: "],
  ],
  ["a key alone", { privateKeyPem: "x" }, ["certificatePem: required together with privateKeyPem"]],
  [
    "a key in two places",
    { certificatePem: "x", privateKeyPem: "x", privateKey: { file: "key.pem" } },
    ["privateKey: not allowed together with privateKeyPem"],
  ],
  [
    "a place that is none",
    { certificatePem: "x", privateKey: { file: "key.pem", environmentVariable: "KEY" } },
    ["privateKey: "],
  ],
  [
    "a file that is not there, with all that can be said without it",
    { certificatePem: "x", privateKey: { file: "missing.pem" }, validityDays: 30 },
    [
      "validityDays: not allowed together with certificatePem",
      'privateKey.file: "missing.pem" cannot be read (ENOENT)',
      "certificatePem: no certificate could be read",
    ],
  ],
])("%s: refused with every problem, and nothing is registered", async (_, args, expected) => {
  const { problems, registered } = await refused(args);
  expect(problems).toEqual(expected.map((problem): unknown => expect.stringContaining(problem)));
  expect(registered).toEqual([]);
});
