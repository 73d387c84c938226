/**
 * A line of Markdown as a reader sees it: what is in code spans, and what is around them. As CommonMark says it: a run of backticks
 * opens a span that the next run of the same length closes.
 */
export function spansOf(line: string): { readonly around: string; readonly spans: readonly string[] } {
  const spans: string[] = [];
  let around = "";
  let rest = line;
  for (;;) {
    const open = /`+/.exec(rest);
    if (open === null) return { around: around + rest, spans };
    const [fence] = open;
    const after = rest.slice(open.index + fence.length);
    const close = [...after.matchAll(/`+/g)].find(([run]) => run === fence);
    if (close === undefined) {
      around += rest.slice(0, open.index + fence.length);
      rest = after;
      continue;
    }
    const inner = after.slice(0, close.index);
    const isPadded = inner.startsWith(" ") && inner.endsWith(" ") && inner.trim() !== "";
    spans.push(isPadded ? inner.slice(1, -1) : inner);
    around += `${rest.slice(0, open.index)}□`;
    rest = after.slice(close.index + fence.length);
  }
}
