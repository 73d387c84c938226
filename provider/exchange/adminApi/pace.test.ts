import { manualClock } from "../../core/clock";
import { adaptivePace, type Leave, type Outcome, type Pace, type PaceOptions } from "./pace";

let clock = manualClock();
beforeEach(() => {
  clock = manualClock();
});
const pace = (options: Partial<PaceOptions> = {}): Pace =>
  adaptivePace({ clock, ceiling: 20, random: () => 0, ...options });

const refused = (retryAfterMs?: number): Outcome => ({ throttled: true, retryAfterMs });

/** Lets in as many as get in without anyone leaving. */
async function fill(one: Pace): Promise<readonly Leave[]> {
  const leaves: Leave[] = [];
  const enough = new AbortController();
  for (;;) {
    const before = leaves.length;
    const entering = one.enter(enough.signal).then((leave) => void leaves.push(leave));
    entering.catch(() => undefined);
    for (let tick = 0; tick < 5; tick += 1) await Promise.resolve();
    if (leaves.length > before) continue;
    enough.abort();
    await entering.catch(() => undefined);
    return leaves;
  }
}

/** One round: as many requests as get in, all of which go well. Gives their number. */
async function round(one: Pace): Promise<number> {
  const leaves = await fill(one);
  for (const leave of leaves) leave("takenOn");
  return leaves.length;
}

test("as many are sent as the ceiling allows, round after round", async () => {
  const one = pace({ ceiling: 5 });
  expect([await round(one), await round(one)]).toEqual([5, 5]);
});

test("refusals of one round halve the number once, and it then grows by one a round", async () => {
  const one = pace({ ceiling: 16 });
  const leaves = await fill(one);
  expect(leaves).toHaveLength(16);
  for (const leave of leaves) leave(refused(0));
  expect([await round(one), await round(one), await round(one)]).toEqual([8, 9, 10]);
});

test("the number grows up to the ceiling and no further", async () => {
  const one = pace({ ceiling: 4 });
  for (const leave of await fill(one)) leave(refused(0));
  expect([await round(one), await round(one), await round(one), await round(one)]).toEqual([2, 3, 4, 4]);
});

test("a request goes on being sent however often there are refusals", async () => {
  const one = pace({ ceiling: 2 });
  for (let times = 0; times < 5; times += 1) for (const leave of await fill(one)) leave(refused(0));
  expect(await round(one)).toBe(1);
});

test("everyone holds still for the longest time that was asked for, and is told once for each that is longer", async () => {
  const held: number[] = [];
  const one = pace({ ceiling: 4, onHold: (ms) => held.push(ms) });
  const [first, second, third] = await fill(one);
  first?.(refused(5_000));
  second?.(refused(30_000));
  third?.(refused(1_000));
  const before = clock.now();
  await one.enter();
  expect(clock.now() - before).toBe(30_000);
  expect(held).toEqual([5_000, 30_000]);
});

test("a refusal that does not say how long to wait is waited for longer each time, until something gets through", async () => {
  const one = pace({ ceiling: 1 });
  const pauses: number[] = [];
  const after = async (outcome: Outcome): Promise<void> => {
    const leave = await one.enter();
    leave(outcome);
    const before = clock.now();
    (await one.enter())();
    pauses.push(clock.now() - before);
  };
  for (let times = 0; times < 7; times += 1) await after(refused());
  expect(pauses).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  await after("takenOn");
  await after(refused());
  expect(pauses.at(-1)).toBe(2_000);
});

test("who waits is let in when another leaves, or rejects when the run is ended", async () => {
  const one = pace({ ceiling: 1 });
  const leave = await one.enter();
  const next = one.enter();
  const end = new AbortController();
  const other = one.enter(end.signal);
  end.abort(new Error("ended"));
  await expect(other).rejects.toThrow("ended");
  leave("takenOn");
  (await next)();
  (await one.enter())();
});

test("a place that was not used tells nothing", async () => {
  const one = pace({ ceiling: 2 });
  for (const leave of await fill(one)) leave();
  expect(await round(one)).toBe(2);
});

/** A service with room for so many requests at once, and so many more a minute; it says when there is room again, or not. */
async function spend(requests: number, { room, perMinute, says }: { room: number; perMinute: number; says: boolean }) {
  const one = pace();
  let left = room;
  let counted = clock.now();
  let carriedOut = 0;
  let refusals = 0;
  const began = clock.now();
  while (carriedOut < requests) {
    const leave = await one.enter();
    left = Math.min(room, left + ((clock.now() - counted) * perMinute) / 60_000);
    counted = clock.now();
    if (left >= 1) {
      left -= 1;
      carriedOut += 1;
      leave("takenOn");
      // What a request takes: a tenth of a second, twenty at a time.
      await clock.sleep(5);
    } else {
      refusals += 1;
      leave(refused(says ? Math.ceil(((1 - left) * 60) / perMinute) * 1_000 : undefined));
    }
  }
  return { refusals, ratio: (clock.now() - began) / (((requests - room) * 60_000) / perMinute) };
}

test.each([true, false])(
  "a budget of changes a minute is found out: hardly more is asked for than it gives, and hardly less (it says when: %s)",
  async (says) => {
    const { refusals, ratio } = await spend(1_200, { room: 120, perMinute: 120, says });
    expect(refusals).toBeLessThan(1_200 * 0.1);
    expect(ratio).toBeLessThan(1.05);
  },
);

test("a budget that grows is found out as well", async () => {
  const { ratio } = await spend(6_000, { room: 60, perMinute: 3_000, says: true });
  expect(ratio).toBeLessThan(1.1);
});

test("refusals that have nothing to do with the pace do not bring it to a standstill", async () => {
  const one = pace();
  const began = clock.now();
  for (let request = 0; request < 1_000; request += 1) (await one.enter())(request % 4 === 0 ? refused(0) : "takenOn");
  expect(clock.now() - began).toBeLessThanOrEqual(1_000 * 2_000);
});
