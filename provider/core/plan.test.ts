import fc from "fast-check";
import { z } from "zod";
import type { Contract } from "./contract";
import { gone, planProperties } from "./plan";

const contract: Contract = {
  token: "m365audit:test:Thing",
  description: "A thing.",
  inputs: z.strictObject({
    organization: z.string().meta({ replaces: true }),
    crawlSource: z.boolean(),
    clientSecret: z.string().meta({ secret: true, writeOnly: true }),
  }),
  outputs: z.strictObject({ status: z.string() }),
  drift: z.strictObject({ nonCompliant: z.unknown() }),
};
const desired = { organization: "Contoso", crawlSource: true, clientSecret: "s" };

test("a plan from nothing sets every property and replaces none", () => {
  const { changes } = planProperties(contract, desired, gone);
  expect(changes.map(({ path, to, replaces, secret }) => [path, to, replaces, secret])).toEqual([
    ["organization", "Contoso", false, false],
    ["crawlSource", true, false, false],
    ["clientSecret", "s", false, true],
  ]);
});

test("only what differs is planned, with the contract's marks", () => {
  const observed = { id: "1", state: { ...desired, organization: "Fabrikam", status: "New" } };
  expect(planProperties(contract, desired, observed).changes).toEqual([
    { path: "organization", from: "Fabrikam", to: "Contoso", replaces: true, secret: false },
  ]);
});

test("drift that was observed is planned away", () => {
  const observed = { id: "1", state: { ...desired, nonCompliant: { count: 3 } } };
  expect(planProperties(contract, desired, observed).changes).toEqual([
    { path: "nonCompliant", from: { count: 3 }, to: undefined, replaces: false, secret: false },
  ]);
});

test("what is as desired plans nothing, whatever it is", () => {
  const thing = fc.record({ organization: fc.string(), crawlSource: fc.boolean(), clientSecret: fc.string() });
  fc.assert(
    fc.property(thing, (any) => {
      expect(planProperties(contract, any, { id: "1", state: { ...any, status: "New" } }).changes).toEqual([]);
    }),
  );
});
