/** Runs a story step by step: each step says what it found, and is done only if every finding is as it should be. */
import { inspect } from "node:util";
import type { Outcome, SandboxStack } from "../stack";
import { bad, countText, driftOf, good, heading, note, progress, showChanges, type StepResult } from "./screen";
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

/** What someone did behind our back, and what a preview must then say. */
export interface Tampering {
  readonly story: readonly string[];
  /** As {@link driftOf} has it. */
  readonly drift: readonly string[];
}

/**
 * Someone tampers, a preview shows exactly that, and an update repairs it.
 *
 * @param whole what the declaration promises, and whether it is so
 * @param broken what has to be seen after the tampering, for the screen
 */
export async function tamperedAndRepaired(
  { step }: Steps,
  stack: SandboxStack,
  tamper: () => Tampering,
  whole: () => readonly Finding[],
  broken: string,
): Promise<void> {
  let expected: readonly string[] = [];
  await step("someone tampers", () => {
    const { story, drift } = tamper();
    for (const line of story) note(line);
    expected = drift;
    return Promise.resolve({
      changes: `${String(story.length)} behind our back`,
      findings: [{ ok: whole().some(({ ok }) => !ok), text: broken }],
    });
  });

  await step("preview shows the drift", async () => {
    const outcome = await stack.preview();
    showChanges(outcome.changes);
    const seen = driftOf(outcome.changes);
    const same = inspect([...seen].sort()) === inspect([...expected].sort());
    const text = same
      ? "exactly that drift, and nothing else"
      : `expected ${expected.join(", ")}; the preview says ${seen.join(", ") || "nothing"}`;
    return { outcome, changes: countText(outcome.changes, false), findings: [{ ok: same, text }] };
  });

  await step("up repairs it", async () => {
    const outcome = await stack.up(progress());
    const after = await stack.preview();
    return {
      outcome,
      changes: countText(outcome.changes, true),
      findings: [...whole(), ...nothingToDo(after).findings],
    };
  });
}
