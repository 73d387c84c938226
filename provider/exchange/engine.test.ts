import { problemsOf } from "../core/validate";
import { mailboxAuditSettings } from "./mailboxAuditSettings";

const problems = (value: object): string[] =>
  problemsOf(mailboxAuditSettings, value).map(({ path, message }) => `${path}: ${message}`);

test("PowerShell connects by the tenant's initial domain, so it has to be given", () => {
  expect(problems({ engine: "powershell", initialDomain: "contoso.onmicrosoft.com" })).toEqual([]);
  expect(problems({ engine: "powershell" })).toEqual([expect.stringMatching(/^initialDomain: .*initial domain/)]);
  expect(problems({ engine: "powershell", initialDomain: "contoso" })).toEqual([
    'initialDomain: "contoso" was given; allowed: a domain such as contoso.onmicrosoft.com',
  ]);
});

test("nothing but PowerShell takes an initial domain", () => {
  expect(problems({})).toEqual([]);
  expect(problems({ initialDomain: "contoso.onmicrosoft.com" })).toEqual([
    expect.stringMatching(/^initialDomain: not needed/),
  ]);
});

test("a script remembers nothing, so it cannot scan what changed since", () => {
  expect(problems({ engine: "powershell", initialDomain: "contoso.onmicrosoft.com", scan: "incremental" })).toEqual([
    expect.stringMatching(/^scan: "incremental" was given; allowed: "full"/),
  ]);
});

test("an unknown engine is told together with everything else", () => {
  expect(problems({ engine: "ews", match: "about" }).map((problem) => problem.split(":")[0])).toEqual([
    "engine",
    "match",
  ]);
});
