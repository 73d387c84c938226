/** A certificate that someone brings along: is it one that Entra and Exchange Online take, and until when is it valid. */
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import type { Problem } from "../core/errors";
import { wholeSeconds } from "./dates";

function parseCertificate(certificatePem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(certificatePem);
  } catch {
    return undefined;
  }
}

function parsePrivateKey(privateKeyPem: string): KeyObject | undefined {
  try {
    return createPrivateKey(privateKeyPem);
  } catch {
    return undefined;
  }
}

/** The key written anew as PKCS #8 in PEM, whatever form it came in and whatever else stood in the text. */
export function pkcs8(privateKeyPem: string): string {
  return createPrivateKey(privateKeyPem).export({ type: "pkcs8", format: "pem" }).toString();
}

/** SHA-1 of the DER form in upper-case hex, as Windows and `Connect-ExchangeOnline -CertificateThumbprint` have it. */
export function thumbprintOf(certificate: X509Certificate): string {
  return certificate.fingerprint.replaceAll(":", "");
}

/** When the certificate ends: RFC 3339, UTC. Entra refuses a credential that is to outlive its certificate. */
export function notAfter(certificate: X509Certificate): string {
  return wholeSeconds(certificate.validTo);
}

/**
 * Everything that is wrong with a supplied certificate and its key. Nothing of the key is repeated.
 *
 * @param now milliseconds since the Unix epoch
 */
export function suppliedProblems(certificatePem: string, privateKeyPem: string, now: number, at = ""): Problem[] {
  const certificate = parseCertificate(certificatePem);
  const key = parsePrivateKey(privateKeyPem);
  const problems: Problem[] = [];
  const problem = (name: string, message: string): void => void problems.push({ path: `${at}${name}`, message });

  if (certificate === undefined)
    problem("certificatePem", "no certificate could be read; allowed: one X.509 certificate in PEM");
  if (key === undefined) {
    problem(
      "privateKeyPem",
      "no key could be read from the given value (not shown); allowed: an RSA private key in PEM, without a pass phrase",
    );
  } else if (key.asymmetricKeyType !== "rsa" || (key.asymmetricKeyDetails?.modulusLength ?? 0) < 2048) {
    problem("privateKeyPem", "allowed: an RSA key of 2048 bits or more");
  }
  if (certificate === undefined) return problems;
  if (key !== undefined && !certificate.checkPrivateKey(key)) {
    problem("privateKeyPem", "it is not the key of certificatePem");
  }
  if (Date.parse(certificate.validTo) <= now) {
    problem("certificatePem", `it ended on ${notAfter(certificate)}; allowed: a certificate that is still valid`);
  }
  if (Date.parse(certificate.validTo) > twoYearsAfter(Date.parse(certificate.validFrom))) {
    problem(
      "certificatePem",
      `it is valid from ${wholeSeconds(certificate.validFrom)} to ${notAfter(certificate)}; allowed: a validity of 2 years or less`,
    );
  }
  return problems;
}

/** Two calendar years: a day more than 730 days when one of them is a leap year. */
function twoYearsAfter(ms: number): number {
  const date = new Date(ms);
  return date.setUTCFullYear(date.getUTCFullYear() + 2);
}
