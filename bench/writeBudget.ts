import { runContender } from "./contenders/start";
import type { ContenderName, Tally } from "./contenders/contender";
import type { Figure, Outcome } from "./figure";
import { cmdletLatencyMs, concurrentRequests, count, times, writesPerMinute } from "./service";
import { startTenant, type BenchTenant } from "./tenant/tenant";

const mailboxes = 2_000;
const share = 0.3;
const timeScale = 5;
const limits = { bound: 1.05, calls: 1.3 };

/** What becomes of changes when the service takes fewer than are sent. */
export const writeBudget: Figure = {
  name: "write-budget",
  title: "A service that takes 120 changes a minute",
  question: `${count(mailboxes)} mailboxes, 30 % to change; the service carries out ${String(writesPerMinute)} changes a minute (as many at once after a minute's rest) and refuses more (429 with \`retry-after\`); otherwise as above, on a clock ${String(timeScale)} times as fast. The bound is the budget's own: (changes − ${String(writesPerMinute)}) ÷ ${String(writesPerMinute)} minutes. Calls are all requests but those of the listings: refused ones and those that read back are among them.`,
  async measure(progress): Promise<Outcome> {
    const tenant = await startTenant(mailboxes);
    try {
      const ours = await run("ours", tenant);
      progress(`ours: ${seconds(ours.seconds)}`);
      const posts = await run("anchoredPosts", tenant);
      progress(`(d) anchored posts: ${seconds(posts.seconds)}`);
      const bound = ((ours.toChange - writesPerMinute) * 60) / writesPerMinute;
      const ratio = ours.seconds / bound;
      const { failed } = ours.tally;
      return {
        answer: `${times(ratio)} the time of the bound (limit ${times(limits.bound)}), with ${ours.each.toFixed(2)} calls for each change carried out (limit ${limits.calls.toFixed(2)}), ${count(failed)} failures (limit 0) and ${count(ours.wrong)} mailboxes left as they were (limit 0). (d) makes ${posts.each.toFixed(2)} calls for each.`,
        table: [
          [
            "",
            "time",
            "changes asked for",
            "calls refused",
            "calls for each change",
            "said to be changed",
            "said to have failed",
            "left as they were",
          ],
          row("ours", ours),
          row("(d) anchored posts, 10 at a time", posts),
          ["bound", seconds(bound), count(ours.toChange), "", "", "", "", ""],
        ],
        kept: ratio <= limits.bound && ours.each <= limits.calls && failed === 0 && ours.wrong === 0,
      };
    } finally {
      await tenant.close();
    }
  },
};

interface Run {
  /** On the tenant's clock. */
  readonly seconds: number;
  readonly toChange: number;
  readonly refused: number;
  /** Calls for each change that was carried out. */
  readonly each: number;
  readonly tally: Tally;
  /** Mailboxes that are not as they should be, afterwards. */
  readonly wrong: number;
}

async function run(contender: ContenderName, tenant: BenchTenant): Promise<Run> {
  await tenant.setLoad({});
  const toChange = await tenant.prepare(share);
  await tenant.setLoad({ cmdletLatencyMs, concurrentRequests, writesPerMinute, timeScale });
  const { tally, seconds } = await runContender(contender, tenant, { timeScale });
  const { throttled, requests, listPages, changes } = await tenant.counted();
  if (tally.mailboxes !== mailboxes || changes < toChange)
    throw new Error(`${contender} did not do its work: ${JSON.stringify({ tally, changes, toChange })}`);
  return {
    seconds: seconds * timeScale,
    toChange,
    refused: throttled,
    each: (requests - listPages) / changes,
    tally,
    wrong: await tenant.wrong(),
  };
}

function row(label: string, { seconds: measured, toChange, refused, each, tally, wrong }: Run): string[] {
  const counts = [tally.changed, tally.failed, wrong].map(count);
  return [label, seconds(measured), count(toChange), count(refused), each.toFixed(2), ...counts];
}

function seconds(value: number): string {
  return `${value.toFixed(1)} s`;
}
