/** The parameters of a cmdlet call: found in any letter case, converted as the service converts them. */
import { isObject } from "../json";
import type { ExchangeBehaviour } from "./behaviour";
import { actionNames } from "./auditChange";
import type { ListChange } from "./auditChange";
import { auditActionNames } from "./auditActions";
import { badParameterValue, badRequest, missingParameter, notAnEnumerator, unknownParameters } from "./errors";

/** Parameters that every cmdlet takes. */
const common = "confirm whatif verbose debug erroraction warningaction informationaction force".split(" ");
const auditOperation = "Microsoft.Exchange.Data.Directory.MailboxAuditOperations[]";

export class Parameters {
  readonly #values = new Map<string, { readonly name: string; readonly value: unknown }>();

  /**
   * @param given the `Parameters` object of the request.
   * @param known the cmdlet's own parameters. Throws a 400 that names each parameter that it doesn't have.
   */
  constructor(
    given: Readonly<Record<string, unknown>>,
    known: readonly string[],
    private readonly behaviour: Pick<ExchangeBehaviour, "hashTablesNeedType">,
  ) {
    const names = new Set([...known.map((name) => name.toLowerCase()), ...common]);
    const strange: string[] = [];
    for (const [name, value] of Object.entries(given)) {
      if (name.includes("@")) continue;
      if (!names.has(name.toLowerCase())) strange.push(name);
      this.#values.set(name.toLowerCase(), { name, value });
    }
    if (strange.length > 0) throw unknownParameters(strange);
  }

  has(name: string): boolean {
    return this.#values.has(name.toLowerCase());
  }

  text(name: string): string | undefined {
    const value = this.#value(name);
    if (value === undefined || value === null) return undefined;
    if (typeof value === "string" || typeof value === "number") return String(value);
    throw badParameterValue(name, `Cannot convert the value to type "System.String".`);
  }

  required(name: string): string {
    const value = this.text(name);
    if (value === undefined || value === "") throw missingParameter(name);
    return value;
  }

  /** A Boolean or a switch. */
  boolean(name: string): boolean | undefined {
    const value = this.#value(name);
    if (value === undefined || typeof value === "boolean") return value;
    const text = typeof value === "string" || typeof value === "number" ? String(value) : typeof value;
    if (["true", "$true", "1"].includes(text.toLowerCase())) return true;
    if (["false", "$false", "0"].includes(text.toLowerCase())) return false;
    throw badParameterValue(name, `Cannot convert value "${text}" to type "System.Boolean".`);
  }

  /** A list, or one text with commas. */
  list(name: string): readonly string[] | undefined {
    const value = this.#value(name);
    return value === undefined ? undefined : texts(name, value);
  }

  /** One of an enumeration's names, or several: in their own spelling. */
  enumerators<T extends string>(name: string, type: string, names: readonly T[]): readonly T[] | undefined {
    return this.list(name)?.map((text) => {
      const known = names.find((candidate) => candidate.toLowerCase() === text.toLowerCase());
      if (known === undefined) throw badParameterValue(name, notAnEnumerator(text, type, names));
      return known;
    });
  }

  /** A list of mailbox actions: an array replaces, a hash table with `Add` and `Remove` changes. */
  auditActions(name: string): ListChange | undefined {
    const value = this.#value(name);
    if (value === undefined) return undefined;
    const actions = (list: unknown): string[] =>
      actionNames(texts(name, list), (text) =>
        badParameterValue(name, notAnEnumerator(text, auditOperation, auditActionNames)),
      );
    if (!isObject(value)) return { replace: actions(value) };
    if (this.behaviour.hashTablesNeedType && value["@odata.type"] !== "#Exchange.GenericHashTable") {
      throw badRequest(
        "A value without a type name was found and no expected type is available. When the model is specified, each value in the payload must have a type which can be either specified in the payload, explicitly by the caller or implicitly inferred from the parent value.",
      );
    }
    const part = (wanted: string): unknown =>
      Object.entries(value).find(([key]) => key.toLowerCase() === wanted)?.[1] ?? [];
    return { add: actions(part("add")), remove: actions(part("remove")) };
  }

  /** A time span (`90.00:00:00`, `12:00:00`, or a number of days), in days. */
  days(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const match = /^(?:(\d+)(?:\.(?=\d{1,2}:))?)?(?:(\d{1,2}):(\d{2})(?::(\d{2}))?)?$/.exec(text.trim());
    const days = match === null ? NaN : Number(match[1] ?? 0) + clockTime(match) / 24;
    if (text.trim() === "" || Number.isNaN(days) || days > 24855) {
      throw badParameterValue(
        name,
        `Cannot convert value "${text}" to type "Microsoft.Exchange.Data.EnhancedTimeSpan".`,
      );
    }
    return days;
  }

  #value(name: string): unknown {
    return this.#values.get(name.toLowerCase())?.value;
  }
}

function clockTime(match: RegExpExecArray): number {
  return Number(match[2] ?? 0) + Number(match[3] ?? 0) / 60 + Number(match[4] ?? 0) / 3600;
}

function texts(name: string, value: unknown): string[] {
  if (value === null) return [];
  const items: unknown[] = Array.isArray(value) ? value : [value];
  return items.flatMap((item) => {
    if (typeof item !== "string") {
      throw badParameterValue(name, `Cannot convert a value of the list to type "System.String".`);
    }
    return item
      .split(",")
      .map((text) => text.trim())
      .filter((text) => text !== "");
  });
}
