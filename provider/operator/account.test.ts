import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { accountOf, unknownEntries } from "./account";
import { AttestationsRefused, type Book, bookText, parseBook } from "./book";
import { type Entry, fingerprintOf, signedText } from "./entry";
import { sign } from "./signature";
import { books, entryOf, urnOf } from "./testing/entries";
import { sshKey, temporaryFolder } from "./testing/tools";

const folder = temporaryFolder();
const anna = sshKey(folder, "anna");
const bob = sshKey(folder, "bob");
const signers = { file: join(folder, "allowed_signers") };
writeFileSync(signers.file, `anna@contoso.com ${anna.publicKey}\nbob@contoso.com ${bob.publicKey}\n`);

function bookOf(entries: readonly Entry[]): Book {
  return parseBook(bookText(entries), "attestations/prod.json");
}

async function signed(entry: Entry, keyFile: string): Promise<Entry> {
  return { ...entry, signature: await sign(signedText(entry), keyFile) };
}

async function problems(
  book: Book,
  name: string,
  who?: typeof signers,
): Promise<readonly { path: string; message: string }[]> {
  const error: unknown = await accountOf(book, urnOf(name), who).catch((failure: unknown) => failure);
  if (error instanceof AttestationsRefused) return error.problems;
  throw new Error("It was believed.");
}

describe("what is believed of a resource", () => {
  it("is one entry of each action, and nothing of other resources", async () => {
    const [entered, found] = [entryOf("a"), entryOf("a", { action: "found", values: { crawlSource: false } })];
    expect(await accountOf(bookOf([entryOf("b"), found, entered]), urnOf("a"))).toEqual({ entered, found });
    expect(await accountOf(bookOf([entryOf("b")]), urnOf("a"))).toEqual({});
  });

  it("does not depend on the order of lines", async () => {
    await fc.assert(
      fc.asyncProperty(
        books.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        async ([all, shuffled]) => {
          const mine = all.filter(({ action }) => action !== "removed");
          const text = (entries: readonly Entry[]): string =>
            JSON.stringify({ version: 1, entries: entries.filter((entry) => mine.includes(entry)) });
          const [one, other] = [parseBook(text(all), "prod.json"), parseBook(text(shuffled), "prod.json")];
          const account = (book: Book): Promise<unknown> => accountOf(book, urnOf("a"), undefined, Infinity);
          expect(await account(one)).toEqual(await account(other));
        },
      ),
    );
  });

  it("does not need a signature where nobody is named who may sign", async () => {
    const entry = { ...entryOf("a"), signature: "-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n" };
    expect(await accountOf(bookOf([entry]), urnOf("a"))).toEqual({ entered: entry });
  });

  it("is what those signed who say it", async () => {
    const entered = await signed(entryOf("a"), anna.file);
    const found = await signed(entryOf("a", { action: "found", by: "bob@contoso.com" }), bob.file);
    expect(await accountOf(bookOf([entered, found]), urnOf("a"), signers)).toEqual({ entered, found });
  });
});

