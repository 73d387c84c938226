/** What the probe tells: a table, JSON for scripts, and the file that can be sent to the project. */
import { beliefs } from "../../sandbox/beliefs";
import type { Outcome, Probed } from "./probe";

/** What needs looking at comes first. */
const order = ["did not hold", "held", "not asked"] as const;

export function table(outcomes: readonly Outcome[]): string {
  const width = Math.max(...outcomes.map(({ belief }) => belief.length));
  const rows = order.flatMap((wanted) =>
    outcomes
      .filter(({ verdict }) => verdict.outcome === wanted)
      .map(({ belief, verdict }) =>
        `${verdict.outcome.padEnd(12)}  ${belief.padEnd(width)}  ${remark(verdict)}`.trimEnd(),
      ),
  );
  const counts = order.map((wanted) => `${String(count(outcomes, wanted))} ${wanted}`).join(", ");
  return `${[`${"OUTCOME".padEnd(12)}  ${"BELIEF".padEnd(width)}  SEEN OR REASON`, ...rows].join("\n")}\n\n${counts}.\n`;
}

export function count(outcomes: readonly Outcome[], wanted: (typeof order)[number]): number {
  return outcomes.filter(({ verdict }) => verdict.outcome === wanted).length;
}

function remark(verdict: Outcome["verdict"]): string {
  if (verdict.outcome === "held") return "";
  return verdict.outcome === "did not hold" ? verdict.saw : verdict.why;
}

/** One object a belief. */
export function forScripts(outcomes: readonly Outcome[]): object {
  const standings = new Map<string, string>(beliefs.map(({ id, standing }) => [id, standing]));
  return outcomes.map(({ belief, verdict }) => ({ belief, standing: standings.get(belief), ...verdict }));
}

/** What is written to the file: nothing in it says whose tenant it is. */
export function fileText({ outcomes, exchanges, token }: Probed, day: string): string {
  const document = {
    what: "Answers of Exchange Online to m365audit probe. Names, ids, tokens and addresses were taken out.",
    day,
    token,
    outcomes: forScripts(outcomes),
    exchanges,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
