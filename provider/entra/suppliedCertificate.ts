/** A certificate that someone brings along: is it one that Entra and Exchange Online take, and what is in it. */
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { InvalidInput, type Problem } from "../core/errors";
import { type PrivateKeyPlace, privateKeyPlace, readPrivateKeySync } from "../identity/privateKey";
import { wholeSeconds } from "./dates";

/** Where certificate and key are. Either may be left out where another text holds it too. */
export interface SuppliedTexts {
  /** PEM: the certificate, alone or followed by its chain, or with its key, as Key Vault issues them. */
  readonly certificatePem?: string | undefined;
  readonly privateKeyPem?: string | undefined;
  readonly privateKey?: PrivateKeyPlace | undefined;
}

/** What was supplied, in one form. */
export interface Supplied {
  /** The certificate alone, without its chain and without a key that stood in the same text. */
  readonly certificatePem: string;
  /** When it ends: RFC 3339, UTC. Entra refuses a credential that is to outlive its certificate. */
  readonly endsAt: string;
  /** PKCS #8 in PEM. Undefined when it is to stay where it is. */
  readonly privateKeyPem: string | undefined;
}

/** What a certificate says of itself. */
export interface CertificateDetails {
  /** SHA-1 of the DER form in upper-case hex, as Windows and `Connect-ExchangeOnline -CertificateThumbprint` have it. */
  readonly thumbprint: string;
  /** `CN=Netwrix 1Secure`; several parts are separated by commas. */
  readonly subject: string;
  /** From when on it is valid: RFC 3339, UTC. */
  readonly validFrom: string;
  /** When it ends: RFC 3339, UTC. */
  readonly endsAt: string;
  /** Length of its RSA key in bits. */
  readonly keyBits: number;
}

/** @throws Error when it is no certificate */
export function certificateDetails(certificatePem: string): CertificateDetails {
  const certificate = new X509Certificate(certificatePem);
  return {
    thumbprint: certificate.fingerprint.replaceAll(":", ""),
    subject: certificate.subject.split("\n").join(", "),
    validFrom: wholeSeconds(certificate.validFrom),
    endsAt: wholeSeconds(certificate.validTo),
    keyBits: bitsOf(certificate.publicKey),
  };
}

/** Everything that is wrong with a supplied certificate and its key. Nothing of the key is repeated. See {@link takeSupplied}. */
export function suppliedProblems(texts: SuppliedTexts, now: number, at = ""): Problem[] {
  return judge(texts, now, at).problems;
}

/**
 * The certificate and, unless it is to stay in its place, the key.
 *
 * @param subject what is constructed, for the error
 * @param now milliseconds since the Unix epoch
 * @throws InvalidInput with every problem
 */
export function takeSupplied(texts: SuppliedTexts, subject: string, now: number): Supplied {
  const { problems, certificate, key } = judge(texts, now, "");
  if (problems.length > 0 || certificate === undefined || key === undefined) throw new InvalidInput(subject, problems);
  return {
    certificatePem: certificate.toString(),
    endsAt: wholeSeconds(certificate.validTo),
    privateKeyPem: texts.privateKey === undefined ? key.export({ type: "pkcs8", format: "pem" }).toString() : undefined,
  };
}

interface Judged {
  readonly problems: Problem[];
  readonly certificate: X509Certificate | undefined;
  readonly key: KeyObject | undefined;
}

/** A text, and what the program calls it. */
interface Found {
  readonly path: string;
  readonly text: string;
}

function judge(texts: SuppliedTexts, now: number, at: string): Judged {
  const none: Judged = { problems: [], certificate: undefined, key: undefined };
  // A place that is none is refused with the other arguments.
  if (texts.privateKey !== undefined && !privateKeyPlace.safeParse(texts.privateKey).success) return none;
  let atPlace: Found | undefined;
  try {
    atPlace = texts.privateKey && found(texts.privateKey, `${at}privateKey`);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return { ...none, problems: [...error.problems, ...certificateAlone(texts, now, at)] };
  }
  const given =
    texts.certificatePem === undefined ? undefined : { path: `${at}certificatePem`, text: texts.certificatePem };
  const keyText =
    texts.privateKeyPem === undefined ? undefined : { path: `${at}privateKeyPem`, text: texts.privateKeyPem };
  return judgePair(given ?? atPlace, keyText ?? atPlace ?? given, now);
}

