/** What stands in place of what is not told: the same for the same value, so that answers can still be compared with each other. */

/** What a value looks like from outside. */
type Kind = "guid" | "address" | "host" | "url" | "date" | "number" | "word" | "text" | "token";

const guid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const date = /^\d{4}-\d{2}-\d{2}(?:T[\d:.]+(?:Z|[+-]\d{2}:?\d{2})?)?$/i;

function kindOf(value: string): Kind {
  if (guid.test(value)) return "guid";
  if (date.test(value)) return "date";
  if (/^[-+]?\d[\d.,]*$/.test(value)) return "number";
  if (/^ey[\w-]+\.[\w-]+\.?[\w-]*$/.test(value)) return "token";
  if (value.includes("://")) return "url";
  if (value.includes("@")) return "address";
  if (/^[\w-]+(?:\.[\w-]+)+$/.test(value)) return "host";
  return /^[\p{L}\p{N}_-]+$/u.test(value) ? "word" : "text";
}

export class Placeholders {
  readonly #byValue = new Map<string, string>();
  readonly #counts = new Map<Kind, number>();

  /** `<guid-1>` for the first GUID, and again for the same one in any letter case. */
  of(value: string, kind: Kind = kindOf(value)): string {
    const key = `${kind} ${value.toLowerCase()}`;
    const known = this.#byValue.get(key);
    if (known !== undefined) return known;
    const number = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, number);
    const made = `<${kind}-${String(number)}>`;
    this.#byValue.set(key, made);
    return made;
  }
}
