import { BuildProgress, goEnvironment, goLine } from "./modules";

describe("goLine", () => {
  test("reads the version that a go.mod asks for", () => {
    expect(goLine("module x\n\ngo 1.25.11\n\nrequire y v1.0.0\n")).toBe("1.25.11");
    expect(() => goLine("module x\n")).toThrow("no go line");
  });
});

describe("goEnvironment", () => {
  test("keeps the user's settings, and never lets Go fetch another toolchain", () => {
    const environment = goEnvironment({ GOPROXY: "https://proxy.example", GOTOOLCHAIN: "auto" });
    expect(environment).toMatchObject({ GOPROXY: "https://proxy.example", GOTOOLCHAIN: "local", GOWORK: "off" });
  });
});

describe("BuildProgress", () => {
  test("counts modules and packages, and takes errors for neither", () => {
    const progress = new BuildProgress();
    expect(String(progress)).toBe("0 packages compiled");
    for (const line of [
      "go: downloading github.com/a/b v1.2.3",
      "github.com/a/b/v2/c_d",
      "internal/cpu",
      "go: module lookup disabled",
      "# github.com/a/b",
      "./main.go:1:2: undefined: x",
    ]) {
      progress.line(line);
    }
    expect(String(progress)).toBe("1 modules downloaded, 2 packages compiled");
  });
});
