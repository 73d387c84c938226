import { z } from "zod";
import { pathText, problemsOf } from "./validate";

const schema = z.strictObject({
  tenantId: z.guid(),
  scope: z.strictObject({ recipientTypes: z.array(z.enum(["UserMailbox", "SharedMailbox"])).min(1) }),
  secret: z.string().min(8).meta({ secret: true }).optional(),
});

test("every problem is named at once, each with its path, what was given and what is allowed", () => {
  const problems = problemsOf(schema, {
    tenantId: "contoso",
    scope: { recipientTypes: ["UserMailbox", "Desk"] },
    colour: 1,
  });
  expect(problems).toEqual([
    { path: "tenantId", message: expect.stringContaining('"contoso" was given') as string },
    { path: "scope.recipientTypes[1]", message: '"Desk" was given; allowed: "UserMailbox", "SharedMailbox"' },
    { path: "colour", message: "no such property" },
  ]);
});

test("a missing property is said to be required", () => {
  expect(problemsOf(schema, { scope: { recipientTypes: ["UserMailbox"] } })).toEqual([
    { path: "tenantId", message: "required (string)" },
  ]);
});

test("a secret is never repeated", () => {
  const [problem] = problemsOf(schema, {
    tenantId: "11111111-1111-4111-8111-111111111111",
    scope: { recipientTypes: ["UserMailbox"] },
    secret: "hunter2",
  });
  expect(problem?.path).toBe("secret");
  expect(problem?.message).not.toContain("hunter2");
});

test("a value that is not known yet is no problem, nor is anything below it", () => {
  const later = Symbol("later");
  const isDeferred = (value: unknown): boolean => value === later;
  expect(problemsOf(schema, { tenantId: later, scope: later }, { isDeferred })).toEqual([]);
  expect(problemsOf(schema, { tenantId: later, scope: { recipientTypes: [] } }, { isDeferred })).toHaveLength(1);
});

test("names that are no identifiers are quoted in a path", () => {
  expect(pathText(["mailboxes", "ada@contoso.com", "auditDelegate", 0])).toBe(
    'mailboxes["ada@contoso.com"].auditDelegate[0]',
  );
});

test("a rule about several properties waits until all of them are known", () => {
  const later = Symbol("later");
  const isDeferred = (value: unknown): boolean => value === later;
  const ruled = z
    .object({ baseline: z.string(), list: z.array(z.string()).optional() })
    .refine((given) => given.baseline !== "custom" || given.list !== undefined, {
      path: ["baseline"],
      params: { dependsOn: ["list"] },
      error: "a custom baseline needs a list",
    });
  expect(problemsOf(ruled, { baseline: "custom" }, { isDeferred })).toHaveLength(1);
  expect(problemsOf(ruled, { baseline: "custom", list: later }, { isDeferred })).toEqual([]);
});

test("an enumeration that has a message of its own is quoted", () => {
  const desk = z.enum(["UserMailbox"], { error: "a desk is no mailbox" });
  expect(problemsOf(z.object({ type: desk }), { type: "Desk" })).toEqual([
    { path: "type", message: '"Desk" was given; a desk is no mailbox' },
  ]);
});

test("a limit is said in words", () => {
  const limits = z.strictObject({ days: z.int().max(730), names: z.array(z.string()).min(1), code: z.string().min(2) });
  expect(problemsOf(limits, { days: 900, names: [], code: "x" }).map(({ message }) => message)).toEqual([
    "900 was given; allowed: at most 730",
    "[] was given; allowed: at least 1 of them",
    '"x" was given; allowed: at least 2 characters',
  ]);
});

describe("what may be a secret in the wrong place is not repeated", () => {
  const key = "-----BEGIN PRIVATE KEY-----\nSECRETKEYBYTES\n-----END PRIVATE KEY-----";
  const schema = z.strictObject({
    clientId: z.guid("allowed: a GUID"),
    certificate: z.strictObject({ file: z.string().max(10) }).optional(),
    variable: z
      .string()
      .regex(/^[A-Z]+$/, "allowed: a name")
      .optional(),
  });
  const id = "aaaaaaaa-2222-4333-8444-555555555555";

  test.each([
    ["a PEM text where an object belongs", { clientId: id, certificate: key }],
    ["any text where an object belongs", { clientId: id, certificate: "SECRETKEYBYTES" }],
    ["a PEM text within an object", { clientId: id, certificate: { file: key } }],
    ["a PEM text where a name belongs", { clientId: id, variable: key }],
    ["a client secret where an id belongs", { clientId: "abc8Q~SECRETKEYBYTES0123456789012345678" }],
  ])("%s", (_what, value) => {
    const [problem] = problemsOf(schema, value);
    expect(problem?.message).toContain("(not shown)");
    expect(JSON.stringify(problem)).not.toContain("SECRETKEYBYTES");
  });

  test("and what is none is shown as ever", () => {
    expect(problemsOf(schema, { clientId: "contoso" })[0]?.message).toBe('"contoso" was given; allowed: a GUID');
  });
});
