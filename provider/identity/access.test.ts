import { manualClock } from "../core/clock";
import { AccessRefused, Throttled, Unavailable } from "../core/errors";
import { untilAccess } from "./access";
import { type AcquiredToken, Tokens } from "./token";

const tenantId = "11111111-2222-4333-8444-555555555555";
const facts = { operation: "signing in to the service as", subject: "app", happened: "no" };
const describe = { operation: "waiting for", subject: "the service to let us in" };
const parts = ["{}", JSON.stringify({ tid: tenantId }), "signature"];
const token = parts.map((part) => Buffer.from(part).toString("base64url")).join(".");

/** What comes of waiting when the first sign-ins fail with these errors, how long it took, and what was told. */
async function waiting(...errors: Error[]): Promise<{ outcome: unknown; slept: readonly number[]; told: string[] }> {
  const clock = manualClock();
  const told: string[] = [];
  const acquire = (): Promise<AcquiredToken> => {
    const error = errors.shift();
    return error === undefined ? Promise.resolve({ token, lifetimeMs: 3_600_000 }) : Promise.reject(error);
  };
  const tokens = new Tokens(acquire, tenantId, clock, "service");
  const wait = { clock, settings: { get: () => undefined }, report: (line: string) => void told.push(line) };
  const access = { tokens, lacks: () => undefined, prove: () => Promise.resolve("in") };
  const outcome = await untilAccess(access, wait, describe).catch((error: unknown) => error);
  return { outcome, slept: clock.slept, told };
}

test("a sign-in that is refused is waited for, because a credential takes time to arrive", async () => {
  const { outcome, slept } = await waiting(new AccessRefused(facts));
  expect(outcome).toBe("in");
  expect(slept).toEqual([5_000, 2_000, 2_000]);
});

test("one that no waiting changes ends the wait at once", async () => {
  const refused = new AccessRefused(facts, true);
  expect(await waiting(refused)).toEqual({ outcome: refused, slept: [], told: [] });
});

test("a platform that is busy or not well is asked again, for as long as it says, and that is told", async () => {
  const { outcome, slept, told } = await waiting(new Throttled(facts, 315_000), new Unavailable(facts, 7_000));
  expect(outcome).toBe("in");
  expect(slept.slice(0, 2)).toEqual([315_000, 7_000]);
  expect(told.slice(0, 2)).toEqual([
    "signing in to the service as app: no. Trying again in 5 min 15 s.",
    "signing in to the service as app: no. Trying again in 7 s.",
  ]);
});
