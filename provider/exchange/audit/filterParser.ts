/** Reads the text of a filter, in OPATH or OData, into a tree; says in words what is wrong with a text that is none. */
import { type Comparison, type Filter, isTime, wholeSecond } from "./filter";

interface Token {
  readonly kind: "operator" | "word" | "text" | "open" | "close";
  readonly text: string;
}

/** Properties that Exchange cannot filter mailboxes by (the Mailbox type's filter restrictions in `$metadata`). */
const unfilterable = ["AuditAdmin", "AuditDelegate", "AuditOwner", "DefaultAuditSet"];
const comparisons = ["eq", "ne", "gt", "ge", "lt", "le", "like", "notlike"] as const;
const operators: readonly string[] = [...comparisons, "and", "or", "not"];
const tokenPattern = /\s*(?:(\()|(\))|'((?:[^']|'')*)'|"([^"]*)"|([^\s()'"]+))/y;

/** What is wrong with a filter, in words; undefined when nothing is. Whether a property exists is the server's to say. */
export function filterProblem(source: string): string | undefined {
  try {
    filterOf(source);
    return undefined;
  } catch (error) {
    if (error instanceof NotAFilter) return error.message;
    throw error;
  }
}

/** @throws for a text that {@link filterProblem} has something against */
export function filterOf(source: string): Filter {
  return new Parser(tokensOf(source.trim().replace(/^\{([\s\S]*)\}$/, "$1"))).whole();
}

class NotAFilter extends Error {}

function tokensOf(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (source.slice(at).trim() !== "") {
    tokenPattern.lastIndex = at;
    const match = tokenPattern.exec(source);
    if (match === null) throw new NotAFilter(`a quotation mark is missing: ${excerpt(source.slice(at))}`);
    at = tokenPattern.lastIndex;
    const [, open, close, single, double, word = ""] = match;
    if (open !== undefined) tokens.push({ kind: "open", text: open });
    else if (close !== undefined) tokens.push({ kind: "close", text: close });
    else if (single !== undefined) tokens.push({ kind: "text", text: single.replaceAll("''", "'") });
    else if (double !== undefined) tokens.push({ kind: "text", text: double });
    else tokens.push(wordToken(word));
  }
  return tokens;
}

/** `-eq` and `eq` are the same operator. */
function wordToken(word: string): Token {
  const name = word.replace(/^-/, "").toLowerCase();
  return operators.includes(name) ? { kind: "operator", text: name } : { kind: "word", text: word };
}

function excerpt(text: string): string {
  const line = text.trim();
  return JSON.stringify(line.length > 40 ? `${line.slice(0, 39)}…` : line);
}

class Parser {
  #at = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  whole(): Filter {
    const filter = this.#joined("or", () => this.#joined("and", () => this.#one()));
    if (this.#at < this.tokens.length) throw this.#unexpected("and, or, or the end");
    return filter;
  }

  #joined(kind: "and" | "or", part: () => Filter): Filter {
    const first = part();
    const of = [first];
    while (this.#takes(kind)) of.push(part());
    return of.length === 1 ? first : { kind, of };
  }

  #one(): Filter {
    if (this.#takes("not")) return { kind: "not", of: this.#one() };
    if (this.tokens[this.#at]?.kind === "open") {
      this.#at += 1;
      const inner = this.#joined("or", () => this.#joined("and", () => this.#one()));
      if (this.tokens[this.#at]?.kind !== "close") throw this.#unexpected("a closing parenthesis");
      this.#at += 1;
      return inner;
    }
    return this.#comparison();
  }

  #comparison(): Filter {
    const property = this.#next("word", "the name of a property").text;
    const refused = unfilterable.find((name) => name.toLowerCase() === property.toLowerCase());
    if (refused !== undefined) {
      throw new NotAFilter(
        `Exchange cannot filter mailboxes by ${refused}: audit lists are compared with the policy here, mailbox by mailbox; ` +
          "allowed: filterable properties such as Alias, Department, CustomAttribute1, WhenCreatedUTC",
      );
    }
    const operator = this.tokens[this.#at];
    const comparison = comparisons.find((name) => operator?.kind === "operator" && operator.text === name);
    if (comparison === undefined) throw this.#unexpected(`a comparison after ${property} (${comparisons.join(", ")})`);
    this.#at += 1;
    const value = this.tokens[this.#at];
    if (value === undefined || (value.kind !== "word" && value.kind !== "text")) {
      throw this.#unexpected(`a value for ${property}`);
    }
    this.#at += 1;
    return { kind: "compare", property, comparison, value: valueOf(property, comparison, value) };
  }

  #takes(operator: string): boolean {
    const token = this.tokens[this.#at];
    if (token?.kind !== "operator" || token.text !== operator) return false;
    this.#at += 1;
    return true;
  }

  #next(kind: Token["kind"], wanted: string): Token {
    const token = this.tokens[this.#at];
    if (token?.kind !== kind) throw this.#unexpected(wanted);
    this.#at += 1;
    return token;
  }

  #unexpected(wanted: string): NotAFilter {
    const token = this.tokens[this.#at];
    return new NotAFilter(`${token === undefined ? "the end" : excerpt(token.text)} stands where ${wanted} should`);
  }
}

function valueOf(property: string, comparison: Comparison, { kind, text }: Token): string | boolean {
  const word = text.toLowerCase().replace(/^\$/, "");
  // OPATH has booleans as variables ($true) and in quotes ('True'), OData as words.
  const isFlag = kind === "word" || /^(?:Is|Has)[A-Z]|Enabled$/.test(property);
  if (isFlag && (word === "true" || word === "false")) return word === "true";
  if (kind === "word" && text.startsWith("$"))
    throw new NotAFilter(`${text} is no value that a listing can be filtered by`);
  if (!isTime(property)) return text;
  if (comparison === "like" || comparison === "notlike")
    throw new NotAFilter(`${property} is a time and has no wildcards`);
  const time = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z)?$/i.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) {
    throw new NotAFilter(
      `${property} is compared with ${excerpt(text)}; allowed: 2026-01-31 or 2026-01-31T08:00:00Z, in UTC`,
    );
  }
  return wholeSecond(time);
}
