/** The text of results.md: a section a figure. Figures that were not measured this time keep what was said of them last. */
import type { Figure, Outcome } from "./figure";

export interface Measured {
  readonly figure: Figure;
  readonly outcome: Outcome;
  /** What it was measured on: Node's version, the platform. */
  readonly machine: string;
}

const introduction = `# Figures

Measured by \`npm run bench\`, which writes this file; a single figure by \`npm run bench -- NAME\`. Ratios are of contenders that take
turns within one run, so they hold on other machines; the times beside them do not.
`;

/**
 * @param last the text as it stands; empty at first
 * @param order the titles of all figures there are, in the order in which they are to stand
 */
export function renderResults(last: string, measured: readonly Measured[], order: readonly string[]): string {
  const sections = new Map(split(last));
  for (const one of measured) sections.set(one.figure.title, section(one));
  const known = order.flatMap((title) => sections.get(title) ?? []);
  return [introduction, ...known].join("\n");
}

function split(text: string): [title: string, section: string][] {
  return text
    .split(/^(?=## )/m)
    .filter((part) => part.startsWith("## "))
    .map((part) => [part.slice(3, part.indexOf("\n")).trim(), `${part.trim()}\n`]);
}

function section({ figure, outcome, machine }: Measured): string {
  const [header = [], ...rows] = outcome.table;
  const lines = [header, header.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  return [
    `## ${figure.title}`,
    figure.question,
    `**${outcome.kept ? "Within the limit" : "Over the limit"}: ${outcome.answer}**`,
    lines.join("\n"),
    `Command: \`npm run bench -- ${figure.name}\`. ${machine}.\n`,
  ].join("\n\n");
}
