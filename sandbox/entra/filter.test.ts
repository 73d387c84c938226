import { parseFilter } from "./filter";
import { GraphError } from "./graphError";
import { keysAsSegments } from "./odata";

const entity = {
  appId: "00000002-0000-0ff1-ce00-000000000000",
  displayName: "Office 365 Exchange Online",
  note: "it's (here)",
  accountEnabled: true,
  description: null,
  tags: ["HideApp", "Custom"],
  createdDateTime: "2026-01-15T10:00:00Z",
  count: 3,
  web: { homePageUrl: "https://example.com" },
  appRoles: [{ value: "Mail.Read" }],
};

describe("$filter", () => {
  it.each([
    "appId eq '00000002-0000-0FF1-CE00-000000000000'",
    "appId eq 00000002-0000-0ff1-ce00-000000000000",
    "displayName eq 'office 365 exchange online'",
    "note eq 'it''s (here)'",
    "startswith(displayName,'Office') and accountEnabled eq true",
    "startsWith(displayName, 'office') and not (description ne null)",
    "endswith(displayName,'Online')",
    "displayName in ('a', 'Office 365 Exchange Online')",
    "appId eq 'x' or displayName ne 'x'",
    "appId eq 'x' and displayName eq 'x' or count ge 3",
    "(appId eq 'x' or count gt 2) and count lt 4",
    "tags/any(t:t eq 'HideApp')",
    "tags/any(t: t eq 'nothing' or startswith(t,'Cus'))",
    "appRoles/any(r:r/value eq 'Mail.Read')",
    "web/homePageUrl eq 'https://example.com'",
    "createdDateTime ge 2026-01-01T00:00:00Z and createdDateTime lt 2026-02-01T00:00:00Z",
    "description eq null",
  ])("accepts an object for: %s", (filter) => {
    expect(parseFilter(filter)(entity)).toBe(true);
  });

  it.each([
    "appId eq 'x'",
    "accountEnabled eq false",
    "tags/any(t:t eq 'x')",
    "missing eq 'x'",
    "not (count eq 3)",
    "count gt 'x'",
  ])("leaves an object out for: %s", (filter) => {
    expect(parseFilter(filter)(entity)).toBe(false);
  });

  it.each([
    "appId",
    "appId eq",
    "appId eq 'x",
    "appId is 'x'",
    "(appId eq 'x'",
    "appId eq 'x' 'y'",
    "foo(appId,'x')",
    "",
    "and",
  ])("is refused when it can't be read: %p", (filter) => {
    expect(() => parseFilter(filter)).toThrow(GraphError);
  });
});

describe("OData keys in brackets", () => {
  it.each([
    ["/v1.0/applications(appId='A-1')?$select=id", "/v1.0/applications/appId=A-1?$select=id"],
    ["/v1.0/applications(appId=%27A-1%27)", "/v1.0/applications/appId=A-1"],
    ["/beta/servicePrincipals('x')/owners", "/beta/servicePrincipals/x/owners"],
    [
      "/v1.0/servicePrincipals?$filter=startswith(displayName,'x')",
      "/v1.0/servicePrincipals?$filter=startswith(displayName,'x')",
    ],
    ["/adminapi/beta/x/Mailbox('y')", "/adminapi/beta/x/Mailbox('y')"],
  ])("%s is served as %s", (url, served) => {
    expect(keysAsSegments(url)).toBe(served);
  });
});
