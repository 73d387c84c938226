import fc from "fast-check";
import { dayMs } from "./dates";
import { type Generation, generationsAt, type RotationPolicy, rotatesOn, rotationNews } from "./generations";

const start = Date.parse("2026-11-22T17:51:31.008Z");
const policy: RotationPolicy = {
  subject: "client secret",
  validityDays: 180,
  rotateBeforeDays: 30,
  overlapDays: 1,
  form: { displayName: "a" },
  holdOld: false,
};

const numbers = (generations: readonly Generation[]): number[] => generations.map(({ number }) => number);
const first = generationsAt(policy, [], start);

test("the first run makes generation 1, with dates in whole seconds", () => {
  expect(first).toEqual([
    {
      number: 1,
      createdAt: "2026-11-22T17:51:31Z",
      endsAt: "2027-05-21T17:51:31Z",
      validityDays: 180,
      form: { displayName: "a" },
    },
  ]);
});

/** What someone attests to be in the product before a run: one of those that there are, by its place in the row, or none of them. */
type Entered = "as before" | "oldest" | "second" | "newest" | "another" | "nothing";

function endEntered(entered: Entered, before: readonly Generation[], last: string | undefined): string | undefined {
  if (entered === "as before") return last;
  if (entered === "nothing") return undefined;
  if (entered === "another") return "2026-01-01T00:00:00Z";
  return before.at({ oldest: 0, second: 1, newest: -1 }[entered])?.endsAt;
}

/** A walk through the years: how long until each run, and what the program says then. */
const walks = fc
  .record({
    validityDays: fc.integer({ min: 2, max: 730 }),
    share: fc.double({ min: 0, max: 0.99, noNaN: true }),
    overlapDays: fc.integer({ min: 0, max: 40 }),
    steps: fc.array(
      fc.record({
        ms: fc.oneof(fc.integer({ min: 0, max: 3 * dayMs }), fc.integer({ min: 0, max: 400 * dayMs })),
        trigger: fc.constantFrom(undefined, undefined, "a", "b"),
        displayName: fc.constantFrom("a", "a", "a", "b"),
        holdOld: fc.boolean(),
        entered: fc.constantFrom<Entered>("as before", "as before", "oldest", "second", "newest", "another", "nothing"),
      }),
      { maxLength: 60 },
    ),
  })
  .map(({ share, validityDays, ...walk }) => ({
    ...walk,
    validityDays,
    rotateBeforeDays: Math.floor(share * validityDays),
  }));

/** The place in the row of the one that is attested to be in the product; less than that of any when there is none. */
function placeOf(enteredEndDate: string | undefined, row: readonly Generation[]): number {
  return row.findIndex(({ endsAt }) => endsAt === enteredEndDate);
}

test("whenever the runs come: one in use that has not ended, none removed before its successor is there, no number twice, and with holdOld none that the product may have", () => {
  fc.assert(
    fc.property(walks, ({ validityDays, rotateBeforeDays, overlapDays, steps }) => {
      let now = start;
      let before: readonly Generation[] = [];
      const made = new Map<number, string>();
      let enteredEndDate: string | undefined;
      for (const { ms, trigger, displayName, holdOld, entered } of steps) {
        now += ms;
        enteredEndDate = endEntered(entered, before, enteredEndDate);
        const wanted = {
          ...policy,
          validityDays,
          rotateBeforeDays,
          overlapDays,
          trigger,
          holdOld,
          enteredEndDate,
          form: { displayName },
        };
        const after = generationsAt(wanted, before, now);
        const inUse = after.at(-1);

        expect(Date.parse(inUse?.endsAt ?? "")).toBeGreaterThan(now);
        expect(inUse?.form).toEqual({ displayName });
        expect(numbers(after)).toEqual([...new Set(numbers(after))].sort((a, b) => a - b));
        for (const { number, createdAt } of after) {
          expect(made.get(number) ?? createdAt).toBe(createdAt);
          made.set(number, createdAt);
        }
        expect(inUse?.number).toBe(Math.max(...made.keys()));

        const gone = before.filter((old) => !numbers(after).includes(old.number));
        const switched = before.length > 0 && inUse?.number !== before.at(-1)?.number;
        for (const { number, endsAt } of gone) {
          const hasEnded = Date.parse(endsAt) <= now;
          expect(number).not.toBe(inUse?.number);
          if (!hasEnded) {
            expect(switched).toBe(false);
            if (holdOld) expect(numbers(before).indexOf(number)).toBeLessThan(placeOf(enteredEndDate, before));
            expect(now).toBeGreaterThanOrEqual(Date.parse(inUse?.createdAt ?? "") + overlapDays * dayMs);
          }
        }
        for (const { endsAt } of after) expect(Date.parse(endsAt)).toBeGreaterThan(now);

        // The same run again decides nothing new, unless the old ones were to go with the very next.
        const again = generationsAt(wanted, after, now);
        expect(again.at(-1)).toEqual(inUse);
        const kept = holdOld ? after.slice(Math.max(0, placeOf(enteredEndDate, after))) : [inUse];
        expect(again).toEqual(overlapDays === 0 ? kept : after);
        before = after;
      }
    }),
    { numRuns: 500 },
  );
});

