/**
 * OData `$filter` for the part that Graph's directory objects support: comparisons, `and`/`or`/`not`, brackets, `in`,
 * `startswith`/`endswith`/`contains`, and `any` over a list. Text is compared without regard to case, as the directory does.
 * Grammar: {@link https://docs.oasis-open.org/odata/odata/v4.01/odata-v4.01-part2-url-conventions.html#sec_SystemQueryOptionfilter}.
 */
import { isObject, type JsonObject } from "../json";
import { GraphError } from "./graphError";

export type Predicate = (entity: JsonObject) => boolean;

type Literal = string | number | boolean | null;
type Scope = Readonly<Record<string, unknown>>;
type Condition = (entity: JsonObject, scope: Scope) => boolean;

interface Token {
  readonly kind: "word" | "text" | "number" | "symbol";
  readonly value: string;
}

const tokenPattern = /\s*(?:'((?:[^']|'')*)'|(-?\d+(?:\.\d+)?)(?![\w-])|([A-Za-z_$@0-9][\w.:/@+-]*)|([(),:]))/y;

/** @throws GraphError 400 when the expression cannot be read. */
export function parseFilter(expression: string): Predicate {
  const parser = new Parser(tokens(expression), expression);
  const condition = parser.whole();
  return (entity) => condition(entity, {});
}

function tokens(expression: string): Token[] {
  const found: Token[] = [];
  let at = 0;
  while (expression.slice(at).trim() !== "") {
    tokenPattern.lastIndex = at;
    const match = tokenPattern.exec(expression);
    if (match === null) throw invalidFilter(expression);
    at = tokenPattern.lastIndex;
    const [, quoted, number, word, symbol] = match;
    if (quoted !== undefined) found.push({ kind: "text", value: quoted.replaceAll("''", "'") });
    else if (number !== undefined) found.push({ kind: "number", value: number });
    else if (symbol !== undefined) found.push({ kind: "symbol", value: symbol });
    else if (word !== undefined) {
      // `any(x:x eq …)`: the colon belongs to the lambda, while the colons of a date-time belong to the literal.
      const lambda = /^([A-Za-z]\w*):(.*)$/.exec(word);
      if (lambda?.[1] !== undefined) {
        found.push({ kind: "word", value: lambda[1] }, { kind: "symbol", value: ":" });
        if (lambda[2] !== undefined && lambda[2] !== "") found.push({ kind: "word", value: lambda[2] });
      } else found.push({ kind: "word", value: word });
    }
  }
  return found;
}

class Parser {
  private at = 0;
  constructor(
    private readonly tokens: readonly Token[],
    private readonly expression: string,
  ) {}

  whole(): Condition {
    const condition = this.or();
    if (this.at < this.tokens.length) throw invalidFilter(this.expression);
    return condition;
  }

  private or(): Condition {
    let left = this.and();
    while (this.takeWord("or")) {
      const [a, b] = [left, this.and()];
      left = (entity, scope) => a(entity, scope) || b(entity, scope);
    }
    return left;
  }

  private and(): Condition {
    let left = this.unary();
    while (this.takeWord("and")) {
      const [a, b] = [left, this.unary()];
      left = (entity, scope) => a(entity, scope) && b(entity, scope);
    }
    return left;
  }

  private unary(): Condition {
    if (this.takeWord("not")) {
      const inner = this.unary();
      return (entity, scope) => !inner(entity, scope);
    }
    if (this.takeSymbol("(")) {
      const inner = this.or();
      this.need(")");
      return inner;
    }
    return this.comparison();
  }

  private comparison(): Condition {
    const name = this.word();
    const call = name.toLowerCase();
    if (this.takeSymbol("(")) {
      if (call === "startswith" || call === "endswith" || call === "contains") return this.textCall(call);
      if (call.endsWith("/any")) return this.any(name.slice(0, -"/any".length));
      throw invalidFilter(this.expression);
    }
    const operator = this.word().toLowerCase();
    if (operator === "in") {
      this.need("(");
      const values = [this.literal()];
      while (this.takeSymbol(",")) values.push(this.literal());
      this.need(")");
      return (entity, scope) => values.some((value) => compare(read(entity, scope, name), value) === 0);
    }
    const accepts = operators[operator];
    if (accepts === undefined) throw invalidFilter(this.expression);
    const value = this.literal();
    return (entity, scope) => accepts(compare(read(entity, scope, name), value));
  }

