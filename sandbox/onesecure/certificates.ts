/** The certificates that 1Secure issues for credentials ("Download Certificate"). */
import { webcrypto } from "node:crypto";
import type { IssuedCertificate } from "./model";

const algorithm = {
  name: "RSASSA-PKCS1-v1_5",
  hash: "SHA-256",
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
} as const;
const year = 365 * 24 * 3600 * 1000;

/** One key pair for the whole process: making it takes far longer than signing with it, and nobody ever sees the private key. */
let keys: Promise<webcrypto.CryptoKeyPair> | undefined;

/** A self-signed certificate of its own serial number, valid for two years from `now` (milliseconds since the Unix epoch). */
export async function issueCertificate(commonName: string, serial: string, now: number): Promise<IssuedCertificate> {
  await import("reflect-metadata");
  const x509 = await import("@peculiar/x509");
  keys ??= webcrypto.subtle.generateKey(algorithm, false, ["sign", "verify"]);
  // Certificates know whole seconds only.
  const from = Math.floor(now / 1000) * 1000;
  const notAfter = new Date(from + 2 * year);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: serial.replaceAll("-", "").replace(/^./, "4"),
      name: [{ CN: [commonName] }],
      notBefore: new Date(from),
      notAfter,
      signingAlgorithm: algorithm,
      keys: await keys,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      ],
    },
    webcrypto,
  );
  const thumbprint = Buffer.from(await certificate.getThumbprint("SHA-1", webcrypto))
    .toString("hex")
    .toUpperCase();
  return { pem: `${certificate.toString("pem")}\n`, thumbprint, notAfter: notAfter.toISOString() };
}
