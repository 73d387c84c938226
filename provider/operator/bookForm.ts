/**
 * The form of an attestations file. Pure. One entry a line, so that git merges it by line:
 *
 *     { "version": 1, "entries": [
 *
 *     "contoso-source",
 *     {"resource":"urn:pulumi:prod::…::contoso-source","action":"entered",…},
 *
 *     null
 *     ]}
 *
 * The `null` lets every entry's line end alike. The headings (a text between entries is one) and the empty lines are there for merges:
 * git takes changes of neighbouring lines for one change, and with both, what is attested of a resource never touches a line next to
 * another resource's. So a resource keeps its heading, whatever is attested of it.
 */
import { relative } from "node:path";
import { type Problem, Rejected } from "../core";
import { canonical, type Entry, entryProblems, entryProperties, holdsPrivateKey } from "./entry";
import { jsonPlaces } from "./jsonPlaces";

/** An attestations file as it was read. */
export interface Book {
  readonly file: string;
  /** In the file's order. Lines that are the same are one entry. */
  readonly entries: readonly Entry[];
  /** The line, from 1, on which each of `entries` begins. */
  readonly lines: ReadonlyMap<Entry, number>;
}

/** An attestations file that cannot be used, or what it says of a resource: every problem at once. Nothing was attested or changed. */
export class AttestationsRefused extends Rejected {
  constructor(
    facts: { readonly operation: string; readonly subject: string; readonly next?: string },
    readonly problems: readonly Problem[],
  ) {
    const list = problems.map(({ path, message }) => `\n  - ${path === "" ? "" : `${path}: `}${message}`).join("");
    super({
      ...facts,
      happened: `${String(problems.length)} ${problems.length === 1 ? "problem" : "problems"}:${list}`,
    });
  }
}

/** A file's name for messages: from the working directory, where it is below that. */
export function shortName(file: string): string {
  const short = relative(process.cwd(), file);
  return short.startsWith("..") ? file : short;
}

/** @throws AttestationsRefused with every problem: the line, the property, what was given, and what is allowed */
export function parseBook(text: string, file: string): Book {
  const plain = text.replace(/^\uFEFF/, "");
  const { elements, problems } = parsed(plain) ?? diagnosed(plain);
  const all = [...problems, ...elements.flatMap(problemsAt)];
  if (all.length > 0) {
    throw new AttestationsRefused(
      {
        operation: "reading the attestations in",
        subject: shortName(file),
        next: "Correct the file, or take it back to a version in git that is right.",
      },
      all,
    );
  }
  const once = new Map<string, Element>();
  for (const element of elements) {
    const key = JSON.stringify(canonical(element.value));
    if (typeof element.value === "object" && element.value !== null && !once.has(key)) once.set(key, element);
  }
  const entries = [...once.values()].map(({ value, line }) => [value as Entry, line] as const);
  return { file, entries: entries.map(([entry]) => entry), lines: new Map(entries) };
}

interface Element {
  readonly value: unknown;
  readonly line: number;
}

interface Reading {
  readonly elements: readonly Element[];
  readonly problems: readonly Problem[];
}

function at(line: number, property = ""): string {
  return `line ${String(line)}${property === "" ? "" : `, ${property}`}`;
}

function problemsAt({ value, line }: Element): Problem[] {
  if (value === null) return [];
  if (typeof value === "string") return holdsPrivateKey(value) ? [privateKeyAt(at(line))] : [];
  return entryProblems(value).map(({ path, message }) => ({ path: at(line, path), message }));
}

function privateKeyAt(path: string): Problem {
  const next = "take it out, also of git's history, and replace the key by a new one";
  return { path, message: `a private key was given (not shown); a secret belongs in no file: ${next}` };
}

