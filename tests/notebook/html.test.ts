import { describe, expect, it } from "vitest";
import { parseNotebook } from "#lib/notebook/document.js";
import { notebookHtml } from "#lib/notebook/html.js";
import { headingsOf, markdownHtml } from "#lib/notebook/markdown.js";

describe("Markdown", () => {
  it.each([
    [
      "a *b* **c** `d<` [e](f.md)",
      '<p>a <em>b</em> <strong>c</strong> <code>d&lt;</code> <a href="f.md">e</a></p>',
    ],
    ["snake_case_name", "<p>snake_case_name</p>"],
    ["- a\n- b\n  - c", "<ul>\n<li>a</li>\n<li>b\n<ul>\n<li>c</li>\n</ul></li>\n</ul>"],
    ["1. a\n2. b", "<ol>\n<li>a</li>\n<li>b</li>\n</ol>"],
    ["> q", "<blockquote>\n<p>q</p>\n</blockquote>"],
    ["```ts\na < b\n```\nend", "<pre><code>a &lt; b</code></pre>\n<p>end</p>"],
    ["---", "<hr>"],
  ])("%j becomes HTML", (source, html) => {
    expect(markdownHtml(source)).toBe(html);
  });

  it("runs nothing: HTML is text, and an address that is a script no link", () => {
    const html = markdownHtml("<script>x</script> [a](javascript:alert(1)) ![b](data:text/html,x)");
    expect(html).not.toMatch(/<(script|a|img)\b/);
  });

  it("gives equal headings ids of their own", () => {
    expect(headingsOf(markdownHtml("## What is it?\n## What is it?")).map(({ id }) => id)).toEqual([
      "what-is-it",
      "what-is-it-1",
    ]);
  });

  it("aligns a table's numbers", () => {
    expect(markdownHtml("| a | b |\n|---|--:|\n| x | 1 |")).toContain('<td>x</td><td class="number">1</td>');
  });
});

describe("the page of a notebook", () => {
  const code = (source: string, outputs: object[]): object => ({
    cell_type: "code",
    metadata: {},
    source,
    outputs,
  });
  const notebook = parseNotebook(
    {
      nbformat: 4,
      metadata: {},
      cells: [
        { cell_type: "markdown", metadata: {}, source: "# 1. *What*?\n\nThe lead.\n\nMore." },
        { cell_type: "markdown", metadata: {}, source: "## Part" },
        code('const a = "<b>"; // c', [
          { output_type: "stream", name: "stderr", text: ["<warn>\n"] },
          { output_type: "display_data", data: { "text/html": ["<img src='data:,'>"] }, metadata: {} },
          { output_type: "display_data", data: { "image/png": "AA==\n" }, metadata: {} },
        ]),
        code("throw 1", [{ output_type: "error", ename: "E", evalue: "v", traceback: ["E: v"] }]),
      ],
    },
    "n",
  );
  const page = notebookHtml(notebook, { name: "n", code: "folded" });

  it("has the first heading as title, the second as contents, and every output", () => {
    expect(page).toContain("<h1>1. What?</h1>");
    expect(page).toContain('<p class="lead">The lead.</p>');
    expect(page).toContain('<a href="#part">Part</a>');
    expect(page).toContain('<pre class="stderr">&lt;warn&gt;\n</pre>');
    expect(page).toContain("<img src='data:,'>");
    expect(page).toContain('<img src="data:image/png;base64,AA==" alt="">');
    expect(page).toContain('<pre class="stderr">E: v</pre>');
    expect(page).toContain('<span class="string">&quot;&lt;b&gt;&quot;</span>');
  });

  it("folds the code or shows it, and is the same again", () => {
    expect(page).not.toContain('<details class="code" open>');
    expect(notebookHtml(notebook, { name: "n", code: "shown" })).toContain('<details class="code" open>');
    expect(notebookHtml(notebook, { name: "n", code: "folded" })).toBe(page);
  });
});
