import type { Rng } from "../../base/rng.js";
import type { Interval } from "../../eval/result.js";
import { keep } from "../../split/rows.js";
import type { TrialParts } from "../trial.js";

/** Times that the labels are shuffled. */
export const SHUFFLES = 8;
/** Student's t for a 99% interval of the mean of SHUFFLES values (7 degrees of freedom). */
const T_99 = 3.4995;

/**
 * Rows and labels of a fit that can learn nothing: as many attacks as benign rows of each part, their labels shuffled
 * among them. With as many of either the two classes can change their names, so that chance is a ROC-AUC of .5 whatever
 * the rows look like. (Of shuffled labels of which a third are attacks a forest gives higher scores where rows lie close
 * together, and a test set with dense attacks is then off .5 without any leak.)
 * @param limit rows of each part at most
 */
export function shuffledLabels(
  { train, validation }: TrialParts,
  isAttack: Uint8Array,
  limit: number,
  rng: Rng,
): TrialParts & { readonly labels: Uint8Array } {
  const labels = new Uint8Array(isAttack.length);
  const shuffled = (part: Int32Array, stream: Rng): Int32Array => {
    const of = (flag: number): Int32Array => keep(part, (row) => isAttack[row] === flag);
    const [benign, attacks] = [of(0), of(1)];
    const each = Math.min(benign.length, attacks.length, Math.floor(limit / 2));
    const drawn = [benign, attacks].flatMap((rows, flag) =>
      Array.from(stream.fork(flag).sample(rows.length, each), (at) => rows[at]),
    );
    const rows = Int32Array.from(drawn).sort();
    const flags = stream.fork("labels").shuffle(Uint8Array.from(rows, (row) => isAttack[row]));
    rows.forEach((row, i) => {
      labels[row] = flags[i];
    });
    return rows;
  };
  return {
    train: shuffled(train, rng.fork("train")),
    validation: shuffled(validation, rng.fork("validation")),
    labels,
  };
}

/** The mean of SHUFFLES values with its 99% interval (Student 1908); null where a value is undefined. */
export function meanInterval99(values: readonly (number | null)[]): Interval {
  const n = values.length;
  const known = values.filter((value) => value !== null);
  if (known.length < n || n !== SHUFFLES) return { point: null, lo: null, hi: null, n };
  const mean = known.reduce((sum, value) => sum + value, 0) / n;
  const squares = known.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const half = (T_99 * Math.sqrt(squares / (n - 1))) / Math.sqrt(n);
  return { point: mean, lo: mean - half, hi: mean + half, n };
}
