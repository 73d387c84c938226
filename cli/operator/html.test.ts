import { htmlDocument } from "./html";

it("shows HTML, pictures and links of the Markdown as text, in the title too", async () => {
  const html = await htmlDocument(
    "# A `<b>`\n\n<script>alert(1)</script>\n\n- [ ] 1. <i>x</i> [l](https://a.example) ![p](https://a.example/p.png) <https://a.example>\n",
  );
  expect(html).toContain("<title>A &lt;b&gt;</title>");
  expect(html).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
  expect(html).toContain("&lt;i&gt;x&lt;/i&gt; [l](https://a.example)");
  expect(html).not.toMatch(/<script|<i>|<a |<img/);
});

it("makes boxes of steps alone", async () => {
  const html = await htmlDocument("# T\n\n- [ ] 1. a **b**\n- plain\n\n[ ] no step\n\n- loose [ ] box\n");
  expect(html.match(/<input/g)).toHaveLength(1);
  expect(html).toContain(
    '<ul class="steps">\n<li><label><input type="checkbox"><span>1. a <strong>b</strong></span></label>',
  );
});
