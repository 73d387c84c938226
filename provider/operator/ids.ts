/** Ids of resources that a person makes: the product's own are not known when the resource is recorded. */

const prefix = "operator:";

/** @param parts what tells the object apart, in the product's own terms where there are any */
export function operatorId(...parts: readonly string[]): string {
  return `${prefix}${parts.join("/")}`;
}

/** Whether the object was made by a person, so that no program can read it. */
export function isOperatorId(id: string): boolean {
  return id.startsWith(prefix);
}
