import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { clientSecretStep, shellWord } from "./clientSecretStep";
import { notKnownYet } from "./sheet";

const reference = { keyId: "key-2", endDate: "2027-05-22T00:00:00Z", stackOutput: "clientSecret" };

test("a new secret is named, and comes from the stack's output", () => {
  expect(clientSecretStep({ reference, stack: "prod" })).toBe(
    "**Client Secret**: paste the client secret with the Secret ID `key-2`, which ends at `2027-05-22T00:00:00Z`. `pulumi stack output " +
      "clientSecret --show-secrets --stack prod` prints it: run that where nobody else sees the screen, paste it straight into the " +
      "field, and keep it in no file, message or screenshot.",
  );
});

test("the end of the one that the product has is the deadline", () => {
  const before = { keyId: "key-1", endDate: "2026-12-24T00:00:00Z" };
  expect(clientSecretStep({ reference, stack: "prod", before })).toContain(
    "in place of the one with the Secret ID `key-1`. Do it before that one ends at `2026-12-24T00:00:00Z`; Entra keeps both",
  );
});

test("what a preview does not know yet is not guessed", () => {
  expect(clientSecretStep({ reference: notKnownYet, stack: "prod" })).toMatch(
    /Secret ID \(known after `pulumi up`\)\. A command that is known after `pulumi up` prints it/,
  );
  expect(clientSecretStep({ reference: { ...reference, keyId: notKnownYet }, stack: "prod" })).toContain(
    "Secret ID (known after `pulumi up`), which ends at `2027-05-22T00:00:00Z`. `pulumi stack output clientSecret",
  );
});

test("no name adds to a command", () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 1 }).filter((text) => !text.includes("\0")),
      (text) => {
        expect(execFileSync("sh", ["-c", `printf %s ${shellWord(text)}`]).toString()).toBe(text);
      },
    ),
    { numRuns: 40 },
  );
});
