import fc from "fast-check";
import { NotFound, PartiallyApplied, Rejected } from "./errors";
import { withoutSecrets } from "./redact";

const base64url = (most: number) =>
  fc.uint8Array({ minLength: 12, maxLength: most }).map((bytes) => Buffer.from(bytes).toString("base64url"));
const json = fc
  .record({ alg: fc.string(), kid: fc.string() })
  .map((content) => Buffer.from(JSON.stringify(content)).toString("base64url"));
const jwt = fc.tuple(json, json, base64url(64)).map((parts) => parts.join("."));
/** A token that is no JWT, as a service may give them. */
const opaque = base64url(48).filter((token) => /[0-9]/.test(token));

/** The ways in which a message has been seen to hold a credential. */
const planted = fc.oneof(
  jwt.map((token) => ({ token, text: token })),
  jwt.map((token) => ({ token, text: `{"error":"refused","token":"${token}"}` })),
  fc.oneof(jwt, opaque).map((token) => ({ token, text: `Authorization: Bearer ${token}` })),
  fc.oneof(jwt, opaque).map((token) => ({ token, text: `{"headers":{"authorization":"Bearer ${token}"}}` })),
  fc.oneof(jwt, opaque).map((token) => ({ token, text: `bearer ${token} was not accepted` })),
  opaque.map((token) => ({ token, text: `authorization=${token}` })),
  opaque.map((token) => ({ token, text: `grant_type=client_credentials&client_secret=${token}&scope=x` })),
  opaque.map((token) => ({ token, text: `{"access_token":"${token}","token_type":"Bearer"}` })),
);

test("no error holds a token that was planted in it, in whatever part and however much of it was cut off", () => {
  fc.assert(
    fc.property(planted, fc.lorem(), fc.nat({ max: 400 }), ({ token, text }, words, length) => {
      const said = `${words} ${text} ${words}`.slice(0, length + words.length);
      const errors = [
        new NotFound({ operation: "reading", subject: "it", happened: said }),
        new Rejected({ operation: "reading", subject: said, happened: "no", next: said }),
        new PartiallyApplied({ operation: said, subject: "it", happened: "no" }, "id", {}, [said]),
      ];
      for (const error of errors) {
        const shown = [
          error.message,
          JSON.stringify(error.facts),
          ...(error instanceof PartiallyApplied ? error.reasons : []),
        ];
        for (const part of token.split(".")) for (const line of shown) expect(line).not.toContain(part);
      }
    }),
  );
});

test("no text holds a secret that is known, as it is, in JSON, or in a form", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 8 }), fc.lorem(), (secret, words) => {
      fc.pre(!words.includes(secret) && !"(secret)".includes(secret));
      for (const form of [secret, JSON.stringify(secret), encodeURIComponent(secret)]) {
        expect(withoutSecrets(`${words}: ${form}`, [secret])).not.toContain(secret);
      }
    }),
  );
});

test.each([
  "reading mailbox ada@contoso.com: it is not there",
  "m365audit:onesecureToken is not set",
  "the token is of tenant 11111111-2222-4333-8444-555555555555",
  "AADSTS700016: Application with identifier 'x' was not found",
  "keyJson is no property",
])("what is no token stays: %s", (text) => {
  expect(withoutSecrets(text, [])).toBe(text);
});
