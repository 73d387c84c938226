import { intervalMs } from "./interval";

test.each([
  ["1h", 3_600_000],
  ["36h", 129_600_000],
  ["7d", 604_800_000],
  ["90d", 7_776_000_000],
])("%s is %d milliseconds", (text, ms) => {
  expect(intervalMs(text)).toBe(ms);
});

test.each(["", "7", "d", "0h", "-1d", "1.5h", "91d", "7 days", "30m"])("%j is no interval", (text) => {
  expect(intervalMs(text)).toBeUndefined();
});
