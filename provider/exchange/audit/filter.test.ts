import { isForServer, passes, toOData } from "./filter";
import { filterOf, filterProblem } from "./filterParser";
import { toOpath } from "./opath";

const odata = (text: string): string | undefined => toOData(filterOf(text));

test.each([
  ["Alias -eq 'svc1'", "Alias eq 'svc1'"],
  ["Alias eq 'svc1'", "Alias eq 'svc1'"],
  ["{Name -ne 'O''Hara'}", "Name ne 'O''Hara'"],
  ['DisplayName -eq "Ada Lovelace"', "DisplayName eq 'Ada Lovelace'"],
  ["HiddenFromAddressListsEnabled -eq $true", "HiddenFromAddressListsEnabled eq true"],
  ["AuditEnabled -eq 'False'", "AuditEnabled eq false"],
  ["CustomAttribute1 -eq 'True'", "CustomAttribute1 eq 'True'"],
  ["ExchangeGuid -eq '9d2c7f5e-0000-4000-8000-000000000001'", "ExchangeGuid eq 9d2c7f5e-0000-4000-8000-000000000001"],
  ["-not (Alias -eq 'a')", "not (Alias eq 'a')"],
  ["A -eq '1' -or B -eq '2' -and C -eq '3'", "(A eq '1') or ((B eq '2') and (C eq '3'))"],
  ["(A eq '1' or B eq '2') and C eq '3'", "((A eq '1') or (B eq '2')) and (C eq '3')"],
])("%s is sent as %s", (text, sent) => {
  expect(odata(text)).toBe(sent);
  expect(isForServer(filterOf(text))).toBe(true);
});

test.each([
  ["WhenCreatedUTC -ge '2026-01-31'", "WhenCreatedUTC -ge '2026-01-31T00:00:00Z'"],
  [
    "Alias eq 'a' and not (whenCreated lt 2026-01-31T08:00:00Z)",
    "(Alias -eq 'a') -and (-not (whenCreated -lt '2026-01-31T08:00:00Z'))",
  ],
])("a filter with a time goes in Exchange's own syntax: %s", (text, sent) => {
  expect(odata(text)).toBeUndefined();
  expect(toOpath(filterOf(text))).toBe(sent);
  expect(isForServer(filterOf(text))).toBe(true);
});

test.each([
  ["AuditDelegate -eq 'Update'", /^Exchange cannot filter mailboxes by AuditDelegate: audit lists are compared/],
  ["not (auditowner eq 'x')", /^Exchange cannot filter mailboxes by AuditOwner/],
  ["", /^the end stands where the name of a property should$/],
  ["Alias", /^the end stands where a comparison after Alias \(eq, ne/],
  ["Alias -matches 'x'", /^"-matches" stands where a comparison after Alias/],
  ["Alias -eq", /^the end stands where a value for Alias should/],
  ["Alias -eq 'x", /^a quotation mark is missing/],
  ["(Alias -eq 'x'", /^the end stands where a closing parenthesis should/],
  ["Alias -eq 'x' Name -eq 'y'", /^"Name" stands where and, or, or the end should/],
  ["Alias -eq $null", /^\$null is no value/],
  ["WhenCreatedUTC -gt '1/31/2026 2:00 PM'", /allowed: 2026-01-31 or 2026-01-31T08:00:00Z, in UTC$/],
])("%j is refused with a reason", (text, reason) => {
  expect(filterProblem(text)).toMatch(reason);
});

const row = {
  Alias: "svc-Migration",
  AuditEnabled: true,
  EmailAddresses: ["SMTP:ada@contoso.com", "smtp:lovelace@contoso.com"],
  WhenCreatedUTC: "2026-01-31T08:00:00.000Z",
};

test.each([
  ["Alias -like 'SVC-*'", true],
  ["Alias -like '*.*'", false],
  ["Alias -notlike 'svc*'", false],
  ["EmailAddresses -like '*lovelace@*'", true],
  ["EmailAddresses -notlike '*lovelace@*'", false],
  ["Alias -like 'svc*' -and AuditEnabled -eq $true", true],
  ["Alias -like 'svc*' -and WhenCreatedUTC -gt '2026-01-31T08:00:00Z'", false],
  ["Alias -like 'svc*' -and WhenCreatedUTC -ge '2026-01-31T08:00:00Z'", true],
  ["-not (Alias -like 'svc*') -or Alias -eq 'SVC-migration'", true],
  ["Department -like '*'", true],
  ["Department -like '?*'", false],
])("with wildcards it is applied here: %s", (text, passed) => {
  const filter = filterOf(text);
  expect(isForServer(filter)).toBe(false);
  expect(passes(filter, row)).toBe(passed);
});
