/**
 * Certificates and client secrets of an application, and client secrets of a service principal.
 * Rules: {@link https://learn.microsoft.com/graph/api/resources/keycredential} and
 * {@link https://learn.microsoft.com/graph/api/application-addpassword}.
 */
import { createHash, X509Certificate } from "node:crypto";
import { isObject, text, type JsonObject } from "../json";
import { graphTime } from "../world";
import type { Application, Directory, KeyCredential, PasswordCredential } from "./directory";
import { badRequest } from "./graphError";

/** A client secret of which no end was asked for lives two years. */
const defaultPasswordYears = 2;

/**
 * The list that a PATCH of `keyCredentials` leaves: the whole list is replaced, and an entry with a known `keyId` and no `key` stays
 * as it is.
 * @throws GraphError 400 for an entry that cannot be used; nothing is changed then.
 */
export function replacedKeyCredentials(directory: Directory, application: Application, sent: unknown): KeyCredential[] {
  if (!Array.isArray(sent)) throw badRequest("Property 'keyCredentials' must be a collection.");
  const entries = sent as readonly unknown[];
  const next = entries.map((entry) => {
    if (!isObject(entry)) throw badRequest("Property 'keyCredentials' has an entry that is not an object.");
    const keyId = text(entry["keyId"])?.toLowerCase();
    const stored = application.keyCredentials.find((credential) => credential.keyId === keyId);
    if (stored !== undefined && (text(entry["key"]) === undefined || entry["key"] === stored.key)) return stored;
    return newKeyCredential(directory, keyId, entry);
  });
  if (new Set(next.map(({ keyId }) => keyId)).size < next.length) {
    throw badRequest("Another object with the same value for property keyId already exists.");
  }
  return next;
}

function newKeyCredential(directory: Directory, keyId: string | undefined, entry: JsonObject): KeyCredential {
  const key = text(entry["key"]);
  const type = text(entry["type"]);
  const usage = text(entry["usage"]);
  if (key === undefined) throw badRequest("A value is required for property 'key' of a new key credential.");
  if (type !== "AsymmetricX509Cert" || usage !== "Verify") {
    throw badRequest(`Key credential type '${String(type)}' with usage '${String(usage)}' is not supported here.`);
  }
  const certificate = parseCertificate(key);
  const validFrom = Date.parse(certificate.validFrom);
  const validTo = Date.parse(certificate.validTo);
  const start =
    entry["startDateTime"] === undefined || entry["startDateTime"] === null
      ? validFrom
      : time(entry["startDateTime"], "start");
  const end =
    entry["endDateTime"] === undefined || entry["endDateTime"] === null ? validTo : time(entry["endDateTime"], "end");
  if (wholeSecond(start) < validFrom || start >= end) throw badRequest("Key credential start date is invalid.");
  // A certificate's time is in whole seconds, so anything within its last second still fits.
  if (wholeSecond(end) > validTo || end <= directory.world.now())
    throw badRequest("Key credential end date is invalid.");
  const id = keyId ?? directory.world.newGuid();
  directory.world.replication.created("credentials", id);
  const sha1 = createHash("sha1").update(certificate.raw).digest("hex");
  return {
    keyId: id,
    type,
    usage,
    displayName: text(entry["displayName"]) ?? certificate.subject.split("\n").reverse().join(", "),
    startDateTime: preciseTime(start),
    endDateTime: preciseTime(end),
    customKeyIdentifier: text(entry["customKeyIdentifier"]) ?? sha1.toUpperCase(),
    key,
    sha1,
    sha256: createHash("sha256").update(certificate.raw).digest("hex"),
    publicKey: certificate.publicKey,
  };
}

/** Base64 of a PEM text or of DER. */
function parseCertificate(key: string): X509Certificate {
  try {
    return new X509Certificate(Buffer.from(key, "base64"));
  } catch {
    throw badRequest("Key credential is invalid: its key is not the base64 encoding of an X.509 certificate.");
  }
}

