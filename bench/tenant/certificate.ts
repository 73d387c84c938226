import "reflect-metadata";
import { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

/** PEM texts, and the certificate in DER as base64, which is how Graph takes it. */
export interface SignInCertificate {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  readonly certificateBase64: string;
}

const DAY = 24 * 60 * 60 * 1000;

/** A self-signed RSA certificate for an app to sign in with. */
export async function signInCertificate(): Promise<SignInCertificate> {
  const algorithm = {
    name: "RSASSA-PKCS1-v1_5",
    hash: "SHA-256",
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
  };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const now = Date.now();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      name: "CN=bench",
      serialNumber: "01",
      notBefore: new Date(now - DAY),
      notAfter: new Date(now + DAY),
      signingAlgorithm: algorithm,
      keys,
    },
    webcrypto,
  );
  const privateKey = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
  return {
    certificatePem: certificate.toString("pem"),
    privateKeyPem: x509.PemConverter.encode(privateKey, "PRIVATE KEY"),
    certificateBase64: Buffer.from(certificate.rawData).toString("base64"),
  };
}
