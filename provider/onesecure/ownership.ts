/** Holds what the product returns for a known id against what it was: an id that leads to another customer's object is not ours. */
import { WrongTenant } from "../core";

/** Something of the product's that belongs to an organization, and a source to a tenant too. */
export interface Belonging {
  readonly organization: string;
  readonly tenantId?: string;
}

/**
 * @param operation a verb phrase that ends before the id: "reading source"
 * @param expected as recorded, else as declared
 * @throws WrongTenant when the object belongs elsewhere than expected, naming the property that differs
 */
export function requireSameOwner(operation: string, id: string, expected: Belonging, found: Belonging): void {
  for (const property of ["tenantId", "organization"] as const) {
    const wanted = expected[property];
    const given = found[property];
    if (wanted === undefined || given === undefined || same[property](wanted, given)) continue;
    throw new WrongTenant({
      operation,
      subject: id,
      happened: `1Secure has it in ${words[property]} "${given}" by now, not in "${wanted}"`,
      next:
        "Nothing was written. If it was moved on purpose, take the resource out of the state with `pulumi state delete` and declare " +
        "what is there now; else find out in 1Secure who moved it.",
      property,
    });
  }
}

const words = { tenantId: "tenant", organization: "organization" };
const same = {
  tenantId: (one: string, other: string) => one.toLowerCase() === other.toLowerCase(),
  organization: (one: string, other: string) => one === other,
};

/** What was recorded of the owner, where it was; else what is declared. */
export function ownerOf(last: Readonly<Record<string, unknown>> | undefined, declared: Belonging): Belonging {
  const recorded = (name: keyof Belonging): string | undefined => {
    const value = last?.[name];
    return typeof value === "string" ? value : declared[name];
  };
  const tenantId = recorded("tenantId");
  return {
    organization: recorded("organization") ?? declared.organization,
    ...(tenantId === undefined ? {} : { tenantId }),
  };
}
