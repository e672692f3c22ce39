import { DataError } from "../../base/errors.js";
import type { Rng } from "../../base/rng.js";
import { applyView, type FittedView, keepColumns, viewFeatures } from "../../features/view.js";
import type { SelectionInfo } from "../../onnx/selectionInfo.js";
import { csvText } from "../../table/csv.js";
import { float64, int64, Table, text } from "../../table/table.js";
import type { Rows } from "../contract.js";
import type { LabelledRows } from "../train.js";
import { byForest } from "./forest.js";
import { byInformation, byRelevanceAndRedundancy } from "./information.js";
import { byL1 } from "./l1.js";
import type { SelectParams } from "./params.js";
import type { Ranker, Ranking } from "./ranking.js";
import { selectedShares, stabilityOf } from "./stability.js";

export interface SelectTask {
  readonly select: SelectParams;
  readonly view: FittedView;
  /** Real rows of the training part, before the view. */
  readonly train: LabelledRows;
  readonly classes: readonly string[];
  readonly rng: Rng;
  readonly threads: number;
  readonly log: (line: string) => void;
}

/** A view that ends with fewer columns, and how that came about. */
export interface Selected {
  readonly view: FittedView;
  readonly info: SelectionInfo;
  /** selection.csv: a row a column. */
  readonly table: string;
}

/**
 * Choose columns of a view by what the training rows' labels say of them, and no other rows. The choice is repeated on
 * random halves of the rows (of each class its half, drawn anew each time) to tell how stable it is; what is kept is the
 * choice on all of them.
 * @throws DataError when no column is worth keeping, or more are asked for than there are
 * Source of the halves: Meinshausen and Bühlmann 2010, Stability selection, JRSS B 72.
 */
export async function selectColumns(task: SelectTask): Promise<Selected> {
  const { select, view, train, classes, rng, log } = task;
  const features = viewFeatures(view);
  const names = features.map(({ name }) => name);
  const rows: Rows = { X: applyView(view, train.X), features, y: train.y, classes };
  const wanted = wantedOf(select, view.name, names.length);
  const ranker = rankerOf(task, rows);
  const ranking = await ranker.rank(wanted, rng.fork("all"));
  if (ranking.kept.length === 0) {
    throw new DataError(
      `select: by ${select.by} no column of view "${view.name}" is kept: ` +
        (select.by === "l1"
          ? `l1 ${select.l1} leaves none of ${names.length} columns a weight. Lower select.l1 in params.yaml.`
          : `none of ${names.length} columns says anything about the class. Choose another view or split.`),
    );
  }
  const halves: Ranking[] = [];
  for (let r = 0; r < select.repeats; r++) {
    const stream = rng.fork("half").fork(r);
    halves.push(await ranker.rank(wanted, stream.fork("rank"), half(train.y, stream)));
  }
  const selections = halves.map(({ kept }) => kept);
  const stability = stabilityOf(selections, names.length);
  const info: SelectionInfo = {
    by: select.by,
    columns: names.length,
    kept: ranking.kept.map((j) => names[j]),
    repeats: select.repeats,
    stability,
    params: select,
  };
  log(
    `select: ${ranking.kept.length} of ${names.length} columns by ${select.by}` +
      (stability === null
        ? ""
        : `, stability ${stability.toFixed(2)} over ${select.repeats} halves of the training rows`),
  );
  return {
    view: keepColumns(view, info.kept),
    info,
    table: tableOf(names, ranking, selections),
  };
}

function rankerOf({ select, threads, log }: SelectTask, rows: Rows): Ranker {
  switch (select.by) {
    case "mutual-information":
      return byInformation(rows, select.bins);
    case "mrmr":
      return byRelevanceAndRedundancy(rows, select.bins);
    case "forest":
      return byForest(rows, select.trees, threads);
    case "l1":
      return byL1(rows, select.l1, log);
  }
}

/** How many columns may be kept. */
function wantedOf({ keep }: SelectParams, view: string, columns: number): number {
  if (keep === undefined) return columns;
  if (keep < 1) return Math.max(1, Math.round(keep * columns));
  if (keep > columns) {
    throw new DataError(
      `select: keep is ${keep}, and view "${view}" has ${columns} columns. Lower select.keep in params.yaml.`,
    );
  }
  return keep;
}

/** Half of the rows of each class, at least one, ascending. */
function half(y: Int32Array, rng: Rng): Int32Array {
  const taken = new Uint8Array(y.length);
  for (const c of [...new Set(y)].sort((a, b) => a - b)) {
    const members = [...y.keys()].filter((i) => y[i] === c);
    for (const place of rng.fork(c).sample(members.length, Math.ceil(members.length / 2)))
      taken[members[place]] = 1;
  }
  return Int32Array.from(taken.keys()).filter((i) => taken[i] === 1);
}

function tableOf(
  names: readonly string[],
  { kept, scores }: Ranking,
  selections: readonly (readonly number[])[],
): string {
  const shares = selectedShares(selections, names.length);
  const places = names.map((_, j) => kept.indexOf(j));
  return csvText(
    Table.of({
      column: text(names),
      kept: int64(places.map((place) => Number(place >= 0))),
      place: int64(places.map((place) => (place < 0 ? Number.NaN : place + 1))),
      score: float64(scores.map((score) => score ?? Number.NaN)),
      selected_in: float64(shares),
    }),
  );
}
