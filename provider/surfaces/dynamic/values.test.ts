import { runtime } from "@pulumi/pulumi";
import { z } from "zod";
import type { Contract } from "../../core";
import { hasUnknown, inputsOf, internal, normalized, observedInputs, pureJson, unknownValue } from "./values";

const contract: Contract = {
  token: "m365audit:test:Thing",
  description: "A thing.",
  inputs: z.strictObject({
    name: z.string().toLowerCase(),
    types: z.array(z.string()).default(["UserMailbox"]),
    note: z.string().optional(),
  }),
  outputs: z.strictObject({ thingId: z.string() }),
  drift: z.strictObject({ nonCompliant: z.number() }),
};

test("the text for what is not known yet is Pulumi's", () => {
  expect(unknownValue).toBe((runtime as unknown as { unknownValue: string }).unknownValue);
});

test("what is not known is found at any depth", () => {
  expect(hasUnknown({ a: [{ b: unknownValue }] })).toBe(true);
  expect(hasUnknown({ a: [{ b: null }], c: 1 })).toBe(false);
});

test("defaults and normal forms are filled in, and what is not wholly known stays as it is", () => {
  expect(normalized(contract, { name: "ADA" })).toEqual({ name: "ada", types: ["UserMailbox"] });
  expect(normalized(contract, { name: unknownValue, types: ["X", unknownValue] })).toEqual({
    name: unknownValue,
    types: ["X", unknownValue],
  });
});

test("what was found goes into the recorded inputs, what was given back does not", () => {
  const state = { name: "ada", types: [], thingId: "1", nonCompliant: 3, __urn: "urn" };
  expect(observedInputs(contract, state)).toEqual({ name: "ada", types: [], nonCompliant: 3 });
  expect(inputsOf(contract, state)).toEqual({ name: "ada", types: [] });
  expect(internal(state)).toEqual({ __urn: "urn" });
});

test("undefined is dropped at any depth", () => {
  expect(pureJson({ a: undefined, b: [{ c: undefined, d: 1 }] })).toEqual({ b: [{ d: 1 }] });
});
