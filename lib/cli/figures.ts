import { join } from "node:path";
import { parseArgs } from "node:util";
import { DataError, UsageError } from "../base/errors.js";
import { localPath, writeFileAtomic } from "../base/files.js";
import { didYouMean } from "../base/nearest.js";
import { type SavedFigure, savedFigures } from "../notebook/savedFigures.js";
import { diskIo } from "../pipeline/diskIo.js";
import { readParams } from "../pipeline/params.js";
import { readReportInput } from "../pipeline/stages/report.js";
import { figuresOf } from "../report/document.js";
import { renderPdf } from "../report/pdf/pdf.js";
import { renderPng } from "../report/png.js";
import { reportDocument } from "../report/report.js";
import { type PaperWidth, paperSheets } from "../report/sheets.js";
import { stillSvg } from "../report/still.js";
import type { Command } from "./command.js";

const formats = ["svg", "png", "pdf"] as const;
type Format = (typeof formats)[number];
const widths = Object.keys(paperSheets) as PaperWidth[];

export const command: Command = {
  summary:
    "draw figures of the report and the notebooks for a paper: SVG, PNG or PDF, one or two columns wide",
  help: `Usage: nidslab figures [NAME…] [--format svg|png|pdf] [--width single|double] [--out FOLDER]

Draws the figures of the report anew, from what the graph left, and those that notebooks saved (show with save; named
NOTEBOOK/NAME), as wide as a column of a paper. Text is 7 points and more, the font (DejaVu Sans) is inside PDF files, and
the same results give the same bytes. Without NAME: all of them.

  --format FORMAT   svg, png (300 dots per inch) or pdf; may be repeated (default: pdf)
  --width WIDTH     single: 3.5 in, one column; double: 7 in, both (default: single)
  --untitled        without title and subtitle, which a paper says in the caption
  --out FOLDER      where to (default: runs/figures)
  --list            print the names and draw nothing
  --json            print the files that were written as JSON

Example:
  nidslab figures roc-site 02-split/recall-by-split --format pdf --untitled`,
  async run(args) {
    const options = parse(args);
    const root = process.cwd();
    const params = readParams(join(root, "params.yaml"));
    const input = await readReportInput(params, diskIo(root, ""));
    const figures = chosen(
      [...figuresOf(reportDocument(input).blocks), ...savedFigures(root, params.run.notebooks)],
      options.names,
    );
    if (options.list) {
      process.stdout.write(figures.map(({ name }) => `${name}\n`).join(""));
      return 0;
    }
    const written: string[] = [];
    for (const { name, figure } of figures)
      for (const [format, bytes] of await drawn(figure, options)) {
        const file = `${options.out}/${name}.${format}`;
        writeFileAtomic(localPath(file), bytes);
        written.push(file);
        if (!options.json) process.stdout.write(`${file}\n`);
      }
    if (options.json) process.stdout.write(`${JSON.stringify(written)}\n`);
    return 0;
  },
};

interface Options {
  readonly names: readonly string[];
  readonly formats: readonly Format[];
  readonly width: PaperWidth;
  readonly titled: boolean;
  readonly out: string;
  readonly list: boolean;
  readonly json: boolean;
}

function parse(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      format: { type: "string", multiple: true, default: ["pdf"] },
      width: { type: "string", default: "single" },
      untitled: { type: "boolean", default: false },
      out: { type: "string", default: "runs/figures" },
      list: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    },
  });
  return {
    names: positionals,
    formats: values.format.map((format) => oneOf("--format", format, formats)),
    width: oneOf("--width", values.width, widths),
    titled: !values.untitled,
    out: values.out.replace(/\/+$/, ""),
    list: values.list,
    json: values.json,
  };
}

function oneOf<T extends string>(option: string, given: string, known: readonly T[]): T {
  const found = known.find((value) => value === given);
  if (found === undefined)
    throw new UsageError(
      `figures: ${option} ${given} is not known (has: ${known.join(", ")}).${didYouMean(given, known)}`,
    );
  return found;
}

interface NamedFigure {
  readonly name: string;
  readonly figure: SavedFigure;
}

function chosen(figures: readonly NamedFigure[], names: readonly string[]): readonly NamedFigure[] {
  const known = figures.map(({ name }) => name);
  for (const name of names)
    if (!known.includes(name))
      throw new DataError(
        `figures: neither the report nor a notebook of run.notebooks has a figure "${name}" (has: ${known.join(", ")}).${didYouMean(name, known)} ` +
          "Notebooks save theirs when nidslab repro runs them.",
      );
  return names.length === 0 ? figures : figures.filter(({ name }) => names.includes(name));
}

async function drawn(
  { title, chart }: SavedFigure,
  options: Options,
): Promise<readonly (readonly [Format, string | Uint8Array])[]> {
  const svg = await stillSvg(chart, { ...paperSheets[options.width], titled: options.titled });
  return Promise.all(
    options.formats.map(async (format) => {
      if (format === "png") return [format, await renderPng(svg)] as const;
      return [format, format === "pdf" ? renderPdf(svg, title) : svg] as const;
    }),
  );
}
