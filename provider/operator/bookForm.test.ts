import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { AttestationsRefused, bookText, parseBook } from "./bookForm";
import { books, entryOf, urnOf } from "./testing/entries";
import { sshKey, temporaryFolder } from "./testing/tools";

const folder = temporaryFolder();
const file = "attestations/prod.json";

function refusal(text: string): AttestationsRefused {
  try {
    parseBook(text, file);
  } catch (error) {
    if (error instanceof AttestationsRefused) return error;
    throw error;
  }
  throw new Error("The text was accepted.");
}

/** The problems of one entry's line, without the line. */
function problemsOf(changes: Readonly<Record<string, unknown>>): Record<string, string> {
  const text = bookText([]).replace("null", `${JSON.stringify({ ...entryOf("a"), ...changes })},\nnull`);
  return Object.fromEntries(refusal(text).problems.map(({ path, message }) => [path.replace("line 3, ", ""), message]));
}

describe("the text of an attestations file", () => {
  it("has one entry a line by resource and action, each resource with a heading", () => {
    const text = bookText([entryOf("b"), entryOf("a", { action: "found" }), entryOf("a")]);
    expect(text.split("\n").map((line) => line.slice(0, 16))).toEqual([
      '{ "version": 1, ',
      "",
      '"a",',
      '{"resource":"urn',
      '{"resource":"urn',
      "",
      '"b",',
      '{"resource":"urn',
      "",
      "null",
      "]}",
      "",
    ]);
    expect(JSON.parse(text)).toMatchObject({ version: 1 });
  });

  it("gives the entries back as they were", () => {
    fc.assert(
      fc.property(books, (entries) => {
        const key = ({ resource, action }: { resource: string; action: string }): string => `${resource} ${action}`;
        const sorted = [...entries].sort((one, other) => (key(one) < key(other) ? -1 : 1));
        expect(parseBook(bookText(entries), file).entries).toEqual(sorted);
      }),
    );
  });

  it("is the same whatever the order of entries and of their properties", () => {
    fc.assert(
      fc.property(
        books.chain((entries) =>
          fc.tuple(fc.constant(entries), fc.shuffledSubarray(entries, { minLength: entries.length })),
        ),
        ([entries, shuffled]) => {
          const reversed = shuffled.map(
            (entry) => Object.fromEntries(Object.entries(entry).reverse()) as unknown as typeof entry,
          );
          expect(bookText(reversed)).toBe(bookText(entries));
          expect(bookText(parseBook(bookText(entries), file).entries)).toBe(bookText(entries));
        },
      ),
    );
  });
});

