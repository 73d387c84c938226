import { manualClock } from "../../core/clock";
import { adaptivePace, type BatchReport, type Leave, type Pace, type PaceOptions } from "./pace";

const clock = manualClock();
const pace = (options: Partial<PaceOptions> = {}): Pace =>
  adaptivePace({ clock, ceiling: 20, random: () => 0, ...options });

const well: BatchReport = { done: 10, throttled: 0, retryAfterMs: undefined };
const refused = (retryAfterMs?: number): BatchReport => ({ done: 0, throttled: 10, retryAfterMs });

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

/** One round: as many batches as get in, all of which go well. Gives their number. */
async function round(one: Pace): Promise<number> {
  const leaves = await fill(one);
  for (const leave of leaves) leave(well);
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

test("a batch goes on being sent however often there are refusals", async () => {
  const one = pace({ ceiling: 2 });
  for (let times = 0; times < 5; times += 1) for (const leave of await fill(one)) leave(refused(0));
  expect(await round(one)).toBe(1);
});

test("everyone holds still for the longest time that was asked for", async () => {
  const one = pace({ ceiling: 4 });
  const [first, second, third] = await fill(one);
  first?.(refused(5_000));
  second?.(refused(30_000));
  third?.(refused(1_000));
  const before = clock.now();
  await one.enter();
  expect(clock.now() - before).toBe(30_000);
});

test("a refusal that does not say how long to wait is waited for longer each time, until something gets through", async () => {
  const one = pace({ ceiling: 1 });
  const pauses: number[] = [];
  const after = async (report: BatchReport): Promise<void> => {
    const leave = await one.enter();
    leave(report);
    const before = clock.now();
    (await one.enter())();
    pauses.push(clock.now() - before);
  };
  for (let times = 0; times < 7; times += 1) await after(refused());
  await after(well);
  await after(refused());
  expect(pauses).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 0, 2_000]);
});

test("who waits is let in when another leaves, or rejects when the run is ended", async () => {
  const one = pace({ ceiling: 1 });
  const leave = await one.enter();
  const next = one.enter();
  const end = new AbortController();
  const other = one.enter(end.signal);
  end.abort(new Error("ended"));
  await expect(other).rejects.toThrow("ended");
  leave(well);
  (await next)();
  (await one.enter())();
});

test("a place that was not used tells nothing", async () => {
  const one = pace({ ceiling: 2 });
  for (const leave of await fill(one)) leave();
  expect(await round(one)).toBe(2);
});
