/**
 * Filters over mailboxes: OPATH as `Get-Mailbox -Filter` takes it (`AuditEnabled -eq 'True' -and Alias -like 'a*'`), and OData as
 * `$filter` takes it (`AuditEnabled eq true and Alias eq 'a'`). They differ in the dash before operators, in `like`, and in dates: to OPATH
 * they are points in time, while OData's metadata has them as text.
 */
import type { ExchangeBehaviour } from "./behaviour";
import { badRequest, incompatibleOperands } from "./errors";
import type { MailboxGlance } from "./storedMailboxes";
import { findProperty, wireDate, type MailboxProperty } from "./properties";

export type FilterDialect = "opath" | "odata";

/** Whether a mailbox passes. */
export type MailboxFilter = (mailbox: MailboxGlance) => boolean;

/**
 * Properties that can be compared by `eq` and `ne` only, and that are not on the mailbox itself: undefined for a name that is not one
 * of them, else what makes a filter of an operator and a value.
 */
export type MoreProperties = (name: string) => ((operator: "eq" | "ne", value: string) => MailboxFilter) | undefined;

type FilterBehaviour = Pick<
  ExchangeBehaviour,
  "whenProperties" | "quotedDates" | "opathDates" | "auditListsFilterable"
>;

interface Literal {
  readonly value: string | boolean;
  /** Whether it has the form of a point in time of OData: a bare date, or one that a cast makes. */
  readonly isDate: boolean;
}

interface Token {
  readonly kind: "operator" | "word" | "text" | "open" | "close";
  readonly text: string;
}

const tokenPattern = /\s*(?:(\()|(\))|'((?:[^']|'')*)'|"([^"]*)"|(-[a-z]+\b)|([^\s()'"]+))/giy;
const comparisons = new Set(["eq", "ne", "gt", "ge", "lt", "le", "like", "notlike"]);
const operatorKinds: Readonly<Record<string, string>> = {
  eq: "Equal",
  ne: "NotEqual",
  gt: "GreaterThan",
  ge: "GreaterThanOrEqual",
  lt: "LessThan",
  le: "LessThanOrEqual",
};
const bareDate = /^\d{4}-\d{2}-\d{2}(?:T[\d:.]+(?:Z|[+-]\d{2}:\d{2})?)?$/i;

/** Throws a 400 for a text that is no filter, and for a property that can't be filtered by. */
export function parseFilter(
  source: string,
  dialect: FilterDialect,
  behaviour: FilterBehaviour,
  more: MoreProperties = () => undefined,
): MailboxFilter {
  const parser = new Parser(tokens(source, dialect), source, dialect, behaviour, more);
  return parser.all();
}

function tokens(source: string, dialect: FilterDialect): Token[] {
  const found: Token[] = [];
  const bare = source.trim().replace(/^\{([\s\S]*)\}$/, "$1");
  tokenPattern.lastIndex = 0;
  while (bare.slice(tokenPattern.lastIndex).trim() !== "") {
    const at = tokenPattern.lastIndex;
    const match = tokenPattern.exec(bare);
    if (match === null) throw badRequest(`Invalid filter syntax at position ${String(at)} of "${source}".`);
    const [, open, close, single, double, dashed, word] = match;
    if (open !== undefined) found.push({ kind: "open", text: open });
    else if (close !== undefined) found.push({ kind: "close", text: close });
    else if (single !== undefined) found.push({ kind: "text", text: single.replaceAll("''", "'") });
    else if (double !== undefined) found.push({ kind: "text", text: double });
    else if (dashed !== undefined && dialect === "opath") found.push({ kind: "operator", text: dashed.slice(1) });
    else found.push(wordToken(dashed ?? word ?? "", dialect));
  }
  return found;
}

function wordToken(word: string, dialect: FilterDialect): Token {
  const isOperator = dialect === "odata" && (comparisons.has(word) || ["and", "or", "not"].includes(word));
  return { kind: isOperator ? "operator" : "word", text: word };
}

class Parser {
  #at = 0;

  constructor(
    readonly tokens: readonly Token[],
    readonly source: string,
    readonly dialect: FilterDialect,
    readonly behaviour: FilterBehaviour,
    readonly more: MoreProperties,
  ) {}

