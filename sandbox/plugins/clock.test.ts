import { clockOf, goDuration, rfc3339Nano, wholeSeconds } from "./clock";

it("writes nanoseconds as Go does, without zeros at the end", () => {
  const second = BigInt(Date.parse("2026-11-22T17:51:30Z")) * 1_000_000n;
  expect(rfc3339Nano(second + 906_399_734n)).toBe("2026-11-22T17:51:30.906399734Z");
  expect(rfc3339Nano(second + 500_000_000n)).toBe("2026-11-22T17:51:30.5Z");
  expect(rfc3339Nano(second)).toBe("2026-11-22T17:51:30Z");
});

it("cuts a time to whole seconds and leaves its offset", () => {
  expect(wholeSeconds("2026-11-22T17:51:30.906399734Z")).toBe("2026-11-22T17:51:30Z");
  expect(wholeSeconds("2026-11-22T17:51:30.9+02:00")).toBe("2026-11-22T17:51:30+02:00");
});

it("reads Go's durations, and nothing else", () => {
  expect(goDuration("240h")).toBe(864_000_000);
  expect(goDuration("2400h30m1.5s")).toBe(2400 * 3_600_000 + 1_801_500);
  for (const wrong of ["", "10", "10 days", "P10D", "1h!"])
    expect(() => goDuration(wrong)).toThrow("is not a duration");
});

it("goes on from the time that it is set to, and returns to the machine's", () => {
  const clock = clockOf({ M365AUDIT_SANDBOX_NOW: "2030-01-01T00:00:00Z" });
  const shows = (): number => Number(clock.nanoseconds() / 1_000_000n);
  const target = Date.parse("2028-06-01T12:00:00Z");
  clock.set(target);
  const first = clock.nanoseconds();
  expect(shows() - target).toBeLessThan(60_000);
  expect(clock.nanoseconds()).toBeGreaterThan(first);
  clock.set(undefined);
  expect(Math.abs(shows() - Date.now())).toBeLessThan(60_000);
});

it("starts at M365AUDIT_SANDBOX_NOW, and refuses what is no time", () => {
  const clock = clockOf({ M365AUDIT_SANDBOX_NOW: "2030-01-01T00:00:00Z" });
  const late = clock.nanoseconds() / 1_000_000n - BigInt(Date.parse("2030-01-01T00:00:00Z"));
  expect(late).toBeGreaterThanOrEqual(0n);
  expect(late).toBeLessThan(60_000n);
  expect(() => clockOf({ M365AUDIT_SANDBOX_NOW: "soon" })).toThrow("M365AUDIT_SANDBOX_NOW");
});
