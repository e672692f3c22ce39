import type { Rng } from "../base/rng.js";
import { allocate } from "../base/statistics.js";
import type { Matrix } from "../table/matrix.js";
import { explainFlow, type FlowExplanation } from "./flow.js";
import type { ExplainParams } from "./params.js";
import { type PermutationImportance, permutationImportance } from "./permutation.js";
import type { ModelExplainer } from "./shap/explainer.js";
import { type ShapMethod, takeRows } from "./shap/explanations.js";

/** A test flow that is explained alone. */
export interface ExplainedFlow {
  readonly row_id: number;
  readonly label: string;
  readonly family: string;
  readonly explanation: FlowExplanation;
}

/** reports/explain/<model>.json: why a model decides as it does, on the headline split. */
export interface ModelExplanation {
  readonly split: string;
  readonly model: string;
  readonly type: string;
  /** On validation rows; columns with the largest drop first. null: they are all of one class. */
  readonly importance: (PermutationImportance & { readonly part: "validation" }) | null;
  /** On test rows. */
  readonly shap: {
    readonly method: ShapMethod;
    readonly of: string;
    readonly part: "test";
    readonly rows: number;
    /** Mean over the rows of what is said of a row of which nothing is known. */
    readonly base: number;
    /** Mean of |value|; largest first. */
    readonly mean_abs: readonly { readonly name: string; readonly value: number }[];
    /** Single rows of the first columns of `mean_abs`, for a beeswarm: by column, then by row. */
    readonly sample: {
      readonly columns: readonly string[];
      readonly contributions: readonly (readonly number[])[];
      /** null: missing, or a category. */
      readonly values: readonly (readonly (number | null)[])[];
    };
    /** Of an approximation: the largest mean standard error of a column. */
    readonly standard_error?: number;
  };
  readonly flows: {
    readonly rule: string;
    readonly found: ExplainedFlow | null;
    readonly missed: ExplainedFlow | null;
  };
}

/** Labelled rows of one part, as they enter model.onnx. */
export interface ExplainedRows {
  readonly X: Matrix;
  readonly isAttack: Uint8Array;
}

export interface TestRows extends ExplainedRows {
  readonly rowIds: ArrayLike<number>;
  readonly labels: readonly (string | null)[];
  readonly families: readonly (string | null)[];
  readonly scores: ArrayLike<number>;
}

/** KernelSHAP scores coalitions × background rows for each row: with more rows than this it takes minutes. */
export const KERNEL_ROWS = 20;
/** Columns of a flow that is explained alone. */
export const STRONGEST = 10;

export const FLOW_RULE =
  "of the family with most found (missed) test flows, the flow with the median score; ties: the first name, the first row";

/**
 * Explain one model: importance on validation rows, Shapley values of drawn test rows, one found and one missed attack.
 * It chooses nothing that a model or a threshold depends on.
 */
export async function explainModel(
  explainer: ModelExplainer,
  validation: ExplainedRows,
  test: TestRows,
  params: ExplainParams,
  rng: Rng,
): Promise<ModelExplanation> {
  const { info } = explainer;
  return {
    split: info.split,
    model: info.name,
    type: info.type,
    importance: await importanceOf(explainer, validation, params, rng),
    shap: await shapSummary(explainer, test.X, params, rng.fork("shap")),
    flows: {
      rule: FLOW_RULE,
      found: await typicalFlow(explainer, test, (score) => score >= info.threshold),
      missed: await typicalFlow(explainer, test, (score) => score < info.threshold),
    },
  };
}

/** null where the rows are all of one class. */
async function importanceOf(
  { info, score }: ModelExplainer,
  { X, isAttack }: ExplainedRows,
  params: ExplainParams,
  rng: Rng,
): Promise<ModelExplanation["importance"]> {
  const attacks = isAttack.reduce((sum, flag) => sum + flag, 0);
  if (attacks === 0 || attacks === isAttack.length) return null;
  const drawn = drawByClass(isAttack, params.importance_rows, rng.fork("importance"));
  const isProbability = info.kind === "classifier" && info.scores !== "margin";
  const found = await permutationImportance(
    score,
    takeRows(X, drawn),
    Uint8Array.from(drawn, (row) => isAttack[row]),
    info.columns.map(({ name }) => name),
    {
      metric: isProbability ? params.metric : "average_precision",
      repeats: params.repeats,
      rng: rng.fork("permutation"),
      window: info.window?.length,
    },
  );
  const columns = found.columns.map(rounded).toSorted((a, b) => b.drop - a.drop);
  return { ...found, baseline: short(found.baseline, 6), columns, part: "validation" };
}

