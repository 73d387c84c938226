/** Says in a few lines how two JSON documents differ. */

/** One line a difference: `+` only in the second, `-` only in the first, `~` in both and not the same. */
export function differences(before: unknown, after: unknown, at = ""): string[] {
  if (Object.is(before, after)) return [];
  if (before === undefined) return [`+ ${at}: ${shorten(JSON.stringify(after))}`];
  if (after === undefined) return [`- ${at}: ${shorten(JSON.stringify(before))}`];
  if (isObject(before) && isObject(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].flatMap((key) => differences(before[key], after[key], join(at, key)));
  }
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  const [was, is] = [JSON.stringify(before), JSON.stringify(after)];
  // Long texts that begin alike are shown from shortly before they part.
  const start = Math.max(0, commonStart(was, is) - 40);
  return [`~ ${at}: ${shorten(was, start)} → ${shorten(is, start)}`];
}

/** At most `limit` of the lines, and how many more there are. */
export function firstLines(lines: readonly string[], limit: number): string[] {
  const more = lines.length - limit;
  return more <= 0 ? [...lines] : [...lines.slice(0, limit), `… and ${String(more)} more`];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function join(at: string, key: string): string {
  if (!/^[A-Za-z_$][\w$]*$/.test(key)) return `${at}[${JSON.stringify(key)}]`;
  return at === "" ? key : `${at}.${key}`;
}

function commonStart(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
}

function shorten(text: string, start = 0): string {
  const part = start === 0 ? text : `…${text.slice(start)}`;
  return part.length <= 100 ? part : `${part.slice(0, 99)}…`;
}
