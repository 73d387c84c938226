/** What is 1Secure's own among the refusals of its gateway. */
import { Conflict, type ErrorFacts } from "../../core";
import type { Problem, Product } from "../../gateway/problem";

export const product: Product = { name: "1Secure", settings: "onesecure", conflict };

function conflict(facts: ErrorFacts, { code, existingId }: Problem): Conflict {
  const which = existingId === undefined ? "" : ` ${existingId}`;
  if (code === "credentialInUse") {
    return new Conflict({
      ...facts,
      next:
        `Give the source${which} another credential in 1Secure, or delete it there; then run this again. (A source that was taken ` +
        "over is not deleted with its stack, and keeps the stack's credential when the one it had before is gone.)",
    });
  }
  if (code === "sourceExists") {
    return new Conflict({
      ...facts,
      property: facts.property ?? "tenantId",
      next:
        `To manage the existing source${which} with this program, declare \`adoptExisting: true\`: it is taken over as it is, and given ` +
        "back when it is removed from the program. Else delete it in 1Secure, or leave this one out of the program.",
    });
  }
  return new Conflict(facts);
}
