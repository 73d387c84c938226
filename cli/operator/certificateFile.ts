/** The certificate that a product gave a person, out of the file that they saved. */
import { readFile } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { InvalidInput } from "../../provider/core";
import { codeOf, type Surroundings } from "./surroundings";

export interface CertificateFile {
  /** PEM, that one certificate and nothing besides. */
  readonly pem: string;
  /** SHA-1, 40 upper-case hexadecimal digits, as Entra shows it. */
  readonly thumbprint: string;
  /** RFC 3339 in UTC. */
  readonly endDate: string;
}

/**
 * Reads PEM or DER. Nothing of the file is repeated in an error.
 * @throws InvalidInput unless the file holds exactly one certificate that has not ended, and no private key
 */
export async function readCertificate(file: string, here: Surroundings): Promise<CertificateFile> {
  let bytes: Buffer;
  try {
    bytes = await readFile(isAbsolute(file) ? file : join(here.cwd, file));
  } catch (error) {
    throw refused(file, `it cannot be read (${codeOf(error)})`);
  }
  const text = bytes.toString("latin1");
  if (/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/.test(text)) throw withPrivateKey(file);
  const certificates = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (text.includes("-----BEGIN ") && certificates.length !== 1) {
    throw refused(file, `it holds ${String(certificates.length)} certificates`);
  }
  const { X509Certificate } = await import("node:crypto");
  const [pem] = certificates;
  const certificate = await parsed(() => new X509Certificate(pem ?? bytes), file, bytes);
  // A DER file may go on after the certificate.
  if (pem === undefined && !certificate.raw.equals(bytes)) throw refused(file, "it holds more than a certificate");
  const end = Date.parse(certificate.validTo);
  const endDate = new Date(end).toISOString().replace(/\.000Z$/, "Z");
  if (end <= here.clock.now()) throw refused(file, `the certificate ended on ${endDate}`);
  return { pem: certificate.toString(), thumbprint: certificate.fingerprint.replaceAll(":", ""), endDate };
}

async function parsed<C>(parse: () => C, file: string, bytes: Buffer): Promise<C> {
  try {
    return parse();
  } catch {
    const { createPrivateKey } = await import("node:crypto");
    for (const type of ["pkcs8", "pkcs1", "sec1"] as const) {
      if (isReadable(() => createPrivateKey({ key: bytes, format: "der", type }))) throw withPrivateKey(file);
    }
    throw refused(file, "it holds no certificate");
  }
}

function isReadable(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch {
    return false;
  }
}

function withPrivateKey(file: string): InvalidInput {
  return refused(file, "it holds a private key, which belongs in no attestation: give the certificate alone");
}

function refused(file: string, happened: string): InvalidInput {
  const message = `${JSON.stringify(file)}: ${happened}; allowed: a file with one certificate that is valid, PEM or DER (.cer, .crt, .pem)`;
  return new InvalidInput("the command line", [{ path: "--certificate", message }]);
}
