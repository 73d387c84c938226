import { problemsOf } from "../core/validate";
import { applicationRoles, applicationScopeContract, longestName } from "./applicationScope/contract";
import { distinct, isSameFilter, ofDomain, ofGroup, ofMailbox, without } from "./applicationScope/recipientFilter";
import { stepsFor } from "./applicationScope/steps";
import { declaredScope } from "./testing/applicationScopes";

function problems(settings: object): readonly string[] {
  return problemsOf(applicationScopeContract.inputs, { ...declaredScope(), ...settings }).map(
    ({ path, message }) => `${path}: ${message}`,
  );
}

describe("the arguments of an app's scope", () => {
  it("are those of NOW Privacy's ingestion scope, and the administrative unit besides", () => {
    for (const scope of [
      { type: "everything" },
      { type: "domain", domain: "contoso.com" },
      { type: "groupEmail", domain: "contoso.com", email: "sales@contoso.com" },
      { type: "userEmail", domain: "contoso.com", email: "ada@contoso.com" },
      { type: "userEmail", email: "ada@contoso.com" },
      { type: "administrativeUnit", unitId: "99999999-2222-4333-8444-000000000000" },
    ]) {
      expect(problems({ scope })).toEqual([]);
    }
  });

  it("names the roles that there are when a permission is given in place of one", () => {
    const [problem = ""] = problems({ roles: ["Mail.Read"] });
    expect(problem).toContain('"Mail.Read" was given');
    expect(problem).toContain('"Application Mail.Read"');
  });

  it.each([
    [{ roles: [] }, "roles"],
    [{ scope: { type: "team" } }, "scope.type"],
    [{ scope: { type: "domain", domain: "contoso" } }, "scope.domain"],
    [{ scope: { type: "administrativeUnit", unitId: "sales" } }, "scope.unitId"],
    [{ scopeName: "x".repeat(65) }, "scopeName"],
    [{ scopeName: "all*" }, "scopeName"],
    [{ clientId: "app" }, "clientId"],
  ])("refuses %j", (settings, path) => {
    expect(problems(settings).map((problem) => problem.split(":")[0])).toContain(path);
  });
});

describe("filters of management scopes", () => {
  it("double quotation marks within a value", () => {
    expect(ofMailbox("o'hara@contoso.com")).toBe("PrimarySmtpAddress -eq 'o''hara@contoso.com'");
    expect(ofGroup("CN=O'Hara")).toBe("MemberOfGroup -eq 'CN=O''Hara'");
  });

  it("end at the domain", () => {
    expect(ofDomain("contoso.com")).toBe("PrimarySmtpAddress -like '*@contoso.com'");
    expect(without(ofDomain("contoso.com"))).toBe("-not (PrimarySmtpAddress -like '*@contoso.com')");
  });

  it("are the same in other words, and not the same for another app", () => {
    const filter = ofDomain("contoso.com");
    expect(isSameFilter(filter, " ( primarysmtpaddress -LIKE '*@Contoso.com' ) ")).toBe(true);
    expect(isSameFilter(filter, distinct(filter, "a"))).toBe(false);
    expect(isSameFilter(distinct(filter, "a"), distinct(filter, "b"))).toBe(false);
  });

  it("are compared as texts where they are of a kind that is not known here", () => {
    expect(isSameFilter("{Title -match  'VP'}", "{title -match 'vp'}")).toBe(true);
    expect(isSameFilter("{Title -match 'VP'}", "{Title -match 'CEO'}")).toBe(false);
  });
});

describe("the names of role assignments", () => {
  it("fit into what Exchange takes, and are different for each role and reach", () => {
    const desired = declaredScope({ roles: [...applicationRoles] });
    const nothing = { about: "", pointer: undefined, scope: undefined, former: undefined, assignments: [] };
    const made = { servicePrincipal: false, scope: undefined };
    const names = [
      { kind: "everything" } as const,
      { kind: "unit", id: "u" } as const,
      { kind: "filter", filter: "Alias -eq 'a'" } as const,
    ].flatMap((target) =>
      stepsFor(desired, { ...nothing, made, target })
        .filter(({ cmdlet }) => cmdlet.name === "New-ManagementRoleAssignment")
        .map(({ cmdlet }) => String(cmdlet.parameters?.["Name"])),
    );
    expect(names).toHaveLength(3 * applicationRoles.length);
    expect(new Set(names).size).toBe(names.length);
    expect(Math.max(...names.map(({ length }) => length))).toBeLessThanOrEqual(longestName);
  });
});
