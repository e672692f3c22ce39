import type { Background, UsualValues } from "../onnx/background.js";
import type { ModelColumn, ModelInfo } from "../onnx/savedModel.js";
import { type Explanations, type ShapMethod, sums } from "./shap/explanations.js";

/** One column's part in a flow's score. */
export interface FlowContribution {
  readonly column: string;
  readonly unit: string | null;
  /** A number, the name of a level (`(unseen)`: none that training knew), or null where it is missing. */
  readonly value: number | string | null;
  /** Among benign training rows: 5% to 95% of the values, or the levels from the commonest on with their shares. */
  readonly usual: UsualValues;
  /** Whether the value is outside of what is usual. */
  readonly unusual: boolean;
  /** Positive pushes towards attack. */
  readonly contribution: number;
  /** Of an approximation. */
  readonly standard_error?: number;
}

/** Why one flow has its score: base + the contributions of the columns + the rest = sum. */
export interface FlowExplanation {
  readonly method: ShapMethod;
  /** What base, contributions and sum are of. */
  readonly of: string;
  readonly base: number;
  readonly sum: number;
  /** The score that the model serves, its frozen threshold, and what follows. */
  readonly score: number;
  readonly threshold: number;
  readonly decision: "attack" | "benign";
  /** Strongest first. */
  readonly columns: readonly FlowContribution[];
  /** The columns that are not listed. */
  readonly rest: { readonly columns: number; readonly contribution: number };
}

/** A level that fewer benign training rows have is unusual. */
const RARE = 0.05;

/**
 * Put the explanation of one row into words and numbers for a person.
 * @param row its number in `explanations`
 * @param values its own in the model's matrix; of a window, those of its last row are shown
 * @param most columns that are listed, strongest first (ties: the order of the model's columns)
 */
export function explainFlow(
  { info, background }: { readonly info: ModelInfo; readonly background: Background },
  explanations: Explanations,
  row: number,
  values: ArrayLike<number>,
  score: number,
  most: number,
): FlowExplanation {
  const d = info.columns.length;
  const own = explanations.values.subarray(row * d, (row + 1) * d);
  const last = values.length - d;
  const order = Array.from(own.keys()).sort((a, b) => Math.abs(own[b]) - Math.abs(own[a]) || a - b);
  const listed = order.slice(0, most).filter((j) => own[j] !== 0);
  const errors = explanations.standardErrors;
  return {
    method: explanations.method,
    of: explanations.of,
    base: explanations.base[row],
    sum: sums(explanations)[row],
    score,
    threshold: info.threshold,
    decision: score >= info.threshold ? "attack" : "benign",
    columns: listed.map((j) => ({
      column: info.columns[j].name,
      unit: info.columns[j].unit,
      value: shownValue(info.columns[j], values[last + j]),
      usual: background.usual[j],
      unusual: isUnusual(info.columns[j], background.usual[j], values[last + j]),
      contribution: own[j],
      ...(errors === null ? {} : { standard_error: errors[row * d + j] }),
    })),
    rest: {
      columns: d - listed.length,
      contribution: order.slice(listed.length).reduce((sum, j) => sum + own[j], 0),
    },
  };
}

function shownValue({ type, levels = [] }: ModelColumn, value: number): number | string | null {
  if (Number.isNaN(value)) return null;
  return type === "category" ? (levels[value] ?? "(unseen)") : value;
}

function isUnusual(column: ModelColumn, usual: UsualValues, value: number): boolean {
  if (Number.isNaN(value)) return usual.missing < RARE;
  if ("levels" in usual) {
    const level = shownValue(column, value);
    return (usual.levels.find((each) => each.level === level)?.share ?? 0) < RARE;
  }
  return usual.p05 === null || usual.p95 === null || value < usual.p05 || value > usual.p95;
}
