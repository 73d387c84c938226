import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { Rejected } from "../core";
import { accountOf } from "./account";
import { AttestationsRefused, bookText, parseBook, readBook, withEntry, writeBook } from "./book";
import type { Entry } from "./entry";
import { books, entryOf, urnOf } from "./testing/entries";
import { git, temporaryFolder } from "./testing/tools";

const folder = temporaryFolder();

function actionsOf(entries: readonly Entry[]): string[] {
  return entries.map(({ resource, action, by }) => `${resource.split("::").at(-1) ?? ""} ${action} ${by[0] ?? ""}`);
}

describe("one more entry", () => {
  const before = [entryOf("a"), entryOf("a", { action: "found" }), entryOf("b")];

  it("takes the place of all that was said of the resource when it says what is there now", () => {
    expect(actionsOf(withEntry(before, entryOf("a", { by: "bob" })))).toEqual(["b entered a", "a entered b"]);
    expect(actionsOf(withEntry(before, entryOf("a", { action: "removed", values: {}, by: "bob" })))).toEqual([
      "b entered a",
      "a removed b",
    ]);
  });

  it("stays beside what was entered when it says what was found", () => {
    const found = withEntry(before, entryOf("a", { action: "found", by: "bob" }));
    expect(actionsOf(found)).toEqual(["a entered a", "b entered a", "a found b"]);
    const removed = [entryOf("a", { action: "removed", values: {} })];
    expect(actionsOf(withEntry(removed, entryOf("a", { action: "found", by: "bob" })))).toEqual(["a found b"]);
  });
});

