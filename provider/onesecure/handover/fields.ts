/** Fields that more than one of 1Secure's pages shows, for someone who types back what stands there. */
import type { Field } from "../../operator/handover";
import type { Values } from "../../operator/sheet";
import { readGuid, readText, textOf } from "./read";

/** A field with a text, in which blanks around it are no difference. */
export function textField(property: string, label: string, hint: string): Field {
  const declaredText = (declared: Values): unknown => declared[property];
  return {
    property,
    label,
    hint,
    shown: (declared) => textOf(declaredText({ ...declared })),
    read: (typed, declared) => readText(typed, declaredText({ ...declared })),
  };
}

/** A field with a GUID. */
export function guidField(property: string, label: string): Field {
  return { ...textField(property, label, "a GUID"), read: readGuid };
}

/** The organization that a page belongs to. */
export const organizationField = textField(
  "organization",
  "Organization",
  "name of the organization, as on the page Managed organizations",
);