/** Who holds client secrets. */
type PasswordHolder = Pick<Application, "passwordCredentials">;

/** Adds a client secret. The secret's text is only in what is returned. */
export function addPassword(
  directory: Directory,
  holder: PasswordHolder,
  request: unknown,
): PasswordCredential & { readonly secretText: string } {
  const { world } = directory;
  const wanted = isObject(request) && isObject(request["passwordCredential"]) ? request["passwordCredential"] : {};
  const start =
    wanted["startDateTime"] === undefined || wanted["startDateTime"] === null
      ? world.now()
      : time(wanted["startDateTime"], "start");
  const end =
    wanted["endDateTime"] === undefined || wanted["endDateTime"] === null
      ? yearsAfter(start, defaultPasswordYears)
      : time(wanted["endDateTime"], "end");
  if (end <= start) throw badRequest("Credential lifetime is invalid: its end must be after its start.");
  if (end <= world.now()) throw badRequest("Credential end date is in the past.");
  const secretText = world.newSecretText();
  world.issued(secretText);
  const credential: PasswordCredential = {
    keyId: world.newGuid(),
    displayName: text(wanted["displayName"]) ?? null,
    hint: secretText.slice(0, 3),
    startDateTime: preciseTime(start),
    endDateTime: preciseTime(end),
    sha256: secretHash(secretText),
  };
  world.replication.created("credentials", credential.keyId);
  holder.passwordCredentials = [...holder.passwordCredentials, credential];
  return { ...credential, secretText };
}

/** @throws GraphError 400 when it has no such client secret */
export function removePassword(holder: PasswordHolder, request: unknown): void {
  const keyId = isObject(request) ? text(request["keyId"])?.toLowerCase() : undefined;
  if (keyId === undefined) throw badRequest("A value is required for property 'keyId'.");
  if (!holder.passwordCredentials.some((credential) => credential.keyId === keyId)) {
    throw badRequest(`No password credential found with keyId '${keyId}'.`);
  }
  holder.passwordCredentials = holder.passwordCredentials.filter((credential) => credential.keyId !== keyId);
}

/** A certificate as Graph shows it: the key only to a read of one object that selects `keyCredentials`. */
export function renderKeyCredential(credential: KeyCredential, withKey: boolean): JsonObject {
  const { customKeyIdentifier, displayName, endDateTime, keyId, startDateTime, type, usage, key } = credential;
  return {
    customKeyIdentifier,
    displayName,
    endDateTime,
    key: withKey ? key : null,
    keyId,
    startDateTime,
    type,
    usage,
  };
}

/** A client secret as Graph shows it: never with its text. */
export function renderPasswordCredential(credential: PasswordCredential): JsonObject {
  const { displayName, endDateTime, hint, keyId, startDateTime } = credential;
  return { customKeyIdentifier: null, displayName, endDateTime, hint, keyId, secretText: null, startDateTime };
}

/** The answer to `addPassword`: the only one that has the secret's text. */
export function renderNewPassword(root: string, credential: ReturnType<typeof addPassword>): JsonObject {
  return {
    "@odata.context": `${root}/$metadata#microsoft.graph.passwordCredential`,
    ...renderPasswordCredential(credential),
    secretText: credential.secretText,
  };
}

/** What is kept of a client secret. */
export function secretHash(secret: string): string {
  return createHash("sha256").update(secret, "utf8").digest("hex");
}

function time(value: unknown, which: "start" | "end"): number {
  const parsed = typeof value === "string" ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(parsed)) throw badRequest(`Credential ${which} date is invalid.`);
  return parsed;
}

function wholeSecond(milliseconds: number): number {
  return Math.floor(milliseconds / 1000) * 1000;
}

function preciseTime(milliseconds: number): string {
  return milliseconds % 1000 === 0 ? graphTime(milliseconds) : new Date(milliseconds).toISOString();
}

function yearsAfter(milliseconds: number, years: number): number {
  const date = new Date(milliseconds);
  date.setUTCFullYear(date.getUTCFullYear() + years);
  return date.getTime();
}
