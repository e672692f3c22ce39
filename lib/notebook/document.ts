import { FormatError } from "../base/errors.js";
import { readText } from "../base/files.js";
import { hashBytes } from "../base/hash.js";
import { compareText, parseJson } from "../base/json.js";

export type Output =
  | { readonly output_type: "stream"; readonly name: "stdout" | "stderr"; readonly text: string }
  | {
      readonly output_type: "display_data";
      readonly data: Record<string, unknown>;
      readonly metadata: object;
    }
  | {
      readonly output_type: "error";
      readonly ename: string;
      readonly evalue: string;
      readonly traceback: readonly string[];
    };

/** A cell; `outputs` and `executionCount` belong to code cells. */
export interface Cell {
  readonly type: "code" | "markdown" | "raw";
  readonly id: string;
  readonly source: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly outputs: readonly Output[];
  readonly executionCount: number | null;
}

/** A Jupyter notebook, nbformat 4. */
export interface Notebook {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly cells: readonly Cell[];
}

/**
 * Read a notebook (nbformat 4.0 to 4.5; cells without a usable id get one).
 * @throws FormatError for invalid JSON, another nbformat, a cell of an unknown kind; DataError when it is not there
 */
export function readNotebook(path: string): Notebook {
  const text = readText(path, "Name an .ipynb file.");
  return parseNotebook(parseJson(text, path), path);
}

/** The notebook in parsed JSON; `path` is for messages. */
export function parseNotebook(value: unknown, path: string): Notebook {
  const fail = (what: string): never => {
    throw new FormatError(`notebook: ${path}: ${what}.`);
  };
  if (!isObject(value)) return fail("a JSON object was expected, this is none");
  if (value.nbformat !== 4) {
    return fail(
      `nbformat 4 was expected, found ${JSON.stringify(value.nbformat) ?? "none"}. ` +
        "Convert it: jupyter nbconvert --to notebook --nbformat 4",
    );
  }
  if (!Array.isArray(value.cells)) return fail("it has no list of cells");
  const taken = new Set<string>();
  const cells = value.cells.map((cell: unknown, i) => {
    if (!isObject(cell)) return fail(`cell ${i + 1} is not an object`);
    const type = cell.cell_type;
    if (type !== "code" && type !== "markdown" && type !== "raw") {
      return fail(`cell ${i + 1} has cell_type ${JSON.stringify(type)}, expected code, markdown or raw`);
    }
    const source = Array.isArray(cell.source) ? cell.source.join("") : cell.source;
    if (typeof source !== "string") return fail(`cell ${i + 1} has no source`);
    const id = idOf(cell.id, i, source, taken);
    taken.add(id);
    const metadata = isObject(cell.metadata) ? cell.metadata : {};
    const outputs = Array.isArray(cell.outputs) ? (cell.outputs as Output[]) : [];
    const count = typeof cell.execution_count === "number" ? cell.execution_count : null;
    return { type, id, source, metadata, outputs, executionCount: count } satisfies Cell;
  });
  return { metadata: isObject(value.metadata) ? value.metadata : {}, cells };
}

/** A cell's own id when it is a legal and new one, else one from its place and text. */
function idOf(id: unknown, index: number, source: string, taken: ReadonlySet<string>): string {
  if (typeof id === "string" && /^[a-zA-Z0-9_-]{1,64}$/.test(id) && !taken.has(id)) return id;
  return hashBytes(`${index}\n${source}`).slice(0, 8);
}

/** The file's text, nbformat 4.5, as Python's nbformat writes it: sorted keys, one blank, texts as lists of lines. */
export function notebookText(notebook: Notebook): string {
  const cells = notebook.cells.map((cell) => ({
    cell_type: cell.type,
    id: cell.id,
    metadata: cell.metadata,
    source: linesOf(cell.source),
    ...(cell.type === "code"
      ? { execution_count: cell.executionCount, outputs: cell.outputs.map(outputJson) }
      : {}),
  }));
  const whole = { cells, metadata: notebook.metadata, nbformat: 4, nbformat_minor: 5 };
  return `${JSON.stringify(whole, sortedKeys, 1)}\n`;
}

function sortedKeys(_key: string, value: unknown): unknown {
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => compareText(a, b)));
}

function outputJson(output: Output): object {
  if (output.output_type === "stream") return { ...output, text: linesOf(output.text) };
  if (output.output_type === "error") return output;
  const data = Object.entries(output.data).map(([mime, value]) => [
    mime,
    typeof value === "string" && (mime.startsWith("text/") || mime === "image/svg+xml")
      ? linesOf(value)
      : value,
  ]);
  return { ...output, data: Object.fromEntries(data) };
}

function linesOf(text: string | readonly string[]): readonly string[] {
  return typeof text === "string" ? (text.match(/[^\n]*\n|[^\n]+$/g) ?? []) : text;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
