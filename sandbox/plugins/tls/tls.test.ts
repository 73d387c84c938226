import { createHash, createPrivateKey, X509Certificate } from "node:crypto";
import type { PluginClock } from "../clock";
import { drive, type Driver, type Recorded } from "../testing/driver";
import { deviations } from "../testing/matchRecorded";
import { reveal, shown, type Plain, Secret, UNKNOWN, type Value, type ValueMap } from "../values";
import { tlsPlugin } from ".";

const KEY = "tls:index/privateKey:PrivateKey";
const CERTIFICATE = "tls:index/selfSignedCert:SelfSignedCert";
const DAY = 86_400_000_000_000n;

let now = 0n;
const clock: PluginClock = { nanoseconds: () => now, pause: () => Promise.resolve() };
let tls: Driver;
let key: Recorded;
let certificateInputs: ValueMap;

beforeAll(async () => {
  tls = await drive(tlsPlugin(clock));
  now = BigInt(Date.parse("2026-11-22T17:51:30Z")) * 1_000_000n + 906_399_734n;
  key = await tls.create(KEY, { algorithm: "RSA", rsaBits: 2048 });
  certificateInputs = {
    allowedUses: ["digital_signature"],
    earlyRenewalHours: 1440,
    privateKeyPem: key.outputs["privateKeyPem"] ?? null,
    subject: { commonName: "Netwrix 1Secure" },
    validityPeriodHours: 17520,
  };
});

afterAll(() => tls.close());

beforeEach(() => {
  now = BigInt(Date.parse("2026-11-22T17:51:30Z")) * 1_000_000n + 906_399_734n;
});

const plain = (value: Value | undefined): Plain => reveal(value ?? null) as Plain;
const text = (recorded: Recorded, name: string): string => shown(plain(recorded.outputs[name]));

describe("PrivateKey", () => {
  it("records what the official plugin records", () => {
    expect(deviations(KEY, key)).toEqual([]);
  });

  it("writes the same key in all three formats", () => {
    const pkcs8 = createPrivateKey(text(key, "privateKeyPemPkcs8"));
    expect(createPrivateKey(text(key, "privateKeyPem")).equals(pkcs8)).toBe(true);
    expect(text(key, "publicKeyOpenssh").split(" ")[1]?.trim()).toBe(sshPublicKeyIn(text(key, "privateKeyOpenssh")));
  });

  it("takes the fingerprints of the OpenSSH public key", () => {
    const blob = Buffer.from(text(key, "publicKeyOpenssh").split(" ")[1] ?? "", "base64");
    const sha256 = createHash("sha256").update(blob).digest("base64").replace(/=+$/, "");
    expect(text(key, "publicKeyFingerprintSha256")).toBe(`SHA256:${sha256}`);
    expect(text(key, "publicKeyFingerprintMd5").replaceAll(":", "")).toBe(createHash("md5").update(blob).digest("hex"));
  });

  it.each([
    [{ algorithm: "ECDSA", ecdsaCurve: "P256" }, "EC PRIVATE KEY", "ecdsa-sha2-nistp256 "],
    [{ algorithm: "ED25519" }, "PRIVATE KEY", "ssh-ed25519 "],
    [{ algorithm: "ECDSA" }, "EC PRIVATE KEY", ""],
  ])("makes %j", async (inputs, label, openSsh) => {
    const made = await tls.create(KEY, inputs);
    expect(text(made, "privateKeyPem")).toContain(`-----BEGIN ${label}-----`);
    expect(text(made, "publicKeyOpenssh").startsWith(openSsh)).toBe(true);
    expect(text(made, "privateKeyOpenssh") === "").toBe(openSsh === "");
  });

  it("is unchanged by a refresh and by the same program", async () => {
    expect(await tls.refresh(KEY, key)).toEqual(key);
    expect(await tls.diff(KEY, key, { algorithm: "RSA" })).toEqual({ changes: false, replaces: [], detailed: {} });
  });

  it("is replaced by a key of another size", async () => {
    expect(await tls.diff(KEY, key, { algorithm: "RSA", rsaBits: 3072 })).toEqual({
      changes: true,
      replaces: ["rsaBits"],
      detailed: { rsaBits: "update-replace" },
    });
  });

  it("is unknown, but for its settings, in a preview", async () => {
    const outputs = await tls.previewCreate(KEY, { algorithm: "RSA" });
    expect(outputs).toMatchObject({ algorithm: "RSA", rsaBits: 2048, publicKeyPem: UNKNOWN });
    expect(outputs["privateKeyPem"]).toEqual(new Secret(UNKNOWN));
  });

  it("can't be imported, which is said", async () => {
    await expect(tls.import(KEY, "abc")).rejects.toThrow("can't be imported");
  });

  it("refuses an algorithm that there is not", async () => {
    expect((await tls.check(KEY, { algorithm: "DSA" })).failures).toEqual([
      'algorithm: "algorithm" must be one of RSA, ECDSA, ED25519',
    ]);
  });
});

