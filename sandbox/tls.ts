/**
 * A certificate authority of our own for one run, and a certificate of it for this machine's loopback names. Made to pass the
 * verifiers of Go and of Node: names as subjectAltName, basicConstraints, keyUsage, serverAuth, and key identifiers that chain.
 */
import "reflect-metadata";
import { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

/** PEM texts. The CA's private key is thrown away once the leaf is signed. */
export interface LoopbackTls {
  readonly caPem: string;
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

const DAY = 24 * 60 * 60 * 1000;
const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** @param now the real time: clients check the validity against their own clock, not against the sandbox's. */
export async function createLoopbackTls(now: number = Date.now()): Promise<LoopbackTls> {
  const crypto = webcrypto;
  const notBefore = new Date(now - DAY);
  const notAfter = new Date(now + 90 * DAY);
  const [caKeys, leafKeys] = await Promise.all([
    crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]),
    crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]),
  ]);
  const authority = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: serial(crypto),
      name: "CN=m365audit sandbox CA",
      notBefore,
      notAfter,
      signingAlgorithm: algorithm,
      keys: caKeys,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(caKeys.publicKey, false, crypto),
      ],
    },
    crypto,
  );
  const leaf = await x509.X509CertificateGenerator.create(
    {
      serialNumber: serial(crypto),
      subject: "CN=localhost",
      issuer: authority.subject,
      notBefore,
      notAfter,
      signingAlgorithm: algorithm,
      publicKey: leafKeys.publicKey,
      signingKey: caKeys.privateKey,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension([
          { type: "dns", value: "localhost" },
          { type: "ip", value: "127.0.0.1" },
          { type: "ip", value: "::1" },
        ]),
        await x509.SubjectKeyIdentifierExtension.create(leafKeys.publicKey, false, crypto),
        await x509.AuthorityKeyIdentifierExtension.create(caKeys.publicKey, false, crypto),
      ],
    },
    crypto,
  );
  const privateKey = await crypto.subtle.exportKey("pkcs8", leafKeys.privateKey);
  return {
    caPem: `${authority.toString("pem")}\n`,
    certificatePem: `${leaf.toString("pem")}\n`,
    privateKeyPem: `${x509.PemConverter.encode(privateKey, "PRIVATE KEY")}\n`,
  };
}

/** A positive serial number of 16 bytes, as hexadecimal digits. */
function serial(crypto: typeof webcrypto): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return Buffer.from(bytes).toString("hex");
}
