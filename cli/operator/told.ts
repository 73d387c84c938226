/** What is attested or found, property by property, in the product's words. */
import type { SecretMark, Values } from "../../provider/operator/sheet";
import type { Handover } from "../../provider/operator/handover";
import { isEmpty, plain } from "./words";

/** One line: what the product calls it, and what stands there. */
export interface ToldProperty {
  readonly label: string;
  readonly shown: string;
}

/** @param declared what is declared besides, which some fields are told with */
export function toldProperties(handover: Handover, values: Values, declared: object): ToldProperty[] {
  const whole = { ...declared, ...values };
  return handover.entered.flatMap((property) => {
    if (values[property] === undefined) return [];
    const fields = handover.fields.filter((field) => field.property === property);
    if (fields.length === 0) return [{ label: property, shown: plain(values[property]) }];
    return fields.map((field) => ({ label: field.label, shown: plain(field.shown(whole) ?? isEmpty) }));
  });
}

/** Which client secret it is, never the secret. */
export function toldSecret({ keyId, endDate }: SecretMark): ToldProperty {
  const until = endDate === undefined ? "" : `, until ${plain(endDate)}`;
  return { label: "Client Secret", shown: `the one with Secret ID ${plain(keyId)}${until}` };
}

/** `  Crawl Source: ON` */
export function toldLines(properties: readonly ToldProperty[]): string {
  return properties.map(({ label, shown }) => `  ${label}: ${shown}\n`).join("");
}

/** "Source in Netwrix 1Secure" */
export function whatIs({ token, product }: Handover): string {
  return `${token.slice(token.lastIndexOf(":") + 1)} in ${product.name}`;
}
