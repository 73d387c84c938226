/** What a credential may and may not reach: the answer, how a person reads it, and the error when it is not enough. */
import { type ErrorFacts, M365AuditError } from "../../core/errors";

/** `unknown`: it could not be found out. */
export type Answer = "yes" | "no" | "unknown";

/** One thing that is needed, and whether the credential has it. */
export interface ReachRow {
  /** What it is needed for: "Exchange Online activity". */
  readonly service: string;
  /** The API, by its display name where it has a well-known one. */
  readonly api: string;
  /** A permission ("ActivityFeed.Read"), a role ("role Exchange Administrator"), or an answer of the service itself. */
  readonly need: string;
  readonly answer: Answer;
  /** How it is known; for anything but `yes`, what to do. Never a secret. */
  readonly why: string;
}

/** What a credential may and may not reach. */
export interface Reach {
  /** In the order of the needs. */
  readonly rows: readonly ReachRow[];
  /** What the tokens hold and nobody needs: `<API>: <permission>` and `role <name>`, sorted. For information only. */
  readonly beyond: readonly string[];
  /** What could not be known, a sentence each. */
  readonly warnings: readonly string[];
  /** RFC 3339 in UTC. */
  readonly provenAt: string;
  /** The tenant that the tokens are of; undefined when no token that can be read was given. */
  readonly tokenTenantId: string | undefined;
}

/** Something that is needed is missing, or cannot be known. The message has the whole table. */
export class NotProven extends M365AuditError {
  readonly tag = "NotProven";
  constructor(
    facts: ErrorFacts,
    readonly reach: Reach,
  ) {
    super(facts);
  }
}

/** One line for a person: `Office 365 Exchange Online: Exchange.ManageAsApp (the tokens are without it ...)`. */
export function rowText({ api, need, why }: ReachRow): string {
  return `${api}: ${need} (${why})`;
}

/** Characters from which on a reason is not repeated: a refused sign-in answers every row alike. */
const longReason = 40;

/** The rows as a table in plain text, a line each under a line of headings. Empty for no rows. */
export function reachTable(rows: readonly ReachRow[]): string {
  if (rows.length === 0) return "";
  const cells = [
    ["FOR", "API", "NEEDS", "REACHED", "WHY"],
    ...rows.map(({ service, api, need, answer, why }, index) => [
      service,
      api,
      need,
      answer,
      why === rows[index - 1]?.why && why.length > longReason ? "as above" : why,
    ]),
  ];
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((line) => (line[column] ?? "").length)));
  return cells
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