describe("what is refused", () => {
  it("is every forged and conflicting entry of the resource at once, each with what to do", async () => {
    const forged = { ...entryOf("a"), values: { crawlSource: false } };
    const other = entryOf("a", { by: "bob@contoso.com", at: "2026-02-01T00:00:00Z" });
    const removed = entryOf("a", { action: "removed", by: "bob@contoso.com", values: { crawlSource: true } });
    const error: unknown = await accountOf(bookOf([forged, other, removed, entryOf("b")]), urnOf("a")).catch(
      (failure: unknown) => failure,
    );
    const right = fingerprintOf(forged.values).slice(0, 12);
    expect((error as Error).message.split("\n")).toEqual([
      `believing attestations/prod.json about ${urnOf("a")}: 4 problems:`,
      '  - lines 4, 5: 2 entries say "entered" and differ: anna@contoso.com at 2026-01-31T09:30:00Z (line 4) and bob@contoso.com at 2026-02-01T00:00:00Z (line 5); a merge brought both: find out which one is true of the product, and delete the other line',
      "  - lines 4, 5, 6: entries say that it was removed, and that it is there: anna@contoso.com at 2026-01-31T09:30:00Z (line 4) and bob@contoso.com at 2026-02-01T00:00:00Z (line 5) and bob@contoso.com at 2026-01-31T09:30:00Z (line 6); a merge brought both: find out which one is true of the product, and delete the other line",
      `  - line 4, entered, anna@contoso.com at 2026-01-31T09:30:00Z: its fingerprint ${forged.fingerprint.slice(0, 12)}… is not that of its values and secret (${right}…), so it was changed by hand: take the line back to how git has it, or attest the resource again`,
      "  - line 6, removed, bob@contoso.com at 2026-01-31T09:30:00Z: says that it was removed, and yet has values (crawlSource): take the line back to how git has it, or attest the resource again",
    ]);
  });

  it("is an entry from the future, which would outdo all that come after it", async () => {
    const entry = entryOf("a", { at: "2026-01-31T09:30:00Z" });
    const at = (time: string) => accountOf(bookOf([entry]), urnOf("a"), undefined, Date.parse(time));
    await expect(at("2026-01-31T08:00:00Z")).rejects.toThrow("its time 2026-01-31T09:30:00Z is still to come");
    // Clocks of two machines may be some minutes apart.
    await expect(at("2026-01-31T09:00:00Z")).resolves.toEqual({ entered: entry });
  });

  it("is an entry whose secret is another than its fingerprint's", async () => {
    const entry = entryOf("a", { secret: { keyId: "1" } });
    expect(await problems(bookOf([{ ...entry, secret: { keyId: "2" } }]), "a")).toHaveLength(1);
  });

  it.each([
    [
      "not signed",
      () => entryOf("a"),
      /^it is not signed, and .*allowed_signers says who may sign: ask anna@contoso\.com to attest it again with --sign/,
    ],
    [
      "signed by another",
      () => signed(entryOf("a"), bob.file),
      /^it is signed by bob@contoso\.com, not by anna@contoso\.com: ask anna/,
    ],
    [
      "signed by a stranger",
      () => signed(entryOf("a"), sshKey(folder, "eve").file),
      /^the key SHA256:\S+ is not among the allowed signers: ask anna/,
    ],
    [
      "signed under another time",
      async () => ({ ...(await signed(entryOf("a"), anna.file)), at: "2026-03-01T00:00:00Z" }),
      /^the signature is of another text: the entry was changed after it was signed: ask anna/,
    ],
    [
      "signed under another id",
      async () => ({ ...(await signed(entryOf("a", { id: "1" }), anna.file)), id: "2" }),
      /^the signature is of another text/,
    ],
    [
      "signed for another resource",
      async () => ({ ...(await signed(entryOf("b"), anna.file)), resource: urnOf("a") }),
      /^the signature is of another text/,
    ],
  ])("is an entry that is %s, where it is named who may sign", async (_, make, message) => {
    expect(await problems(bookOf([await make()]), "a", signers)).toEqual([
      {
        path: expect.stringMatching(/^line 4, entered, anna@contoso\.com at 2026-/),
        message: expect.stringMatching(message),
      },
    ]);
  });
});

describe("signatures", () => {
  it("are verified once an entry, and anew when the signers change", async () => {
    // Stands before the real one on the PATH, and counts.
    const log = join(folder, "calls");
    writeFileSync(
      join(folder, "ssh-keygen"),
      `#!/bin/sh\necho "$2" >> '${log}'\nPATH="$REAL_PATH" exec ssh-keygen "$@"\n`,
      { mode: 0o755 },
    );
    const calls = (): number => (existsSync(log) ? readFileSync(log, "utf8").trim().split("\n").length : 0);
    const entries = await Promise.all(["a", "b", "c"].map((name) => signed(entryOf(`${name}-once`), anna.file)));
    const path = process.env["PATH"] ?? "";
    process.env["REAL_PATH"] = path;
    process.env["PATH"] = `${folder}:${path}`;
    try {
      for (let time = 0; time < 3; time += 1) {
        for (const { resource } of entries) await accountOf(bookOf(entries), resource, signers);
      }
      expect(calls()).toBe(3);
      writeFileSync(signers.file, `anna@contoso.com ${anna.publicKey}\n`);
      await accountOf(bookOf(entries), urnOf("a-once"), signers);
      expect(calls()).toBe(4);
    } finally {
      process.env["PATH"] = path;
      Reflect.deleteProperty(process.env, "REAL_PATH");
    }
  });
});

describe("entries of resources that the stack does not have", () => {
  const declared = new Set([urnOf("a")]);

  it("are told with the reason", () => {
    const elsewhere = (stack: string, project: string): Entry => ({
      ...entryOf("x"),
      resource: `urn:pulumi:${stack}::${project}::t::x`,
    });
    const book = bookOf([entryOf("a"), entryOf("b"), elsewhere("test", "contoso"), elsewhere("prod", "fabrikam")]);
    expect(unknownEntries(book, declared).map(({ line, reason }) => `${String(line)} ${reason}`)).toEqual([
      "7 it is no longer declared",
      "10 it is of a stack of another project, fabrikam",
      "13 it is of another stack, test",
    ]);
  });

  it("are none where the product was attested to be rid of them, also beside an older entry that a merge brought back", () => {
    const removed = entryOf("b", { action: "removed", values: {}, at: "2026-02-01T00:00:00Z" });
    expect(unknownEntries(bookOf([removed, entryOf("b")]), declared)).toEqual([]);
    const later = entryOf("b", { at: "2026-03-01T00:00:00Z" });
    expect(unknownEntries(bookOf([removed, later]), declared).map(({ entry }) => entry)).toEqual([later]);
  });

  it("are still told where the stack has nothing at all", () => {
    expect(unknownEntries(bookOf([entryOf("b")]), new Set()).map(({ reason }) => reason)).toEqual([
      "it is no longer declared",
    ]);
  });
});
