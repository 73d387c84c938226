import fc from "fast-check";
import { list, table, text } from "./literal";
import { parse } from "./testing/grammar";

const quotes = ["'", "\u2018", "\u2019", "\u201a", "\u201b"];

/** What PowerShell's tokenizer makes of a single-quoted string at the start of a script, and what is left behind it. */
function read(script: string): { readonly value: string; readonly rest: string } {
  const characters = Array.from(script);
  let value = "";
  let at = 1;
  for (; at < characters.length; at += 1) {
    const character = characters[at] ?? "";
    if (quotes.includes(character)) {
      at += 1;
      if (!quotes.includes(characters[at] ?? "")) break;
    }
    value += characters[at] ?? "";
  }
  return { value, rest: characters.slice(at).join("") };
}

const anyText = fc
  .array(
    fc.oneof(
      fc.constantFrom(...quotes, "$", "`", '"', ";", "\n", "@", "#", "(", ")", "{"),
      fc.string({ unit: "binary" }),
    ),
  )
  .map((parts) => parts.join("").replaceAll("\0", ""));

test("whatever is put into a literal, PowerShell reads it back and nothing of it as code", () => {
  fc.assert(
    fc.property(anyText, (value) => {
      expect(read(text(value))).toEqual({ value, rest: "" });
    }),
    { numRuns: 2000 },
  );
});

test("a list of any texts is one expression of that many strings", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.string({ unit: "grapheme" }).map((value) => value.replaceAll("\0", "")),
        { maxLength: 5 },
      ),
      async (values) => {
        const root = await parse(`Set-It ${list(values)}`);
        expect(root.hasError).toBe(false);
        expect(root.descendantsOfType("string_literal")).toHaveLength(values.length);
        expect(root.descendantsOfType("command")).toHaveLength(1);
      },
    ),
    { numRuns: 300 },
  );
});

test("an attempt to break out stays a text", () => {
  expect(text("x'; Remove-Mailbox -Identity 'ceo")).toBe("'x''; Remove-Mailbox -Identity ''ceo'");
  expect(text("x\u2019; Remove-Mailbox")).toBe("'x\u2019\u2019; Remove-Mailbox'");
});

test("no and one value are lists too", () => {
  expect(list([])).toBe("@()");
  expect(list(["a"])).toBe("@('a')");
  expect(table({ AuditAdmin: ["Copy"], AuditOwner: [] })).toBe(
    "[ordered]@{\n    AuditAdmin = @('Copy')\n    AuditOwner = @()\n}",
  );
});

test("a NUL character is refused, since no command line carries it", () => {
  expect(() => text("a\0b")).toThrow("NUL");
});
