/** One line of an attestations file: what a person says is in the product. */
import { createHash } from "node:crypto";
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
