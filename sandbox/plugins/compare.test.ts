import { compare, isZero } from "./compare";
import { UNKNOWN } from "./values";

it("takes null, empty texts, lists and maps, false and zero for not set", () => {
  expect([null, "", [], {}, false, 0, { __defaults: [], a: "" }].every(isZero)).toBe(true);
  expect(["x", [""], { a: 1 }, true].some(isZero)).toBe(false);
  expect(compare("p", "", null)).toEqual([]);
});

it("names what was added, taken away and changed", () => {
  expect(compare("p", null, "a")).toEqual([["p", "add"]]);
  expect(compare("p", "a", null)).toEqual([["p", "delete"]]);
  expect(compare("p", "a", "b")).toEqual([["p", "update"]]);
  expect(compare("p", "a", "a")).toEqual([]);
});

it("goes into maps and lists", () => {
  expect(compare("p", { a: "1", b: ["x", "y"], c: "3" }, { a: "2", b: ["x"], d: "4", __defaults: [] })).toEqual([
    ["p.a", "update"],
    ["p.b[1]", "delete"],
    ["p.c", "delete"],
    ["p.d", "add"],
  ]);
});

it("does not care for the order of a set, but for that of a list", () => {
  expect(compare("p", ["a", "b"], ["b", "a"], true)).toEqual([]);
  expect(compare("p", ["a", "b"], ["b", "a"])).toEqual([
    ["p[0]", "update"],
    ["p[1]", "update"],
  ]);
  expect(compare("p", ["a", "b"], ["b", "c"], true)).toEqual([
    ["p[0]", "delete"],
    ["p[1]", "add"],
  ]);
});

it("takes what is not known yet for a change", () => {
  expect(compare("p", "a", UNKNOWN)).toEqual([["p", "update"]]);
  expect(compare("p", null, UNKNOWN)).toEqual([["p", "add"]]);
});
