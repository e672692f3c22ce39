import { ParamsError } from "../base/errors.js";
import { hashBytes } from "../base/hash.js";
import { didYouMean } from "../base/nearest.js";
import type { Cell, Notebook } from "./document.js";

/** Values that replace those of a notebook's parameters cell: numbers, texts, true, false, null, lists, objects. */
export type NotebookParameters = Readonly<Record<string, unknown>>;

/**
 * A notebook whose parameters are set as papermill sets them: after the cell tagged `parameters` comes one tagged
 * `injected-parameters`. Only names that the parameters cell declares with `let` can be set.
 * @throws ParamsError when there is no parameters cell, or a name is not declared there
 * Source: papermill.readthedocs.io, "Parameterize".
 */
export function withParameters(notebook: Notebook, values: NotebookParameters, path: string): Notebook {
  const names = Object.keys(values);
  if (names.length === 0) return notebook;
  const cells = notebook.cells.filter((cell) => !tagsOf(cell).includes("injected-parameters"));
  const at = cells.findIndex((cell) => cell.type === "code" && tagsOf(cell).includes("parameters"));
  if (at < 0) {
    throw new ParamsError(
      `notebook: ${path} has no parameters: "${names[0]}" cannot be set. Tag the cell that declares them "parameters".`,
    );
  }
  const declared = [...cells[at].source.matchAll(/^\s*let\s+([A-Za-z_$][\w$]*)/gm)].map(([, name]) => name);
  const unknown = names.find((name) => !declared.includes(name));
  if (unknown !== undefined) {
    throw new ParamsError(
      `notebook: ${path} has no parameter "${unknown}" (has: ${declared.join(", ") || "none declared with let"}).` +
        didYouMean(unknown, declared),
    );
  }
  // In a block, as the kernel prints the value of a last expression.
  const source = `{\n${names.map((name) => `  ${name} = ${JSON.stringify(values[name])};\n`).join("")}}`;
  const injected: Cell = {
    type: "code",
    id: `injected-${hashBytes(source).slice(0, 8)}`,
    source,
    metadata: { tags: ["injected-parameters"] },
    outputs: [],
    executionCount: null,
  };
  return { ...notebook, cells: [...cells.slice(0, at + 1), injected, ...cells.slice(at + 1)] };
}

function tagsOf(cell: Cell): readonly unknown[] {
  return Array.isArray(cell.metadata.tags) ? (cell.metadata.tags as unknown[]) : [];
}
