/**
 * A program: runs one contender in a process of its own, where its time, its processor time and its memory are its own. Takes its
 * task as a line of JSON on standard input, warms up on the small tenant so that loading code does not count, and says in a line
 * of JSON what the run took.
 */
import { createInterface } from "node:readline";
import type { Connection } from "../tenant/app";
import type { Contender, ContenderName, RunOptions, Tally } from "./contender";

export interface Task extends RunOptions {
  readonly contender: ContenderName;
  readonly connection: Connection;
  readonly warmUp: Connection;
  /** Loads Pulumi's SDK too, which the process that the engine starts for a dynamic provider is made of. */
  readonly withPulumi: boolean;
}

export interface Report {
  readonly tally: Tally;
  /** Of the real clock. */
  readonly seconds: number;
  /** Of the processor, all threads. */
  readonly cpuSeconds: number;
  /** Bytes: the most memory that the process had at any time. */
  readonly peakBytes: number;
}

/** Loaded one by one: what another contender needs takes no memory of this one. */
const contenders: Readonly<Record<ContenderName, () => Promise<Contender>>> = {
  pipeline: async () => (await import("./pipeline.js")).pipeline,
  diffFirst: async () => (await import("./diffFirst.js")).diffFirst,
  plainBatches: async () => (await import("./plainBatches.js")).plainBatches,
  anchoredPosts: async () => (await import("./anchoredPosts.js")).anchoredPosts,
  ours: async () => (await import("./ours.js")).ours,
};

async function report({ contender: name, connection, warmUp, withPulumi, ...options }: Task): Promise<Report> {
  if (withPulumi) await import("@pulumi/pulumi");
  const contender = await contenders[name]();
  await contender.run(warmUp, { timeScale: options.timeScale });
  const cpu = process.cpuUsage();
  const started = performance.now();
  const tally = await contender.run(connection, options);
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { tally, seconds, cpuSeconds: (user + system) / 1e6, peakBytes: process.resourceUsage().maxRSS * 1024 };
}

async function main(): Promise<void> {
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  const first = await lines.next();
  if (first.done === true) return;
  process.stdout.write(`${JSON.stringify(await report(JSON.parse(first.value) as Task))}\n`);
}

if (require.main === module) {
  main().then(
    () => {
      process.stdin.destroy();
    },
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
}
