import { runContender } from "./contenders/start";
import type { ContenderName } from "./contenders/contender";
import type { Report } from "./contenders/run";
import type { Figure, Outcome } from "./figure";
import { cmdletLatencyMs, concurrentRequests, count, parallelSeconds, serialSeconds, times } from "./service";
import { startTenant, type BenchTenant } from "./tenant/tenant";

const mailboxes = 10_000;
const share = 0.3;
/** The serial contenders spend all their time waiting, so theirs is shortened. */
const serialScale = 20;
const limits = { pipeline: 50, diffFirst: 15, bound: 1.15 };

/** How long an apply takes, against the ways in which people do it today and against what the service allows at best. */
export const throughput: Figure = {
  name: "throughput",
  title: "Time to put 10,000 mailboxes under audit",
  question: `${count(mailboxes)} mailboxes, 30 % of them to change, each cmdlet and each page of a list taking ${String(cmdletLatencyMs)} ms, at most ${String(concurrentRequests)} requests at a time (a batch is one, whose items run one after another). Contenders: (a) the vendor's pipeline, one \`Set-Mailbox\` after another on every mailbox; (b) those that differ only, one after another, which is the shape of Microsoft's own script. Of (a) and (b) only the waiting is counted, as if their own work took no time: they are run on a clock ${String(serialScale)} times as fast, and what counts is the lesser of what that took and of their cmdlets times ${String(cmdletLatencyMs)} ms. Ours runs on the real clock, with all of its own work. The bound is that of any client that has read everything before it writes: the longer listing (mailboxes or bypass associations) page by page, then the changes in batches of 10 over ${String(concurrentRequests)} requests: (pages + ⌈batches ÷ ${String(concurrentRequests)}⌉ × 10) × ${String(cmdletLatencyMs)} ms.`,
  async measure(progress): Promise<Outcome> {
    const tenant = await startTenant(mailboxes);
    try {
      const ours = await run("ours", tenant, 1);
      progress(`ours: ${seconds(ours.seconds)}`);
      const bound = serialSeconds(ours.pages) + parallelSeconds(ours.writes);
      const diffFirst = await run("diffFirst", tenant, serialScale);
      progress(`diff first, serial: ${seconds(diffFirst.seconds)}`);
      const pipeline = await run("pipeline", tenant, serialScale);
      progress(`the vendor's pipeline: ${seconds(pipeline.seconds)}`);
      const ratios = {
        pipeline: pipeline.counted / ours.seconds,
        diffFirst: diffFirst.counted / ours.seconds,
        bound: ours.seconds / bound,
      };
      return {
        answer: `${times(ratios.pipeline)} as fast as the vendor's pipeline (limit: at least ${times(limits.pipeline)}), ${times(ratios.diffFirst)} as fast as diff first, serial (at least ${times(limits.diffFirst)}), and ${times(ratios.bound)} the time of the bound (at most ${times(limits.bound)}).`,
        table: [
          ["", "time", "time that counts", "ours is", "requests", "pages", "changes"],
          row("ours", ours, "1.00 ×"),
          row("(a) the vendor's pipeline", pipeline, times(ratios.pipeline)),
          row("(b) diff first, serial", diffFirst, times(ratios.diffFirst)),
          ["bound", "", seconds(bound), `${times(ratios.bound)} the time`, "", count(ours.pages), count(ours.writes)],
        ],
        kept:
          ratios.pipeline >= limits.pipeline && ratios.diffFirst >= limits.diffFirst && ratios.bound <= limits.bound,
      };
    } finally {
      await tenant.close();
    }
  },
};

interface Run {
  /** As it was measured, in the tenant's seconds. */
  readonly seconds: number;
  readonly counted: number;
  readonly requests: number;
  /** Of the longer of the listings. */
  readonly pages: number;
  readonly writes: number;
  readonly report: Report;
}

async function run(contender: ContenderName, tenant: BenchTenant, timeScale: number): Promise<Run> {
  await tenant.setLoad({});
  const toChange = await tenant.prepare(share);
  await tenant.setLoad({ cmdletLatencyMs, concurrentRequests, timeScale });
  const report = await runContender(contender, tenant, { timeScale });
  const { requests, listPages, mailboxPages, cmdletWrites: writes } = await tenant.counted();
  const wrong = await tenant.wrong();
  const { tally } = report;
  if (tally.mailboxes !== mailboxes || tally.failed > 0 || wrong > 0 || writes < toChange) {
    throw new Error(`${contender} did not do its work: ${JSON.stringify({ tally, wrong, writes, toChange })}`);
  }
  const seconds = report.seconds * timeScale;
  const waited = contender === "ours" ? Infinity : serialSeconds(mailboxPages + writes);
  const pages = Math.max(mailboxPages, listPages - mailboxPages);
  return { seconds, counted: Math.min(seconds, waited), requests, pages, writes, report };
}

function row(label: string, { seconds: measured, counted, requests, pages, writes }: Run, ratio: string): string[] {
  return [label, seconds(measured), seconds(counted), ratio, count(requests), count(pages), count(writes)];
}

function seconds(value: number): string {
  return `${value.toFixed(1)} s`;
}
