import { manualClock } from "./clock";
import { AccessRefused, DeadlineExceeded } from "./errors";
import { type Look, type StableOptions, untilStable } from "./stable";

const miss: Look<number> = { missing: "the role is not in the token" };

/** Looks that give these answers one after another, and the last of them from then on. */
function looking(answers: readonly Look<number>[], more: Partial<StableOptions> = {}) {
  const clock = manualClock();
  const lines: string[] = [];
  let looks = 0;
  const done = untilStable(
    async (look) => {
      looks = look;
      return Promise.resolve(answers[Math.min(look, answers.length) - 1] ?? miss);
    },
    {
      clock,
      report: (line) => void lines.push(line),
      inARow: 3,
      limitMs: 600_000,
      describe: { operation: "waiting for", subject: "Graph to let app 1 in", next: "Consent to it." },
      ...more,
    },
  );
  return { done, clock, lines, looks: () => looks };
}
const hit = (seen: number): Look<number> => ({ seen });

test("it takes as many successes in a row as are asked for, and gives the last", async () => {
  const { done, clock } = looking([hit(1), hit(2), hit(3), hit(4)]);
  expect(await done).toBe(3);
  expect(clock.slept).toEqual([2_000, 2_000]);
});

test("a miss starts the count anew", async () => {
  const { done, looks } = looking([hit(1), hit(2), miss, hit(4), miss, hit(6), hit(7), hit(8), hit(9)]);
  expect(await done).toBe(8);
  expect(looks()).toBe(8);
});

test("where nothing is known to have changed, one look is enough when it is the first", async () => {
  const { done, clock, lines } = looking([hit(1)], { firstIsEnough: true });
  expect(await done).toBe(1);
  expect([clock.slept, lines]).toEqual([[], []]);
  const waited = looking([miss, hit(2), hit(3), hit(4)], { firstIsEnough: true });
  expect(await waited.done).toBe(4);
});

test("the pauses grow while the same is missing, and begin again when something else is", async () => {
  const other: Look<number> = { missing: "Exchange does not honour the role yet" };
  const { done, clock } = looking([miss, miss, miss, other, other, hit(6)], { inARow: 1 });
  expect(await done).toBe(6);
  expect(clock.slept).toEqual([5_000, 10_000, 20_000, 5_000, 10_000]);
});

test("progress says what is missing, for how long it was waited, and for how long it will be", async () => {
  const { done, lines } = looking([miss, miss, hit(3)], { inARow: 2 });
  await done;
  expect(lines).toEqual([
    "waiting for Graph to let app 1 in: the role is not in the token; waited 0 s of at most 10 min, looking again in 5 s",
    "waiting for Graph to let app 1 in: the role is not in the token; waited 5 s of at most 10 min, looking again in 10 s",
    "waiting for Graph to let app 1 in: seen 1 of 2 times in a row",
  ]);
});

test("at the limit the error says what is still missing and what to do", async () => {
  const cause = new AccessRefused({ operation: "signing in as", subject: "app 1", happened: "no", status: 401 });
  const { done, clock } = looking([{ ...miss, cause }], { limitMs: 90_000 });
  const error: unknown = await done.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(DeadlineExceeded);
  expect(error).toMatchObject({
    message: "waiting for Graph to let app 1 in: after 1 min 30 s still: the role is not in the token. Consent to it.",
    status: 401,
    cause,
  });
  expect(clock.slept).toEqual([5_000, 10_000, 20_000, 30_000, 25_000]);
});

test("a run of successes that is under way at the limit is seen through", async () => {
  const { done } = looking([miss, hit(2), hit(3), hit(4)], { limitMs: 5_000 });
  expect(await done).toBe(4);
});

test("other failures end it at once", async () => {
  const options = { inARow: 3, limitMs: 1, describe: { operation: "a", subject: "b" }, report: () => undefined };
  const failing = untilStable(() => Promise.reject(new Error("broken")), { ...options, clock: manualClock() });
  await expect(failing).rejects.toThrow("broken");
});

test("a cancelled run stops waiting", async () => {
  const controller = new AbortController();
  const { done } = looking([miss], {
    signal: controller.signal,
    report: () => {
      controller.abort(new Error("cancelled"));
    },
  });
  await expect(done).rejects.toThrow("cancelled");
});
