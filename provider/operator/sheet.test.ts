import fc from "fast-check";
import MarkdownIt from "markdown-it";
import { code, linesOf, notKnownYet, onOff, type Sheet, shown, visible, worked } from "./sheet";

const sheet = (task: string, orders: readonly number[], more: Partial<Sheet> = {}): Sheet => ({
  task,
  title: task,
  steps: orders.map((order) => ({ order, text: `${task} ${String(order)}` })),
  ...more,
});

describe("a value in a step", () => {
  test("is one code span, whatever is in it", () => {
    const markdown = new MarkdownIt();
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const flat = visible(text.replace(/\s+/g, " "));
        fc.pre(flat.trim() !== "");
        const [block] = markdown.parseInline(`Enter ${code(text)}!`, {});
        const children = block?.children ?? [];
        expect(children.map(({ type }) => type)).toEqual(["text", "code_inline", "text"]);
        // Markdown takes one blank off each end where both ends have one.
        expect(children[1]?.content.trim()).toBe(flat.trim());
      }),
    );
  });

  test("cannot act on a terminal, nor turn the order of reading around", () => {
    expect(code("Contoso\u001b[2J\u202eevil")).toBe("`Contoso\\u001b[2J\\u202eevil`");
    expect(code("a\nb\tc")).toBe("`a b c`");
  });

  test("says when it is not known yet", () => {
    expect(shown(notKnownYet)).toBe("(known after `pulumi up`)");
    expect(onOff(notKnownYet)).toBe("(known after `pulumi up`)");
  });

  test("is a switch's place or what was given", () => {
    expect([onOff(true), onOff(false), shown("a"), shown(0.5)]).toEqual(["**ON**", "**OFF**", "`a`", "`0.5`"]);
  });
});

test("the steps of a sheet are numbered from one", () => {
  expect(linesOf(sheet("a", [5.1, 7]))).toEqual(["1. a 5.1", "2. a 7"]);
  expect(linesOf(undefined)).toEqual([]);
});

describe("several sheets", () => {
  const texts = (sheets: readonly Sheet[]): string[][] =>
    worked(sheets).map(({ steps }) => steps.map(({ text }) => text));

  test("that share a dialog are one, in the dialog's order", () => {
    const source = sheet("source", [1, 5.4, 8], { takesIn: ["credential", "connector"] });
    const parts = [sheet("credential", [5.5]), source, sheet("connector", [7])];
    expect(texts(parts)).toEqual([["source 1", "source 5.4", "credential 5.5", "connector 7", "source 8"]]);
    expect(worked(parts)[0]?.tasks).toEqual(["source", "credential", "connector"]);
  });

  test("that say the same at the same place say it once", () => {
    const step = { order: 1, text: "Click **Configuration**." };
    const source = {
      ...sheet("source", [8], { takesIn: ["credential"] }),
      steps: [step, { order: 8, text: "Finish" }],
    };
    expect(texts([source, { ...sheet("credential", []), steps: [step] }])).toEqual([
      ["Click **Configuration**.", "Finish"],
    ]);
  });

  test("stand alone where the dialog is not open", () => {
    expect(texts([sheet("connector", [7])])).toEqual([["connector 7"]]);
  });

  test("go into the first dialog that takes them in, and into no other", () => {
    const sources = ["one", "two"].map((task) => sheet(task, [1], { takesIn: ["dataset"] }));
    expect(texts([sheet("dataset", [2]), ...sources])).toEqual([["one 1", "dataset 2"], ["two 1"]]);
  });

  test("come after what they wait for, also where that went into another", () => {
    const credential = sheet("credential", [1], { after: ["connector"] });
    const source = sheet("source", [1], { takesIn: ["connector"] });
    expect(worked([credential, source, sheet("connector", [2])]).map(({ task }) => task)).toEqual([
      "source",
      "credential",
    ]);
  });

  test("that wait for each other come as they came", () => {
    const circle = [sheet("a", [1], { after: ["b"] }), sheet("b", [1], { after: ["a"] })];
    expect(worked(circle)).toHaveLength(2);
  });
});
