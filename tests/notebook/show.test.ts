import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseNotebook } from "#lib/notebook/document.js";
import { executeNotebook } from "#lib/notebook/execute.js";
import { liveFigure } from "#lib/notebook/live.js";
import { show } from "#lib/notebook/show.js";
import { asGrid, gridHtml, gridText } from "#lib/notebook/tables.js";
import { barFigure } from "#lib/report/plainFigures.js";
import { toArquero } from "#lib/table/arquero.js";
import { float64, Table, text } from "#lib/table/table.js";

const table = Table.of({
  family: text(["dos", null, "scan"]),
  bytes: float64([1234567, 0.123456789, Number.NaN]),
});

describe("a table for a person", () => {
  it("has few digits, marks for missing values, and says what it leaves out", () => {
    expect(gridText(asGrid(table, { rows: 2, caption: "Flows" }))).toBe(
      "Flows\nfamily      bytes\ndos     1,234,567\n–         0.12346\nand 1 row more\n",
    );
  });

  it("may be an arquero table, rows, or one of the report", async () => {
    const rows = [
      ["dos", "1,234,567"],
      ["–", "0.12346"],
      ["scan", "–"],
    ];
    expect(asGrid(await toArquero(table)).rows).toEqual(rows);
    expect(asGrid(table.objects()).rows).toEqual(rows);
    const report = asGrid({
      caption: "Recall",
      columns: [{ name: "recall", title: "recall", align: "right" }],
      rows: [[{ kind: "number", value: null, digits: 3, reason: "no attack" }]],
    });
    expect(report).toEqual({
      caption: "Recall",
      columns: [{ title: "recall", right: true }],
      rows: [["– (a)"]],
      notes: ["(a) no attack"],
    });
  });

  it("may come from Arrow, and names the columns that it leaves out", async () => {
    const arrow = (await toArquero(table)).toArrow();
    const grid = asGrid(arrow, { rows: 1, columns: 1 });
    expect(grid.rows).toEqual([["dos"]]);
    expect(grid.notes).toEqual(["and 2 rows more", "and 1 column more: bytes"]);
  });

  it("keeps words whole, and lets long names of columns break", () => {
    const html = gridHtml(asGrid([{ rule: "max-f1", by: "ctx_resp_peers, 0.2" }]));
    expect(html).toContain('<td style="text-align:left;white-space:nowrap">max-f1</td>');
    expect(html).toContain('<td style="text-align:left">ctx_<wbr>resp_<wbr>peers, 0.2</td>');
  });

  it("may be a danfojs frame", () => {
    const frame = {
      columns: ["n"],
      shape: [2, 1],
      column: () => ({ values: [1, 2], dtype: "int32" }),
    };
    expect(asGrid(frame).rows).toEqual([["1"], ["2"]]);
  });

  it("cannot smuggle markup into the page", () => {
    expect(gridHtml(asGrid([{ "<b>": "<script>" }], { caption: "<i>" }))).not.toMatch(/<(b|i|script)>/);
  });

  it("is not a thing that cannot be shown", () => {
    expect(() => asGrid(5 as unknown as readonly object[])).toThrow("neither a figure nor a table");
    expect(() => asGrid({} as unknown as readonly object[])).toThrow("neither a figure nor a table");
  });

  it("is not saved, and a figure only under a plain name", async () => {
    await expect(show(table, { save: "flows" })).rejects.toThrow("save is for figures");
    await expect(show(figure, { save: "../up" })).rejects.toThrow('"../up" is no name for a figure');
  });
});

const figure = barFigure(["a", "</script>"], [1, 2], { title: "T <b>", x: { title: "x" } });

describe("a live figure", () => {
  it("carries the library once, and its data cannot end the script", () => {
    const other = barFigure(["a", "</script>"], [2, 1], { title: "T <b>", x: { title: "x" } });
    const [first, second] = [liveFigure(figure, "<img>"), liveFigure(other, "<img>")];
    expect(first.length - second.length).toBeGreaterThan(1e6);
    expect(second).toContain("<img></div>");
    expect(second.match(/<\/script>/g)).toHaveLength(1);
    expect(liveFigure(figure, "<img>")).toBe(first); // its cell has run again
  });
});

describe("show in a notebook", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "nidslab-test-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("gives a picture that an untrusted notebook keeps, and saves it beside the executed copy", async () => {
    const door = resolve("dist/index.js");
    const cells = [
      `import { barFigure, show } from ${JSON.stringify(door)};`,
      'await show(barFigure(["a", "b"], [1, 2], { title: "Counts", x: { title: "rows" }, alt: "a 1, b 2" }), { save: "counts" });',
      "await show([{ a: 1 }], { rows: 0 });",
      `import { progress } from ${JSON.stringify(door)};\nfor await (const split of progress(["site", "random"], "Splits")) await Promise.resolve(split);`,
    ].map((source) => ({ cell_type: "code", metadata: {}, source }));
    writeFileSync(
      join(folder, "n.ipynb"),
      JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells }),
    );
    const out = join(folder, "out", "n.ipynb");
    await executeNotebook(join(folder, "n.ipynb"), { out, timeoutMs: 60_000 });
    const svg = readFileSync(join(folder, "out", "figures", "n", "counts.svg"));
    const executed = parseNotebook(JSON.parse(readFileSync(out, "utf8")), out);
    const width = Math.round(1.5 * Number(/ width="([\d.]+)"/.exec(svg.toString())![1]));
    expect(executed.cells[1].outputs).toEqual([
      {
        output_type: "display_data",
        data: {
          "text/html": [
            `<img src="data:image/svg+xml;base64,${svg.toString("base64")}" alt="a 1, b 2" width="${width}" style="max-width:100%;height:auto">`,
          ],
        },
        metadata: {},
      },
    ]);
    expect(JSON.stringify(executed.cells[2].outputs)).toContain("and 1 row more");
    const [bar, ...more] = executed.cells[3].outputs;
    expect(more).toEqual([]);
    expect(JSON.stringify(bar)).toContain("Splits: 2 of 2<");
  });
});