  all(): MailboxFilter {
    const filter = this.#either();
    if (this.#at < this.tokens.length) throw this.#wrong();
    return filter;
  }

  #either(): MailboxFilter {
    let left = this.#both();
    while (this.#takes("or")) {
      const [a, b] = [left, this.#both()];
      left = (mailbox) => a(mailbox) || b(mailbox);
    }
    return left;
  }

  #both(): MailboxFilter {
    let left = this.#one();
    while (this.#takes("and")) {
      const [a, b] = [left, this.#one()];
      left = (mailbox) => a(mailbox) && b(mailbox);
    }
    return left;
  }

  #one(): MailboxFilter {
    if (this.#takes("not")) {
      const inner = this.#one();
      return (mailbox) => !inner(mailbox);
    }
    if (this.tokens[this.#at]?.kind === "open") {
      this.#at++;
      const inner = this.#either();
      if (this.tokens[this.#at++]?.kind !== "close") throw this.#wrong();
      return inner;
    }
    const [name, operator] = [this.tokens[this.#at++], this.tokens[this.#at++]];
    if (name?.kind !== "word" || operator?.kind !== "operator") throw this.#wrong();
    return this.#comparison(name.text, operator.text.toLowerCase(), this.#literal());
  }

  #literal(): Literal {
    const token = this.tokens[this.#at++];
    if (token?.kind === "text") return { value: token.text, isDate: false };
    if (token?.kind !== "word") throw this.#wrong();
    const word = token.text.toLowerCase();
    const next = this.tokens[this.#at];
    if ((word === "datetime" || word === "datetimeoffset") && next?.kind === "text") {
      this.#at++;
      return { value: next.text, isDate: true };
    }
    if (word === "cast" && next?.kind === "open") return this.#cast();
    if (word === "true" || word === "$true") return { value: true, isDate: false };
    if (word === "false" || word === "$false") return { value: false, isDate: false };
    return { value: token.text, isDate: bareDate.test(token.text) };
  }

  /** `cast('2026-01-01T00:00:00Z',Edm.DateTimeOffset)`, from behind the word. */
  #cast(): Literal {
    const inside: string[] = [];
    for (this.#at++; this.tokens[this.#at]?.kind !== "close"; this.#at++) {
      const token = this.tokens[this.#at];
      if (token === undefined) throw this.#wrong();
      inside.push(token.text);
    }
    this.#at++;
    const [value = "", type = ""] = inside.join("").split(",");
    return { value, isDate: /^Edm\.DateTime/i.test(type.trim()) };
  }

  #comparison(name: string, operator: string, { value, isDate }: Literal): MailboxFilter {
    const isLike = operator === "like" || operator === "notlike";
    if (!comparisons.has(operator) || (isLike && this.dialect === "odata")) throw this.#wrong();
    const another = this.more(name);
    if (another !== undefined) {
      if ((operator !== "eq" && operator !== "ne") || typeof value !== "string") throw this.#wrong();
      return another(operator, value);
    }
    const property = findProperty(name);
    if (property === undefined) {
      throw badRequest(`Could not find a property named '${name}' on type 'Exchange.Mailbox'.`);
    }
    const filtered = this.#filtered(property);
    if (property.type !== "date") {
      const matches = comparer(operator, value);
      return (mailbox) => matches(filtered(mailbox));
    }
    if (this.dialect === "odata") this.#mustGoTogether(operator, isDate);
    const moment = momentOf(String(value));
    if (this.dialect === "odata" && !isDate && (this.behaviour.quotedDates === "texts" || Number.isNaN(moment))) {
      const matches = comparer(operator, value);
      return (mailbox) => matches(wireDate(Number(filtered(mailbox))));
    }
    if (Number.isNaN(moment))
      throw badRequest(`"${String(value)}" is not a date and time that '${property.name}' can be compared with.`);
    return (mailbox) => ordered(operator, Number(filtered(mailbox)) - moment);
  }

  #filtered(property: MailboxProperty): NonNullable<MailboxProperty["filtered"]> {
    const { filtered, name, type } = property;
    const isList = type === "strings" && this.behaviour.auditListsFilterable;
    if (filtered === undefined && isList) return (glance) => property.value(glance.mailbox()) ?? [];
    if (filtered === undefined || (type === "date" && this.dialect === "opath" && !this.behaviour.opathDates)) {
      throw badRequest(`The property '${name}' cannot be used in the $filter query option.`);
    }
    return filtered;
  }

  /** In OData, text goes with text and points in time with points in time. */
  #mustGoTogether(operator: string, isDate: boolean): void {
    const [text, time] = ["Edm.String", "Edm.DateTimeOffset"];
    const isTime = this.behaviour.whenProperties === "dateTimeOffset";
    if (isTime === isDate) return;
    throw incompatibleOperands(isTime ? time : text, isDate ? time : text, operatorKinds[operator] ?? "Equal");
  }

  #takes(operator: string): boolean {
    const token = this.tokens[this.#at];
    if (token?.kind !== "operator" || token.text.toLowerCase() !== operator) return false;
    this.#at++;
    return true;
  }

  #wrong(): Error {
    return badRequest(
      `Invalid filter syntax. For a description of the filter parameter syntax see the command help. "${this.source}"`,
    );
  }
}

type Value = string | boolean | number | readonly string[];

function comparer(operator: string, wanted: Literal["value"]): (value: Value) => boolean {
  if (operator === "like" || operator === "notlike") {
    const pattern = wildcard(String(wanted));
    return (value) => texts(value).some((text) => pattern.test(text)) === (operator === "like");
  }
  const text = String(wanted).toLowerCase();
  // Of several values, one that is equal will do; "not equal" means that none is.
  if (operator === "eq") return (value) => texts(value).some((one) => one.toLowerCase() === text);
  if (operator === "ne") return (value) => texts(value).every((one) => one.toLowerCase() !== text);
  return (value) =>
    texts(value).some((one) => ordered(operator, one.toLowerCase() < text ? -1 : Number(one.toLowerCase() > text)));
}

function texts(value: Value): readonly string[] {
  return typeof value === "object" ? value : [String(value)];
}

function ordered(operator: string, difference: number): boolean {
  switch (operator) {
    case "eq":
      return difference === 0;
    case "ne":
      return difference !== 0;
    case "gt":
      return difference > 0;
    case "ge":
      return difference >= 0;
    case "lt":
      return difference < 0;
    default:
      return difference <= 0;
  }
}

/** ISO 8601 or the month/day/year of the United States; UTC when it names no zone. Milliseconds since the Unix epoch, or NaN. */
function momentOf(text: string): number {
  const iso = /^\d{4}-\d{2}-\d{2}(?:T[\d:.]+)?(Z|[+-]\d{2}:\d{2})?$/i.exec(text.trim());
  if (iso !== null) return Date.parse(iso[1] === undefined && text.includes("T") ? `${text.trim()}Z` : text.trim());
  return Date.parse(`${text.trim()} UTC`);
}

function wildcard(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");
  return new RegExp(`^${escaped}$`, "i");
}
