import { runContender } from "./contenders/start";
import type { ContenderName } from "./contenders/contender";
import type { Figure, Outcome } from "./figure";
import { count, times } from "./service";
import { startTenant, type BenchTenant } from "./tenant/tenant";

/** How often each size is measured: a short run tells less. */
const sizes = [
  { mailboxes: 1_000, runs: 7 },
  { mailboxes: 10_000, runs: 5 },
  { mailboxes: 100_000, runs: 2 },
];
/** In a smaller tenant signing in and opening connections takes more than all that is done for its mailboxes. */
const comparedFrom = 10_000;
const share = 0.3;
/** Of the tenant on which each process warms up first, so that compiling code does not count as work. */
const warmUpSize = 1_000;
const limits = {
  /** How much more a mailbox may cost in a large tenant than in one a tenth of its size: what a busy machine makes of equal costs. */
  growth: 1.25,
  anchoredPosts: 1.1,
};

/** What our own work costs, apart from waiting. */
export const clientOverhead: Figure = {
  name: "client-overhead",
  title: "Processor time",
  question: `How much processor time (all threads, garbage collection included) does an apply take for each 1,000 mailboxes, 30 % of them to change, when the service takes no time and refuses nothing? It must not grow faster than the tenant, and is held against that of (d), one anchored POST for each mailbox that differs, 10 at a time, through the same HTTP library: (d) lists the mailboxes and no bypass associations, takes each answer for what it says and reads nothing back. That is judged from ${count(comparedFrom)} mailboxes on: below, signing in (ours twice, since what observes and what applies connect for themselves) and opening connections (20 against 10) weigh more than what is done for mailboxes. Each run is a process of its own that has warmed up on ${count(warmUpSize)} other mailboxes; the two take turns, and the least of ${sizes.map(({ runs }) => String(runs)).join(", ")} runs counts, because a busy machine only ever adds to it.`,
  async measure(progress): Promise<Outcome> {
    const costs: Cost[] = [];
    for (const { mailboxes, runs } of sizes) {
      const cost = await costOf(mailboxes, runs);
      costs.push(cost);
      progress(`${count(mailboxes)} mailboxes: ${milliseconds(cost.ours)}, ${times(cost.ratio)} that of (d)`);
    }
    const growths = costs.map(({ ours }, index) => ours / (costs[index - 1]?.ours ?? ours));
    const growth = Math.max(...growths.slice(1));
    const compared = costs.filter(({ mailboxes }) => mailboxes >= comparedFrom);
    const ratio = Math.max(...compared.map((cost) => cost.ratio));
    return {
      answer: `${costs.map(({ ours }) => milliseconds(ours)).join(", ")} for each 1,000 mailboxes at ${costs.map(({ mailboxes }) => count(mailboxes)).join(", ")}: at most ${times(growth)} from one size to the next (limit ${times(limits.growth)}), and from ${count(comparedFrom)} on at most ${times(ratio)} that of (d) (limit ${times(limits.anchoredPosts)}).`,
      table: [
        ["mailboxes", "for each 1,000", "against the size before", "(d), for each 1,000", "ours is"],
        ...costs.map((cost, index) => [
          count(cost.mailboxes),
          milliseconds(cost.ours),
          index === 0 ? "" : times(growths[index] ?? NaN),
          milliseconds(cost.anchoredPosts),
          times(cost.ratio),
        ]),
      ],
      kept: growth <= limits.growth && ratio <= limits.anchoredPosts,
    };
  },
};

/** Milliseconds of the processor for each 1,000 mailboxes. */
interface Cost {
  readonly mailboxes: number;
  readonly ours: number;
  readonly anchoredPosts: number;
  readonly ratio: number;
}

async function costOf(mailboxes: number, runs: number): Promise<Cost> {
  const tenant = await startTenant(mailboxes, warmUpSize);
  try {
    const ours: number[] = [];
    const anchoredPosts: number[] = [];
    for (let run = 0; run < runs; run += 1) {
      ours.push(await costOfRun("ours", tenant, mailboxes));
      anchoredPosts.push(await costOfRun("anchoredPosts", tenant, mailboxes));
    }
    const least = { ours: Math.min(...ours), anchoredPosts: Math.min(...anchoredPosts) };
    return { mailboxes, ...least, ratio: least.ours / least.anchoredPosts };
  } finally {
    await tenant.close();
  }
}

async function costOfRun(contender: ContenderName, tenant: BenchTenant, mailboxes: number): Promise<number> {
  const toChange = await tenant.prepare(share);
  const { tally, cpuSeconds } = await runContender(contender, tenant);
  const wrong = await tenant.wrong();
  if (tally.mailboxes !== mailboxes || tally.changed !== toChange || wrong > 0)
    throw new Error(`${contender} did not do its work: ${JSON.stringify({ tally, toChange, wrong })}`);
  return (cpuSeconds * 1_000_000) / mailboxes;
}

function milliseconds(value: number): string {
  return `${value.toFixed(0)} ms`;
}