test("with holdOld, whatever is attested: what the product has stays until its end, and with it all that is newer", () => {
  fc.assert(
    fc.property(walks, ({ validityDays, rotateBeforeDays, overlapDays, steps }) => {
      let now = start;
      let before: readonly Generation[] = [];
      let inProduct: Generation | undefined;
      for (const { ms, trigger, displayName, entered } of steps) {
        now += ms;
        const end = endEntered(entered, before, inProduct?.endsAt);
        inProduct = before.find(({ endsAt }) => endsAt === end);
        const form = { displayName };
        const set = { ...policy, validityDays, rotateBeforeDays, overlapDays, trigger, form, holdOld: true };
        const after = generationsAt({ ...set, enteredEndDate: end }, before, now);
        const unended = numbers(before.filter(({ endsAt }) => Date.parse(endsAt) > now));
        const mayBeInProduct = inProduct === undefined ? unended : unended.filter((n) => n >= (inProduct?.number ?? 0));
        expect(numbers(after)).toEqual(expect.arrayContaining(mayBeInProduct));
        before = after;
      }
    }),
    { numRuns: 500 },
  );
});

describe("with holdOld, three generations and the overlap over", () => {
  const day = (days: number): number => start + days * dayMs;
  const held: RotationPolicy = { ...policy, holdOld: true };
  const second = generationsAt({ ...held, trigger: "a" }, first, day(10));
  const three = generationsAt({ ...held, trigger: "b" }, second, day(20));
  const [one = "", two = "", newest = ""] = three.map(({ endsAt }) => endsAt);

  test.each([
    ["nothing is attested", undefined, [1, 2, 3]],
    ["the first is in the product", one, [1, 2, 3]],
    ["the second is in the product", two, [2, 3]],
    ["the newest is in the product", newest, [3]],
    ["the newest is, its end in another time zone and with milliseconds", "2027-06-10T19:51:31.008+02:00", [3]],
    ["what is in the product is none of them", "2027-01-01T00:00:00Z", [1, 2, 3]],
  ])("%s", (_, enteredEndDate, expected) => {
    expect(numbers(generationsAt({ ...held, enteredEndDate }, three, day(21)))).toEqual(expected);
  });

  test("the overlap still counts from when the newest was made, and nothing goes in the run that makes one", () => {
    expect(numbers(generationsAt({ ...held, enteredEndDate: newest }, three, day(20.9)))).toEqual([1, 2, 3]);
    const rotating = { ...held, enteredEndDate: newest, trigger: "c" };
    expect(numbers(generationsAt(rotating, three, day(21)))).toEqual([1, 2, 3, 4]);
  });

  test("one that was in the product and has ended says nothing of the others", () => {
    const at = Date.parse(one);
    const kept = { ...held, rotateBeforeDays: 5, enteredEndDate: one };
    expect(numbers(generationsAt(kept, three, at))).toEqual([2, 3]);
  });

  test("of two that end at the same moment neither is removed", () => {
    const twins = [...generationsAt({ ...held, trigger: "a" }, first, start)];
    expect(twins.map(({ endsAt }) => endsAt)).toEqual([one, one]);
    expect(numbers(generationsAt({ ...held, enteredEndDate: one }, twins, day(2)))).toEqual([1, 2]);
  });

  test("what is not known yet in a preview removes nothing", () => {
    const { holdOld: _, ...unknownHold } = held;
    expect(numbers(generationsAt({ ...unknownHold, enteredEndDate: newest }, three, day(21)))).toEqual([1, 2, 3]);
  });
});

test("a run that goes on, with holdOld, with a rotation that broke off before the overlap removes nothing", () => {
  const rotated = generationsAt(policy, first, start + 150 * dayMs);
  const resumed = generationsAt({ ...policy, holdOld: true }, rotated, start + 160 * dayMs);
  expect(numbers(resumed)).toEqual([1, 2]);
  expect(numbers(generationsAt(policy, resumed, start + 160 * dayMs))).toEqual([2]);
});

test("a preview decides as the update a while later, unless a limit lies between", () => {
  const limits = (before: readonly Generation[]): number[] => [
    ...before.map(({ endsAt }) => Date.parse(endsAt)),
    ...before
      .slice(-1)
      .flatMap((inUse) => [
        Date.parse(rotatesOn(inUse, policy.rotateBeforeDays)),
        Date.parse(inUse.createdAt) + policy.overlapDays * dayMs,
      ]),
  ];
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 200 * dayMs }), { minLength: 1, maxLength: 10 }),
      fc.integer({ min: 0, max: dayMs }),
      (steps, delay) => {
        let now = start;
        let before: readonly Generation[] = [];
        for (const ms of steps) {
          now += ms;
          const between = limits(before).some((limit) => now < limit && limit <= now + delay);
          const previewed = generationsAt(policy, before, now);
          if (!between) expect(numbers(generationsAt(policy, before, now + delay))).toEqual(numbers(previewed));
          before = previewed;
        }
      },
    ),
  );
});