/** Undefined when it is no JSON. */
function parsed(text: string): Reading | undefined {
  let whole: unknown;
  try {
    whole = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { elements, doubled } = jsonPlaces(text, "entries");
  const problems: Problem[] = doubled.map(({ line, name }) => ({
    path: at(line, name),
    message: "given twice; allowed: once",
  }));
  if (typeof whole !== "object" || whole === null || Array.isArray(whole)) {
    return { elements: [], problems: [{ path: at(1), message: `allowed: ${head}, the entries, and ${foot}` }] };
  }
  const { version, entries, ...others } = whole as Record<string, unknown>;
  if (version !== 1) {
    const was = version === undefined ? "nothing" : JSON.stringify(version).slice(0, 20);
    problems.push({ path: "version", message: `${was} was given; allowed: 1 (a higher one is of a newer m365audit)` });
  }
  if (!Array.isArray(entries)) problems.push({ path: "entries", message: "allowed: an array of entries" });
  problems.push(
    ...Object.keys(others).map((path) => ({ path, message: "no such property; allowed: version, entries" })),
  );
  const values = Array.isArray(entries) ? (entries as unknown[]) : [];
  return { elements: values.map((value, index) => ({ value, line: elements[index] ?? 0 })), problems };
}

const head = '{ "version": 1, "entries": [';
const foot = "]}";

/** What keeps a text from being JSON, line by line. What stands there is not repeated: it may be anything. */
function diagnosed(text: string): Reading {
  if (text.trim() === "") {
    return {
      elements: [],
      problems: [{ path: "", message: "the file is empty; delete it, or take it back from git" }],
    };
  }
  const elements: Element[] = [];
  const marks: number[] = [];
  const bad: number[] = [];
  const problems: Problem[] = [];
  const lines = text.split("\n").map((line) => line.trim());
  const last = lines.findLastIndex((line) => line !== "");
  const hasHead = /^\{\s*"version"\s*:\s*\d+\s*,\s*"entries"\s*:\s*\[$/.test(lines[0] ?? "");
  if (!hasHead) problems.push({ path: at(1), message: `allowed as the first line: ${head}` });
  if (lines[last] !== foot) problems.push({ path: at(last + 1), message: `allowed as the last line: ${foot}` });
  for (const [index, line] of lines.entries()) {
    const number = index + 1;
    if (/^(<{7}|\|{7}|={7}|>{7})(\s|$)/.test(line)) marks.push(number);
    else if (line !== "" && line !== "null" && line !== foot && !(hasHead && index === 0)) {
      const value = valueOf(line.replace(/,$/, ""));
      if (value === undefined) bad.push(number);
      else elements.push({ value, line: number });
      if (value !== undefined && !line.endsWith(","))
        problems.push({ path: at(number), message: "has no comma at its end" });
    }
  }
  if (marks.length > 0) {
    const where = marks.map(String).join(", ");
    problems.push({
      path: `${marks.length === 1 ? "line" : "lines"} ${where}`,
      message:
        "a merge that is not finished: these are git's marks of a conflict; take them away and keep the entries of both sides, one a line",
    });
  }
  for (const [from, to] of runs(bad)) {
    const path = from === to ? at(from) : `lines ${String(from)}-${String(to)}`;
    const hasKey = holdsPrivateKey(lines.slice(from - 1, to).join("\n"));
    problems.push(
      hasKey ? privateKeyAt(path) : { path, message: "no JSON; allowed: one entry a line, with a comma at its end" },
    );
  }
  return { elements, problems };
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `[1, 2, 3, 7]` → `[[1, 3], [7, 7]]` */
function runs(numbers: readonly number[]): [number, number][] {
  const result: [number, number][] = [];
  for (const number of numbers) {
    const run = result.at(-1);
    if (run?.[1] === number - 1) run[1] = number;
    else result.push([number, number]);
  }
  return result;
}

/** The file's text: the same for the same entries, in whatever order they are given. */
export function bookText(entries: readonly Entry[]): string {
  const sorted = entries
    .map((entry) => ({ key: [entry.resource, entry.action, lineOf(entry)], entry }))
    .sort((one, other) => compare(one.key, other.key))
    .map(({ entry }) => entry);
  const blocks = [...new Set(sorted.map(({ resource }) => resource))].map((resource) => {
    const lines = sorted.filter((entry) => entry.resource === resource).map(lineOf);
    return [JSON.stringify(headingOf(resource)), ...lines].map((line) => `${line},\n`).join("");
  });
  return `${[`${head}\n`, ...blocks, "null"].join("\n")}\n${foot}\n`;
}

function compare(one: readonly string[], other: readonly string[]): number {
  const index = one.findIndex((text, place) => text !== other[place]);
  return index < 0 ? 0 : (one[index] ?? "") < (other[index] ?? "") ? -1 : 1;
}

function headingOf(resource: string): string {
  return resource.slice(resource.lastIndexOf("::") + 2);
}

function lineOf(entry: Entry): string {
  return JSON.stringify(Object.fromEntries(entryProperties.map((name) => [name, canonical(entry[name])])));
}
