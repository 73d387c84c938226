/**
 * Keys in OpenSSH's formats: the one-line public key, its fingerprints, and the `openssh-key-v1` private key.
 *
 * Formats: RFC 4253 section 6.6, RFC 5656 section 3.1, and PROTOCOL.key of OpenSSH
 * ({@link https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key}).
 */
import { createHash, randomBytes, type JsonWebKey, type KeyObject } from "node:crypto";

const curves: Readonly<Record<string, string>> = { "P-256": "nistp256", "P-384": "nistp384", "P-521": "nistp521" };

/** A key as OpenSSH writes it: undefined for curve P-224, which it does not know. */
export interface OpenSshKey {
  /** `ssh-rsa AAAA…` and a line feed. */
  readonly publicKey: string;
  /** PEM of `OPENSSH PRIVATE KEY`, unencrypted. */
  readonly privateKey: string;
  /** MD5 of the public key, as `aa:bb:…`. */
  readonly fingerprintMd5: string;
  /** SHA-256 of the public key, as `SHA256:` and base64 without padding. */
  readonly fingerprintSha256: string;
}

export function openSshKey(privateKey: KeyObject): OpenSshKey | undefined {
  if (privateKey.asymmetricKeyDetails?.namedCurve === "secp224r1") return undefined;
  const jwk = privateKey.export({ format: "jwk" });
  const parts = partsOf(jwk);
  if (parts === undefined) return undefined;
  const blob = Buffer.concat([string(parts.type), ...parts.publicFields]);
  const md5 = createHash("md5").update(blob).digest("hex");
  const sha256 = createHash("sha256").update(blob).digest("base64").replace(/=+$/, "");
  return {
    publicKey: `${parts.type} ${blob.toString("base64")}\n`,
    privateKey: privateKeyPem(parts, blob),
    fingerprintMd5: (md5.match(/../g) ?? []).join(":"),
    fingerprintSha256: `SHA256:${sha256}`,
  };
}

interface Parts {
  readonly type: string;
  /** Of the public key, after its type. */
  readonly publicFields: readonly Buffer[];
  /** Of the private key, after its type. */
  readonly privateFields: readonly Buffer[];
}

function partsOf(jwk: JsonWebKey): Parts | undefined {
  if (jwk.kty === "RSA") {
    const field = (name: "n" | "e" | "d" | "p" | "q" | "qi"): Buffer => integer(bytes(jwk[name]));
    return {
      type: "ssh-rsa",
      publicFields: [field("e"), field("n")],
      privateFields: [field("n"), field("e"), field("d"), field("qi"), field("p"), field("q")],
    };
  }
  if (jwk.kty === "EC") {
    const curve = curves[jwk.crv ?? ""];
    if (curve === undefined) return undefined;
    const point = string(Buffer.concat([Buffer.from([4]), bytes(jwk.x), bytes(jwk.y)]));
    const fields = [string(curve), point];
    return { type: `ecdsa-sha2-${curve}`, publicFields: fields, privateFields: [...fields, integer(bytes(jwk.d))] };
  }
  const publicKey = bytes(jwk.x);
  const pair = string(Buffer.concat([bytes(jwk.d), publicKey]));
  return { type: "ssh-ed25519", publicFields: [string(publicKey)], privateFields: [string(publicKey), pair] };
}

function privateKeyPem(parts: Parts, publicBlob: Buffer): string {
  const check = randomBytes(4);
  const secret = Buffer.concat([check, check, string(parts.type), ...parts.privateFields, string("")]);
  const padding = Buffer.from(Array.from({ length: (8 - (secret.length % 8)) % 8 }, (_, index) => index + 1));
  const body = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    string("none"),
    string("none"),
    string(""),
    uint32(1),
    string(publicBlob),
    string(Buffer.concat([secret, padding])),
  ]);
  const lines = body.toString("base64").match(/.{1,64}/g) ?? [];
  return ["-----BEGIN OPENSSH PRIVATE KEY-----", ...lines, "-----END OPENSSH PRIVATE KEY-----", ""].join("\n");
}

function bytes(base64url: string | undefined): Buffer {
  return Buffer.from(base64url ?? "", "base64url");
}

function uint32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32BE(value);
  return buffer;
}

function string(content: string | Buffer): Buffer {
  const buffer = typeof content === "string" ? Buffer.from(content) : content;
  return Buffer.concat([uint32(buffer.length), buffer]);
}

/** A positive integer as SSH's `mpint`: a zero byte before a set high bit, none otherwise. */
function integer(magnitude: Buffer): Buffer {
  let start = 0;
  while (start < magnitude.length - 1 && magnitude[start] === 0) start++;
  const digits = magnitude.subarray(start);
  const negative = ((digits[0] ?? 0) & 0x80) !== 0;
  return string(negative ? Buffer.concat([Buffer.from([0]), digits]) : digits);
}
