import type { Figure } from "./figure";
import { renderResults, type Measured } from "./results";

function measured(name: string, answer: string): Measured {
  const figure: Figure = {
    name,
    title: `The ${name}`,
    question: "How long?",
    measure: () => Promise.reject(new Error("not measured in this test")),
  };
  const table = [
    ["", "ours"],
    ["time", "1 ms"],
  ];
  return { figure, outcome: { answer, table, kept: true }, machine: "Node v20.0.0" };
}

const order = ["The first", "The second"];

describe("results.md", () => {
  it("gives answer, table, command and machine of each figure", () => {
    const text = renderResults("", [measured("first", "1.10 ×")], order);
    expect(text).toContain("## The first\n\nHow long?\n\n**Within the limit: 1.10 ×**\n\n|  | ours |\n| --- | --- |\n");
    expect(text).toContain("Command: `npm run bench -- first`. Node v20.0.0.\n");
  });

  it("keeps what was said of a figure that was not measured again", () => {
    const both = renderResults("", [measured("first", "1.10 ×"), measured("second", "2.20 ×")], order);
    const again = renderResults(both, [measured("second", "2.30 ×")], order);
    expect(again).toBe(both.replace("2.20", "2.30"));
  });

  it("keeps the order of the registry, whatever was measured first", () => {
    const second = renderResults("", [measured("second", "2.20 ×")], order);
    const text = renderResults(second, [measured("first", "1.10 ×")], order);
    expect(text.indexOf("The first")).toBeLessThan(text.indexOf("The second"));
  });

  it("drops a figure that is no longer there", () => {
    const both = renderResults("", [measured("first", "1.10 ×"), measured("second", "2.20 ×")], order);
    expect(renderResults(both, [], ["The second"])).not.toContain("The first");
  });
});
