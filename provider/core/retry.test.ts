import { manualClock } from "./clock";
import { Rejected, Throttled, Unavailable } from "./errors";
import { retry } from "./retry";

const facts = { operation: "reading", subject: "it", happened: "busy" };
const policy = { attempts: 4, deadlineMs: 60_000, baseMs: 1_000, capMs: 3_000 };

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
  await expect(retry(operation, { clock, policy, random: () => 0 })).resolves.toBe("done");
  expect(clock.slept).toEqual([1_000, 2_000, 3_000]);
});

test("randomness takes away at most half of a pause", async () => {
  const clock = manualClock();
  await retry(failing(new Unavailable(facts)), { clock, policy, random: () => 1 });
  expect(clock.slept).toEqual([500]);
});

test("a pause that the other side asks for is honoured in full, beyond the cap", async () => {
  const clock = manualClock();
  await retry(failing(new Throttled(facts, 30_000)), { clock, policy });
  expect(clock.slept).toEqual([30_000]);
});

test("no attempt starts after the deadline: the last error is thrown as it came", async () => {
  const clock = manualClock();
  const error = new Throttled(facts, 61_000);
  await expect(retry(failing(error), { clock, policy })).rejects.toBe(error);
  expect(clock.slept).toEqual([]);
});

test("attempts are bounded", async () => {
  const clock = manualClock();
  let runs = 0;
  const always = (): Promise<never> => {
    runs += 1;
    return Promise.reject(new Unavailable(facts));
  };
  await expect(retry(always, { clock, policy })).rejects.toThrow("busy");
  expect(runs).toBe(4);
});

test("what will not pass by itself is not tried again", async () => {
  const clock = manualClock();
  await expect(retry(failing(new Rejected(facts)), { clock, policy })).rejects.toThrow(Rejected);
  expect(clock.slept).toEqual([]);
});

test("a cancelled run ends at the pause", async () => {
  const abort = new AbortController();
  const clock = manualClock();
  const operation = (): Promise<never> => {
    abort.abort(new Error("cancelled"));
    return Promise.reject(new Unavailable(facts));
  };
  await expect(retry(operation, { clock, policy, signal: abort.signal })).rejects.toThrow("cancelled");
});