describe("SelfSignedCert", () => {
  it("records what the official plugin records", async () => {
    expect(deviations(CERTIFICATE, await tls.create(CERTIFICATE, certificateInputs))).toEqual([]);
  });

  it("is a certificate for the key, with the recorded serial number, subject and times in whole seconds", async () => {
    const made = await tls.create(CERTIFICATE, certificateInputs);
    const certificate = new X509Certificate(text(made, "certPem"));
    expect(certificate.checkPrivateKey(createPrivateKey(text(key, "privateKeyPem")))).toBe(true);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(BigInt(`0x${certificate.serialNumber}`).toString()).toBe(made.id);
    expect(certificate.subject).toBe("CN=Netwrix 1Secure");
    expect(text(made, "validityStartTime")).toBe("2026-11-22T17:51:30.906399734Z");
    expect(text(made, "validityEndTime")).toBe("2028-11-21T17:51:30.906399734Z");
    expect(new Date(certificate.validFrom).toISOString()).toBe("2026-11-22T17:51:30.000Z");
    expect(new Date(certificate.validTo).toISOString()).toBe("2028-11-21T17:51:30.000Z");
    expect(certificate.ca).toBe(false);
  });

  it("writes alternative names and extended usages into the certificate", async () => {
    const made = await tls.create(CERTIFICATE, {
      ...certificateInputs,
      allowedUses: ["digital_signature", "client_auth", "server_auth"],
      dnsNames: ["audit.example.com"],
      ipAddresses: ["192.0.2.7"],
      setSubjectKeyId: true,
      setAuthorityKeyId: true,
    });
    const certificate = new X509Certificate(text(made, "certPem"));
    expect(certificate.subjectAltName).toBe("DNS:audit.example.com, IP Address:192.0.2.7");
    expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.1"]);
    expect(made.outputs).toMatchObject({ dnsNames: ["audit.example.com"], setSubjectKeyId: true });
  });

  it("signs with an elliptic curve too", async () => {
    const curve = await tls.create(KEY, { algorithm: "ECDSA", ecdsaCurve: "P384" });
    const made = await tls.create(CERTIFICATE, {
      ...certificateInputs,
      privateKeyPem: curve.outputs["privateKeyPem"] ?? null,
    });
    const certificate = new X509Certificate(text(made, "certPem"));
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(made.outputs["keyAlgorithm"]).toBe("ECDSA");
  });

  it("stays as it is until early renewal begins, and is then replaced", async () => {
    const made = await tls.create(CERTIFICATE, certificateInputs);
    now += 730n * DAY - 61n * DAY;
    expect(await tls.refresh(CERTIFICATE, made)).toEqual(made);
    expect((await tls.diff(CERTIFICATE, made, certificateInputs)).changes).toBe(false);
    now += 1n * DAY;
    const refreshed = await tls.refresh(CERTIFICATE, made);
    expect(refreshed?.outputs["readyForRenewal"]).toBe(true);
    expect(await tls.diff(CERTIFICATE, made, certificateInputs)).toEqual({
      changes: true,
      replaces: ["readyForRenewal"],
      detailed: { readyForRenewal: "update-replace" },
    });
  });

  it("goes by the early renewal of the program, not by the one that it was made with", async () => {
    const made = await tls.create(CERTIFICATE, certificateInputs);
    now += 730n * DAY - 60n * DAY;
    const { earlyRenewalHours: _early, ...without } = certificateInputs;
    expect((await tls.diff(CERTIFICATE, made, without)).detailed).toEqual({ earlyRenewalHours: "delete" });
    const earlier = { ...certificateInputs, earlyRenewalHours: 2000 };
    expect((await tls.diff(CERTIFICATE, made, earlier)).replaces).toEqual(["readyForRenewal"]);
  });

  it("is not ready for renewal any more when the renewal is put off", async () => {
    const made = await tls.create(CERTIFICATE, certificateInputs);
    now += 730n * DAY - 60n * DAY;
    const ready = await tls.refresh(CERTIFICATE, made);
    expect(ready?.outputs["readyForRenewal"]).toBe(true);
    const later = { ...certificateInputs, earlyRenewalHours: 24 };
    expect(await tls.diff(CERTIFICATE, ready ?? made, later)).toEqual({
      changes: true,
      replaces: [],
      detailed: { earlyRenewalHours: "update", readyForRenewal: "delete" },
    });
    const updated = await tls.update(CERTIFICATE, ready ?? made, later);
    expect(updated.outputs).toMatchObject({ readyForRenewal: false, earlyRenewalHours: 24 });
  });

  it("runs out at the end of its validity where there is no early renewal", async () => {
    const { earlyRenewalHours: _early, ...without } = certificateInputs;
    const made = await tls.create(CERTIFICATE, without);
    now += 730n * DAY - 1_000_000_000n;
    expect((await tls.diff(CERTIFICATE, made, without)).changes).toBe(false);
    now += 1_000_000_000n;
    expect((await tls.diff(CERTIFICATE, made, without)).replaces).toEqual(["readyForRenewal"]);
  });

  it("takes another renewal time without a new certificate", async () => {
    const made = await tls.create(CERTIFICATE, certificateInputs);
    const inputs = { ...certificateInputs, earlyRenewalHours: 720 };
    expect((await tls.diff(CERTIFICATE, made, inputs)).detailed).toEqual({ earlyRenewalHours: "update" });
    const updated = await tls.update(CERTIFICATE, made, inputs);
    expect(updated.outputs).toEqual({ ...made.outputs, earlyRenewalHours: 720 });
  });

  it("is replaced when its key, subject or validity changes", async () => {
    const made = await tls.create(CERTIFICATE, certificateInputs);
    const inputs = { ...certificateInputs, subject: { commonName: "other" }, validityPeriodHours: 8760 };
    expect(await tls.diff(CERTIFICATE, made, inputs)).toMatchObject({
      replaces: ["subject", "validityPeriodHours"],
      detailed: { "subject.commonName": "update-replace", validityPeriodHours: "update-replace" },
    });
    const unknownKey = { ...certificateInputs, privateKeyPem: new Secret(UNKNOWN) };
    expect((await tls.diff(CERTIFICATE, made, unknownKey)).replaces).toEqual(["privateKeyPem"]);
  });

  it("does not repeat a broken key in its error", async () => {
    const broken = "-----BEGIN RSA PRIVATE KEY-----\nc2VjcmV0\n-----END RSA PRIVATE KEY-----\n";
    const attempt = tls.create(CERTIFICATE, { ...certificateInputs, privateKeyPem: new Secret(broken) });
    await expect(attempt).rejects.toThrow("holds no private key");
    await expect(attempt).rejects.not.toThrow("c2VjcmV0");
  });
});

/** The public key that an unencrypted `openssh-key-v1` private key carries. */
function sshPublicKeyIn(pem: string): string {
  const body = Buffer.from(pem.split("\n").slice(1, -2).join(""), "base64");
  let offset = "openssh-key-v1\0".length;
  for (let skipped = 0; skipped < 3; skipped++) offset += 4 + body.readUInt32BE(offset);
  offset += 4;
  return body.subarray(offset + 4, offset + 4 + body.readUInt32BE(offset)).toString("base64");
}
