/**
 * Takes out of answers everything that could say whose they are. It keeps what it knows (names of properties, enumerations, types of
 * errors, the words of the service's messages, short numbers) and puts a placeholder in place of all else.
 */
import { parseJson } from "../../../provider/core/http";
import { Placeholders } from "./placeholders";
import { hosts, identifiers, words } from "./words";

/** A body as it is written down. */
export type RedactedBody =
  | { readonly kind: "empty" }
  | { readonly kind: "nul"; readonly bytes: number }
  | { readonly kind: "json"; readonly json: unknown }
  | { readonly kind: "metadata"; readonly characters: number; readonly types: Readonly<Record<string, string>> }
  | { readonly kind: "text"; readonly characters: number; readonly text: string };

/** Properties whose values are sentences of the service's, or filters of our own. */
const sentences = new Set([
  "message",
  "reason",
  "error_description",
  "Filter",
  "@adminapi.warnings",
  "@adminapi.errors",
  "@adminapi.confirmationmessage",
]);
/** Properties that hold a name which the service made up: its parts are words. */
const madeNames = new Set(["code", "type"]);
/** Properties that hold a list of names in one text. */
const nameLists = new Set(["exportedCmdlets"]);
/** Properties whose values are addresses of the API. */
const addresses = new Set(["@odata.context", "@odata.nextLink", "url"]);
/** The headers of an answer that are written down, and how. Of all others nothing is. */
const headerRules: Readonly<Record<string, "name" | "number" | "word" | "parameters" | "presence">> = {
  "content-type": "parameters",
  date: "presence",
  location: "presence",
  "retry-after": "number",
  "request-id": "presence",
  "client-request-id": "presence",
  "rate-limit-limit": "number",
  "rate-limit-remaining": "number",
  "rate-limit-reset": "presence",
  "x-calculatedbetarget": "word",
  "x-combinedapponlyconcurrencycount": "number",
  "x-concurrencycount": "number",
  "x-exceptiontype": "name",
  "x-exceptiontargettype": "name",
  "x-ms-diagnostics": "parameters",
  "www-authenticate": "parameters",
};

/** Names, in lower case, of the headers of which something is written down. */
export const headerNames: readonly string[] = Object.keys(headerRules);

/** What is written down of a text at most: no message that was ever seen is longer. */
const longest = 2_000;
/** Values in a list at most: what comes later is like what came before. */
const mostItems = 12;

const timeSpan = /^\d{1,5}\.\d{2}:\d{2}:\d{2}$/;
const errorId = /^Ex[0-9A-F]{6}$/;

export class Redactor {
  readonly #placeholders = new Placeholders();

  body(text: string): RedactedBody {
    if (text === "") return { kind: "empty" };
    if (/^\0+$/.test(text)) return { kind: "nul", bytes: text.length };
    const json = parseJson(text);
    if (json !== undefined) return { kind: "json", json: this.json(json) };
    if (/<(?:\w+:)?Edmx\b/i.test(text)) return { kind: "metadata", characters: text.length, types: dateTypes(text) };
    return { kind: "text", characters: text.length, text: this.sentence(text.slice(0, longest)) };
  }

  /** @param key the property that holds the value */
  json(value: unknown, key = ""): unknown {
    if (value === null || typeof value === "boolean") return value;
    if (typeof value === "number") return this.#number(String(value));
    if (typeof value === "string") return this.#value(value, key);
    if (Array.isArray(value)) {
      const shown = value.slice(0, mostItems).map((item) => this.json(item, key));
      const more = value.length - shown.length;
      return more > 0 ? [...shown, `<${String(more)} more>`] : shown;
    }
    if (typeof value !== "object") return "<unknown>";
    if (key === "headers") return this.headers(value as Readonly<Record<string, unknown>>);
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [this.#name(name), this.json(inner, name)]));
  }

  /** The headers that are known, by lower-case name. */
  headers(given: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
    return Object.fromEntries(
      Object.entries(given).flatMap(([name, value]) => {
        const shown = this.#header(name.toLowerCase(), String(value));
        return shown === undefined ? [] : [[name.toLowerCase(), shown] as const];
      }),
    );
  }

  #header(name: string, value: string): unknown {
    switch (Object.hasOwn(headerRules, name) ? headerRules[name] : undefined) {
      case "parameters":
        return this.parameters(value);
      case "name":
        return isTypeName(value) ? this.#typeName(value) : this.#inParts(value);
      case "number":
        return /^\d{1,6}$/.test(value) ? value : this.#placeholders.of(value);
      case "word":
        return this.#placeholders.of(value);
      case "presence":
        return "<present>";
      default:
        return undefined;
    }
  }

