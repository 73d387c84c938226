/** What is NOW Privacy's own among the refusals of its gateway. */
import { Conflict, type ErrorFacts } from "../../core";
import type { Problem, Product } from "../../gateway/problem";

export const product: Product = { name: "NOW Privacy", settings: "nowprivacy", conflict };

function conflict(facts: ErrorFacts, { code, existingId }: Problem): Conflict {
  const which = existingId === undefined ? "" : ` ${existingId}`;
  switch (code) {
    case "datasetExists":
      return new Conflict({
        ...facts,
        property: facts.property ?? "name",
        next:
          `To use the existing dataset${which}, declare \`adoptExisting: true\`: it is taken over as it is, and left there when it is ` +
          "removed from the program. Else choose another name.",
      });
    case "datasetInUse":
      return new Conflict({
        ...facts,
        next: `Delete the data source${which} in NOW Privacy or take it into the program, then run this again.`,
      });
    case "descriptionExists":
      return new Conflict({
        ...facts,
        property: facts.property ?? "customDescription",
        next: `The data source${which} has it. Descriptions are unique: choose another, or none for the product's own.`,
      });
    default:
      return new Conflict(facts);
  }
}
