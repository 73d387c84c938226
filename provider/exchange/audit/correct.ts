/** Corrects many mailboxes and says of each what is known to have become of it. */
import { type M365AuditError, Rejected } from "../../core/errors";
import type { Context } from "../../core/kind";
import type { AdminApi } from "../adminApi/client";
import { assess, corrected, type Correction, describeCorrection } from "./assess";
import { type Mailbox, mailboxReader } from "./mailbox";
import type { AuditPolicy } from "./policy";
import { changeAll, type End } from "./readBack";
import { seeMailbox, setMailbox, type Sight } from "./setMailbox";

/** What became of a mailbox. */
export type Ending =
  /** Exchange's answer was success and nothing else, or reading showed it; how the mailbox is now. */
  | { readonly kind: "done"; readonly mailbox: Mailbox }
  /** Exchange's answer was success, and `AuditEnabled` does not show it; how the mailbox reads. */
  | { readonly kind: "notVisibleYet"; readonly mailbox: Mailbox }
  /** It was deleted after it was listed. */
  | { readonly kind: "gone" }
  | { readonly kind: "failed"; readonly error: M365AuditError };

export interface Corrections {
  readonly items: readonly Correction[];
  /** The rule that they were held against. */
  readonly policy: AuditPolicy;
  /** What is counted in lines of progress: "mailboxes corrected". */
  readonly what: string;
  /** A verb phrase for errors. */
  readonly operation: string;
  /** How many of them may fail. Default: none. */
  readonly tolerated?: number | undefined;
  /** Told once of each of which something is known, also when the run breaks off. */
  readonly onEnd: (correction: Correction, ending: Ending) => void;
}

/** @throws what ends the run as a whole (see {@link changeAll}) */
export async function correctAll(ctx: Context, api: AdminApi, corrections: Corrections): Promise<void> {
  const { items, policy, what, operation, tolerated, onEnd } = corrections;
  // One for all of them, since equal lists share one array.
  const read = mailboxReader();
  await changeAll(ctx, api, {
    items,
    change: {
      what,
      cmdlet: "Set-Mailbox",
      tolerated,
      work: (correction, calls) => setMailbox(calls, correction, operation),
    },
    look: {
      what: "mailboxes read back",
      cmdlet: "Get-Mailbox",
      work: (correction, calls) => seeMailbox(calls, correction, read),
    },
    isAsSet: ({ kind }) => kind === "asSet" || kind === "gone",
    onEnd: (correction, end) => {
      onEnd(correction, judged(policy, correction, end));
    },
  });
}

function judged(policy: AuditPolicy, correction: Correction, end: End<Sight>): Ending {
  if (end.kind === "unseen") return { kind: "done", mailbox: corrected(correction) };
  if (end.kind !== "seen") return end;
  const { sight } = end;
  if (sight.kind === "asSet") return { kind: "done", mailbox: sight.mailbox };
  if (sight.kind !== "otherwise") return sight;
  const rest = assess(policy, sight.mailbox);
  // Someone else has changed it meanwhile, and left it as the rule wants it.
  if (rest === undefined) return { kind: "done", mailbox: sight.mailbox };
  const shows = `the mailbox reads: ${describeCorrection(rest)}`;
  return { kind: "failed", error: notAsAnswered(correction.mailbox.address, shows) };
}

/** The error for a change that was answered with success and is not there. */
export function notAsAnswered(subject: string, shows: string): M365AuditError {
  return new Rejected({
    operation: "reading back",
    subject,
    happened: `Exchange answered with success, but ${shows}`,
  });
}
