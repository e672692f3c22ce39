import type { ModelInfo, Scores } from "../onnx/savedModel.js";
import { type Column, float32, float64, int64, Table, text } from "../table/table.js";

/**
 * One line a row: `row` (its number in the input, from 0), `decision` (1: attack), `class`, `score`, of a classifier
 * `p_<class>`, and `threshold_override` where a threshold other than the model's own was used.
 */
export function decide(
  info: ModelInfo,
  scores: Scores,
  inputRows: ArrayLike<number>,
  override?: number,
): Table {
  const threshold = override ?? info.threshold;
  const { score, probabilities } = scores;
  const decision = score.map((value) => (value >= threshold ? 1 : 0));
  const columns = new Map<string, Column>([
    ["row", int64(inputRows)],
    ["decision", int64(decision)],
    [
      "class",
      text(
        Array.from(decision, (attack, i) => (attack === 1 ? attackClass(info, probabilities, i) : "benign")),
      ),
    ],
    ["score", float64(score)],
  ]);
  if (probabilities !== null) {
    const { columns: k, rows, data } = probabilities;
    info.classes.forEach((name, c) => {
      columns.set(`p_${name}`, float32(Float32Array.from({ length: rows }, (_, i) => data[i * k + c])));
    });
  }
  if (override !== undefined)
    columns.set("threshold_override", float64(new Float64Array(score.length).fill(override)));
  return Table.of(columns);
}

/** The most probable attack class; a binary model or a detector only says "attack". */
function attackClass(info: ModelInfo, probabilities: Scores["probabilities"], row: number): string {
  if (probabilities === null) return "attack";
  const { columns, data } = probabilities;
  let best = 1;
  for (let c = 2; c < columns; c++) if (data[row * columns + c] > data[row * columns + best]) best = c;
  return info.classes[best];
}
