import { basename, join } from "node:path";
import { ParamsError } from "../base/errors.js";
import type { Figure } from "../report/figure.js";
import { renderSvg } from "../report/svg.js";
import { escapeHtml } from "../report/table.js";
import { kernelDisplays } from "./display.js";
import { liveFigure } from "./live.js";
import { findRoot } from "./root.js";
import { saveFigure } from "./savedFigures.js";
import { asGrid, gridHtml, gridText, type Shown } from "./tables.js";

export interface ShowOptions {
  /** A figure: also keep it as <name>.svg among the notebook's figures, where `nidslab figures` finds it for a paper. */
  readonly save?: string;
  /** A figure: a plot to hover over where the notebook is trusted, the picture elsewhere. */
  readonly interactive?: boolean;
  /** A table: how many rows to show (default 20); what is left out is said. */
  readonly rows?: number;
  /** A table: how many columns to show (default 20; a report's table has all of its own); those left out are named. */
  readonly columns?: number;
  /** A table: what stands above it. */
  readonly caption?: string;
}

/**
 * Show a figure or a table below the cell: `await show(x)`. Figures come as pictures that an untrusted notebook shows
 * too. Outside a notebook a table is printed as text, of a figure its description.
 * @param item a figure; a Table, a report's table, an arquero or Arrow table, a danfojs frame, or an array of rows
 * @throws ParamsError for something else, for `save` with a table, or with a name that is no plain file name
 */
export async function show(item: Figure | Shown, options: ShowOptions = {}): Promise<void> {
  if (isFigure(item)) return showFigure(item, options);
  if (options.save !== undefined) {
    throw new ParamsError(
      "show: save is for figures; tables are written by the report stage (reports/*.csv).",
    );
  }
  const grid = asGrid(item, options);
  const display = kernelDisplays()?.display;
  if (display === undefined) process.stdout.write(gridText(grid));
  else display.html(gridHtml(grid));
}

async function showFigure(figure: Figure, options: ShowOptions): Promise<void> {
  const svg = await renderSvg(figure.vegaLite);
  if (options.save !== undefined) saveFigure(figurePath(options.save), svg, figure);
  const display = kernelDisplays()?.display;
  if (display === undefined) {
    process.stdout.write(`${figure.title}\n${figure.alt}\n`);
    return;
  }
  const picture = `<img src="data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}" alt="${escapeHtml(figure.alt)}"${shownWidth(svg)} style="max-width:100%;height:auto">`;
  display.html(options.interactive === true ? liveFigure(figure, picture) : picture);
}

/** Figures are drawn for a column of a paper: all are shown larger by the same factor, so that their texts are alike. */
const onScreen = 1.5;

function shownWidth(svg: string): string {
  const width = /<svg[^>]* width="([\d.]+)"/.exec(svg)?.[1];
  return width === undefined ? "" : ` width="${Math.round(onScreen * Number(width))}"`;
}

function isFigure(item: Figure | Shown): item is Figure {
  return typeof item === "object" && item !== null && "vegaLite" in item && "chart" in item;
}

/** Where `save` puts a figure, without an ending: the runner says it; in Jupyter the notebook's name decides. */
function figurePath(name: string): string {
  if (!/^[a-z0-9][a-z0-9_-]*$/.test(name)) {
    throw new ParamsError(
      `show: save: "${name}" is no name for a figure: use a-z, 0-9, - and _, without an ending.`,
    );
  }
  const folder =
    process.env.NIDSLAB_FIGURES ??
    join(findRoot(process.cwd()), "runs", "notebooks", "figures", sessionName(process.env.JPY_SESSION_NAME));
  return join(folder, name);
}

/** Jupyter names the session after the notebook's path. */
function sessionName(session: string | undefined): string {
  return session?.endsWith(".ipynb") ? basename(session, ".ipynb") : "unnamed";
}