  /** A message of the service: its own words stay. */
  sentence(text: string): string {
    return text
      .slice(0, longest)
      .split(/(\s+|\|)/)
      .map((part, index, parts) =>
        index % 2 === 1 ? part : this.#chunk(part, isSentenceStart(parts.slice(0, index).join(""))),
      )
      .join("");
  }

  /** `reason="…"` and the like, as in `x-ms-diagnostics` and `WWW-Authenticate`. */
  parameters(text: string): string {
    return text
      .split(/("[^"]*")/)
      .map((part, index) => (index % 2 === 1 ? `"${this.#quoted(part.slice(1, -1))}"` : this.sentence(part)))
      .join("");
  }

  /** An address of the API, or what was sent for one. */
  address(text: string): string {
    const [, origin = "", rest = ""] = /^(https?:\/\/[^/?#]*)?(.*)$/s.exec(text) ?? [];
    const [path, query] = splitOnce(rest, "?");
    const shownQuery =
      query === undefined
        ? ""
        : `?${query
            .split("&")
            .map((part) => this.#option(part))
            .join("&")}`;
    return `${this.#origin(origin)}${path
      .split(/([/#()',])/)
      .map((part) => this.#piece(decoded(part)))
      .join("")}${shownQuery}`;
  }

  /** One word, value or name: as it is when it is known, else a placeholder. */
  word(text: string): string {
    return this.#piece(text);
  }

  #option(part: string): string {
    const [name, value] = splitOnce(part, "=");
    const known = decoded(name);
    if (value === undefined) return this.#piece(known);
    const text = decoded(value.replaceAll("+", " "));
    const shown =
      known === "$filter"
        ? this.sentence(text)
        : text
            .split(",")
            .map((one) => this.#piece(one))
            .join(",");
    return `${this.#piece(known)}=${shown}`;
  }

  #origin(origin: string): string {
    if (origin === "") return "";
    const host = origin.slice(origin.indexOf("://") + 3);
    return `https://${hosts.has(host) ? host : this.#placeholders.of(host, "host")}`;
  }

  #value(value: string, key: string): unknown {
    if (sentences.has(key)) {
      // An answer within an answer is redacted by the same rules.
      const inner = /^\s*[[{]/.test(value) ? parseJson(value) : undefined;
      return typeof inner === "object" ? { inner: this.json(inner) } : this.sentence(value);
    }
    if (nameLists.has(key)) return this.#names(value);
    if (addresses.has(key)) return this.address(value);
    if (isKept(value) || value === "" || (key === "id" && /^\d{1,2}$/.test(value))) return value;
    if (isTypeName(value)) return this.#typeName(value);
    return madeNames.has(key) && /^[A-Z]\w*$/.test(value) ? this.#inParts(value) : this.#placeholders.of(value);
  }

  /** The names that are known, and how many there are besides. */
  #names(value: string): unknown {
    const all = value.split(",").map((name) => name.trim());
    const known = all.filter((name) => identifiers.has(name));
    return [...known, `<${String(all.length - known.length)} more>`];
  }

  #number(text: string): unknown {
    return /^-?\d{1,4}$/.test(text) ? Number(text) : this.#placeholders.of(text, "number");
  }

  /** The name of a property: known, or put together from the words of such names. */
  #name(name: string): string {
    if (isKept(name)) return name;
    const [property, annotation] = splitOnce(name, "@");
    if (annotation !== undefined && property !== "" && ["odata.type", "data.type"].includes(annotation)) {
      return `${this.#name(property)}@${annotation}`;
    }
    return /^[A-Z]\w*$/.test(name) ? this.#inParts(name) : this.#placeholders.of(name);
  }

