import { runContender } from "./contenders/start";
import type { ContenderName, Tally } from "./contenders/contender";
import type { Figure, Outcome } from "./figure";
import { cmdletLatencyMs, concurrentRequests, count, times, writesPerMinute } from "./service";
import { startTenant, type BenchTenant } from "./tenant/tenant";

const mailboxes = 2_000;
const share = 0.3;
const timeScale = 10;
const limit = 1.1;

/** What becomes of changes when the service takes fewer than are sent. */
export const writeBudget: Figure = {
  name: "write-budget",
  title: "A service that takes 120 changes a minute",
  question: `${count(mailboxes)} mailboxes, 30 % to change; the service carries out ${String(writesPerMinute)} changes a minute (as many at once after a minute's rest) and refuses more, each item of a batch for itself (429 with \`retry-after\`); otherwise as above, on a clock ${String(timeScale)} times as fast. The bound is the budget's own: (changes − ${String(writesPerMinute)}) ÷ ${String(writesPerMinute)} minutes. Contender: (c) batches of 10, one after another, without a look at the status of the items, which is the shape of CIPP's.`,
  async measure(progress): Promise<Outcome> {
    const tenant = await startTenant(mailboxes);
    try {
      const ours = await run("ours", tenant);
      progress(`ours: ${seconds(ours.seconds)}`);
      const batches = await run("plainBatches", tenant);
      progress(`plain batches: ${seconds(batches.seconds)}`);
      const bound = ((ours.toChange - writesPerMinute) * 60) / writesPerMinute;
      const ratio = ours.seconds / bound;
      const { failed } = ours.tally;
      return {
        answer: `${times(ratio)} the time of the bound (limit ${times(limit)}), with ${count(failed)} failures (limit 0) and ${count(ours.wrong)} mailboxes left. (c) says that it changed ${count(batches.tally.changed)} and lost ${count(batches.wrong)} of them.`,
        table: [
          [
            "",
            "time",
            "changes asked for",
            "calls refused",
            "said to be changed",
            "said to have failed",
            "left as they were",
          ],
          row("ours", ours),
          row("(c) plain batches", batches),
          ["bound", seconds(bound), count(ours.toChange), "", "", "", ""],
        ],
        kept: ratio <= limit && failed === 0 && ours.wrong === 0,
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
  readonly tally: Tally;
  /** Mailboxes that are not as they should be, afterwards. */
  readonly wrong: number;
}

async function run(contender: ContenderName, tenant: BenchTenant): Promise<Run> {
  await tenant.setLoad({});
  const toChange = await tenant.prepare(share);
  await tenant.setLoad({ cmdletLatencyMs, concurrentRequests, writesPerMinute, timeScale });
  const { tally, seconds } = await runContender(contender, tenant, { timeScale });
  const { throttled } = await tenant.counted();
  return { seconds: seconds * timeScale, toChange, refused: throttled, tally, wrong: await tenant.wrong() };
}

function row(label: string, { seconds: measured, toChange, refused, tally, wrong }: Run): string[] {
  return [label, seconds(measured), ...[toChange, refused, tally.changed, tally.failed, wrong].map(count)];
}

function seconds(value: number): string {
  return `${value.toFixed(1)} s`;
}
