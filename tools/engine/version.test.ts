import { readFileSync } from "node:fs";
import { join } from "node:path";
import { compareVersions, formatVersion, isAtLeast, LANGUAGE_HOST, parseVersion, SUPPORTED_ENGINE } from "./version";

function version(text: string): NonNullable<ReturnType<typeof parseVersion>> {
  const parsed = parseVersion(text);
  if (parsed === undefined) throw new Error(`no version in ${text}`);
  return parsed;
}

describe("parseVersion", () => {
  test.each([
    ["v3.256.0\n", "3.256.0"],
    ["3.257.0-alpha.x1b2", "3.257.0-alpha.x1b2"],
    ["v3.256.1+dirty", "3.256.1"],
    ["go version go1.25.11 linux/amd64", "1.25.11"],
    ["go1.26", "1.26.0"],
  ])("reads %j as %s", (text, expected) => {
    expect(formatVersion(version(text))).toBe(expected);
  });

  test("finds none where there is none", () => {
    expect(parseVersion("unknown (devel)")).toBeUndefined();
  });
});

describe("compareVersions", () => {
  test("orders versions as semver does", () => {
    const ordered = [
      "3.99.9",
      "3.256.0-alpha.2",
      "3.256.0-alpha.10",
      "3.256.0-alpha.10.1",
      "3.256.0-beta",
      "3.256.0",
      "3.256.1",
      "4.0.0",
    ];
    const shuffled = [...ordered].reverse().sort((a, b) => compareVersions(version(a), version(b)));
    expect(shuffled).toEqual(ordered);
    expect(compareVersions(version("v1.2.3"), version("1.2.3"))).toBe(0);
  });
});

describe("isAtLeast", () => {
  test("takes the minimum itself and what is newer, and refuses the rest", () => {
    expect(isAtLeast("v3.256.0", SUPPORTED_ENGINE)).toBe(true);
    expect(isAtLeast("v3.301.2", SUPPORTED_ENGINE)).toBe(true);
    expect(isAtLeast("v3.255.9", SUPPORTED_ENGINE)).toBe(false);
    expect(isAtLeast("v3.256.0-alpha.1", SUPPORTED_ENGINE)).toBe(false);
    expect(isAtLeast("not a version", SUPPORTED_ENGINE)).toBe(false);
  });
});

describe("the Go modules", () => {
  const goMod = (name: string): string => readFileSync(join(__dirname, name, "go.mod"), "utf8");

  test("build the versions that the code names", () => {
    expect(goMod("cli")).toContain(`require github.com/pulumi/pulumi/pkg/v3 v${SUPPORTED_ENGINE}\n`);
    expect(goMod("languagehost")).toContain(`require github.com/pulumi/pulumi/sdk/v3 v${LANGUAGE_HOST}\n`);
  });

  test("name no toolchain, which Go would download", () => {
    expect(goMod("cli") + goMod("languagehost")).not.toMatch(/^toolchain /m);
  });
});
