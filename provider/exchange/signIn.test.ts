import fc from "fast-check";
import { problemsOf } from "../core/validate";
import { mailboxAuditContract } from "./mailboxAuditContract";
import { mailboxAuditPolicyArgs } from "./mailboxAuditPolicyArgs";

const app = { tenantId: "11111111-2222-4333-8444-555555555555", clientId: "aaaaaaaa-2222-4333-8444-555555555555" };
const certificatePem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
const privateKeyPem = "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n";
const privateKey = { file: "exchange.pem" };
const later = Symbol("not known yet");
const isDeferred = (value: unknown): boolean => value === later;

const problems = (given: object): string[] =>
  problemsOf(mailboxAuditContract.inputs, { ...app, ...given }, { isDeferred }).map(
    ({ path, message }) => `${path}: ${message}`,
  );
const at = (given: object): string[] => problems(given).map((line) => line.split(":")[0] ?? "");

test.each([
  ["a certificate and its key", { certificatePem, privateKeyPem }],
  ["a certificate whose key is in a file", { certificatePem, privateKey }],
  ["a certificate whose key is in the environment", { certificatePem, privateKey: { environmentVariable: "KEY" } }],
  ["no key at all", { keyless: true }],
])("a policy signs in with %s", (_way, given) => {
  expect(problems(given)).toEqual([]);
  expect(problems({ ...given, keyless: "keyless" in given })).toEqual([]);
});

test("a policy that does not say how it signs in is told the three ways, once", () => {
  expect(problems({})).toEqual([
    "certificatePem: nothing was given; allowed: certificatePem with privateKeyPem, certificatePem with privateKey, or keyless: true",
  ]);
});

test.each([
  ["a certificate without a key", { certificatePem }, ["privateKeyPem"]],
  ["a key without a certificate", { privateKeyPem }, ["certificatePem"]],
  ["the place of a key without a certificate", { privateKey }, ["certificatePem"]],
  ["the same key twice", { certificatePem, privateKeyPem, privateKey }, ["privateKey"]],
  ["a certificate and no key at all", { keyless: true, certificatePem }, ["certificatePem"]],
  [
    "everything at once",
    { keyless: true, certificatePem, privateKeyPem, privateKey },
    ["certificatePem", "privateKeyPem", "privateKey"],
  ],
  ["two places", { certificatePem, privateKey: { file: "a", environmentVariable: "B" } }, ["privateKey"]],
  ["no place", { certificatePem, privateKey: {} }, ["privateKey"]],
  [
    "a place that is no name",
    { certificatePem, privateKey: { environmentVariable: "MY KEY" } },
    ["privateKey.environmentVariable"],
  ],
])("%s is refused where it is wrong", (_what, given, paths) => {
  expect(at(given)).toEqual(paths);
});

test("the key is not repeated when it is refused", () => {
  expect(problems({ keyless: true, privateKeyPem }).join()).not.toContain("MIIB");
});

test("it is told together with everything else, and in the policy as in the resource", () => {
  const given = { ...app, clientId: "contoso", certificatePem, match: "about" };
  const paths = [mailboxAuditContract.inputs, mailboxAuditPolicyArgs].map((schema) =>
    problemsOf(schema, given)
      .map(({ path }) => path)
      .sort(),
  );
  expect(paths).toEqual([
    ["clientId", "match", "privateKeyPem"],
    ["clientId", "match", "privateKeyPem"],
  ]);
});

test("PowerShell connects with a certificate, whose key may be kept elsewhere", () => {
  const script = { ...app, engine: "powershell", initialDomain: "contoso.onmicrosoft.com" };
  expect(problemsOf(mailboxAuditPolicyArgs, { ...script, certificatePem, privateKey })).toEqual([]);
  expect(problemsOf(mailboxAuditPolicyArgs, { ...script, keyless: true })).toEqual([
    { path: "keyless", message: expect.stringMatching(/^true was given; allowed: only with engine "rest"/) as unknown },
  ]);
});

const maybe = <T>(value: T) => fc.constantFrom(undefined, value, later);
const anyWay = fc.record({
  certificatePem: maybe(certificatePem),
  privateKeyPem: maybe(privateKeyPem),
  privateKey: maybe(privateKey),
  keyless: fc.constantFrom<unknown>(undefined, true, false, later),
});

test("what is not known yet makes no problem that its value could solve, and hides none that it could not", () => {
  fc.assert(
    fc.property(anyWay, (given) => {
      const unknown = Object.entries(given).flatMap(([name, value]) => (value === later ? [name] : []));
      const values: Record<string, readonly unknown[]> = {
        certificatePem: [certificatePem, undefined],
        privateKeyPem: [privateKeyPem, undefined],
        privateKey: [privateKey, undefined],
        keyless: [true, false],
      };
      const completions = unknown.reduce<object[]>(
        (all, name) => all.flatMap((one) => (values[name] ?? []).map((value) => ({ ...one, [name]: value }))),
        [given],
      );
      const isPossible = completions.some((one) => problems(one).length === 0);
      if (isPossible) expect(problems(given)).toEqual([]);
      // Once everything is known, exactly the three ways are left.
      if (unknown.length === 0) {
        const { certificatePem: c, privateKeyPem: k, privateKey: p, keyless } = given;
        const ways = [c !== undefined && (k === undefined) !== (p === undefined), keyless === true];
        const nothingElse = keyless !== true || [c, k, p].every((value) => value === undefined);
        expect(isPossible).toBe(nothingElse && ways.filter(Boolean).length === 1);
      }
    }),
  );
});
