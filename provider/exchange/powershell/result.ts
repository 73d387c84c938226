/** The line of JSON with which a script ends. */
import { z } from "zod";
import { Rejected } from "../../core/errors";

const sampled = z.object({ count: z.int(), sample: z.array(z.string()) });

const scriptResult = z.object({
  mailboxes: z.int(),
  compliant: z.int(),
  changed: z.int(),
  failed: sampled,
  bypassedAccounts: sampled.extend({ unknown: z.int(), scannedAt: z.string() }),
  unmatched: sampled.optional(),
  scannedAt: z.string(),
});

/** What a script that ended well found and did. */
export type ScriptResult = z.output<typeof scriptResult>;

/**
 * Reads what {@link auditScript} wrote on standard output. Modules may have written before it, so only the last line counts.
 *
 * @throws Rejected when there is no result in it
 */
export function scriptResultOf(output: string): ScriptResult {
  const line = output.trimEnd().split(/\r?\n/).at(-1) ?? "";
  const parsed = scriptResult.safeParse(jsonOf(line));
  if (parsed.success) return parsed.data;
  throw new Rejected({
    operation: "reading the result of",
    subject: "the PowerShell script",
    happened: `its last line is no result: ${JSON.stringify(line.slice(0, 200))}`,
    next: "Look at what the command wrote on standard error.",
  });
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