function rounded<T extends { drop: number; lo: number; hi: number }>(each: T): T {
  return { ...each, drop: short(each.drop, 6), lo: short(each.lo, 6), hi: short(each.hi, 6) };
}

async function shapSummary(
  explainer: ModelExplainer,
  X: Matrix,
  params: ExplainParams,
  rng: Rng,
): Promise<ModelExplanation["shap"]> {
  const most = explainer.method === "KernelSHAP" ? Math.min(KERNEL_ROWS, params.rows) : params.rows;
  const rows = rng.sample(X.rows, Math.min(most, X.rows)).sort();
  const chosen = takeRows(X, rows);
  const explanations = await explainer.explain(chosen);
  const { columns } = explainer.info;
  const d = columns.length;
  const meanOf = (of: Float64Array, j: number): number => {
    let sum = 0;
    for (let at = j; at < of.length; at += d) sum += Math.abs(of[at]);
    return rows.length === 0 ? 0 : sum / rows.length;
  };
  const means = columns.map((_, j) => meanOf(explanations.values, j));
  const order = columns.map((_, j) => j).sort((a, b) => means[b] - means[a] || a - b);
  const kept = order.slice(0, params.columns).filter((j) => means[j] > 0);
  const { standardErrors } = explanations;
  return {
    method: explanations.method,
    of: explanations.of,
    part: "test",
    rows: rows.length,
    base: short(
      explanations.base.reduce((sum, base) => sum + base / rows.length, 0),
      6,
    ),
    mean_abs: order.map((j) => ({ name: columns[j].name, value: short(means[j], 6) })),
    sample: {
      columns: kept.map((j) => columns[j].name),
      contributions: kept.map((j) =>
        Array.from(rows, (_, row) => short(explanations.values[row * d + j], 4)),
      ),
      values: kept.map((j) => Array.from(rows, (_, row) => numberAt(chosen, row, d - j, columns[j].type))),
    },
    ...(standardErrors === null
      ? {}
      : { standard_error: short(Math.max(0, ...columns.map((_, j) => meanOf(standardErrors, j))), 3) }),
  };
}

/** @param back how far from the end of the row: of a window, its last row is shown */
function numberAt(X: Matrix, row: number, back: number, type: "float32" | "category"): number | null {
  const value = X.data[(row + 1) * X.columns - back];
  return type === "category" || Number.isNaN(value) ? null : short(value, 4);
}

/** The typical one of the attacks whose score says so: see FLOW_RULE; null where there is none. */
async function typicalFlow(
  explainer: ModelExplainer,
  test: TestRows,
  wanted: (score: number) => boolean,
): Promise<ExplainedFlow | null> {
  const rows = Array.from(test.isAttack.keys()).filter(
    (row) => test.isAttack[row] === 1 && wanted(test.scores[row]),
  );
  const byFamily = new Map<string, number[]>();
  for (const row of rows) {
    const family = test.families[row] ?? "";
    byFamily.set(family, [...(byFamily.get(family) ?? []), row]);
  }
  const [largest] = [...byFamily].sort(([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1));
  if (largest === undefined) return null;
  const [family, members] = largest;
  const byScore = members.toSorted((a, b) => test.scores[a] - test.scores[b] || a - b);
  const row = byScore[Math.floor((byScore.length - 1) / 2)];
  const own = takeRows(test.X, [row]);
  const explanations = await explainer.explain(own);
  return {
    row_id: test.rowIds[row],
    label: test.labels[row] ?? "",
    family,
    explanation: explainFlow(explainer, explanations, 0, own.data, test.scores[row], STRONGEST),
  };
}

/** At most `most` rows in rising order, both classes by their shares. */
function drawByClass(isAttack: Uint8Array, most: number, rng: Rng): Int32Array {
  if (isAttack.length <= most) return Int32Array.from(isAttack.keys());
  const attacks = isAttack.reduce((sum, flag) => sum + flag, 0);
  const left = allocate([isAttack.length - attacks, attacks], most);
  return rng
    .shuffle(Int32Array.from(isAttack.keys()))
    .filter((row) => left[isAttack[row]]-- > 0)
    .sort();
}

/** So many significant digits: what a figure shows, in a file that a person may open. */
function short(value: number, digits: number): number {
  return Number(value.toPrecision(digits));
}
