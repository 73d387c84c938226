import { inspect } from "node:util";
import { NotFound } from "./errors";

const facts = {
  operation: "reading mailbox",
  subject: "ada@contoso.com",
  property: "scope",
  happened: "it is not there.",
  next: "Leave it out.",
};

test("an error says what was being done, to what, at which property, what happened, and what to do", () => {
  expect(new NotFound(facts).message).toBe("reading mailbox ada@contoso.com [scope]: it is not there. Leave it out.");
});

test("shown on a console, an error is its own sentence, whatever was put before it or hung on it since", () => {
  const error = new NotFound({ ...facts, cause: new Error("the wire") });
  error.message = `error serializing property "displayName": ${error.message}`;
  Object.assign(error, { promise: Promise.resolve("everything") });
  expect(inspect(error)).toBe("NotFound: reading mailbox ada@contoso.com [scope]: it is not there. Leave it out.");
});