function found(place: PrivateKeyPlace, path: string): Found {
  const name = place.file === undefined ? "environmentVariable" : "file";
  return { path: `${path}.${name}`, text: readPrivateKeySync(place, path) };
}

/** What can be said while the key cannot be read. */
function certificateAlone({ certificatePem }: SuppliedTexts, now: number, at: string): Problem[] {
  if (certificatePem === undefined) return [];
  const path = `${at}certificatePem`;
  const certificate = parseCertificate(certificatePem);
  return certificate === undefined ? [noCertificate(path)] : dateProblems(path, certificate, now);
}

function judgePair(certificateText: Found | undefined, keyText: Found | undefined, now: number): Judged {
  const problems: Problem[] = [];
  const certificate = certificateText && parseCertificate(certificateText.text);
  const key = keyText && parsePrivateKey(keyText.text);
  if (certificateText !== undefined && certificate === undefined) problems.push(noCertificate(certificateText.path));
  if (keyText !== undefined) problems.push(...keyProblems(keyText.path, key));
  if (certificateText !== undefined && certificate !== undefined) {
    if (keyText !== undefined && key !== undefined && !certificate.checkPrivateKey(key)) {
      problems.push({ path: keyText.path, message: mismatch(certificateText, keyText) });
    }
    problems.push(...dateProblems(certificateText.path, certificate, now));
  }
  return { problems, certificate, key };
}

function noCertificate(path: string): Problem {
  return { path, message: "no certificate could be read; allowed: an X.509 certificate in PEM" };
}

function keyProblems(path: string, key: KeyObject | undefined): Problem[] {
  if (key === undefined) {
    const message =
      "no key could be read from the given value (not shown); allowed: an RSA private key in PEM, without a pass phrase";
    return [{ path, message }];
  }
  const isGood = key.asymmetricKeyType === "rsa" && bitsOf(key) >= 2048;
  return isGood ? [] : [{ path, message: "allowed: an RSA key of 2048 bits or more" }];
}

function mismatch(certificateText: Found, keyText: Found): string {
  if (certificateText.path !== keyText.path) {
    return `it is not the key of ${certificateText.path.split(".").at(-1) ?? ""}`;
  }
  return "its key is not that of its first certificate; allowed: the key with its own certificate, then the chain";
}

function dateProblems(path: string, certificate: X509Certificate, now: number): Problem[] {
  const from = wholeSeconds(certificate.validFrom);
  const to = wholeSeconds(certificate.validTo);
  const problems: Problem[] = [];
  if (Date.parse(to) <= now) {
    problems.push({ path, message: `it ended on ${to}; allowed: a certificate that is still valid` });
  }
  if (Date.parse(from) > now) {
    problems.push({ path, message: `it is valid from ${from} on; allowed: a certificate that is valid already` });
  }
  if (Date.parse(to) > twoYearsAfter(Date.parse(from))) {
    problems.push({ path, message: `it is valid from ${from} to ${to}; allowed: a validity of 2 years or less` });
  }
  return problems;
}

function parseCertificate(text: string): X509Certificate | undefined {
  try {
    return new X509Certificate(text);
  } catch {
    return undefined;
  }
}

function parsePrivateKey(text: string): KeyObject | undefined {
  try {
    return createPrivateKey(text);
  } catch {
    return undefined;
  }
}

function bitsOf(key: KeyObject): number {
  return key.asymmetricKeyDetails?.modulusLength ?? 0;
}

/** Two calendar years: a day more than 730 days when one of them is a leap year. */
function twoYearsAfter(ms: number): number {
  const date = new Date(ms);
  return date.setUTCFullYear(date.getUTCFullYear() + 2);
}