describe("writing", () => {
  it("makes the folder, and with its first file tells git how to merge it", async () => {
    const file = join(folder, "new", "attestations", "prod.json");
    const { alsoMade } = await writeBook(file, [entryOf("a")]);
    expect(alsoMade).toEqual([join(folder, "new", "attestations", ".gitattributes")]);
    expect(readFileSync(alsoMade[0] ?? "", "utf8")).toMatch(/^(# .*\n)+\*\.json merge=union\n$/);
    expect(readdirSync(join(folder, "new", "attestations")).sort()).toEqual([".gitattributes", "prod.json"]);

    expect(await writeBook(file, [])).toEqual({ alsoMade: [] });
    expect(await writeBook(join(folder, "new", "attestations", "test.json"), [])).toEqual({ alsoMade: [] });
    expect(readFileSync(file, "utf8")).toBe(bookText([]));
  });

  it("leaves alone what a folder says to git already, and a folder with other files of the kind", async () => {
    const said = join(folder, "said");
    mkdirSync(said);
    writeFileSync(join(said, ".gitattributes"), "* -text\n");
    expect(await writeBook(join(said, "prod.json"), [])).toEqual({ alsoMade: [] });
    expect(readFileSync(join(said, ".gitattributes"), "utf8")).toBe("* -text\n");

    const shared = join(folder, "shared");
    mkdirSync(shared);
    writeFileSync(join(shared, "package.json"), "{}");
    expect(await writeBook(join(shared, "prod.json"), [])).toEqual({ alsoMade: [] });
  });

  it("writes nothing that could not be read again", async () => {
    const file = join(folder, "refused", "prod.json");
    await expect(writeBook(file, [{ ...entryOf("a"), at: "yesterday" }])).rejects.toThrow(AttestationsRefused);
    expect(readdirSync(folder)).not.toContain("refused");
  });

  it("leaves nothing behind where it fails, and says so", async () => {
    mkdirSync(join(folder, "taken", "prod.json"), { recursive: true });
    const failure = await writeBook(join(folder, "taken", "prod.json"), []).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Rejected);
    expect((failure as Error).message).toMatch(
      /^writing the attestations in .*prod\.json: the file system refuses it \(E/,
    );
    expect(readdirSync(join(folder, "taken"))).toEqual(["prod.json"]);
  });
});

describe("reading", () => {
  it("takes a file that is not there for none, and one that cannot be read for an error", async () => {
    expect((await readBook(join(folder, "absent", "prod.json"))).entries).toEqual([]);
    mkdirSync(join(folder, "odd.json"));
    await expect(readBook(join(folder, "odd.json"))).rejects.toThrow(
      /reading the attestations in .*odd\.json: the file system refuses it \(EISDIR\)/,
    );
  });

  it("reads a file once, until it is another", async () => {
    const file = join(folder, "cached.json");
    await writeBook(file, [entryOf("a")]);
    const first = await readBook(file);
    expect(await readBook(file)).toBe(first);

    await writeBook(file, [entryOf("b")]);
    expect((await readBook(file)).entries).toEqual([entryOf("b")]);

    const { atime } = statSync(file);
    writeFileSync(file, bookText([entryOf("c")]));
    utimesSync(file, atime, new Date("2026-01-01"));
    expect((await readBook(file)).entries).toEqual([entryOf("c")]);
  });
});

/** What a branch attests: the entries of one resource. */
interface Branch {
  readonly drawn: readonly Entry[];
  readonly chosen: string;
}

/** @throws with git's words where it sees a conflict */
function mergedText(
  options: readonly string[],
  ...sides: [mine: readonly Entry[], base: readonly Entry[], theirs: readonly Entry[]]
): string {
  const files = sides.map((entries, index) => {
    const file = join(folder, `side-${String(index)}`);
    writeFileSync(file, bookText(entries));
    return file;
  });
  return git(folder, "merge-file", ...options, "--stdout", ...files);
}

describe("merging with git", () => {
  /** The file after both branches, which start from `base`, are merged. */
  async function merged(
    name: string,
    base: readonly Entry[] | undefined,
    ours: readonly Entry[],
    theirs: readonly Entry[],
  ): Promise<string> {
    const clone = join(folder, name);
    const file = join(clone, "attestations", "prod.json");
    mkdirSync(clone);
    git(clone, "init", "--quiet", "--initial-branch=main");
    const commit = async (entries: readonly Entry[] | undefined, message: string): Promise<void> => {
      if (entries !== undefined) await writeBook(file, entries);
      git(clone, "add", "--all");
      git(clone, "commit", "--quiet", "--allow-empty", "--message", message);
    };
    await commit(base, "base");
    git(clone, "switch", "--quiet", "--create", "other");
    await commit(theirs, "theirs");
    git(clone, "switch", "--quiet", "main");
    await commit(ours, "ours");
    git(clone, "merge", "--quiet", "--no-edit", "other");
    expect(git(clone, "status", "--porcelain")).toBe("");
    return file;
  }

  it("joins what two branches attest of different resources", async () => {
    const base = [entryOf("b"), entryOf("d")];
    const file = await merged("different", base, withEntry(base, entryOf("a")), withEntry(base, entryOf("c")));
    expect(bookText((await readBook(file)).entries)).toBe(bookText(["a", "b", "c", "d"].map((name) => entryOf(name))));
  });

  it("joins them where both branches make the file", async () => {
    const file = await merged("both-new", undefined, [entryOf("a")], [entryOf("b")]);
    expect(bookText((await readBook(file)).entries)).toBe(bookText([entryOf("a"), entryOf("b")]));
  });

  it("keeps both where two branches attest the same resource differently, and then neither is believed", async () => {
    const again = { by: "bob@contoso.com", at: "2026-02-01T00:00:00Z" };
    const base = [entryOf("a")];
    const file = await merged(
      "same",
      base,
      withEntry(base, entryOf("b", { values: { crawlSource: true } })),
      withEntry(base, entryOf("b", { values: { crawlSource: false }, ...again })),
    );
    const book = await readBook(file);
    await expect(accountOf(book, urnOf("a"))).resolves.toEqual({ entered: entryOf("a") });
    await expect(accountOf(book, urnOf("b"))).rejects.toThrow(
      /2 entries say "entered" and differ: (anna|bob)@contoso\.com at .* \(line \d+\) and (anna|bob)@contoso\.com at .* \(line \d+\); a merge brought both/,
    );
  });

  it("joins what is attested anew of neighbours, and a newcomer before one of them, without git's help", () => {
    const start = ["b", "c", "d"].map((name) => entryOf(name));
    const again = { by: "bob@contoso.com", at: "2026-02-01T00:00:00Z" };
    const [mine, theirs] = [[entryOf("c", again)], [entryOf("bb", again), entryOf("d", again)]];
    const change = (so: readonly Entry[], entries: readonly Entry[]): Entry[] => entries.reduce(withEntry, [...so]);
    const text = mergedText([], change(start, mine), start, change(start, theirs));
    expect(bookText(parseBook(text, "prod.json").entries)).toBe(bookText(change(change(start, mine), theirs)));
  });

  it("joins whatever two branches attest of different resources, with git's way of merging lines", () => {
    const inBranch: fc.Arbitrary<Branch> = fc.record({
      drawn: books,
      chosen: fc.constantFrom("a", "b", "c", "d", "e"),
    });
    fc.assert(
      fc.property(books, inBranch, inBranch, (start, one, other) => {
        fc.pre(one.chosen !== other.chosen);
        const change = (entries: readonly Entry[], { drawn, chosen }: Branch): Entry[] =>
          drawn
            .filter(({ resource }) => resource === urnOf(chosen))
            .reduce((so, entry) => withEntry(so, entry), [...entries]);
        const text = mergedText(["--union"], change(start, one), start, change(start, other));
        expect(bookText(parseBook(text, "prod.json").entries)).toBe(bookText(change(change(start, one), other)));
      }),
      { numRuns: 150 },
    );
  });
});
