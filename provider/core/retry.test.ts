import { type Clock, manualClock } from "./clock";
import { Rejected, Throttled, Unavailable, WaitTooLong } from "./errors";
import { retry } from "./retry";

const facts = { operation: "reading", subject: "it", happened: "busy" };
const policy = { attempts: 4, deadlineMs: 60_000, baseMs: 1_000, capMs: 3_000 };

/** The world at this clock; what is told goes to `told`. */
function at(clock: Clock, told: string[] = []): { clock: Clock; report(line: string): void } {
  return { clock, report: (line) => told.push(line) };
}

/** Fails with each error in turn, then succeeds. */
function failing(...errors: Error[]): () => Promise<string> {
  return () => {
    const error = errors.shift();
    return error === undefined ? Promise.resolve("done") : Promise.reject(error);
  };
}

test("a transient failure is tried again with pauses that double up to the cap", async () => {
  const clock = manualClock();
  const operation = failing(new Unavailable(facts), new Unavailable(facts), new Unavailable(facts));
  await expect(retry(operation, { ...at(clock), policy, random: () => 0 })).resolves.toBe("done");
  expect(clock.slept).toEqual([1_000, 2_000, 3_000]);
});

test("randomness takes away at most half of a pause", async () => {
  const clock = manualClock();
  await retry(failing(new Unavailable(facts)), { ...at(clock), policy, random: () => 1 });
  expect(clock.slept).toEqual([500]);
});

test("a pause that the other side asks for is honoured in full, beyond the cap", async () => {
  const clock = manualClock();
  await retry(failing(new Throttled(facts, 30_000)), { ...at(clock), policy });
  expect(clock.slept).toEqual([30_000]);
});

test("three waits of 315 s in a row are survived, whatever the deadline", async () => {
  const clock = manualClock();
  const busy = new Throttled(facts, 315_000);
  await expect(retry(failing(busy, busy, busy), at(clock))).resolves.toBe("done");
  expect(clock.slept).toEqual([315_000, 315_000, 315_000]);
});

test("a longer wait than is allowed is not begun: the error says what was asked and which setting allows more", async () => {
  const clock = manualClock();
  const error = await retry(failing(new Throttled(facts, 1_200_000)), at(clock)).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(WaitTooLong);
  expect(error).toMatchObject({
    askedMs: 1_200_000,
    message:
      "reading it: busy. The other side asks to wait for 20 min; allowed: no wait longer than 10 min. " +
      "Run again later; m365audit:retryAfterLimitSeconds says how long to wait.",
  });
  expect(clock.slept).toEqual([]);
});

test("the setting says how long a wait may be", async () => {
  const clock = manualClock();
  const settings = { get: (name: string) => (name === "retryAfterLimitSeconds" ? "1200" : undefined) };
  await retry(failing(new Throttled(facts, 1_200_000)), { ...at(clock), settings });
  expect(clock.slept).toEqual([1_200_000]);
});

test("all waits that are asked for together are three times the longest at most", async () => {
  const clock = manualClock();
  const busy = new Throttled(facts, 600_000);
  const run = retry(failing(busy, busy, busy, busy), at(clock));
  await expect(run).rejects.toThrow("10 min; allowed: after 30 min of such waits, and no more than 30 min in all");
  expect(clock.slept).toEqual([600_000, 600_000, 600_000]);
});

test("a wait of more than five seconds is told as it begins, with what for and how long", async () => {
  const told: string[] = [];
  const clock = manualClock();
  const begun: string[][] = [];
  const sleep = (ms: number): Promise<void> => {
    begun.push([...told]);
    return clock.sleep(ms);
  };
  await retry(failing(new Throttled(facts, 5_000), new Throttled(facts, 75_000)), at({ ...clock, sleep }, told));
  expect(begun).toEqual([[], ["reading it: busy. Trying again in 1 min 15 s."]]);
});

test("no attempt of ours starts after the deadline: the last error is thrown as it came", async () => {
  const clock = manualClock();
  const error = new Unavailable(facts);
  const impatient = { ...policy, deadlineMs: 1_500, baseMs: 1_000, attempts: 9 };
  const operation = failing(error, error, error, error);
  await expect(retry(operation, { ...at(clock), policy: impatient, random: () => 0 })).rejects.toBe(error);
  expect(clock.slept).toEqual([1_000]);
});

test("attempts are bounded", async () => {
  const clock = manualClock();
  let runs = 0;
  const always = (): Promise<never> => {
    runs += 1;
    return Promise.reject(new Unavailable(facts));
  };
  await expect(retry(always, { ...at(clock), policy })).rejects.toThrow("busy");
  expect(runs).toBe(4);
});

test("what will not pass by itself is not tried again", async () => {
  const clock = manualClock();
  await expect(retry(failing(new Rejected(facts)), { ...at(clock), policy })).rejects.toThrow(Rejected);
  expect(clock.slept).toEqual([]);
});

test("a cancelled run ends at the pause", async () => {
  const abort = new AbortController();
  const clock = manualClock();
  const operation = (): Promise<never> => {
    abort.abort(new Error("cancelled"));
    return Promise.reject(new Unavailable(facts));
  };
  await expect(retry(operation, { ...at(clock), policy, signal: abort.signal })).rejects.toThrow("cancelled");
});
