import { runContender } from "./contenders/start";
import type { Figure, Outcome } from "./figure";
import { count, times } from "./service";
import { startTenant } from "./tenant/tenant";

const sizes = [1_000, 10_000, 100_000];
const share = 0.3;
/** How much more a mailbox may cost in a large tenant than in one a tenth of its size: what a busy machine makes of equal costs. */
const limit = 1.25;

/** What our own work costs, apart from waiting. */
export const clientOverhead: Figure = {
  name: "client-overhead",
  title: "Processor time",
  question:
    "How much processor time (all threads, garbage collection included) does an apply take for each 1,000 mailboxes, 30 % of them to change, when the service takes no time and refuses nothing? It must not grow faster than the tenant.",
  async measure(progress): Promise<Outcome> {
    const costs: { readonly mailboxes: number; readonly seconds: number; readonly each: number }[] = [];
    for (const mailboxes of sizes) {
      const tenant = await startTenant(mailboxes);
      try {
        const toChange = await tenant.prepare(share);
        const { tally, cpuSeconds: seconds } = await runContender("ours", tenant);
        if (tally.changed !== toChange) throw new Error(`${count(tally.changed)} of ${count(toChange)} were changed`);
        costs.push({ mailboxes, seconds, each: (seconds * 1000) / mailboxes });
        progress(`${count(mailboxes)} mailboxes: ${seconds.toFixed(2)} s`);
      } finally {
        await tenant.close();
      }
    }
    const ratios = costs.map(({ each }, index) => each / (costs[index - 1]?.each ?? each));
    const growth = Math.max(...ratios.slice(1));
    return {
      answer: `${costs.map(({ each }) => `${(each * 1000).toFixed(0)} ms`).join(", ")} for each 1,000 mailboxes at ${sizes.map(count).join(", ")}: at most ${times(growth)} from one size to the next (limit ${times(limit)}).`,
      table: [
        ["mailboxes", "processor time", "for each 1,000", "against the size before"],
        ...costs.map(({ mailboxes, seconds, each }, index) => [
          count(mailboxes),
          `${seconds.toFixed(2)} s`,
          `${(each * 1000).toFixed(0)} ms`,
          index === 0 ? "" : times(ratios[index] ?? NaN),
        ]),
      ],
      kept: growth <= limit,
    };
  },
};
