/** Issues a self-signed X.509 certificate for a key in PEM. */
import "reflect-metadata";
import { createPrivateKey, createPublicKey, webcrypto, type KeyObject } from "node:crypto";
import * as x509 from "@peculiar/x509";

/** Subject fields of `tls.SelfSignedCert` → attribute types of a distinguished name. */
export const subjectFields = {
  country: "C",
  organization: "O",
  organizationalUnit: "OU",
  locality: "L",
  province: "ST",
  streetAddresses: "2.5.4.9",
  postalCode: "2.5.4.17",
  commonName: "CN",
  serialNumber: "2.5.4.5",
} as const;

/** RFC 5280 section 4.2.1.3; the bits of `KeyUsageFlags`. */
const usages = {
  digital_signature: "digitalSignature",
  content_commitment: "nonRepudiation",
  key_encipherment: "keyEncipherment",
  data_encipherment: "dataEncipherment",
  key_agreement: "keyAgreement",
  cert_signing: "keyCertSign",
  crl_signing: "cRLSign",
  encipher_only: "encipherOnly",
  decipher_only: "decipherOnly",
} as const;

/** RFC 5280 section 4.2.1.12, and Microsoft's and Netscape's. */
const extendedUsages: Readonly<Record<string, string>> = {
  any_extended: "2.5.29.37.0",
  server_auth: "1.3.6.1.5.5.7.3.1",
  client_auth: "1.3.6.1.5.5.7.3.2",
  code_signing: "1.3.6.1.5.5.7.3.3",
  email_protection: "1.3.6.1.5.5.7.3.4",
  ipsec_end_system: "1.3.6.1.5.5.7.3.5",
  ipsec_tunnel: "1.3.6.1.5.5.7.3.6",
  ipsec_user: "1.3.6.1.5.5.7.3.7",
  timestamping: "1.3.6.1.5.5.7.3.8",
  ocsp_signing: "1.3.6.1.5.5.7.3.9",
  microsoft_commercial_code_signing: "1.3.6.1.4.1.311.2.1.22",
  microsoft_kernel_code_signing: "1.3.6.1.4.1.311.61.1.1",
  microsoft_server_gated_crypto: "1.3.6.1.4.1.311.10.3.3",
  netscape_server_gated_crypto: "2.16.840.1.113730.4.1",
};

/** Values of `allowedUses`. */
export const keyUses: readonly string[] = [...Object.keys(usages), ...Object.keys(extendedUsages)].sort();

export interface Order {
  readonly keyPem: string;
  readonly serial: bigint;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly subject: Readonly<Record<string, readonly string[]>>;
  readonly allowedUses: readonly string[];
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  readonly uris: readonly string[];
  readonly isCa: boolean;
  readonly maxPathLength?: number;
  readonly subjectKeyId: boolean;
  readonly authorityKeyId: boolean;
}

/** `RSA`, `ECDSA` or `ED25519`. @throws Error when the PEM holds no private key of these. */
export function keyAlgorithm(keyPem: string): string {
  const names: Readonly<Record<string, string>> = { rsa: "RSA", ec: "ECDSA", ed25519: "ED25519" };
  const name = names[parse(keyPem).asymmetricKeyType ?? ""];
  if (name === undefined) throw new Error("The property privateKeyPem holds a private key of an unsupported kind.");
  return name;
}

/** @returns the certificate as PEM, with a line feed at its end. */
export async function issueSelfSigned(order: Order): Promise<string> {
  const { keys, algorithm } = await cryptoKeys(parse(order.keyPem));
  const crypto = webcrypto;
  const bits = Object.entries(usages).filter(([use]) => order.allowedUses.includes(use));
  const extended = order.allowedUses.flatMap((use) => extendedUsages[use] ?? []);
  const alternativeNames = [
    ...order.dnsNames.map((value) => ({ type: "dns" as const, value })),
    ...order.ipAddresses.map((value) => ({ type: "ip" as const, value })),
    ...order.uris.map((value) => ({ type: "url" as const, value })),
  ];
  const withSubjectKeyId = order.subjectKeyId || order.isCa;
  if (order.authorityKeyId && !withSubjectKeyId) {
    throw new Error("setAuthorityKeyId needs setSubjectKeyId: a self-signed certificate is its own authority.");
  }
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: evenHex(order.serial),
      name: new x509.Name(
        Object.entries(subjectFields).flatMap(([field, type]) =>
          (order.subject[field] ?? []).map((value) => ({ [type]: [{ utf8String: value }] })),
        ),
      ),
      notBefore: order.notBefore,
      notAfter: order.notAfter,
      signingAlgorithm: algorithm,
      keys,
      extensions: [
        ...(bits.length === 0
          ? []
          : [
              new x509.KeyUsagesExtension(
                bits.map(([, bit]) => x509.KeyUsageFlags[bit]).reduce((all, flag) => all | flag),
                true,
              ),
            ]),
        ...(extended.length === 0 ? [] : [new x509.ExtendedKeyUsageExtension(extended)]),
        new x509.BasicConstraintsExtension(order.isCa, order.isCa ? order.maxPathLength : undefined, true),
        ...(withSubjectKeyId ? [await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, crypto)] : []),
        ...(order.authorityKeyId
          ? [await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey, false, crypto)]
          : []),
        ...(alternativeNames.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(alternativeNames)]),
      ],
    },
    crypto,
  );
  return `${certificate.toString("pem")}\n`;
}

function parse(keyPem: string): KeyObject {
  try {
    return createPrivateKey(keyPem);
  } catch {
    // The cause would repeat parts of the key.
    throw new Error("The property privateKeyPem holds no private key in PEM.");
  }
}

async function cryptoKeys(key: KeyObject): Promise<{ keys: webcrypto.CryptoKeyPair; algorithm: SigningAlgorithm }> {
  const subtle = webcrypto.subtle;
  const algorithm = algorithmOf(key);
  const [privateKey, publicKey] = await Promise.all([
    subtle.importKey("pkcs8", key.export({ type: "pkcs8", format: "der" }), algorithm, true, ["sign"]),
    subtle.importKey("spki", createPublicKey(key).export({ type: "spki", format: "der" }), algorithm, true, ["verify"]),
  ]);
  return { keys: { privateKey, publicKey }, algorithm };
}

interface SigningAlgorithm {
  readonly name: string;
  readonly hash: string;
  readonly namedCurve?: string;
}

function algorithmOf(key: KeyObject): SigningAlgorithm {
  if (key.asymmetricKeyType === "rsa") return { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  if (key.asymmetricKeyType === "ed25519") return { name: "Ed25519", hash: "" };
  switch (key.asymmetricKeyDetails?.namedCurve) {
    case "prime256v1":
      return { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
    case "secp384r1":
      return { name: "ECDSA", namedCurve: "P-384", hash: "SHA-384" };
    case "secp521r1":
      return { name: "ECDSA", namedCurve: "P-521", hash: "SHA-512" };
    default:
      throw new Error("The stand-in for tls can't sign with this key; use RSA, P256, P384, P521 or ED25519.");
  }
}

function evenHex(serial: bigint): string {
  const hex = serial.toString(16);
  return hex.length % 2 === 0 ? hex : `0${hex}`;
}
