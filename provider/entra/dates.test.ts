import fc from "fast-check";
import { wholeSeconds } from "./dates";

test("nanoseconds are cut off, not rounded", () => {
  expect(wholeSeconds("2028-11-21T17:51:30.906399734Z")).toBe("2028-11-21T17:51:30Z");
});

test("the time zone of the machine becomes UTC", () => {
  expect(wholeSeconds("2028-11-21T19:51:30.9+02:00")).toBe("2028-11-21T17:51:30Z");
});

test("a date that is in whole seconds already stays as it is", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), (seconds) => {
      const once = wholeSeconds(seconds * 1000);
      expect(wholeSeconds(once)).toBe(once);
      expect(Date.parse(once)).toBe(seconds * 1000);
    }),
  );
});

test("what is no date is refused", () => {
  expect(() => wholeSeconds("in two years")).toThrow(RangeError);
});
