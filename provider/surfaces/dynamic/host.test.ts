import { kinds } from "../../contracts";
import { dispatch } from "./host";

test.each(Object.keys(kinds))("%s is served", (token) => {
  expect(Object.keys(dispatch(token)).sort()).toEqual([
    "check",
    "configure",
    "create",
    "delete",
    "diff",
    "read",
    "update",
  ]);
});

test("a token keeps its methods, because the engine configures them once", () => {
  expect(dispatch("m365audit:onesecure:Source")).toBe(dispatch("m365audit:onesecure:Source"));
});

test("state of a version that knew more says so", () => {
  expect(() => dispatch("m365audit:onesecure:Future")).toThrow(/m365audit:onesecure:Future.*another version/);
});
