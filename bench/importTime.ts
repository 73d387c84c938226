import { execFile } from "node:child_process";
import { performance } from "node:perf_hooks";
import { promisify } from "node:util";
import type { Figure, Outcome } from "./figure";
import { repository } from "../tools/repository";
import { pairwiseRatios, spread, type Spread } from "./statistics";

const limit = 1.3;
const pairs = 15;
const warmUps = 2;

/** Runs in a Node process of its own: loads the modules that are named and says what that took. */
const child = `
const { performance } = require("node:perf_hooks");
const cpu = process.cpuUsage();
const start = performance.now();
for (const name of process.argv.slice(1)) require(name);
const load = performance.now() - start;
const { user, system } = process.cpuUsage(cpu);
process.stdout.write(JSON.stringify({ load, cpu: (user + system) / 1000 }), () => process.exit());
`;

/** All in milliseconds. */
interface Run {
  /** Around `require`, measured inside. */
  readonly load: number;
  /** Of the processor, all threads, in the same span: what a busy machine does not stretch. */
  readonly cpu: number;
  /** The whole process, measured outside. */
  readonly process: number;
}

/** The repository's folder is where both contenders are resolved from, ours by its own name as a program would. */
async function run(modules: readonly string[]): Promise<Run> {
  const start = performance.now();
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", child, ...modules], { cwd: repository() });
  return { ...(JSON.parse(stdout) as Pick<Run, "load" | "cpu">), process: performance.now() - start };
}

/** What a program pays for importing this package, against what it pays for Pulumi and the azuread SDK alone. */
export const importTime: Figure = {
  name: "import-time",
  title: "Import time",
  question:
    "How long does a program take to import `pulumi-m365audit`, against importing `@pulumi/pulumi` and `@pulumi/azuread` alone? Each run is a new Node process; the two contenders take turns.",
  async measure(progress): Promise<Outcome> {
    const ours = ["pulumi-m365audit"];
    const base = ["@pulumi/pulumi", "@pulumi/azuread"];
    const a: Run[] = [];
    const b: Run[] = [];
    for (let turn = -warmUps; turn < pairs; turn += 1) {
      const pair = [await run(ours), await run(base)] as const;
      if (turn < 0) continue;
      a.push(pair[0]);
      b.push(pair[1]);
      progress(`pair ${String(turn + 1)} of ${String(pairs)}: ${(pair[0].load / pair[1].load).toFixed(2)} ×`);
    }
    const load = compare(a, b, ({ load }) => load);
    const cpu = compare(a, b, ({ cpu }) => cpu);
    const whole = compare(a, b, ({ process }) => process);
    const { median, lowerQuartile, upperQuartile } = load.ratio;
    return {
      answer: `${times(median)} (middle half ${lowerQuartile.toFixed(2)} to ${upperQuartile.toFixed(2)}, ${String(pairs)} pairs); the limit is ${times(limit)}.`,
      table: [
        ["", "`pulumi-m365audit`", "`@pulumi/pulumi` + `@pulumi/azuread`", "ratio, median", "ratio, min to max"],
        row("`require`", load),
        row("`require`, processor time", cpu),
        row("whole process", whole),
      ],
      kept: median <= limit,
    };
  },
};

interface Comparison {
  readonly a: Spread;
  readonly b: Spread;
  readonly ratio: Spread;
}

function compare(a: readonly Run[], b: readonly Run[], read: (run: Run) => number): Comparison {
  const left = a.map(read);
  const right = b.map(read);
  return { a: spread(left), b: spread(right), ratio: spread(pairwiseRatios(left, right)) };
}

function row(label: string, { a, b, ratio }: Comparison): string[] {
  return [
    label,
    milliseconds(a.median),
    milliseconds(b.median),
    times(ratio.median),
    `${ratio.minimum.toFixed(2)} to ${ratio.maximum.toFixed(2)}`,
  ];
}

function milliseconds(value: number): string {
  return `${value.toFixed(0)} ms`;
}

function times(value: number): string {
  return `${value.toFixed(2)} ×`;
}
