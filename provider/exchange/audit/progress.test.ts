import { manualClock } from "../../core/clock";
import { Progress } from "./progress";

function watched(total: number) {
  const clock = manualClock();
  const lines: string[] = [];
  const progress = new Progress("mailboxes corrected", total, { clock, report: (line) => void lines.push(line) });
  return { clock, lines, progress };
}

test("a line says how many are done of how many, how fast, and how long it will take", async () => {
  const { clock, lines, progress } = watched(100);
  for (let done = 0; done < 25; done += 1) progress.advance();
  await clock.sleep(30_000);
  progress.advance();
  expect(lines).toEqual(["mailboxes corrected: 26 of 100, 52 a minute, about 2 min left"]);
});

test("lines are seconds apart however much is done, and the last one always comes", async () => {
  const { clock, lines, progress } = watched(10_000);
  for (let done = 0; done < 10_000; done += 1) {
    await clock.sleep(1);
    progress.advance();
  }
  expect(lines).toHaveLength(4);
  expect(lines.at(-1)).toMatch(/^mailboxes corrected: 10000 of 10000/);
});

test("calls that are refused are counted while nothing gets done", async () => {
  const { clock, lines, progress } = watched(10);
  for (let calls = 0; calls < 10; calls += 1) progress.throttled();
  await clock.sleep(5_000);
  progress.throttled();
  progress.throttled();
  expect(lines).toEqual(["mailboxes corrected: 0 of 10, 0 a minute, 11 calls throttled and tried again"]);
});

test("a wait of more than five seconds is told as it begins, with how long it is and for what, and once for those that share it", () => {
  const { lines, progress } = watched(10);
  progress.throttled();
  progress.waiting(5_000, "Exchange takes no more for now");
  progress.waiting(315_000, "Exchange takes no more for now");
  progress.waiting(317_000, "Exchange takes no more for now");
  progress.waiting(60_000, "ada@contoso.com: 503");
  expect(lines).toEqual([
    "mailboxes corrected: 0 of 10, 1 calls throttled and tried again; waiting 5 min 15 s: Exchange takes no more for now",
  ]);
});
