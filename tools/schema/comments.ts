/**
 * Reads the doc comments of zod shapes from the source, by way of the TypeScript checker: zod drops comments at run time, but the
 * types that it infers keep them. So a property's documentation is written once, where editors show it too.
 */
import * as path from "node:path";
import * as ts from "typescript";

/** What was written about one property. */
export interface Comment {
  /** Markdown on one line a paragraph. Empty when there is no comment. */
  readonly text: string;
  /** The text of its `@deprecated` tag. */
  readonly deprecated?: string;
}

/** The comments within an object, a list or a map. */
export interface Comments {
  /** What was written about a property, and what is below it. */
  of(property: string): { readonly comment: Comment; readonly within: Comments };
  /** The comments within the elements of a list or the values of a map. */
  readonly elements: Comments;
  /** Of several objects of which one is meant, the comments within the one whose property has this value; else all of them. */
  where(property: string, value: unknown): Comments;
}

const none: Comments = {
  of: () => ({ comment: { text: "" }, within: none }),
  get elements() {
    return none;
  },
  where: () => none,
};

/** The source of one module of this repository. */
export interface Source {
  /** The comments of a zod object, by the way that leads to it from an export: `["kinds", "m365audit:…", "inputs"]`. */
  comments(way: readonly string[]): Comments;
}

/**
 * @param file absolute path of a TypeScript module
 * @throws Error when the project's tsconfig.json or the module cannot be read
 */
export function readSource(file: string): Source {
  const config = ts.findConfigFile(path.dirname(file), (name) => ts.sys.fileExists(name));
  if (config === undefined) throw new Error(`reading the types of ${path.basename(file)}: no tsconfig.json above it`);
  const read = ts.readConfigFile(config, (name) => ts.sys.readFile(name));
  const { options } = ts.parseJsonConfigFileContent(read.config, ts.sys, path.dirname(config));
  const program = ts.createProgram({ rootNames: [file], options: { ...options, types: [], noEmit: true } });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`reading the types of ${path.basename(file)}: it is no module`);
  return {
    comments(way) {
      const [first, ...rest] = way;
      const symbol = checker.getExportsOfModule(module).find(({ name }) => name === first);
      const start = symbol === undefined ? undefined : expressionOf(checker, symbol);
      const end = rest.reduce((at, name) => (at === undefined ? undefined : member(checker, at, name)), start);
      if (end === undefined) throw new Error(`${path.basename(file)} has no expression at ${way.join(" › ")}`);
      return commentsOf(checker, valueType(checker, end), end);
    },
  };
}

/** Where a name gets its value. A contract may be declared as plain `Contract`, so its literal says more than its type. */
function expressionOf(checker: ts.TypeChecker, symbol: ts.Symbol): ts.Expression | undefined {
  const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const declaration = target.valueDeclaration;
  if (declaration === undefined) return undefined;
  if (ts.isShorthandPropertyAssignment(declaration)) {
    const value = checker.getShorthandAssignmentValueSymbol(declaration);
    return value === undefined ? undefined : expressionOf(checker, value);
  }
  if (ts.isVariableDeclaration(declaration) || ts.isPropertyAssignment(declaration)) {
    return declaration.initializer === undefined ? undefined : literal(checker, declaration.initializer);
  }
  return undefined;
}

/** Follows names, `as const`, `satisfies` and brackets to the expression that they stand for. */
function literal(checker: ts.TypeChecker, expression: ts.Expression): ts.Expression {
  if (
    ts.isAsExpression(expression) ||
    ts.isSatisfiesExpression(expression) ||
    ts.isParenthesizedExpression(expression)
  ) {
    return literal(checker, expression.expression);
  }
  if (ts.isIdentifier(expression) || ts.isPropertyAccessExpression(expression)) {
    const symbol = checker.getSymbolAtLocation(expression);
    return (symbol === undefined ? undefined : expressionOf(checker, symbol)) ?? expression;
  }
  // `defineKind({...})` and its like give back what they are given.
  const [argument] = ts.isCallExpression(expression) ? expression.arguments : [];
  if (argument !== undefined && ts.isObjectLiteralExpression(argument) && !isZod(checker, expression)) return argument;
  return expression;
}

function isZod(checker: ts.TypeChecker, expression: ts.Expression): boolean {
  return checker.getTypeAtLocation(expression).getProperty("_zod") !== undefined;
}

function member(checker: ts.TypeChecker, expression: ts.Expression, name: string): ts.Expression | undefined {
  const symbol = checker.getTypeAtLocation(expression).getProperty(name);
  return symbol === undefined ? undefined : expressionOf(checker, symbol);
}

/** The type of the values that a zod schema takes. */
function valueType(checker: ts.TypeChecker, schema: ts.Expression): ts.Type {
  const internals = checker.getTypeAtLocation(schema).getProperty("_zod");
  const input = internals && checker.getTypeOfSymbol(internals).getProperty("input");
  if (input === undefined) throw new Error(`no zod schema: ${schema.getText().slice(0, 80)}`);
  return checker.getTypeOfSymbol(input);
}

function commentsOf(checker: ts.TypeChecker, type: ts.Type, at: ts.Node): Comments {
  const present = checker.getNonNullableType(type);
  const comments: Comments = {
    of(name) {
      const property = present.getProperty(name);
      if (property === undefined) return none.of(name);
      const deprecated = property.getJsDocTags(checker).find((tag) => tag.name === "deprecated");
      return {
        comment: {
          text: paragraphs(property.getDocumentationComment(checker)),
          ...(deprecated === undefined ? {} : { deprecated: paragraphs(deprecated.text ?? []) }),
        },
        within: commentsOf(checker, checker.getTypeOfSymbolAtLocation(property, at), at),
      };
    },
    get elements() {
      const element = present.getNumberIndexType() ?? present.getStringIndexType();
      return element === undefined ? none : commentsOf(checker, element, at);
    },
    where(property, value) {
      const [one, ...more] = (present.isUnion() ? present.types : []).filter((option) => {
        const symbol = option.getProperty(property);
        const held = symbol === undefined ? undefined : checker.getTypeOfSymbolAtLocation(symbol, at);
        return held?.isLiteral() === true && held.value === value;
      });
      return one === undefined || more.length > 0 ? comments : commentsOf(checker, one, at);
    },
  };
  return comments;
}

/** Comments are broken where the source line ends; documentation flows. Lists and code keep their lines. */
function paragraphs(parts: readonly ts.SymbolDisplayPart[]): string {
  const text = parts.map(({ kind, text }) => (kind === "linkName" ? text.trim() : text)).join("");
  return text
    .replace(/\{@link(?:code|plain)?\s+([^}|\s]+)(?:[\s|]+([^}]+))?\}/g, (_, target: string, label?: string) =>
      label === undefined ? target : `${label.trim()} (${target})`,
    )
    .replace(/\r/g, "")
    .split(/\n{2,}/)
    .map((paragraph) => (/^\s*(?:[-*|]|\d+\.|```)/m.test(paragraph) ? paragraph : paragraph.replace(/\s*\n\s*/g, " ")))
    .join("\n\n")
    .trim();
}
