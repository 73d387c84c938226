import { type Entry, fingerprintOf } from "./entry";
import { endedSecret, standingOf } from "./standing";

const on = { crawlSource: true };
const off = { crawlSource: false };
const entry = (action: Entry["action"], values: Entry["values"], at: string): Entry => ({
  resource: "urn:pulumi:contoso::project::type::source",
  action,
  values,
  fingerprint: fingerprintOf(values),
  by: "ada@contoso.com",
  at,
});
const entered = entry("entered", on, "2026-01-01T00:00:00Z");

test("what nobody attested is not there", () => {
  expect(standingOf({}, fingerprintOf(on))).toMatchObject({ status: "awaitingOperator", found: undefined });
});

test("an attestation of just this declaration counts", () => {
  expect(standingOf({ entered }, fingerprintOf(on))).toMatchObject({ status: "attested", found: on, stale: undefined });
});

test("an attestation of an earlier declaration says what is there, and who said so", () => {
  const standing = standingOf({ entered }, fingerprintOf(off));
  expect(standing).toMatchObject({ status: "awaitingOperator", found: on });
  expect(standing.stale).toMatch(/^the attestation of ada@contoso.com \(2026-01-01T00:00:00Z, [0-9a-f]{12}\) is of an/);
});

test("what was found otherwise after it was attested has drifted", () => {
  const found = entry("found", off, "2026-02-01T00:00:00Z");
  const standing = standingOf({ entered, found }, fingerprintOf(on));
  expect(standing).toMatchObject({ status: "drifted", found: off });
  expect(standing.stale).toBe("ada@contoso.com found it otherwise in the product (2026-02-01T00:00:00Z)");
});

test("what was found once and then entered anew has not", () => {
  const found = entry("found", off, "2025-12-01T00:00:00Z");
  expect(standingOf({ entered, found }, fingerprintOf(on)).status).toBe("attested");
});

test("a declaration that follows what was found is attested by it", () => {
  const found = entry("found", off, "2026-02-01T00:00:00Z");
  expect(standingOf({ entered, found }, fingerprintOf(off)).status).toBe("attested");
});

test("what was found is where a new declaration starts from, and no drift of it", () => {
  const found = entry("found", { ...off, sourceGroup: "Mail" }, "2026-02-01T00:00:00Z");
  expect(standingOf({ entered, found }, fingerprintOf({ ...on, sourceGroup: "Audit" }))).toMatchObject({
    status: "awaitingOperator",
    found: { ...off, sourceGroup: "Mail" },
  });
});

test("what was removed is not there, whatever was said before", () => {
  const removed = entry("removed", {}, "2026-03-01T00:00:00Z");
  expect(standingOf({ removed }, fingerprintOf(on))).toMatchObject({ status: "awaitingOperator", found: undefined });
});

test("in a preview that does not know the declaration yet, nothing counts as attested", () => {
  expect(standingOf({ entered }, undefined)).toMatchObject({ status: "awaitingOperator", found: on, stale: undefined });
});

test("a client secret that has ended is told, and none that has not", () => {
  const secret = { keyId: "1", endDate: "2026-06-01T00:00:00Z" };
  const standing = standingOf({ entered: { ...entered, secret } }, undefined);
  expect(endedSecret(standing, "Netwrix 1Secure", Date.parse("2026-05-31T00:00:00Z"))).toBeUndefined();
  expect(endedSecret(standing, "Netwrix 1Secure", Date.parse("2026-06-01T00:00:00Z"))).toBe(
    "the client secret that was entered ended at 2026-06-01T00:00:00Z, so Netwrix 1Secure cannot sign in until another one is entered",
  );
  expect(endedSecret(standingOf({ entered }, undefined), "Netwrix 1Secure", Infinity)).toBeUndefined();
});

test("the client secret's id is part of what is attested", () => {
  const values = { displayName: "Audit" };
  const one = fingerprintOf(values, { keyId: "1" });
  expect(fingerprintOf(values, { keyId: "1", endDate: "2026-01-01T00:00:00Z" })).toBe(one);
  expect([fingerprintOf(values, { keyId: "2" }), fingerprintOf(values)]).not.toContain(one);
});

test("the order of properties is no difference, that of a list is one", () => {
  expect(fingerprintOf({ a: 1, b: { c: 2, d: 3 } })).toBe(fingerprintOf({ b: { d: 3, c: 2 }, a: 1 }));
  expect(fingerprintOf({ a: [1, 2] })).not.toBe(fingerprintOf({ a: [2, 1] }));
});
