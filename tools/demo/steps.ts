/** Runs a story step by step: each step says what it found, and is done only if every finding is as it should be. */
import type { Outcome } from "../stack";
import { bad, countText, good, heading, showChanges, type StepResult } from "./screen";
import type { Finding } from "./tenant";

/** What came of a step. */
export interface StepDone {
  /** Absent where no engine was run. */
  readonly outcome?: Outcome;
  /** For the table at the end. */
  readonly changes: string;
  readonly findings: readonly Finding[];
}

export interface Steps {
  readonly results: readonly StepResult[];
  /** Runs a step and shows it. True if it did what it says. */
  readonly step: (name: string, act: () => Promise<StepDone>) => Promise<boolean>;
}

export function storySteps(): Steps {
  const results: StepResult[] = [];
  return {
    results,
    step: async (name, act) => {
      heading(`${String(results.length + 1)}. ${name}`);
      const { outcome, changes, findings } = await act();
      for (const { ok, text } of findings) (ok ? good : bad)(text);
      const ok = findings.every((finding) => finding.ok);
      results.push({ step: name, changes, seconds: outcome?.seconds, ok });
      return ok;
    },
  };
}

/** A preview that should find nothing to do. */
export function nothingToDo(outcome: Outcome): StepDone & { readonly outcome: Outcome } {
  showChanges(outcome.changes);
  const none = outcome.changes.length === 0;
  return {
    outcome,
    changes: countText(outcome.changes, false),
    findings: [{ ok: none, text: none ? "a preview finds nothing to do" : "a preview still wants changes" }],
  };
}
