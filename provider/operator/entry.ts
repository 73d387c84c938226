/** One line of an attestations file: what a person says is in the product. */
import { createHash, X509Certificate } from "node:crypto";
import { z } from "zod";
import { mayBeSecret, type Problem, problemsOf } from "../core";
import type { SecretMark, Values } from "./sheet";

export interface Entry {
  /** URN of the resource, so that an entry is of one resource of one stack. */
  readonly resource: string;
  /** `entered`: it was entered as declared. `found`: it was looked at and is otherwise. `removed`: it is no longer there. */
  readonly action: "entered" | "found" | "removed";
  /** {@link fingerprintOf} the values and the secret. */
  readonly fingerprint: string;
  /** What is in the product, by the declaration's property names. Empty for `removed`. */
  readonly values: Values;
  /** Which client secret it has. */
  readonly secret?: SecretMark;
  /** Who says so; with a signature, the signer's principal. */
  readonly by: string;
  /** When, RFC 3339 in UTC. */
  readonly at: string;
  /** The product's own id of it. */
  readonly id?: string;
  /** The certificate that the product issued (1Secure's Download Certificate), PEM. */
  readonly certificate?: string;
  /** An SSH signature (`ssh-keygen -Y sign`) of {@link signedText}, armored. */
  readonly signature?: string;
}

/** SHA-256, 64 hexadecimal digits, of the values that are no secret and the client secret's Secret ID; the order of properties is no difference. */
export function fingerprintOf(values: Values, secret?: SecretMark): string {
  return createHash("sha256")
    .update(JSON.stringify(canonical([values, secret?.keyId ?? null])))
    .digest("hex");
}

/** What is signed: the entry without its signature, in one form. */
export function signedText({ signature: _, ...entry }: Entry): string {
  return JSON.stringify(canonical(entry));
}

/** The same value with the properties of every object in order, and none that is undefined. */
export function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== "object" || value === null) return value;
  const properties = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(
    properties.sort(([one], [other]) => (one < other ? -1 : 1)).map(([name, inner]) => [name, canonical(inner)]),
  );
}

const when = z
  .string()
  .refine(isUtc, { error: ({ input }) => given(input, "RFC 3339 in UTC, such as 2026-01-31T09:30:00Z") });

const oneLine = z.string().regex(/^[^\p{Cc}]*\S[^\p{Cc}]*$/u, "allowed: a text on one line");

const schema = z.strictObject({
  resource: z
    .string()
    .regex(
      /^urn:pulumi:[^:\s]+::[^:\s]+::[^\p{Cc}]+::[^\p{Cc}]+$/u,
      "allowed: a URN, urn:pulumi:<stack>::<project>::<type>::<name>",
    ),
  action: z.enum(["entered", "found", "removed"]),
  by: oneLine,
  at: when,
  fingerprint: z.string().regex(/^[0-9a-f]{64}$/, "allowed: 64 hexadecimal digits, 0-9 and a-f"),
  id: oneLine.optional(),
  secret: z.strictObject({ keyId: oneLine, endDate: when.optional() }).optional(),
  values: z.looseObject({}),
  certificate: z
    .string()
    .refine(isCertificate, {
      error:
        "the given text (not shown) is none that is allowed: one certificate in PEM, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----, and nothing else",
    })
    .meta({ secret: true })
    .optional(),
  signature: z
    .string()
    .regex(
      /^-----BEGIN SSH SIGNATURE-----\n[A-Za-z0-9+/=\n]+-----END SSH SIGNATURE-----\n?$/,
      "allowed: what `ssh-keygen -Y sign` writes, from -----BEGIN SSH SIGNATURE----- to -----END SSH SIGNATURE-----",
    )
    .optional(),
});

/** The properties of an entry in the order in which they are written. */
export const entryProperties = Object.keys(schema.shape) as readonly (keyof Entry)[];

/** Everything that keeps a value from being an {@link Entry}, by property; empty when it is one. What may be a secret is not repeated. */
export function entryProblems(value: unknown): readonly Problem[] {
  const secrets = secretsIn(value, "");
  return [
    ...secrets,
    ...problemsOf(schema, value).filter(({ path }) => !secrets.some((secret) => secret.path === path)),
  ];
}

/** Whether a text holds a private key, in whatever form of PEM, or as PuTTY writes it. */
export function holdsPrivateKey(text: string): boolean {
  return /BEGIN [A-Z0-9 ]*PRIVATE KEY|PuTTY-User-Key-File/i.test(text);
}

/** Every text in a value, at any depth, that is a private key or looks like a client secret of Entra or like a token. */
function secretsIn(value: unknown, path: string): Problem[] {
  if (typeof value === "string") {
    const kind = secretKind(value);
    return kind === undefined
      ? []
      : [
          {
            path,
            message: `${kind} was given (not shown); a secret belongs in no file: take it out, also of git's history, and replace it by a new one`,
          },
        ];
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    secretsIn(inner, path === "" ? name : Array.isArray(value) ? `${path}[${name}]` : `${path}.${name}`),
  );
}

function secretKind(text: string): string | undefined {
  if (holdsPrivateKey(text)) return "a private key";
  if (/^eyJ[\w-]+\.[\w-]+\.[\w-]*$/.test(text)) return "what looks like a token";
  // As Entra makes them: 40 characters with a tilde among the first.
  return /^.{5,6}~\S{31,40}$/.test(text) ? "what looks like a client secret" : undefined;
}

/** RFC 3339 in UTC, with seconds, of a day that exists. */
function isUtc(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text)) return false;
  const time = new Date(text);
  return !Number.isNaN(time.getTime()) && time.toISOString().slice(0, 19) === text.slice(0, 19);
}

function isCertificate(text: string): boolean {
  if (!/^-----BEGIN CERTIFICATE-----\r?\n[A-Za-z0-9+/=\r\n]+-----END CERTIFICATE-----\s*$/.test(text)) return false;
  try {
    return new X509Certificate(text).raw.length > 0;
  } catch {
    return false;
  }
}

function given(value: unknown, allowed: string): string {
  return `${mayBeSecret(value) ? "the given value (not shown)" : JSON.stringify(value)} was given; allowed: ${allowed}`;
}
