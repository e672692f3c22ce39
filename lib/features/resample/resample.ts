import { DataError } from "../../base/errors.js";
import type { Rng } from "../../base/rng.js";
import type { FeatureInfo, Matrix } from "../../table/matrix.js";
import { countRows, type Groups, joined, rowNumbers, rowsOfGroups } from "./groups.js";
import { deviation } from "./neighbours.js";
import type { ResampleParams, SmoteParams, Target } from "./params.js";
import { type Synthetic, smote } from "./smote.js";
import { wantedRows } from "./targets.js";

/** Training rows before the view: raw numbers and category codes, with what resampling may go by. */
export interface ResampleInput {
  readonly X: Matrix;
  readonly features: readonly FeatureInfo[];
  readonly class: Groups;
  /** Needed for `by: family` only. */
  readonly family?: Groups;
}

/** What became of the training rows, by class: those that were left out, repeated and made. For model.json. */
export interface ResampleCounts {
  readonly removed: Readonly<Record<string, number>>;
  readonly copies: Readonly<Record<string, number>>;
  readonly synthetic: Readonly<Record<string, number>>;
  /** Neighbours used where fewer than k + 1 rows were there, by group. */
  readonly reduced_k: Readonly<Record<string, number>>;
}

export interface Resampled {
  readonly X: Matrix;
  /** Training row that each row is, or leans on when it is synthetic: its class, family and dataset are that one's. */
  readonly from: Int32Array;
  readonly counts: ResampleCounts;
}

/**
 * Resample training rows: undersample first, then oversample or SMOTE. Rows that stay keep their order; added rows come
 * behind them, group by group.
 *
 * What is fitted on training rows (views) is fitted on real rows before this. Validation and test rows never come here.
 * After it the shares of classes, and with them the probabilities of a model, are no longer those of the traffic.
 * @param log what a person should know: k reduced, groups that could not grow
 * @throws DataError for a target that names what training does not have or goes the wrong way
 */
export function resample(
  params: ResampleParams,
  input: ResampleInput,
  rng: Rng,
  log: (line: string) => void = () => undefined,
): Resampled {
  const { X } = input;
  const groupsBy = (by: "class" | "family"): Groups => {
    const groups = by === "class" ? input.class : input.family;
    if (groups === undefined) throw new DataError("resample: by: family, and the rows have no families.");
    return groups;
  };
  let kept: Int32Array = rowNumbers(X.rows);
  let added: Int32Array = new Int32Array(0);
  let made: Made = { parts: [], reduced: {} };
  if (params.undersample !== undefined) {
    kept = thinned(groupsBy(params.undersample.by), params.undersample.target, rng.fork("undersample"));
  }
  const left = (groups: Groups): Groups => only(groups, kept);
  if (params.oversample !== undefined) {
    added = repeated(left(groupsBy(params.oversample.by)), params.oversample.target, rng.fork("oversample"));
  }
  if (params.smote !== undefined) {
    const groups = left(groupsBy(params.smote.by));
    made = synthetic(params.smote, input, groups, kept, rng.fork("smote"), log);
  }
  const bases = joined(made.parts.map(({ base }) => base));
  const from = joined([kept, added, bases]);
  const data = new Float32Array(from.length * X.columns);
  const real = kept.length + added.length;
  for (let i = 0; i < real; i++) {
    data.set(X.data.subarray(from[i] * X.columns, (from[i] + 1) * X.columns), i * X.columns);
  }
  let at = real * X.columns;
  for (const part of made.parts) {
    data.set(part.data, at);
    at += part.data.length;
  }
  const stays = new Uint8Array(X.rows);
  for (const row of kept) stays[row] = 1;
  return {
    X: { rows: from.length, columns: X.columns, data },
    from,
    counts: {
      removed: countRows(
        input.class,
        rowNumbers(X.rows).filter((row) => stays[row] === 0),
      ),
      copies: countRows(input.class, added),
      synthetic: countRows(input.class, bases),
      reduced_k: made.reduced,
    },
  };
}

/** The groups of these rows alone; the others belong to none. */
function only({ codes, names }: Groups, rows: Int32Array): Groups {
  const left = new Int32Array(codes.length).fill(-1);
  for (const row of rows) left[row] = codes[row];
  return { codes: left, names };
}

/** Rows that stay, ascending. */
function thinned(groups: Groups, target: Target, rng: Rng): Int32Array {
  const rows = rowsOfGroups(groups);
  const sizes = rows.map(({ length }) => length);
  const wanted = wantedRows(target, groups.names, sizes, "undersample", "fewer");
  const stays = Uint8Array.from(groups.codes, (code) => (code < 0 ? 1 : 0));
  rows.forEach((each, g) => {
    for (const i of rng.fork(groups.names[g]).sample(each.length, wanted[g])) stays[each[i]] = 1;
  });
  return rowNumbers(stays.length).filter((row) => stays[row] === 1);
}

/** Rows to be repeated, group by group. */
function repeated(groups: Groups, target: Target, rng: Rng): Int32Array {
  const rows = rowsOfGroups(groups);
  const sizes = rows.map(({ length }) => length);
  const wanted = wantedRows(target, groups.names, sizes, "oversample", "more");
  return Int32Array.from(
    rows.flatMap((each, g) => {
      const drawn = rng.fork(groups.names[g]);
      return Array.from({ length: wanted[g] - each.length }, () => each[drawn.integer(each.length)]);
    }),
  );
}

/** What SMOTE made, a part a group, and the groups with fewer neighbours than k. */
interface Made {
  readonly parts: readonly Synthetic[];
  readonly reduced: Readonly<Record<string, number>>;
}

function synthetic(
  params: SmoteParams,
  { X, features }: ResampleInput,
  groups: Groups,
  kept: Int32Array,
  rng: Rng,
  log: (line: string) => void,
): Made {
  const rows = rowsOfGroups(groups);
  const sizes = rows.map(({ length }) => length);
  const wanted = wantedRows(params.target, groups.names, sizes, "smote", "more");
  const scale = scales(X, kept, features, params.distance);
  const parts: Synthetic[] = [];
  const reduced: Record<string, number> = {};
  groups.names.forEach((name, g) => {
    const make = wanted[g] - sizes[g];
    if (make <= 0) return;
    if (sizes[g] === 1) {
      if (params.target !== "balanced") {
        throw new DataError(
          `resample: smote.target asks for ${wanted[g]} rows of "${name}", which has one training row: there is no ` +
            `neighbour to lean to. Leave it out of the target, or use oversample.`,
        );
      }
      log(`resample: "${name}" has one training row, so SMOTE adds none to it.`);
      return;
    }
    const made = smote(X, rows[g], features, { make, k: params.k, scale, rng: rng.fork(name) });
    if (made.k < params.k) {
      reduced[name] = made.k;
      log(`resample: "${name}" has ${sizes[g]} training rows: k is ${made.k} there, not ${params.k}.`);
    }
    parts.push(made);
  });
  return { parts, reduced };
}

/** Standard deviation of each number over the given rows; 1 for a constant one, for categories, and for `raw`. */
function scales(
  X: Matrix,
  rows: Int32Array,
  features: readonly FeatureInfo[],
  distance: SmoteParams["distance"],
): Float64Array {
  return Float64Array.from(features, ({ kind }, j) => {
    if (kind === "category" || distance === "raw") return 1;
    const values = Float64Array.from(rows, (row) => X.data[row * X.columns + j]);
    return deviation(values, 0, 1) || 1;
  });
}
