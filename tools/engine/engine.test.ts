import { delimiter, join, resolve } from "node:path";
import { engineAt } from "./engine";

const OWN = resolve("/engines/bin");
const COMPANIONS = resolve("/companions/bin");

describe("Engine.environment", () => {
  const engine = engineAt("3.256.0", "modules", join(OWN, "pulumi"));

  test("puts the engine first on PATH, once, and keeps the rest", () => {
    const base = { PATH: ["a", OWN, "b"].join(delimiter), HOME: "home", UNSET: undefined };
    expect(engine.environment(base)).toEqual({
      PATH: [OWN, "a", "b"].join(delimiter),
      HOME: "home",
      PULUMI_SKIP_UPDATE_CHECK: "true",
    });
  });

  test("finds PATH whatever its case, as Windows does", () => {
    expect(engine.environment({ Path: "a" })).toEqual({
      Path: [OWN, "a"].join(delimiter),
      PULUMI_SKIP_UPDATE_CHECK: "true",
    });
  });

  test("puts what was missing beside the engine before it", () => {
    const completed = engineAt("3.256.0", "path", join(OWN, "pulumi"), COMPANIONS);
    expect(completed.binaries).toBe(COMPANIONS);
    expect(completed.environment({}).PATH).toBe([COMPANIONS, OWN].join(delimiter));
  });
});