describe("reading it", () => {
  const two = bookText([entryOf("a"), entryOf("b")]);

  it("knows the line of each entry", () => {
    const { entries, lines } = parseBook(two, file);
    expect(entries.map((entry) => lines.get(entry))).toEqual([4, 7]);
  });

  it.each([
    [
      "lines in another order",
      two
        .split("\n\n")
        .map((part, index, all) => (index === 1 ? all[2] : index === 2 ? all[1] : part))
        .join("\n\n"),
      [4, 7],
    ],
    ["Windows' line ends", two.replaceAll("\n", "\r\n"), [4, 7]],
    ["a byte order mark", `\uFEFF${two}`, [4, 7]],
    ["a formatter's layout", JSON.stringify(JSON.parse(two), null, 2), [5, 17]],
    ["no line at all", JSON.stringify(JSON.parse(two)), [1, 1]],
    ["a line that stands twice", two.replace(/("b",\n.*\n)/, "$1$1"), [4, 7]],
  ])("takes %s", (_, text, expected) => {
    const { entries, lines } = parseBook(text, file);
    expect(new Set(entries.map(({ resource }) => resource))).toEqual(new Set([urnOf("a"), urnOf("b")]));
    expect(entries.map((entry) => lines.get(entry))).toEqual(expected);
  });

  it("refuses every wrong property of every line at once, with what was given and what is allowed", () => {
    const bad = { ...entryOf("a"), fingerprint: "abc", at: "2026-02-30T00:00:00Z", mood: "good" };
    const worse = { ...entryOf("b"), action: "done", values: [1], by: "" };
    const text = bookText([]).replace("null", `${JSON.stringify(bad)},\n${JSON.stringify(worse)},\n7,\nnull`);
    expect(refusal(text).message).toBe(
      [
        "reading the attestations in attestations/prod.json: 7 problems:",
        '  - line 3, at: "2026-02-30T00:00:00Z" was given; allowed: RFC 3339 in UTC, such as 2026-01-31T09:30:00Z',
        '  - line 3, fingerprint: "abc" was given; allowed: 64 hexadecimal digits, 0-9 and a-f',
        "  - line 3, mood: no such property",
        '  - line 4, action: "done" was given; allowed: "entered", "found", "removed"',
        '  - line 4, by: "" was given; allowed: a text on one line',
        "  - line 4, values: [1] was given; allowed: object",
        "  - line 5: 7 was given; allowed: object. Correct the file, or take it back to a version in git that is right.",
      ].join("\n"),
    );
  });

  it.each([
    ["a time without seconds", { at: "2026-01-31T09:30Z" }, "at"],
    ["a time of another zone", { at: "2026-01-31T09:30:00+01:00" }, "at"],
    ["capital letters in a fingerprint", { fingerprint: "A".repeat(64) }, "fingerprint"],
    ["what is no URN", { resource: "source" }, "resource"],
    ["a line break in the name of who says so", { by: "anna\nbob" }, "by"],
    ["an unknown property of the secret", { secret: { keyId: "1", value: "2" } }, "secret.value"],
    ["a signature that is none", { signature: "signed" }, "signature"],
    [
      "a certificate that is none",
      { certificate: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" },
      "certificate",
    ],
    ["nothing where a property is required", { action: undefined }, "action"],
  ])("refuses %s", (_, changes, path) => {
    expect(Object.keys(problemsOf(changes))).toEqual([path]);
  });

  it.each([
    [{ version: 2, entries: [] }, "version: 2 was given; allowed: 1"],
    [{ entries: [] }, "version: nothing was given; allowed: 1"],
    [{ version: 1, entries: {} }, "entries: allowed: an array of entries"],
    [{ version: 1, entries: [], more: 1 }, "more: no such property; allowed: version, entries"],
    [[], 'line 1: allowed: { "version": 1, "entries": [, the entries, and ]}'],
  ])("refuses the frame %j", (frame, expected) => {
    expect(refusal(JSON.stringify(frame)).message).toContain(expected);
  });

  it("refuses a property that stands twice, of which a reader may see the wrong one", () => {
    expect(refusal(two.replace('"by":', '"by":"bob@contoso.com","by":')).problems).toEqual([
      { path: "line 4, by", message: "given twice; allowed: once" },
    ]);
  });

  it("names git's conflict marks as such, and what else is wrong besides", () => {
    const [first = "", second = ""] = two.split("\n").filter((line) => line.startsWith('{"resource'));
    const text = two.replace(
      second,
      `<<<<<<< HEAD\n${first.replace("anna@contoso.com", "")}\n=======\n${second}\n>>>>>>> other`,
    );
    expect(refusal(text).problems).toEqual([
      { path: "lines 7, 9, 11", message: expect.stringContaining("git's marks of a conflict") },
      { path: "line 8, by", message: expect.stringContaining("allowed") },
    ]);
  });

  it.each([
    ["a line that is no JSON", two.replace('"b",', "b,\nb\n"), ["lines 6-7"]],
    ["a missing comma", two.replace('"a",', '"a"'), ["line 3"]],
    ["a missing first line", two.split("\n").slice(1).join("\n"), ["line 1"]],
    ["a missing last line", two.replace("]}\n", ""), ["line 9"]],
    ["an empty file", "\n", [""]],
  ])("says where there is %s", (_, text, paths) => {
    expect(refusal(text).problems.map(({ path }) => path)).toEqual(paths);
  });
});

describe("a secret in the file", () => {
  const { file: keyFile } = sshKey(folder, "key");
  const key = readFileSync(keyFile, "utf8");
  const clientSecret = `abc8Q~${"x".repeat(34)}`;
  const token = `eyJ${"a".repeat(20)}.${"b".repeat(20)}.c`;

  it.each([
    ["a private key as the certificate", { certificate: key }, "certificate", "a private key"],
    [
      "a private key beside a certificate",
      { certificate: `-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----\n${key}` },
      "certificate",
      "a private key",
    ],
    ["a private key as a signature", { signature: key }, "signature", "a private key"],
    ["a private key among the values", { values: { deep: [{ er: key }] } }, "values.deep[0].er", "a private key"],
    ["a private key in an unknown property", { key }, "key", "a private key"],
    [
      "a client secret in place of its Secret ID",
      { secret: { keyId: clientSecret } },
      "secret.keyId",
      "what looks like a client secret",
    ],
    [
      "a client secret as the certificate",
      { certificate: clientSecret },
      "certificate",
      "what looks like a client secret",
    ],
    ["a token", { id: token }, "id", "what looks like a token"],
  ])("is refused without being repeated: %s", (_, changes, path, kind) => {
    const problems = problemsOf(changes);
    expect(problems[path]).toMatch(new RegExp(`^${kind} was given \\(not shown\\)`));
    expect(Object.keys(problems)).toEqual([path]);
    for (const piece of [...key.split("\n").slice(1, -2), clientSecret, token])
      expect(JSON.stringify(problems)).not.toContain(piece);
  });

  it.each([
    ["between the entries", bookText([entryOf("a")]).replace("null", `${key}null`)],
    ["as the whole file", key],
    ["as a heading", bookText([entryOf("a")]).replace('"a"', JSON.stringify(key))],
    [
      "beside a property with a wrong type",
      bookText([]).replace("null", `${JSON.stringify({ ...entryOf("a"), at: [key], by: { key } })},\nnull`),
    ],
  ])("is refused without being repeated: a private key %s", (_, text) => {
    const { message } = refusal(text);
    expect(message).toContain("a private key was given (not shown)");
    for (const piece of key.split("\n").slice(1, -2)) expect(message).not.toContain(piece);
  });
});
