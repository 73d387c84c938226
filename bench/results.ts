/** The text of results.md: a section a figure. Figures that were not measured this time keep what was said of them last. */
import { defaultBehaviour } from "../sandbox/exchange/behaviour";
import type { Figure, Outcome } from "./figure";

export interface Measured {
  readonly figure: Figure;
  readonly outcome: Outcome;
  /** What it was measured on: Node's version, the platform. */
  readonly machine: string;
}

const { mailboxesElsewhere, batchRouting, anchorNames, unifiedAuditLogDelayMs } = defaultBehaviour;

const introduction = `# Figures

Measured by \`npm run bench\`, which writes this file; a single figure by \`npm run bench -- NAME\`. Ratios are of contenders that take
turns within one run, so they hold on other machines; the times beside them do not.

The service is the sandbox with its default behaviour ([\`sandbox/exchange/behaviour.ts\`](../sandbox/exchange/behaviour.ts)): of the mailboxes,
${String(mailboxesElsewhere * 100)} % are not on the server of the organization's system mailbox, and a change is only carried out where its mailbox is; a batch is routed by
\`${batchRouting}\`, the name in an anchor is \`${anchorNames}\`, and the unified audit log shows its switch after ${String(unifiedAuditLogDelayMs / 60_000)} minutes. How long a cmdlet takes and
how much is taken on at once is nobody's to know outside Microsoft; each figure says what it takes it to be.
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
