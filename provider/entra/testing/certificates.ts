/** Certificates for tests, made in the process. */
import "reflect-metadata"; // @peculiar/x509 needs it first.
import { webcrypto } from "node:crypto";
import { PemConverter, X509CertificateGenerator } from "@peculiar/x509";

export interface TestCertificate {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

export interface TestCertificateOptions {
  readonly from?: string;
  readonly to?: string;
  readonly bits?: number;
  readonly commonName?: string;
}

/** A self-signed certificate with its RSA key. */
export async function testCertificate({
  from = "2026-11-22T00:00:00Z",
  to = "2028-11-21T00:00:00Z",
  bits = 2048,
  commonName = "Netwrix 1Secure",
}: TestCertificateOptions = {}): Promise<TestCertificate> {
  const algorithm = {
    name: "RSASSA-PKCS1-v1_5",
    hash: "SHA-256",
    publicExponent: new Uint8Array([1, 0, 1]),
    modulusLength: bits,
  };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: "01",
      name: `CN=${commonName}`,
      notBefore: new Date(from),
      notAfter: new Date(to),
      signingAlgorithm: algorithm,
      keys,
    },
    webcrypto,
  );
  return {
    certificatePem: certificate.toString("pem"),
    privateKeyPem: PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey), "PRIVATE KEY"),
  };
}
