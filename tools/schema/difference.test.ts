import { differences, firstLines } from "./difference";

describe("differences", () => {
  it("are none between equal documents", () => {
    expect(differences({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] })).toEqual([]);
  });

  it("say what was added, removed and changed, and where", () => {
    const before = { kept: 1, gone: true, resources: { "a:b:C": { name: "x" } } };
    const after = { kept: 1, fresh: [1], resources: { "a:b:C": { name: "y" } } };
    expect(differences(before, after)).toEqual([
      "- gone: true",
      '~ resources["a:b:C"].name: "x" → "y"',
      "+ fresh: [1]",
    ]);
  });

  it("show long values in part", () => {
    const [line = ""] = differences({}, { text: "x".repeat(500) });
    expect(line.length).toBeLessThan(120);
    expect(line).toMatch(/…$/);
  });

  it("show two long texts where they part", () => {
    const same = "same ".repeat(50);
    const [line = ""] = differences(`${same}before`, `${same}after`);
    expect(line).toMatch(/^~ : ….*same before" → ….*same after"$/);
    expect(line.length).toBeLessThan(150);
  });
});

describe("firstLines", () => {
  it("say how many lines they leave out", () => {
    expect(firstLines(["a", "b", "c"], 2)).toEqual(["a", "b", "… and 1 more"]);
    expect(firstLines(["a", "b"], 2)).toEqual(["a", "b"]);
  });
});
