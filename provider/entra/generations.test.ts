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
      }),
      { maxLength: 60 },
    ),
  })
  .map(({ share, validityDays, ...walk }) => ({
    ...walk,
    validityDays,
    rotateBeforeDays: Math.floor(share * validityDays),
  }));

test("whenever the runs come: one in use that has not ended, none removed before its successor is there, no number twice", () => {
  fc.assert(
    fc.property(walks, ({ validityDays, rotateBeforeDays, overlapDays, steps }) => {
      let now = start;
      let before: readonly Generation[] = [];
      const made = new Map<number, string>();
      for (const { ms, trigger, displayName, holdOld } of steps) {
        now += ms;
        const wanted = {
          ...policy,
          validityDays,
          rotateBeforeDays,
          overlapDays,
          trigger,
          holdOld,
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
            expect(switched || holdOld).toBe(false);
            expect(now).toBeGreaterThanOrEqual(Date.parse(inUse?.createdAt ?? "") + overlapDays * dayMs);
          }
        }
        for (const { endsAt } of after) expect(Date.parse(endsAt)).toBeGreaterThan(now);

        // The same run again decides nothing new, unless the old ones were to go with the very next.
        const again = generationsAt(wanted, after, now);
        expect(again.at(-1)).toEqual(inUse);
        expect(again).toEqual(overlapDays === 0 && !holdOld ? [inUse] : after);
        before = after;
      }
    }),
    { numRuns: 500 },
  );
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
  expect(newsOf({ holdOld: true })).toEqual([`client secret: ${line}an up without holdOld`]);
  expect(rotationNews(policy, [], first, start)).toEqual([]);
});
