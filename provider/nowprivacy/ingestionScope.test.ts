import * as fc from "fast-check";
import { problemsOf } from "../core";
import { type IngestionScope, covers, coversFolder, folderPath, ingestionScope } from "./ingestionScope";

const domains = fc.constantFrom("contoso.com", "fabrikam.com");
const names = fc.constantFrom("ada", "sales");
const scopes: fc.Arbitrary<IngestionScope> = fc.oneof(
  fc.constant({ type: "everything" } as const),
  domains.map((domain) => ({ type: "domain", domain }) as const),
  fc
    .tuple(domains, names)
    .map(([domain, name]) => ({ type: "groupEmail", domain, email: `${name}@${domain}` }) as const),
  fc
    .tuple(domains, names)
    .map(([domain, name]) => ({ type: "userEmail", domain, email: `${name}@${domain}` }) as const),
);
const folders = fc.option(
  fc.array(fc.constantFrom("a", "b"), { minLength: 1, maxLength: 3 }).map((parts) => `/${parts.join("/")}`),
  { nil: undefined },
);

test("every scope takes itself in, and what a scope takes in, a scope that takes it in takes in too", () => {
  fc.assert(
    fc.property(scopes, scopes, scopes, (a, b, c) => {
      expect(covers(a, a)).toBe(true);
      if (covers(a, b) && covers(b, c)) expect(covers(a, c)).toBe(true);
    }),
  );
});

test("two scopes that take each other in are the same", () => {
  fc.assert(
    fc.property(scopes, scopes, (a, b) => {
      if (covers(a, b) && covers(b, a)) expect(a).toEqual(b);
    }),
  );
});

test("everything takes in all, and nothing but everything takes in everything", () => {
  fc.assert(
    fc.property(scopes, (scope) => {
      expect(covers({ type: "everything" }, scope)).toBe(true);
      expect(covers(scope, { type: "everything" })).toBe(scope.type === "everything");
    }),
  );
});

test("a domain takes in its users but no group, whose members may be elsewhere", () => {
  const contoso: IngestionScope = { type: "domain", domain: "contoso.com" };
  expect(covers(contoso, { type: "userEmail", domain: "contoso.com", email: "ada@contoso.com" })).toBe(true);
  expect(covers(contoso, { type: "groupEmail", domain: "contoso.com", email: "team@contoso.com" })).toBe(false);
  expect(covers(contoso, { type: "userEmail", domain: "fabrikam.com", email: "ada@fabrikam.com" })).toBe(false);
});

test("folders take in what is in them, whole names only", () => {
  fc.assert(
    fc.property(folders, folders, folders, (a, b, c) => {
      expect(coversFolder(a, a)).toBe(true);
      expect(coversFolder(undefined, a)).toBe(true);
      if (coversFolder(a, b) && coversFolder(b, c)) expect(coversFolder(a, c)).toBe(true);
    }),
  );
  expect(coversFolder("/Documents", "/documents/Reports")).toBe(true);
  expect(coversFolder("/Doc", "/Documents")).toBe(false);
  expect(coversFolder("/Documents", undefined)).toBe(false);
});

test("each form takes just its own properties", () => {
  const given: [unknown, string[]][] = [
    [{ type: "everything" }, []],
    [{ type: "everything", domain: "contoso.com" }, ["domain"]],
    [{ type: "domain" }, ["domain"]],
    [{ type: "userEmail", domain: "contoso.com" }, ["email"]],
    [{ type: "groupEmail", domain: "nowhere", email: "team" }, ["domain", "email"]],
  ];
  for (const [scope, paths] of given) expect(problemsOf(ingestionScope, scope).map(({ path }) => path)).toEqual(paths);
});

test("an unknown form is answered with those that there are", () => {
  expect(problemsOf(ingestionScope, { type: "mailbox" })).toEqual([
    { path: "type", message: '"mailbox" was given; allowed: "everything", "domain", "groupEmail", "userEmail"' },
  ]);
});

test("an address must be of the scope's domain", () => {
  const scope = { type: "userEmail", domain: "contoso.com", email: "ada@fabrikam.com" };
  expect(problemsOf(ingestionScope, scope)).toEqual([
    { path: "email", message: '"ada@fabrikam.com" was given; allowed: an address of the scope\'s domain, contoso.com' },
  ]);
  expect(problemsOf(ingestionScope, { ...scope, email: "Ada@Contoso.COM" })).toEqual([]);
});

test("how an address is written is no difference", () => {
  expect(ingestionScope.parse({ type: "userEmail", domain: "Contoso.com", email: "Ada@Contoso.com" })).toEqual({
    type: "userEmail",
    domain: "contoso.com",
    email: "ada@contoso.com",
  });
});

test.each([
  ...["/personal/ada_contoso_com/Documents", "/Personal", "/my/personal/ada", "/My/Personal"],
  ...["Documents", "/Documents/", "//x", "", "/Documents/ /x", "/Documents/..", "/./Documents", "/ "],
  ...'"*:<>?\\|\t\u0000\u007f'.split(/(?:)/).map((character) => `/Docu${character}ments`),
])("%j is no folder path", (path) => {
  const [problem] = problemsOf(folderPath, path);
  expect(problem?.message).toContain(JSON.stringify(path));
  expect(problem?.message).toContain("/Documents/Reports");
});

test.each(["/Documents/Q1 (draft) & more", "/Berichte/Müller", "/.hidden/..x", "/mine/personal", "/my/files"])(
  "%j is a folder path",
  (path) => {
    expect(problemsOf(folderPath, path)).toEqual([]);
  },
);
