import type { Belief } from "../../sandbox/beliefs";
import { beliefsDocument } from "./document";

const belief = (id: string, more: Partial<Belief> = {}): Belief => ({
  id,
  what: "It is so.",
  source: "somebody who saw it",
  standing: "doc",
  tests: [],
  asked: "read",
  ...more,
});

test("each belief is one row, those that stand worst first", () => {
  const text = beliefsDocument([
    belief("known"),
    belief("seen", { standing: "captured" }),
    belief("guessed", { standing: "unknown", asked: { not: "it happens by chance" } }),
  ]);
  expect([...text.matchAll(/^\| `([\w-]+)`/gm)].map(([, id]) => id)).toEqual(["guessed", "seen", "known"]);
  expect(text).toContain("| `guessed` | It is so. | somebody who saw it | no: it happens by chance | – |");
});

test("a row names each test's file once, and a bar in its text does not end the cell", () => {
  const tests = ["a/b.test.ts: one", "a/b.test.ts: another: with a colon"];
  const text = beliefsDocument([belief("barred", { what: "It is a|b.", tests, asked: "write" })]);
  expect(text).toContain("| It is a\\|b. | somebody who saw it | --write-one | `a/b.test.ts`, the probe |");
});
