import { runContender } from "./contenders/start";
import type { ContenderName } from "./contenders/contender";
import type { Figure, Outcome } from "./figure";
import { cmdletLatencyMs, concurrentRequests, count, parallelSeconds, serialSeconds, times } from "./service";
import { startTenant, type BenchTenant } from "./tenant/tenant";

const mailboxes = 10_000;
const share = 0.3;
/** The serial contenders spend all their time waiting, so theirs is shortened. */
const serialScale = 20;
/** How many of the changed mailboxes ours reads back where all of them are as they were set. */
const readBack = 20;
const limits = { pipeline: 50, diffFirst: 15, anchoredPosts: 1.8, bound: 1.08 };

/** How long an apply takes, against the ways in which people do it today and against what the service allows at best. */
export const throughput: Figure = {
  name: "throughput",
  title: "Time to put 10,000 mailboxes under audit",
  question: `${count(mailboxes)} mailboxes, 30 % of them to change, each cmdlet and each page of a list taking ${String(cmdletLatencyMs)} ms, at most ${String(concurrentRequests)} requests at a time. Contenders: (a) the vendor's pipeline, one \`Set-Mailbox\` after another on every mailbox; (b) those that differ only, one after another, which is the shape of Microsoft's own script; (c) batches of 10, one after another and anchored to the organization's system mailbox, which is how CIPP sends most of its changes; (d) one POST for each mailbox that differs, anchored to it, 10 at a time, which is how CIPP sends this change at present. (a) and (b) are given an anchor for each mailbox as well, because the cmdlets of Microsoft's module find its server by themselves. Of (a), (b) and (c) only the waiting is counted, as if their own work took no time: they are run on a clock ${String(serialScale)} times as fast, and what counts is the lesser of what that took and of their cmdlets times ${String(cmdletLatencyMs)} ms. (d) and ours run on the real clock, with all of their own work. The bound is that of any client that has read everything before it writes and reads back a sample of ${String(readBack)}: (pages of the longer listing (mailboxes or bypass associations) + ⌈changes ÷ ${String(concurrentRequests)}⌉ + ⌈sample ÷ ${String(concurrentRequests)}⌉) × ${String(cmdletLatencyMs)} ms.`,
  async measure(progress): Promise<Outcome> {
    const tenant = await startTenant(mailboxes);
    try {
      const measured = async (label: string, contender: ContenderName, timeScale: number): Promise<Run> => {
        const one = await run(contender, tenant, timeScale);
        progress(`${label}: ${seconds(one.seconds)}`);
        return one;
      };
      const ours = await measured("ours", "ours", 1);
      const anchoredPosts = await measured("(d) anchored posts", "anchoredPosts", 1);
      const plainBatches = await measured("(c) batches at the system mailbox", "plainBatches", serialScale);
      const diffFirst = await measured("(b) diff first, serial", "diffFirst", serialScale);
      const pipeline = await measured("(a) the vendor's pipeline", "pipeline", serialScale);
      const bound = serialSeconds(ours.pages) + parallelSeconds(ours.writes) + parallelSeconds(readBack);
      const ratios = {
        pipeline: pipeline.counted / ours.seconds,
        diffFirst: diffFirst.counted / ours.seconds,
        anchoredPosts: anchoredPosts.counted / ours.seconds,
        bound: ours.seconds / bound,
      };
      return {
        answer: `${times(ratios.pipeline)} as fast as the vendor's pipeline (limit: at least ${times(limits.pipeline)}), ${times(ratios.diffFirst)} as fast as diff first, serial (at least ${times(limits.diffFirst)}), ${times(ratios.anchoredPosts)} as fast as anchored posts, 10 at a time (at least ${times(limits.anchoredPosts)}), and ${times(ratios.bound)} the time of the bound (at most ${times(limits.bound)}). (c) leaves ${count(plainBatches.wrong)} of ${count(plainBatches.toChange)} mailboxes wrong and says nothing of it.`,
        table: [
          ["", "time", "time that counts", "ours is", "requests", "pages", "changes", "left wrong"],
          row("ours", ours, "1.00 ×"),
          row("(a) the vendor's pipeline", pipeline, times(ratios.pipeline)),
          row("(b) diff first, serial", diffFirst, times(ratios.diffFirst)),
          row("(c) batches at the system mailbox", plainBatches, ""),
          row("(d) anchored posts, 10 at a time", anchoredPosts, times(ratios.anchoredPosts)),
          [
            "bound",
            "",
            seconds(bound),
            `${times(ratios.bound)} the time`,
            "",
            count(ours.pages),
            count(ours.writes),
            "",
          ],
        ],
        kept:
          ratios.pipeline >= limits.pipeline &&
          ratios.diffFirst >= limits.diffFirst &&
          ratios.anchoredPosts >= limits.anchoredPosts &&
          ratios.bound <= limits.bound,
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
  readonly toChange: number;
  readonly writes: number;
  readonly wrong: number;
}

async function run(contender: ContenderName, tenant: BenchTenant, timeScale: number): Promise<Run> {
  await tenant.setLoad({});
  const toChange = await tenant.prepare(share);
  await tenant.setLoad({ cmdletLatencyMs, concurrentRequests, timeScale });
  const { tally, seconds: measured } = await runContender(contender, tenant, { timeScale });
  const { requests, listPages, mailboxPages, cmdletWrites, misrouted } = await tenant.counted();
  const wrong = await tenant.wrong();
  const writes = cmdletWrites + misrouted;
  const isDone = contender === "plainBatches" ? misrouted > 0 && wrong === misrouted : misrouted === 0 && wrong === 0;
  if (tally.mailboxes !== mailboxes || tally.failed > 0 || writes < toChange || !isDone) {
    const counted = { tally, wrong, writes, misrouted, toChange };
    throw new Error(`${contender} did not do what it is there for: ${JSON.stringify(counted)}`);
  }
  const seconds = measured * timeScale;
  const isSerial = contender !== "ours" && contender !== "anchoredPosts";
  const waited = isSerial ? serialSeconds(mailboxPages + writes) : Infinity;
  const pages = Math.max(mailboxPages, listPages - mailboxPages);
  return { seconds, counted: Math.min(seconds, waited), requests, pages, toChange, writes, wrong };
}

function row(label: string, one: Run, ratio: string): string[] {
  const { requests, pages, writes, wrong } = one;
  return [label, seconds(one.seconds), seconds(one.counted), ratio, ...[requests, pages, writes, wrong].map(count)];
}

function seconds(value: number): string {
  return `${value.toFixed(1)} s`;
}
