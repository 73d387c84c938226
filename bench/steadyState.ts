import { runContender } from "./contenders/start";
import type { Figure, Outcome } from "./figure";
import { count, megabytes, pageSize, times } from "./service";
import { startTenant, type BenchTenant } from "./tenant/tenant";

const small = 1_000;
const large = 100_000;
const limits = { pages: large / pageSize, incrementalPages: 2, memory: 1.3 };

/** What it costs to find that there is nothing to do, in requests and in memory. */
export const steadyState: Figure = {
  name: "steady-state",
  title: "A tenant in which everything is right",
  question: `${count(large)} mailboxes, all as the policy wants them: how often is the service asked, and how much memory does the process take, against a tenant with ${count(small)}? Peak memory is the most that was resident in a process with Pulumi's SDK loaded, as in the process that the engine starts for a dynamic provider. Bypass associations cannot be filtered by the service, so a full scan lists them whole, 1,000 a page, besides the mailboxes; the incremental scan goes on from what a full one recorded.`,
  async measure(progress): Promise<Outcome> {
    const runs: Run[] = [];
    for (const mailboxes of [small, large]) {
      runs.push(await run(mailboxes));
      progress(`${count(mailboxes)} mailboxes: done`);
    }
    const [least, most] = runs;
    if (least === undefined || most === undefined) throw new Error("there are two sizes");
    const memory = most.peakBytes / least.peakBytes;
    const bare = most.bareBytes / least.bareBytes;
    const row = (label: string, of: (run: Run) => string): string[] => [label, ...runs.map(of)];
    return {
      answer: `${count(most.mailboxPages)} pages of mailboxes (limit ${count(limits.pages)}), ${count(most.writes)} changes (limit 0); ${count(most.incrementalPages)} pages of any kind in an incremental scan (limit ${count(limits.incrementalPages)}); ${times(memory)} the memory of ${count(small)} mailboxes (limit ${times(limits.memory)}).`,
      table: [
        ["", ...runs.map(({ mailboxes }) => `${count(mailboxes)} mailboxes`)],
        row("pages of mailboxes", ({ mailboxPages }) => count(mailboxPages)),
        row("pages of bypass associations", ({ bypassPages }) => count(bypassPages)),
        row("other requests", ({ others }) => count(others)),
        row("pages of any kind, incremental scan", ({ incrementalPages }) => count(incrementalPages)),
        row("changes", ({ writes }) => count(writes)),
        row("peak memory", ({ peakBytes }) => megabytes(peakBytes)),
        row(`peak memory without Pulumi's SDK (${times(bare)})`, ({ bareBytes }) => megabytes(bareBytes)),
      ],
      kept:
        most.mailboxPages <= limits.pages &&
        most.writes === 0 &&
        most.incrementalPages <= limits.incrementalPages &&
        memory <= limits.memory,
    };
  },
};

interface Run {
  readonly mailboxes: number;
  readonly mailboxPages: number;
  readonly bypassPages: number;
  readonly others: number;
  readonly writes: number;
  readonly incrementalPages: number;
  readonly peakBytes: number;
  readonly bareBytes: number;
}

async function run(mailboxes: number): Promise<Run> {
  const tenant = await startTenant(mailboxes);
  try {
    await tenant.prepare(0);
    const { tally, peakBytes } = await runContender("ours", tenant, { withPulumi: true });
    if (tally.mailboxes !== mailboxes) throw new Error(`${count(tally.mailboxes)} mailboxes were found`);
    const { requests, listPages, mailboxPages, cmdletWrites: writes } = await tenant.counted();
    const { peakBytes: bareBytes } = await runContender("ours", tenant);
    return {
      mailboxes,
      mailboxPages,
      bypassPages: listPages - mailboxPages,
      others: requests - listPages,
      writes,
      incrementalPages: await incrementalPages(tenant),
      peakBytes,
      bareBytes,
    };
  } finally {
    await tenant.close();
  }
}

/** Pages that an incremental scan lists when nothing has changed since the full one before. */
async function incrementalPages(tenant: BenchTenant): Promise<number> {
  const declared = { scan: "incremental" };
  const { recorded: last } = (await runContender("ours", tenant, { declared })).tally;
  if (last === undefined) throw new Error("nothing was recorded");
  await tenant.counted();
  const { tally } = await runContender("ours", tenant, { declared, last });
  const { listPages, cmdletWrites } = await tenant.counted();
  if (tally.changed > 0 || cmdletWrites > 0) throw new Error("an incremental scan found something to change");
  return listPages;
}
