import { requireStackTenant } from "./tenant";

const mine = "ABCDEFAB-0000-4000-8000-000000000000";
const stackOf = (tenantId?: string): { get: (name: string) => string | undefined } => ({
  get: (name) => (name === "tenantId" ? tenantId : undefined),
});

test("a stack works on the tenant that it names, however its id is written", () => {
  expect(() => {
    requireStackTenant(stackOf(mine), mine.toLowerCase(), "reading tenant");
  }).not.toThrow();
});

test("a stack that names no tenant works on any", () => {
  expect(() => {
    requireStackTenant(stackOf(), mine, "reading tenant");
  }).not.toThrow();
});

test("a stack refuses another tenant, and both are named", () => {
  const other = "22222222-2222-4222-8222-222222222222";
  let refusal: unknown;
  try {
    requireStackTenant(stackOf(mine), other, "reading tenant");
  } catch (error) {
    refusal = error;
  }
  expect(refusal).toMatchObject({
    tag: "WrongTenant",
    property: "tenantId",
    message:
      `reading tenant ${other} [tenantId]: the stack is for tenant ${mine} (m365audit:tenantId). Nothing was sent. ` +
      "Correct the declaration or the stack's configuration.",
  });
});
