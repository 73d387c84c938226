/** What `JSON.parse` does not tell of a text: on which line an element stands, and which property stands twice. Pure. */

export interface JsonPlaces {
  /** The line, from 1, on which each element of the asked array begins. */
  readonly elements: readonly number[];
  /** Properties that an object has more than once, of which `JSON.parse` silently keeps the last. */
  readonly doubled: readonly { readonly line: number; readonly name: string }[];
}

/**
 * @param text JSON that `JSON.parse` accepts
 * @param property the property of the outermost object that holds the array
 */
export function jsonPlaces(text: string, property: string): JsonPlaces {
  const elements: number[] = [];
  const doubled: { line: number; name: string }[] = [];
  /** What is open: the names so far of an object, undefined for an array. */
  const open: (Set<string> | undefined)[] = [];
  let line = 1;
  let outermost: string | undefined;
  let before = "";
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:\n]|[^\s"{}[\],:]+/g)) {
    if (token === "\n") {
      line += 1;
      continue;
    }
    const names = open.at(-1);
    if (token === ":" && names !== undefined) {
      const name = JSON.parse(before) as string;
      if (names.has(name)) doubled.push({ line, name });
      names.add(name);
      if (open.length === 1) outermost = name;
    }
    const isValue = !["}", "]", ",", ":"].includes(token);
    if (isValue && open.length === 2 && names === undefined && outermost === property) elements.push(line);
    if (token === "{") open.push(new Set());
    if (token === "[") open.push(undefined);
    if (token === "}" || token === "]") open.pop();
    before = token;
  }
  return { elements, doubled };
}