  private textCall(call: "startswith" | "endswith" | "contains"): Condition {
    const name = this.word();
    this.need(",");
    const value = this.literal();
    this.need(")");
    if (typeof value !== "string") throw invalidFilter(this.expression);
    const wanted = value.toLowerCase();
    return (entity, scope) => {
      const found = read(entity, scope, name);
      if (typeof found !== "string") return false;
      const lower = found.toLowerCase();
      if (call === "contains") return lower.includes(wanted);
      return call === "startswith" ? lower.startsWith(wanted) : lower.endsWith(wanted);
    };
  }

  private any(list: string): Condition {
    const variable = this.word();
    this.need(":");
    const inner = this.or();
    this.need(")");
    return (entity, scope) => {
      const items = read(entity, scope, list);
      return Array.isArray(items) && items.some((item: unknown) => inner(entity, { ...scope, [variable]: item }));
    };
  }

  private literal(): Literal {
    const token = this.next();
    if (token.kind === "text") return token.value;
    if (token.kind === "number") return Number(token.value);
    if (token.kind === "symbol") throw invalidFilter(this.expression);
    const lower = token.value.toLowerCase();
    if (lower === "null") return null;
    if (lower === "true" || lower === "false") return lower === "true";
    // What is left are the bare GUIDs and date-times that OData allows.
    return token.value;
  }

  private word(): string {
    const token = this.next();
    if (token.kind !== "word") throw invalidFilter(this.expression);
    return token.value;
  }

  private next(): Token {
    const token = this.tokens[this.at++];
    if (token === undefined) throw invalidFilter(this.expression);
    return token;
  }

  private takeWord(value: string): boolean {
    return this.take((token) => token.kind === "word" && token.value.toLowerCase() === value);
  }

  private takeSymbol(value: string): boolean {
    return this.take((token) => token.kind === "symbol" && token.value === value);
  }

  private take(matches: (token: Token) => boolean): boolean {
    const token = this.tokens[this.at];
    if (token === undefined || !matches(token)) return false;
    this.at += 1;
    return true;
  }

  private need(symbol: string): void {
    if (!this.takeSymbol(symbol)) throw invalidFilter(this.expression);
  }
}

/** Undefined stands for "cannot be compared", which only `ne` accepts. */
const operators: Readonly<Record<string, (order: number | undefined) => boolean>> = {
  eq: (order) => order === 0,
  ne: (order) => order !== 0,
  gt: (order) => order !== undefined && order > 0,
  ge: (order) => order !== undefined && order >= 0,
  lt: (order) => order !== undefined && order < 0,
  le: (order) => order !== undefined && order <= 0,
};

function compare(found: unknown, wanted: Literal): number | undefined {
  const value = found ?? null;
  if (value === null || wanted === null) return value === wanted ? 0 : undefined;
  if (typeof value === "string" && typeof wanted === "string") {
    const [a, b] = [value.toLowerCase(), wanted.toLowerCase()];
    if (a === b) return 0;
    return a < b ? -1 : 1;
  }
  if (typeof value === "number" && typeof wanted === "number") return value - wanted;
  if (typeof value === "boolean" && typeof wanted === "boolean") return value === wanted ? 0 : undefined;
  return undefined;
}

function read(entity: JsonObject, scope: Scope, path: string): unknown {
  const [head = "", ...rest] = path.split("/");
  let value: unknown = head in scope ? scope[head] : entity[head];
  for (const name of rest) value = isObject(value) ? value[name] : undefined;
  return value;
}

function invalidFilter(expression: string): GraphError {
  return new GraphError(400, "BadRequest", `Invalid filter clause: ${expression}`);
}
