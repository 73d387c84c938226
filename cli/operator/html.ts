/** Markdown as one HTML document that needs nothing else: to be printed, or ticked off on the screen. */
import { createHash } from "node:crypto";

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin-top: 2.5rem; break-after: avoid; }
ul.steps { list-style: none; padding: 0; }
ul.steps li { margin: .5rem 0; break-inside: avoid; }
ul.steps label { display: flex; gap: .6rem; align-items: baseline; }
ul.steps label:has(:checked) { opacity: .55; }
code { font: .9em ui-monospace, monospace; background: #8882; padding: .1em .3em; border-radius: .25em; overflow-wrap: anywhere; }
pre { background: #8882; padding: .8rem; border-radius: .4rem; white-space: pre-wrap; break-inside: avoid; }
pre code { background: none; padding: 0; }
blockquote { margin: 1rem 0; padding: .1rem 1rem; border-left: .25rem solid #c60; }
@media print { body { margin: 0; max-width: none; } ul.steps label:has(:checked) { opacity: 1; } }
`;

const box = "[ ] ";

/** @param markdown a document that begins with its title; HTML in it is shown as text, pictures and foreign addresses are not followed */
export async function htmlDocument(markdown: string): Promise<string> {
  const { default: MarkdownIt } = await import("markdown-it");
  const renderer = new MarkdownIt({ html: false }).disable(["image", "link", "autolink"]);
  const tokens = renderer.parse(markdown, {});
  const title =
    tokens
      .find(({ type }) => type === "inline")
      ?.children?.map(({ content }) => content)
      .join("") ?? "";
  tokens.forEach((token, index) => {
    if (token.type === "inline" && token.content.startsWith(box) && tokens[index - 2]?.type === "list_item_open") {
      const list = tokens.slice(0, index).findLast(({ type }) => type === "bullet_list_open");
      list?.attrSet("class", "steps");
      const [first] = token.children ?? [];
      if (first !== undefined) first.content = first.content.slice(box.length);
    }
  });
  renderer.renderer.rules["paragraph_open"] = (all, index, options, _, self) =>
    isStep(all, index) ? '<label><input type="checkbox"><span>' : self.renderToken(all, index, options);
  renderer.renderer.rules["paragraph_close"] = (all, index, options, _, self) =>
    isStep(all, index - 2) ? "</span></label>\n" : self.renderToken(all, index, options);
  const body = renderer.renderer.render(tokens, renderer.options, {});
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${renderer.utils.escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
${body}</body>
</html>
`;
}

/** Whether the paragraph that begins there is a step with a check box. */
function isStep(tokens: readonly { type: string; content: string }[], index: number): boolean {
  return tokens[index - 1]?.type === "list_item_open" && tokens[index + 1]?.content.startsWith(box) === true;
}

/** Nothing but the document's own style: no script, no picture, no address. */
function policy(): string {
  const hash = createHash("sha256").update(style).digest("base64");
  return `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
}
