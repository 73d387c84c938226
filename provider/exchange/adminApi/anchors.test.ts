import { Anchors } from "./anchors";
import { anchorOf } from "./cmdlet";

const tenantId = "11111111-2222-4333-8444-555555555555";
const ada = { userPrincipalName: "ada@contoso.com", address: "ada.l@contoso.com", exchangeGuid: "e" };
const values = (anchors: Anchors, object: object): readonly string[] => anchors.of(object).map(({ value }) => value);

test("a mailbox is anchored to by its user principal name, its address, its own id, and last by the system mailbox", () => {
  expect(values(new Anchors(tenantId), ada)).toEqual([
    "UPN:ada@contoso.com",
    "SMTP:ada.l@contoso.com",
    `MBX:e@${tenantId}`,
    `APP:SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}@${tenantId}`,
  ]);
});

test("what has no such name is anchored to by the next one", () => {
  expect(values(new Anchors(tenantId), { address: "room@contoso.com" })[0]).toBe("SMTP:room@contoso.com");
  expect(values(new Anchors(tenantId), {})).toHaveLength(1);
});

test.each(["jörg@contoso.com", "łucja@contoso.com", "ada\r\nX-Other: 1@contoso.com"])(
  "a name that no header can hold is passed over: %j",
  (name) => {
    const forms = new Anchors(tenantId).of({ userPrincipalName: name, address: name, exchangeGuid: "e" });
    expect(forms.map(({ form }) => form)).toEqual(["MBX", "APP"]);
  },
);

test("the form that worked comes first from then on, and the others keep their order", () => {
  const anchors = new Anchors(tenantId);
  anchors.worked("MBX");
  expect(anchors.of(ada).map(({ form }) => form)).toEqual(["MBX", "UPN", "SMTP", "APP"]);
});

test("cmdlets about the audit log run where its settings are kept, all others of the organization by its system mailbox", () => {
  expect(anchorOf({ name: "Set-AdminAuditLogConfig" }, tenantId)).toContain("{8cc370d3-822a-4ab8-a926-bb94bd0641a9}");
  expect(anchorOf({ name: "Set-OrganizationConfig" }, tenantId)).toContain("{bb558c35-97f1-4cb9-8ff7-d53741dc928c}");
});
