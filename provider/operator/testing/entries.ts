/** Attestations for tests. */
import * as fc from "fast-check";
import { type Entry, fingerprintOf } from "../entry";
import type { SecretMark, Values } from "../sheet";

/** URN of a resource of the stack `prod` of the project `contoso`. */
export function urnOf(name: string): string {
  return `urn:pulumi:prod::contoso::m365audit:index:ExchangeOnlineAuditing$m365audit:index:Source::${name}`;
}

/** An attestation as `attest` makes one, apart from what is given. */
export function entryOf(name: string, changes: Partial<Entry> = {}): Entry {
  const { values = { crawlSource: true, displayName: name }, secret } = changes;
  return {
    resource: urnOf(name),
    action: "entered",
    values,
    fingerprint: fingerprintOf(values, secret),
    by: "anna@contoso.com",
    at: "2026-01-31T09:30:00Z",
    ...changes,
  };
}

const values: fc.Arbitrary<Values> = fc
  .dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 })
  // As a file can hold them: without -0.
  .map((drawn) => JSON.parse(JSON.stringify(drawn)) as Values);

const oneLine = fc
  .string({ minLength: 1, maxLength: 12, unit: "grapheme" })
  .filter((text) => /^[^\p{Cc}]*\S[^\p{Cc}]*$/u.test(text));

const times = fc
  .date({ min: new Date("2020-01-01"), max: new Date("2040-01-01"), noInvalidDate: true })
  .map((date) => date.toISOString());

const secrets: fc.Arbitrary<SecretMark> = fc.record({ keyId: oneLine, endDate: times }, { requiredKeys: ["keyId"] });

/** Attestations of a few resources, at most one of each action a resource. */
export const books: fc.Arbitrary<Entry[]> = fc.uniqueArray(
  fc
    .record({
      name: fc.constantFrom("a", "b", "c", "d", "e"),
      action: fc.constantFrom("entered", "found", "removed"),
      values,
      by: oneLine,
      at: times,
      secret: fc.option(secrets, { nil: undefined }),
      id: fc.option(oneLine, { nil: undefined }),
    })
    .map(({ name, action, values: held, by, at, secret, id }): Entry => ({
      resource: urnOf(name),
      action,
      values: held,
      fingerprint: fingerprintOf(held, secret),
      by,
      at,
      ...(secret === undefined ? {} : { secret }),
      ...(id === undefined ? {} : { id }),
    })),
  { maxLength: 10, selector: ({ resource, action }) => `${resource} ${action}` },
);
