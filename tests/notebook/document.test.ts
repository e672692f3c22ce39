import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { notebookText, parseNotebook } from "#lib/notebook/document.js";
import { withParameters } from "#lib/notebook/parameters.js";

const code = (source: string | string[], more: object = {}): object => ({
  cell_type: "code",
  source,
  metadata: {},
  ...more,
});
const file = (...cells: unknown[]): object => ({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells });

describe("a notebook file", () => {
  it("is written as Python's nbformat writes it, with ids from place and text", () => {
    const notebook = parseNotebook(
      file(code(["let a = 1\n", "a"]), { cell_type: "markdown", source: "# T", id: "t" }),
      "n",
    );
    expect(notebookText(notebook)).toBe(`{
 "cells": [
  {
   "cell_type": "code",
   "execution_count": null,
   "id": "04856f61",
   "metadata": {},
   "outputs": [],
   "source": [
    "let a = 1\\n",
    "a"
   ]
  },
  {
   "cell_type": "markdown",
   "id": "t",
   "metadata": {},
   "source": [
    "# T"
   ]
  }
 ],
 "metadata": {},
 "nbformat": 4,
 "nbformat_minor": 5
}
`);
  });

  it("gives a second cell of the same id another one", () => {
    const { cells } = parseNotebook(file(code("1", { id: "same" }), code("1", { id: "same" })), "n");
    expect(cells[0].id).toBe("same");
    expect(cells[1].id).not.toBe("same");
  });

  it.each([
    [{ nbformat: 3, worksheets: [] }, "n.ipynb: nbformat 4 was expected, found 3"],
    [[], "n.ipynb: a JSON object was expected"],
    [{ nbformat: 4 }, "n.ipynb: it has no list of cells"],
    [file({ cell_type: "heading", source: "" }), 'n.ipynb: cell 1 has cell_type "heading"'],
    [file(code("1"), { cell_type: "code" }), "n.ipynb: cell 2 has no source"],
  ])("that is not one is refused: %j", (value, message) => {
    expect(() => parseNotebook(value, "n.ipynb")).toThrow(message);
  });
});

describe("parameters", () => {
  const tagged = (source: string): object => code(source, { metadata: { tags: ["parameters"] } });
  const notebook = parseNotebook(file(tagged('let model = "forest";\nlet rows = 10;'), code("rows")), "n");

  it("come in a cell of their own after the one that declares them", () => {
    const { cells } = withParameters(notebook, { rows: 20, model: "iso" }, "n");
    expect(cells.map((cell) => cell.source)).toEqual([
      'let model = "forest";\nlet rows = 10;',
      '{\n  rows = 20;\n  model = "iso";\n}',
      "rows",
    ]);
    expect(cells[1].metadata).toEqual({ tags: ["injected-parameters"] });
  });

  it("that the notebook does not declare are refused by name", () => {
    expect(() => withParameters(notebook, { row: 1 }, "n")).toThrow(
      'n has no parameter "row" (has: model, rows). Did you mean "rows"?',
    );
    expect(() => withParameters(parseNotebook(file(code("1")), "m"), { rows: 1 }, "m")).toThrow(
      "m has no parameters",
    );
  });
});

const own = existsSync("notebooks") ? readdirSync("notebooks").filter((name) => name.endsWith(".ipynb")) : [];

describe("the notebooks of the project", () => {
  it.each(own)("%s is stored without outputs, and reads as it is written", (name) => {
    const text = readFileSync(join("notebooks", name), "utf8");
    const notebook = parseNotebook(JSON.parse(text), name);
    const shown = notebook.cells.filter((cell) => cell.outputs.length > 0 || cell.executionCount !== null);
    expect(shown).toEqual([]);
    expect(notebookText(notebook)).toBe(text);
  });
});