  #typeName(name: string): string {
    return name
      .split(".")
      .map((part) => this.#inParts(part))
      .join(".");
  }

  /** `AuditFooEnabled` → `Audit<word-1>Enabled`. */
  #inParts(name: string): string {
    return name
      .split(/(?=[A-Z][a-z])|(?<=[a-z])(?=[A-Z])|(?<=\D)(?=\d)|_/)
      .map((part) => (words.has(part.toLowerCase()) ? part : this.#placeholders.of(part, "word")))
      .join("");
  }

  /** What stands between spaces. */
  #chunk(chunk: string, startsSentence: boolean): string {
    if (chunk === "") return "";
    const [, open = "", inner = "", close = ""] = /^([("'“[{<]*)(.*?)([)"'”\]}>.,;:!?]*)$/s.exec(chunk) ?? [];
    if (inner === "") return chunk;
    return `${open}${this.#inner(inner, startsSentence && open.length < 2)}${close}`;
  }

  #inner(text: string, startsSentence: boolean): string {
    if (isKept(text) || errorId.test(text) || this.#isWord(text, startsSentence)) return text;
    if (isTypeName(text)) return this.#typeName(text);
    if (text.includes("@") || text.includes("://")) return this.#placeholders.of(text);
    // A name such as `odata.metadata` is looked at whole; only then is it taken for a host.
    const separators = [/([,;=()[\]{}<>"'])/, ...(/\.\w/.test(text) ? [] : [/([:/])/])];
    const separator = separators.find((one) => one.test(text));
    if (separator === undefined) return this.#placeholders.of(text);
    return text
      .split(separator)
      .map((part, index) => (index % 2 === 1 || part === "" ? part : this.#inner(part, false)))
      .join("");
  }

  #isWord(text: string, startsSentence: boolean): boolean {
    if (/^\d{1,4}$/.test(text)) return true;
    if (words.has(text)) return true;
    return startsSentence && /^[A-Z][a-z']*$/.test(text) && words.has(text.toLowerCase());
  }

  #quoted(text: string): string {
    if (isKept(text)) return text;
    return text.includes("://") ? this.#placeholders.of(text) : this.sentence(text);
  }

  #piece(text: string): string {
    return text === "" || isKept(text) || /^[/#()',]$/.test(text) || /^\d{1,4}$/.test(text)
      ? text
      : this.#placeholders.of(text);
  }
}

function isKept(text: string): boolean {
  return identifiers.has(text) || timeSpan.test(text);
}

/** A type of Microsoft's: its parts are words that say what went wrong. */
function isTypeName(text: string): boolean {
  return /^#?(?:Microsoft|System)(?:\.[A-Z]\w*)+$/.test(text);
}

function isSentenceStart(before: string): boolean {
  return before.trim() === "" || /[.|:!?]["']?\s+$|\|$/.test(before);
}

/** The types of the properties that a filter by time can name. */
function dateTypes(metadata: string): Readonly<Record<string, string>> {
  const found = [
    ...metadata.matchAll(/<Property\b[^>]*\bName="(When(?:Changed|Created)(?:UTC)?)"[^>]*\bType="(Edm\.\w+)"/g),
  ];
  return Object.fromEntries(
    found.map(([, name = "", type = ""]) => [name, identifiers.has(type) ? type : "Edm.<unknown>"]),
  );
}

function splitOnce(text: string, separator: string): readonly [string, string?] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
