/** What is declared of a resource, held against what a person saw in the product, and what of that is recorded. Pure. */
import { isDeepStrictEqual } from "node:util";
import { canonical, type Entry } from "../../provider/operator/entry";
import type { Values } from "../../provider/operator/sheet";
import { type Attester, foundEntry } from "./attestation";
import type { Filled } from "./form";
import type { HandedOver } from "./stackWork";
import { isEmpty, plain } from "./words";

export interface Difference {
  readonly label: string;
  readonly declared: string;
  readonly found: string;
}

export interface Comparison {
  readonly resource: HandedOver;
  readonly differences: readonly Difference[];
  /** Labels of fields that were looked at and are as declared. */
  readonly same: readonly string[];
  readonly notLookedAt: readonly string[];
  /** What was typed, by property. */
  readonly typed: Values;
}

export function compared({ resource, typed }: Filled): Comparison {
  const { declared, handover } = resource;
  const isSame = ({ field, value }: Filled["typed"][number]): boolean => equal(value, declared[field.property]);
  return {
    resource,
    differences: typed
      .filter((one) => !isSame(one))
      .map(({ field, value }) => ({
        label: field.label,
        declared: plain(field.shown(declared) ?? isEmpty),
        found: value === undefined ? isEmpty : plain(field.shown({ ...declared, [field.property]: value }) ?? isEmpty),
      })),
    same: typed.filter(isSame).map(({ field }) => field.label),
    notLookedAt: handover.fields
      .filter((field) => !typed.some((one) => one.field === field))
      .map((field) => field.label),
    typed: Object.fromEntries(typed.map(({ field, value }) => [field.property, value])),
  };
}

/** What becomes of a resource's record. */
export type Recording =
  | { readonly what: "nothing"; readonly why: string }
  /** It is in the product as it was attested, so that what was found before is over. */
  | { readonly what: "over" }
  | { readonly what: "found"; readonly entry: Entry };

export function recorded({ resource, typed }: Comparison, attester: Attester): Recording {
  const { account, standing, assessment } = resource;
  if (Object.keys(typed).length === 0) return { what: "nothing", why: "nobody looked at it" };
  if (standing.found === undefined || account.entered === undefined) {
    return { what: "nothing", why: "it was never attested, so what was not looked at is not known; attest it first" };
  }
  // What nobody looked at now is as it was attested, or found before.
  const values = canonical({ ...standing.found, ...typed }) as Values;
  if (equal(values, account.entered.values)) {
    return account.found === undefined ? { what: "nothing", why: "it is as it was attested" } : { what: "over" };
  }
  if (equal(values, standing.found)) return { what: "nothing", why: "this was found before" };
  if (equal(values, assessment.values)) {
    return { what: "nothing", why: "it is as it is declared now, and not attested so; attest it" };
  }
  return { what: "found", entry: foundEntry(resource, values, attester) };
}

function equal(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(canonical(one), canonical(other));
}
