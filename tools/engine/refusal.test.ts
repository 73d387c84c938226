import { EngineUnavailableError, firstOpen, Refusal, type Way } from "./refusal";

function ways(outcomes: Readonly<Record<string, string | Error>>): { list: Way<string>[]; tried: string[] } {
  const tried: string[] = [];
  const list = Object.entries(outcomes).map(([name, outcome]) => ({
    name,
    attempt: () => {
      tried.push(name);
      return outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve(outcome);
    },
  }));
  return { list, tried };
}

describe("firstOpen", () => {
  test("takes the first way that is open and looks no further", async () => {
    const { list, tried } = ways({ path: new Refusal("none"), cache: "cached", installer: "installed" });
    const said: string[] = [];
    expect(await firstOpen(list, (line) => said.push(line), "")).toBe("cached");
    expect(tried).toEqual(["path", "cache"]);
    expect(said).toEqual(["path: none"]);
  });

  test("names every way and why it failed, and what to do, when none is open", async () => {
    const { list } = ways({ path: new Refusal("too old"), modules: new Refusal("there is no Go\non PATH") });
    const failure = await firstOpen(list, () => undefined, "Install Pulumi.").catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(EngineUnavailableError);
    expect((failure as Error).message).toBe(
      [
        "No Pulumi engine could be had. Tried:",
        "  - path: too old",
        "  - modules: there is no Go",
        "    on PATH",
        "Install Pulumi.",
      ].join("\n"),
    );
  });

  test("does not take a fault for a closed way", async () => {
    const { list, tried } = ways({ path: new TypeError("a fault"), cache: "cached" });
    await expect(firstOpen(list, () => undefined, "")).rejects.toThrow(TypeError);
    expect(tried).toEqual(["path"]);
  });
});
