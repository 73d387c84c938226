/** Turns a zod schema and a value into problems in words: what was given, what is allowed, all at once. */
import type { z } from "zod";
import type { Problem } from "./errors";

/** `["scope", "recipientTypes", 2]` → `scope.recipientTypes[2]`; names that are no identifiers are quoted. */
export function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) => {
      if (typeof part === "number") return `[${String(part)}]`;
      const name = String(part);
      if (!/^[A-Za-z_$][\w$]*$/.test(name)) return `[${JSON.stringify(name)}]`;
      return index === 0 ? name : `.${name}`;
    })
    .join("");
}

export interface ValidateOptions {
  /** Tells a value that is not known yet (an Output, an unknown): it is taken as it is. */
  readonly isDeferred?: (value: unknown) => boolean;
}

/**
 * Every problem of `value`; empty when it fits. Problems at or below a deferred value are left for later, and so are those of a
 * rule about several properties (a refinement with `params: { dependsOn: ["baseline"] }`) of which one is deferred.
 */
export function problemsOf(schema: z.ZodType, value: unknown, options: ValidateOptions = {}): readonly Problem[] {
  const deferred: PropertyKey[][] = [];
  const known = withoutDeferred(value, options.isDeferred ?? (() => false), [], deferred);
  const result = schema.safeParse(known);
  if (result.success) return [];
  return result.error.issues
    .flatMap((issue) => spread(issue))
    .filter((located) => !judgedOn(located).some((path) => deferred.some((at) => isWithin(path, at))))
    .map(({ path, issue }) => ({
      path: pathText(path),
      message: say(issue, valueAt(known, path), marks(schema, path)),
    }));
}

interface Located {
  readonly path: readonly PropertyKey[];
  readonly issue: z.core.$ZodIssue;
}

/** An "unrecognized keys" issue names its keys in the issue, not in the path: one problem a key. */
function spread(issue: z.core.$ZodIssue): Located[] {
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => ({ path: [...issue.path, key], issue }));
  return [{ path: issue.path, issue }];
}

/** The paths whose values an issue judges: its own, and for a rule about several properties those that it names. */
function judgedOn({ path, issue }: Located): (readonly PropertyKey[])[] {
  const dependsOn: unknown = issue.code === "custom" ? issue.params?.["dependsOn"] : undefined;
  const siblings = Array.isArray(dependsOn) ? (dependsOn as PropertyKey[]) : [];
  return [path, ...siblings.map((name) => [...path.slice(0, -1), name])];
}

function isWithin(path: readonly PropertyKey[], outer: readonly PropertyKey[]): boolean {
  return outer.every((part, index) => path[index] === part);
}

function withoutDeferred(
  value: unknown,
  isDeferred: (value: unknown) => boolean,
  path: PropertyKey[],
  deferred: PropertyKey[][],
): unknown {
  if (isDeferred(value)) {
    deferred.push(path);
    return undefined;
  }
  if (Array.isArray(value)) {
    return value.map((item, index) => withoutDeferred(item, isDeferred, [...path, index], deferred));
  }
  if (typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, withoutDeferred(item, isDeferred, [...path, key], deferred)]),
    );
  }
  return value;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, part) => (typeof at === "object" && at !== null ? (at as Record<PropertyKey, unknown>)[part] : undefined),
    value,
  );
}

function marks(schema: z.ZodType, path: readonly PropertyKey[]): { secret: boolean } {
  let at: z.ZodType | undefined = schema;
  let secret = false;
  for (const part of path) {
    at = at === undefined ? undefined : childOf(at, part);
    for (let s = at; s !== undefined; s = (s.def as { innerType?: z.ZodType }).innerType) {
      secret ||= s.meta()?.secret === true;
    }
  }
  return { secret };
}

function childOf(schema: z.ZodType, part: PropertyKey): z.ZodType | undefined {
  const def = schema.def as { innerType?: z.ZodType; shape?: Record<PropertyKey, z.ZodType>; element?: z.ZodType };
  if (def.innerType !== undefined) return childOf(def.innerType, part);
  return def.shape?.[part] ?? def.element;
}

function say(issue: z.core.$ZodIssue, given: unknown, { secret }: { secret: boolean }): string {
  const hidden = secret || mayBeSecret(given) || (typeof given === "string" && expectsParts(issue));
  const was = hidden ? "the given value (not shown)" : given === undefined ? "nothing" : JSON.stringify(given);
  switch (issue.code) {
    case "invalid_value":
      // A schema that has a message of its own knows more than the list of what is allowed.
      if (!issue.message.startsWith("Invalid ")) return `${was} was given; ${issue.message}`;
      return `${was} was given; allowed: ${issue.values.map((value) => JSON.stringify(value)).join(", ")}`;
    case "unrecognized_keys":
      return "no such property";
    case "invalid_type":
      return given === undefined && !secret
        ? `required (${issue.expected})`
        : `${was} was given; allowed: ${issue.expected}`;
    case "custom":
      return issue.message;
    case "too_big":
      if (!issue.message.startsWith("Too big")) return `${was} was given; ${issue.message}`;
      return `${was} was given; allowed: at most ${String(issue.maximum)}${unit(issue.origin)}`;
    case "too_small":
      if (!issue.message.startsWith("Too small")) return `${was} was given; ${issue.message}`;
      return `${was} was given; allowed: at least ${String(issue.minimum)}${unit(issue.origin)}`;
    default:
      return `${was} was given; ${issue.message}`;
  }
}

/** A text where an object belongs is likely what should have been in it: a key in place of `{ file }`. */
function expectsParts(issue: z.core.$ZodIssue): boolean {
  return issue.code === "invalid_type" && (issue.expected === "object" || issue.expected === "record");
}

/**
 * Whether a value that stands in the wrong place may be a secret, and so must be in no message: a PEM text, whatever spans lines or is
 * long, and what looks like a client secret of Entra (40 characters with a tilde among the first).
 */
export function mayBeSecret(value: unknown): boolean {
  if (typeof value === "string") {
    return (
      value.includes("-----BEGIN") || /[\r\n]/.test(value) || value.length > 100 || /^.{5,6}~\S{31,40}$/.test(value)
    );
  }
  return typeof value === "object" && value !== null && Object.values(value).some(mayBeSecret);
}

/** What a limit counts, where it is not the value itself. */
function unit(origin: string): string {
  if (origin === "string") return " characters";
  return origin === "array" || origin === "set" ? " of them" : "";
}
