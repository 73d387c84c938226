import { compileFault, countResults, installFault, outputOf } from "../../scripts/decisions.cjs";

describe("installFault", () => {
  const zod = { version: "4.0.0", integrity: "sha512-a" };
  const lock = { packages: { "": { version: "0.1.0" }, "node_modules/zod": zod } };

  test("finds none when what is installed is what the lock file says", () => {
    expect(installFault(lock, { packages: { "node_modules/zod": zod } })).toBeUndefined();
  });

  test.each([
    ["nothing is installed", undefined, "no packages are installed"],
    ["a package is missing", { packages: {} }, "zod is not installed"],
    [
      "a version differs",
      { packages: { "node_modules/zod": { ...zod, version: "3.0.0" } } },
      "zod is 3.0.0, not 4.0.0",
    ],
    ["the content differs", { packages: { "node_modules/zod": { ...zod, integrity: "sha512-b" } } }, "zod is"],
  ])("says so when %s", (_, installed, message) => {
    expect(installFault(lock, installed)).toContain(message);
  });

  test("does not miss packages for other platforms", () => {
    const withOptional = { packages: { ...lock.packages, "node_modules/fsevents": { ...zod, optional: true } } };
    expect(installFault(withOptional, { packages: { "node_modules/zod": zod } })).toBeUndefined();
  });
});

describe("compileFault", () => {
  const outputs = { expected: ["dist/a.js"], present: new Set(["dist/a.js"]) };

  test("finds none when the sources are those that were compiled and the output is there", () => {
    expect(compileFault("key", "key", outputs)).toBeUndefined();
  });

  test("says what is out of date", () => {
    expect(compileFault(undefined, "key", outputs)).toBe("nothing is compiled");
    expect(compileFault("old", "key", outputs)).toBe("sources have changed");
    expect(compileFault("key", "key", { ...outputs, present: new Set() })).toBe("dist/a.js is missing");
  });
});

describe("outputOf", () => {
  test("compiles code, copies the rest and leaves out tests and documentation", () => {
    expect(outputOf("provider/core/plan.ts")).toBe("dist/provider/core/plan.js");
    expect(outputOf("provider\\onesecure\\openapi.yaml")).toBe("dist/provider/onesecure/openapi.yaml");
    for (const file of ["a/b.test.ts", "a/testing/b.ts", "a/README.md", "a/b.d.ts", "a/.hidden"]) {
      expect(outputOf(file)).toBeUndefined();
    }
  });
});

describe("countResults", () => {
  const checks = [
    { name: "types", passed: true, seconds: 1 },
    { name: "lint", passed: false, seconds: 1 },
  ];
  const jest = {
    numTotalTests: 10,
    numPassedTests: 10,
    numFailedTests: 0,
    numPendingTests: 0,
    numTodoTests: 0,
    numRuntimeErrorTestSuites: 0,
  };

  test("counts each check and each test once", () => {
    expect(countResults(checks, 1, { ...jest, numPassedTests: 8, numFailedTests: 2 }, 1)).toEqual({
      passed: 9,
      failed: 3,
      notes: [],
    });
  });

  test("counts a suite that can't be loaded as a failure", () => {
    expect(countResults([], 0, { ...jest, numRuntimeErrorTestSuites: 1 }, 1)).toMatchObject({ passed: 10, failed: 1 });
  });

  test("counts what has not reported as a failure", () => {
    expect(countResults(undefined, 1, undefined, 1)).toMatchObject({ passed: 0, failed: 2 });
    expect(countResults([], 0, { ...jest, numTotalTests: 0, numPassedTests: 0 }, 0)).toMatchObject({ failed: 1 });
  });

  test("believes an exit code that the report can't explain", () => {
    expect(countResults([], 0, jest, 1)).toMatchObject({ passed: 10, failed: 1 });
    expect(countResults([], 7, jest, 0)).toMatchObject({ passed: 10, failed: 1 });
  });

  test("tells of tests that were not run", () => {
    expect(countResults([], 0, { ...jest, numPendingTests: 2 }, 0).notes).toEqual(["2 tests were not run"]);
  });
});