test("another validity takes effect with the next generation", () => {
  const shorter = { ...policy, validityDays: 90 };
  expect(generationsAt(shorter, first, start + dayMs)).toEqual(first);
  const next = generationsAt(shorter, first, start + 150 * dayMs).at(-1);
  expect(next).toMatchObject({ validityDays: 90, endsAt: "2027-07-20T17:51:31Z" });
});

test("taking the trigger out of the program does nothing, and putting the same one back neither", () => {
  const triggered = generationsAt({ ...policy, trigger: "leak" }, first, start + dayMs);
  expect(numbers(triggered)).toEqual([1, 2]);
  const without = generationsAt(policy, triggered, start + 3 * dayMs);
  expect(numbers(without)).toEqual([2]);
  expect(generationsAt({ ...policy, trigger: "leak" }, without, start + 4 * dayMs)).toEqual(without);
});

test("what is not known yet in a preview is not guessed", () => {
  const { form: _, ...unknownForm } = policy;
  expect(generationsAt(unknownForm, [], start)).toEqual([]);
  expect(generationsAt(unknownForm, first, start + 170 * dayMs)).toEqual(first);
  const rotated = generationsAt(policy, first, start + 150 * dayMs);
  const { overlapDays: __, ...unknownOverlap } = policy;
  expect(generationsAt(unknownOverlap, rotated, start + 160 * dayMs)).toEqual(rotated);
});

describe("a supplied credential", () => {
  const supplied = (certificatePem: string, endsAt: string): RotationPolicy => {
    const { validityDays: _, ...rest } = policy;
    return { ...rest, endsAt, form: { certificatePem } };
  };
  const a = supplied("A", "2027-05-01T00:00:00Z");
  const b = supplied("B", "2028-05-01T00:00:00Z");
  const day = (days: number): number => start + days * dayMs;

  test("is not rotated by time, not even when it has ended", () => {
    const one = generationsAt(a, [], start);
    expect(one).toEqual([
      { number: 1, createdAt: "2026-11-22T17:51:31Z", endsAt: "2027-05-01T00:00:00Z", form: { certificatePem: "A" } },
    ]);
    expect(generationsAt(a, one, day(150))).toEqual(one);
    expect(generationsAt(a, one, day(500))).toEqual(one);
  });

  test("overlaps with the one that is supplied after it", () => {
    const two = generationsAt(b, generationsAt(a, [], start), day(100));
    expect(two.map(({ form }) => form["certificatePem"])).toEqual(["A", "B"]);
    expect(numbers(generationsAt(b, two, day(101)))).toEqual([2]);
  });

  test("is taken back in use, not given a second time, when it is supplied again within the overlap", () => {
    const two = generationsAt(b, generationsAt(a, [], start), day(100));
    const back = generationsAt(a, two, day(100.5));
    expect(back.map(({ number, form }) => [number, form["certificatePem"]])).toEqual([
      [2, "B"],
      [1, "A"],
    ]);
    expect(numbers(generationsAt(a, back, day(101)))).toEqual([2, 1]);
    expect(numbers(generationsAt(a, back, day(101.5)))).toEqual([1]);
    expect(numbers(generationsAt(supplied("C", "2028-06-01T00:00:00Z"), back, day(101)))).toEqual([2, 1, 3]);
  });
});

test("the news say when the old one will be removed, in each case", () => {
  const now = start + 150 * dayMs;
  const [line] = ["generation 2 replaces generation 1 (ends 2027-05-21T17:51:31Z); the old one is removed by "];
  const newsOf = (change: Partial<RotationPolicy>): readonly string[] =>
    rotationNews({ ...policy, ...change }, first, generationsAt({ ...policy, ...change }, first, now), now);
  expect(newsOf({})).toEqual([`client secret: ${line}the first up from 2027-04-22T17:51:31Z on`]);
  expect(newsOf({ overlapDays: 0 })).toEqual([`client secret: ${line}the next up`]);
  const attested = "once generation 2 has been attested to be in the product";
  const { endsAt: enteredEndDate } = first[0] ?? { endsAt: "" };
  const from = "the first up from 2027-04-22T17:51:31Z on";
  expect(newsOf({ holdOld: true, enteredEndDate })).toEqual([`client secret: ${line}${from}, ${attested}`]);
  expect(newsOf({ holdOld: true })).toEqual([`client secret: ${line}${from}, ${attested}, or without holdOld`]);
  expect(newsOf({ holdOld: true, overlapDays: 0, enteredEndDate })).toEqual([
    `client secret: ${line}a later up, ${attested}`,
  ]);
  expect(rotationNews(policy, [], first, start)).toEqual([]);
});
