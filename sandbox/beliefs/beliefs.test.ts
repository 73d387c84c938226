import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defaultBehaviour } from "../exchange/behaviour";
import { type Belief, beliefs } from ".";

const root = join(__dirname, "..", "..");
const all: readonly Belief[] = beliefs;

test("ids are unique, and in kebab case", () => {
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  expect(all.filter(({ id }) => !/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(id))).toEqual([]);
});

test("each is one sentence with a source, and says why it is not asked when it is not", () => {
  expect(all.filter(({ what }) => !/^[^.\s][^\n]*\.$/.test(what) || what.length > 220)).toEqual([]);
  expect(all.filter(({ source }) => source.length < 8)).toEqual([]);
  expect(all.filter(({ asked }) => typeof asked === "object" && asked.not.length < 10)).toEqual([]);
});

test("the tests that are named exist", () => {
  const texts = new Map<string, string>();
  const textOf = (file: string): string => {
    const known = texts.get(file) ?? (existsSync(join(root, file)) ? readFileSync(join(root, file), "utf8") : "");
    texts.set(file, known);
    return known;
  };
  const missing = all.flatMap(({ id, tests }) =>
    tests
      .filter((test) => {
        const [file = "", title = ""] = test.split(/: (.*)/s);
        return title === "" || !textOf(file).includes(`"${title}"`);
      })
      .map((test) => `${id}: ${test}`),
  );
  expect(missing).toEqual([]);
});

test("whatever can be turned round in the sandbox's Exchange Online is a belief", () => {
  const named = all.flatMap(({ behaviour = [] }) => behaviour);
  expect([...named].sort()).toEqual(Object.keys(defaultBehaviour).sort());
});
